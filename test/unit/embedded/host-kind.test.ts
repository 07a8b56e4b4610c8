// Which kind of demo host a state gets, and why, and that it keeps to it.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import {
  chooseHostKind,
  decideHostKind,
  HOST_KIND_FILE,
  hostKindText,
} from "../../../control-plane/embedded/host-kind.ts";
import { Refusal } from "../../../control-plane/embedded/refusal.ts";

const folder = mkdtempSync(join(tmpdir(), "host-kind-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

const ROOT = { isRootOnLinux: true, missing: [] };
const BARE_ROOT = { isRootOnLinux: true, missing: ["systemd-container"] } as const;
const USER = { isRootOnLinux: false, missing: [] };

describe("a demo host", () => {
  it.each([
    ["what the machine can have", undefined, null, ROOT, "systemd", "can-have-it", null],
    ["the simple one without root", undefined, null, USER, "process", "not-root", null],
    [
      "the simple one where packages are missing",
      undefined,
      null,
      BARE_ROOT,
      "process",
      "packages-missing",
      null,
    ],
    [
      "the one of last time, though there could be another",
      undefined,
      "process",
      ROOT,
      "process",
      "as-last-time",
      null,
    ],
    ["none, as last time", undefined, "none", ROOT, "none", "as-last-time", null],
    ["the one that was asked for", "process", "process", ROOT, "process", "asked", null],
    ["another one, and it says so", "process", "systemd", ROOT, "process", "asked", "systemd"],
    ["none any more, and it says so", "none", "process", USER, "none", "asked", "process"],
    ["one again", "process", "none", USER, "process", "asked", null],
  ] as const)("is %s", (_what, asked, last, machine, kind, why, instead) => {
    const chosen = decideHostKind(asked, { last, machine });
    expect(chosen).toEqual({ kind, why, instead });
    expect(hostKindText(chosen)).toHaveLength(instead === null ? 1 : 2);
  });

  it.each([
    ["systemd", null, USER],
    [undefined, "systemd", USER],
    [undefined, "systemd", BARE_ROOT],
  ] as const)("is refused: asked %s, last %s", (asked, last, machine) => {
    expect(() => decideHostKind(asked, { last, machine })).toThrow(Refusal);
  });

  it("is kept in the state, and a state of before is known by what lies in it", async () => {
    vi.spyOn(process, "getuid").mockReturnValue(1_000);
    expect(await chooseHostKind(undefined, folder)).toMatchObject({ kind: "process", why: "not-root" });
    expect(readFileSync(join(folder, HOST_KIND_FILE), "utf8")).toBe("process\n");
    expect(await chooseHostKind(undefined, folder)).toMatchObject({ kind: "process", why: "as-last-time" });
    const old = join(folder, "old");
    mkdirSync(join(old, "demo-host", "machine"), { recursive: true });
    await expect(chooseHostKind(undefined, old)).rejects.toThrow(Refusal);
    expect(await chooseHostKind("process", old)).toMatchObject({ instead: "systemd" });
  });
});
