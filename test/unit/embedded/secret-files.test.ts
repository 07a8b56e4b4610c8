// Secrets of channels as files of the state directory: what others could read or put there is refused, with the command
// that mends it, and nothing of what a file holds is ever said.
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { boundSecretsOf } from "../../../control-plane/embedded/channel-secrets.ts";
import { Refusal } from "../../../control-plane/embedded/refusal.ts";
import { readSecretFiles } from "../../../control-plane/embedded/secret-files.ts";
import { openStateDirectory, secretFolderOf } from "../../../control-plane/embedded/state-directory.ts";

const SECRET = "tk_do-not-say";
let state = "";
let folder = "";
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "countersign secrets-"));
  openStateDirectory(state, false);
  folder = secretFolderOf(state);
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

function put(name: string, text = SECRET, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

function refusal(): string {
  try {
    readSecretFiles(folder);
  } catch (error) {
    expect(error).toBeInstanceOf(Refusal);
    expect(String(error)).not.toContain(SECRET);
    return (error as Error).message;
  }
  return "";
}

describe("a file", () => {
  it.each([
    ["as it is", SECRET, SECRET],
    ["without its line end", `${SECRET}\n`, SECRET],
    ["without that of another system", `${SECRET}\r\n`, SECRET],
    ["by its first line", `${SECRET}\nsecond\n`, SECRET],
    ["with its blanks", ` ${SECRET} `, ` ${SECRET} `],
    ["up to 4 KiB", "x".repeat(4_096), "x".repeat(4_096)],
  ])("is read %s", (_what, text, read) => {
    put("CHANNEL_A", text);
    expect([...readSecretFiles(folder)]).toEqual([["CHANNEL_A", read]]);
  });

  it.each([0o640, 0o604, 0o660, 0o644, 0o700, 0o606])("of mode %o is refused", (mode) => {
    const path = put("CHANNEL_A", SECRET, mode);
    expect(refusal()).toContain(`chmod 600 '${path}'`);
    execFileSync("sh", ["-c", /chmod .*$/.exec(refusal())?.[0] ?? "false"]);
    expect(readSecretFiles(folder).get("CHANNEL_A")).toBe(SECRET);
  });

  it("that is a link is not followed", () => {
    const elsewhere = join(state, "elsewhere");
    writeFileSync(elsewhere, SECRET, { mode: 0o600 });
    symlinkSync(elsewhere, join(folder, "CHANNEL_A"));
    expect(refusal()).toMatch(/is a link: rm /);
  });

  it("that is a directory or a pipe is refused, and not waited for", () => {
    mkdirSync(join(folder, "CHANNEL_A"));
    expect(refusal()).toMatch(/is no file/);
    rmSync(join(folder, "CHANNEL_A"), { recursive: true });
    execFileSync("mkfifo", ["-m", "600", join(folder, "CHANNEL_A")]);
    expect(refusal()).toMatch(/is no file/);
  });

  it.runIf(process.getuid?.() === 0)("of another user is refused", () => {
    chownSync(put("CHANNEL_A"), 12_345, 12_345);
    expect(refusal()).toMatch(/belongs to another user: sudo chown 0 /);
  });

  it.each(["NTFY", "channel_a", "CHANNEL_A~", ".CHANNEL_A", "CHANNEL_", "CHANNEL_a", "CHANNEL_A.txt"])(
    "named %s is refused",
    (name) => {
      put(name);
      expect(refusal()).toMatch(/is no secret of a channel: .*mv /);
    },
  );

  it("whose name moves a terminal's cursor is said without that", () => {
    put("CHANNEL_\u001b[2J'");
    expect(refusal()).not.toContain("\u001b");
  });

  it.each([
    ["", /first line .* empty/],
    ["\nsecond", /first line .* empty/],
    ["x".repeat(4_097), /longer than 4096 bytes/],
  ])("that holds no secret is refused (%#)", (text, why) => {
    put("CHANNEL_A", text);
    expect(refusal()).toMatch(why);
  });
});

describe("the folder", () => {
  it("is made with the state directory, for its owner alone, and stays as it is with --fresh", () => {
    put("CHANNEL_A");
    openStateDirectory(state, true);
    expect([...readSecretFiles(folder).keys()]).toEqual(["CHANNEL_A"]);
  });

  it("that others may use is refused", () => {
    chmodSync(folder, 0o750);
    expect(refusal()).toContain(`(its mode is 750): chmod 700 '${folder}'`);
  });

  it("that is none has no secrets, and one that is a file or a link is refused", () => {
    rmSync(folder, { recursive: true });
    expect(readSecretFiles(folder).size).toBe(0);
    writeFileSync(folder, "");
    expect(refusal()).toMatch(/is no directory/);
    rmSync(folder);
    symlinkSync(tmpdir(), folder);
    expect(refusal()).toMatch(/is no directory/);
  });
});

it("the environment wins over a file, and says so", () => {
  put("CHANNEL_A", "of the file");
  put("CHANNEL_B", "of the file");
  const said: string[] = [];
  const environment = { COUNTERSIGN_SECRET_CHANNEL_A: SECRET };
  expect(boundSecretsOf(environment, folder, (line) => said.push(line))).toEqual({
    CHANNEL_A: SECRET,
    CHANNEL_B: "of the file",
  });
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/^CHANNEL_A is in the environment .*: the environment's is used\.$/);
  expect(said[0]).not.toContain(SECRET);
});
