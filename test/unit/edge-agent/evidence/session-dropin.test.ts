// The drop-in of sessions: what its script makes of each end, run by a real shell; what systemd reads of the lines; whose it
// is. Under a real systemd: test/system/session-dropin.test.ts.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Catalogue } from "@countersign/shared/host/catalogue";
import { parseLedgerLine } from "../../../../edge-agent/src/core/evidence/ledger.ts";
import {
  parseExitClasses,
  renderSessionDropin,
  sessionDropinsOf,
} from "../../../../edge-agent/src/core/evidence/session-dropin.ts";

const folder = mkdtempSync(join(tmpdir(), "countersign-dropin-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CLASSES = [
  { exit: 41, class: "auth" },
  { exit: 255, class: "provider" },
] as const;
const UNIT = { unit: "bob.service", ledger: "/var/lib/bob/ledger.ndjson", classes: CLASSES };

/** The script of a line as systemd hands it to the shell. */
function scriptOf(key: "ExecStartPre" | "ExecStopPost"): string {
  const text = renderSessionDropin(UNIT).replaceAll(/ ?\\\n +/g, " ");
  const line = text.split("\n").find((candidate) => candidate.startsWith(`${key}=-`)) ?? "";
  const [, quoted = ""] = /sh -c '([^']*)' sh /.exec(line) ?? [];
  return quoted.replaceAll("\\\\", "\\").replaceAll("%%", "%").replaceAll("$$", "$");
}

/** The lines that a run writes, as the agent takes them. `begins` false: the line before the start was not reached. */
function told(environment: Readonly<Record<string, string>>, begins = true) {
  const ledger = join(mkdtempSync(join(folder, "run-")), "ledger.ndjson");
  const run = (script: string, env: Readonly<Record<string, string>>) =>
    execFileSync("/bin/sh", ["-c", script, "sh", ledger, "bob.service"], { env });
  if (begins) run(scriptOf("ExecStartPre"), {});
  run(scriptOf("ExecStopPost"), environment);
  const scene = { service: "bob", now: Date.now(), credentials: [], commands: [] };
  const lines = readFileSync(ledger, { encoding: "utf8", flag: "a+" }).split("\n").slice(0, -1);
  return lines.map((line) => {
    const parsed = parseLedgerLine(line, scene);
    const [fact] = parsed.ok ? parsed.value : [];
    return fact?.kind === "session" ? fact.class : (fact?.kind ?? "refused");
  });
}

describe("the end of a session", () => {
  it.each([
    ["exited", "0", "success", null],
    ["killed", "TERM", "success", null],
    ["exited", "143", "success", null],
    ["exited", "143", "exit-code", null],
    ["exited", "130", "exit-code", null],
    ["exited", "41", "exit-code", "auth"],
    ["exited", "41", "success", "auth"],
    ["exited", "255", "exit-code", "provider"],
    ["exited", "2", "exit-code", "other"],
    ["exited", "128", "exit-code", "other"],
    ["exited", "129", "exit-code", "crash"],
    ["exited", "139", "exit-code", "crash"],
    ["exited", "124", "exit-code", "timeout"],
    ["exited", "126", "exit-code", "config"],
    ["exited", "127", "exit-code", "config"],
    ["exited", "203", "exit-code", "config"],
    ["killed", "KILL", "signal", "crash"],
    ["dumped", "SEGV", "core-dump", "crash"],
    ["killed", "KILL", "oom-kill", "memory"],
    ["exited", "1", "oom-kill", "memory"],
    ["killed", "KILL", "timeout", "timeout"],
    ["killed", "ABRT", "watchdog", "timeout"],
    ["exited", "0", "protocol", "config"],
    ["", "", "exit-code", "config"],
    ["", "", "resources", "other"],
  ])("%s %s with result %s is %s", (EXIT_CODE, EXIT_STATUS, SERVICE_RESULT, failure) => {
    expect(told({ EXIT_CODE, EXIT_STATUS, SERVICE_RESULT })).toEqual(["session-running", failure]);
  });

  it.each([
    ["a step before ours failed", { SERVICE_RESULT: "exit-code" }, ["config"]],
    ["it was stopped before it came to ours", { SERVICE_RESULT: "success" }, []],
    ["its program began before there was a drop-in", { SERVICE_RESULT: "signal", EXIT_CODE: "killed" }, []],
    ["its condition did not hold", { SERVICE_RESULT: "exec-condition" }, []],
  ])("of which no start is known, because %s", (_, environment, lines) => {
    expect(told(environment, false)).toEqual(lines);
  });
});

it.each([
  ["of this run", "a", "exited", 10],
  ["of a run that a power cut ended, before one whose start died", "b", "", 0],
])("a start %s", (_, INVOCATION_ID, EXIT_CODE, agedS) => {
  const ledger = join(mkdtempSync(join(folder, "run-")), "ledger.ndjson");
  const state = `${ledger}.bob.service`;
  const run = (key: "ExecStartPre" | "ExecStopPost", env: Readonly<Record<string, string>>) =>
    execFileSync("/bin/sh", ["-c", scriptOf(key), "sh", ledger, "bob.service"], { env });
  run("ExecStartPre", { INVOCATION_ID: "a" });
  const [startedAt = "", ...runId] = readFileSync(state, "utf8").split(" ");
  writeFileSync(state, [Number(startedAt) - 10, ...runId].join(" "));
  run("ExecStopPost", { INVOCATION_ID, EXIT_CODE, EXIT_STATUS: "1", SERVICE_RESULT: "exit-code" });
  const last = readFileSync(ledger, "utf8").trim().split("\n").at(-1) ?? "";
  const told = JSON.parse(last) as { startedAt: number; endedAt: number };
  expect(Math.abs(told.endedAt - told.startedAt - agedS)).toBeLessThanOrEqual(2);
  expect(existsSync(state)).toBe(false);
});

it("says what systemd knows of the end, in words that hold nothing of the service's", () => {
  expect(scriptOf("ExecStopPost")).toContain('d="$SERVICE_RESULT${EXIT_CODE:+, $EXIT_CODE $EXIT_STATUS}"');
});

it("gives systemd a path for what it is, and the script none", () => {
  const ledger = "/srv/a \"b\" $HOME %n 'c' \\ d\re";
  const text = renderSessionDropin({ ...UNIT, ledger });
  expect(text).toContain(String.raw`sh "/srv/a \"b\" $$HOME %%n 'c' \\ d\x0de" "%n"`);
  expect(
    text
      .replaceAll(/ sh ".*$/gm, "")
      .split("\n")
      .slice(2)
      .join(),
  ).not.toContain("/srv");
  expect(text, "a carriage return ends a line for systemd, comments too").not.toContain("\r");
});

it.each(["41", "41=sad", "0=auth", "256=auth", "=auth", "41=auth=auth"])("--class %s is refused", (text) => {
  expect(parseExitClasses([text]).ok).toBe(false);
});

it("several classes are taken in their order", () => {
  expect(parseExitClasses(["41=auth", "255=provider"])).toEqual({ ok: true, value: CLASSES });
});

describe("a catalogue that declares sessions", () => {
  const withEvidence = (evidence: object, unit = "bob.service") =>
    Catalogue.safeParse({
      version: 1,
      services: [{ name: "bob", unit, checks: [{ name: "unit", kind: "unit" }], evidence }],
    });
  const sessions = { classes: CLASSES };

  it("has a drop-in for each", () => {
    const parsed = withEvidence({ ledger: UNIT.ledger, sessions });
    expect(parsed.success && sessionDropinsOf(parsed.data)).toEqual([
      { path: "bob.service.d/countersign-session.conf", text: renderSessionDropin(UNIT) },
    ]);
  });

  it("and one without the word has none: the service writes its ledger itself", () => {
    const parsed = withEvidence({ ledger: UNIT.ledger });
    expect(parsed.success && sessionDropinsOf(parsed.data)).toEqual([]);
  });

  it.each([
    ["a ledger", { sessions }, "bob.service"],
    ["a service unit", { ledger: UNIT.ledger, sessions }, "bob.timer"],
  ])("must name %s", (_, evidence, unit) => {
    expect(withEvidence(evidence, unit).success).toBe(false);
  });
});
