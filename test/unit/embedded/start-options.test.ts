// What can be said to `npm start`, and what is refused before anything starts.
import { CommanderError } from "commander";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readStartOptions } from "../../../control-plane/embedded/start-options.ts";

const said = { out: "", err: "" };

beforeEach(() => {
  Object.assign(said, { out: "", err: "" });
  vi.spyOn(process.stdout, "write").mockImplementation((text) => ((said.out += String(text)), true));
  vi.spyOn(process.stderr, "write").mockImplementation((text) => ((said.err += String(text)), true));
});
afterEach(() => vi.restoreAllMocks());

/** The exit code of what was not understood; null: it was. */
function codeOf(...argv: string[]): number | null {
  try {
    readStartOptions(argv);
    return null;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode;
  }
}

it("nothing said is the demo on the loopback", () => {
  const options = readStartOptions([]);
  expect(options).toMatchObject({ port: 8787, listen: "127.0.0.1", profile: "fast", approver: true });
  expect(Object.keys(options).toSorted()).toEqual(["approver", "listen", "port", "profile", "state"]);
});

it("what is said is taken", () => {
  const argv = [
    "--port",
    "0",
    "--host=none",
    "--profile",
    "economy",
    "--story",
    "--hostile",
    "--no-approver",
    "--json",
    "--fresh",
    "--trust-proxy",
    "--lan",
    "--public-url",
    "https://desk.test",
  ];
  expect(readStartOptions(argv)).toMatchObject({
    port: 0,
    host: "none",
    profile: "economy",
    story: true,
    hostile: true,
    approver: false,
    json: true,
    fresh: true,
    trustProxy: true,
    lan: true,
    publicUrl: "https://desk.test",
  });
});

describe("is refused", () => {
  it.each([
    [["--port", "65536"]],
    [["--port", "-1"]],
    [["--port", "1.5"]],
    [["--port", ""]],
    [["--port"]],
    [["--host", "docker"]],
    [["--profile", "slow"]],
    [["--profile", "constructor"]],
    [["--json"]],
    [["--hostile"]],
    [["--nonsense"]],
    [["story"]],
  ])("%j", (argv) => {
    expect(codeOf(...argv)).toBe(1);
    expect(said).toEqual({
      out: "",
      err: expect.stringContaining(argv[0] === "story" ? "argument" : argv[0]!),
    });
  });

  it("and 65535 is not", () => expect(codeOf("--port", "65535")).toBeNull());
});

it("help goes to stdout and is no failure", () => {
  expect(codeOf("--help")).toBe(0);
  expect([said.out.includes("--trust-proxy"), said.err]).toEqual([true, ""]);
});
