// Incident files that are wrong: each is refused with its line, at once, and before anything runs.
import { execFileSync, spawn } from "node:child_process";
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { YAML_FILE_BYTES_MAX } from "@countersign/shared/values/limits";
import { parseIncident, readIncident } from "../../../../control-plane/replay/file/incident-file.ts";
import { OCCURRENCES_MAX } from "../../../../control-plane/replay/file/incident-resolver.ts";
import { refusalText } from "../../../../control-plane/replay/file/written-file.ts";
import { HOSTS_MAX } from "../../../../control-plane/replay/file/written-shapes.ts";

const QUICK_MS = 1_000;
const HEAD = `version: 1
title: wrong in one place
start: 2026-03-01T02:00:00Z
end: +1h
hosts:
  - name: vps-1
    services: [{ name: worker }]
events:
`;

function textOf(file: string): string {
  const result = readIncident(file);
  return result.ok ? "accepted" : refusalText(result.error);
}

function refusalOf(text: string): string {
  const startedAt = performance.now();
  const result = parseIncident("f.yaml", text);
  expect(performance.now() - startedAt).toBeLessThan(QUICK_MS);
  return result.ok ? "accepted" : refusalText(result.error);
}

describe("a wrong incident is refused with its line", () => {
  it.each([
    [
      "an unknown key",
      "  - { at: +1m, chekc: { status: fail } }",
      /^f.yaml:9:\d+: events\[0\].chekc: unknown key/m,
    ],
    [
      "an unknown key deeper",
      "  - { at: +1m, check: { stat: fail } }",
      /f.yaml:9:\d+: events\[0\].check.stat: unknown key/,
    ],
    [
      "a bad duration",
      '  - { at: +1m, session: { ends: ok, lasted: "5 min" } }',
      /f.yaml:9:\d+: .*lasted: expected a duration/,
    ],
    ["a bad offset", "  - { at: 4m, note: hm }", /f.yaml:9:\d+: events\[0\].at: expected an offset/],
    ["no such clock time", '  - { at: "25:10", note: hm }', /there is no such time/],
    [
      "an unknown host",
      "  - { at: +1m, hosts: vps-2, keepalives: lost }",
      /f.yaml:9:\d+: events\[0\].hosts: unknown host "vps-2"/,
    ],
    ["a host where there is none", "  - { at: +1m, hosts: vps-1, note: hm }", /note is about no host/],
    ["an unknown tag", "  - { at: +1m, hosts: [tag:gpu], keepalives: lost }", /no host has the tag "gpu"/],
    ["an unknown service", "  - { at: +1m, service: web, restart: {} }", /unknown service "web" on vps-1/],
    [
      "an unknown check",
      "  - { at: +1m, check: { name: tcp, status: fail } }",
      /unknown check "tcp" of worker/,
    ],
    [
      "an unknown action",
      "  - { at: +1m, request: { action: reboot, by: self } }",
      /unknown action "reboot"/,
    ],
    [
      "times out of order",
      "  - { at: +5m, note: a }\n  - { at: +4m, note: b }",
      /f.yaml:10:\d+: events\[1\].at: out of order/,
    ],
    ["a time after the end", "  - { at: +2h, note: late }", /after the end of the incident/],
    [
      "two words",
      "  - { at: +1m, note: a, keepalives: lost }",
      /expected one of these only: keepalives, note/,
    ],
    ["no word", "  - { at: +1m }", /f.yaml:9:\d+: events\[0\]: expected one of keepalives, check/],
    ["repeat without every", "  - { at: +1m, note: a, repeat: 3 }", /repeat and until need `every`/],
    ["every nothing", "  - { at: +1m, note: a, every: 0s }", /expected more than nothing/],
    [
      "too many events",
      "  - { at: +1m, note: a, every: 1ms, repeat: 5 }\nend: +1d",
      /this key is there twice/,
    ],
    [
      "a policy that is wrong",
      "  - { at: +1m, policy: { restartBudget: { restartMax: 3 } } }",
      /events\[0\].policy.restartBudget.restartMax: unknown key/,
    ],
    [
      "a reason that there is not",
      "  - { at: +1m, falseAlarm: { by: operator, reason: stale-cod } }",
      /falseAlarm.reason: expected one of the known names, got "stale-cod": did you mean "stale-code"/,
    ],
  ])("%s", (_what, events, message) => {
    expect(refusalOf(`${HEAD}${events}\n`)).toMatch(message);
  });

  it("and a name that is there twice", () => {
    const twice = (services: string) =>
      refusalOf(`${HEAD.replace("services: [{ name: worker }]", services)}  - { at: +1m, note: a }\n`);
    expect(twice("services: [{ name: a }, { name: a }]")).toMatch(
      /^f.yaml:7:31: .*services\[1\].name: "a" is there/,
    );
    expect(twice("services: [{ name: a, checks: [{ name: c }, { name: c }] }]")).toMatch(
      /^f.yaml:7:\d+: hosts\[0\].services\[0\].checks\[1\].name: "c" is there twice/,
    );
    expect(twice("services: [{ name: a, actions: [{ name: r, level: 2 }, { name: r, level: 4 }] }]")).toMatch(
      /^f.yaml:7:\d+: hosts\[0\].services\[0\].actions\[1\].name: "r" is there twice/,
    );
    const beat = "{ source: b, every: 1h30m }";
    expect(twice(`services: [{ name: a, heartbeats: [${beat}, ${beat}] }]`)).toMatch(
      /^f.yaml:7:\d+: hosts\[0\].services\[0\].heartbeats\[1\].source: "b" is there twice/,
    );
  });

  it("and a heartbeat that no catalogue could declare", () => {
    const heartbeat = (words: string) =>
      refusalOf(
        `${HEAD.replace("services: [{ name: worker }]", `services: [{ name: a, heartbeats: [{ source: b, ${words} }] }]`)}  - { at: +1m, note: a }\n`,
      );
    expect(heartbeat("every: 30s")).toMatch(/heartbeats\[0\].every: expected 1m to 366d/);
    expect(heartbeat("every: 1h, grace: 1s")).toMatch(/heartbeats\[0\].grace: expected 1m to 366d/);
    expect(heartbeat("every: 1h, within: 1h")).toMatch(/within/);
  });

  it("and a time in which nothing can happen", () => {
    const withExpectation = (text: string) =>
      refusalOf(`${HEAD}  - { at: +1m, note: a }\nexpect:\n  - { ${text} }\n`);
    const EARLY = /before it begins to count/;
    const LATE = /after the end of the incident/;
    expect(withExpectation("noPage: any, from: +10m, until: +9m")).toMatch(EARLY);
    expect(withExpectation("page: host-silent, from: +10m, by: +9m")).toMatch(EARLY);
    expect(withExpectation("page: host-silent, notBefore: +10m, by: +9m")).toMatch(EARLY);
    expect(withExpectation("noPage: any, from: +61m")).toMatch(LATE);
    expect(withExpectation("page: any, notBefore: +61m")).toMatch(LATE);
    expect(withExpectation("incident: any, is: none, at: +61m")).toMatch(LATE);
    for (const at of ["noPage: any, from: +10m, until: +10m", "page: any, from: +1h, by: +1h"])
      expect(withExpectation(at)).toBe("accepted");
    expect(withExpectation("noPage: any, until: +2h")).toBe("accepted");
  });

  it("and an expectation that is wrong", () => {
    const withExpectation = (text: string) =>
      refusalOf(`${HEAD}  - { at: +1m, note: a }\nexpect:\n  - ${text}\n`);
    expect(withExpectation("{ page: host-silent, within: 5m }")).toMatch(
      /f.yaml:11:\d+: expect\[0\].within: unknown key/,
    );
    expect(withExpectation("{ page: host-silent, host: vps-9 }")).toMatch(/unknown host "vps-9"/);
    expect(withExpectation("{ noPage: host-silnet }")).toMatch(
      /expected one of .*did you mean "host-silent"/,
    );
    expect(withExpectation("{ page: too-slow }")).toMatch(/expected one of .* and \d+ more, got "too-slow"/);
    expect(withExpectation("{ noPage: any, to: bob }")).toMatch(
      /11:\d+: expect\[0\].to: there is no responder "bob"/,
    );
    expect(withExpectation("{ noPage: any, to: operator }")).toBe("accepted");
    expect(withExpectation("{ shadow: host-silent }")).toMatch(/needs `by`, or a count/);
    expect(withExpectation("{ noPage: any, falseAlarms: 0 }")).toMatch(
      /11:20: .*falseAlarms belongs to shadow/,
    );
    expect(withExpectation("{ incident: host-silent }")).toMatch(/needs `is`/);
    expect(withExpectation("{ liveness: up }")).toMatch(/needs `host` and `at`/);
    expect(withExpectation("{ by: +5m }")).toMatch(/expected one of page, noPage/);
  });
});

describe("a file that would cost more than it is worth", () => {
  it("unfolds into too many events", () => {
    const many = HEAD.replace("end: +1h", "end: +300d");
    expect(refusalOf(`${many}  - { at: +1m, log: { text: a }, every: 1ms, repeat: 1000000 }\n`)).toBe(
      "accepted",
    );
    const each = "  - { at: +1m, log: { text: a }, every: 1ms, repeat: 1000000 }\n";
    expect(refusalOf(many + each.repeat(OCCURRENCES_MAX / 1_000_000 + 1))).toMatch(/unfolds into more than/);
  });

  it("has too many hosts", () => {
    const crowd = HEAD.replace("- name: vps-1", `- { name: crowd, count: ${HOSTS_MAX} }\n  - name: vps-1`);
    expect(refusalOf(`${crowd}  - { at: +1m, note: a }\n`)).toMatch(/more than 10000 hosts/);
  });

  it("is an alias bomb", () => {
    const levels = Array.from({ length: 9 }, (_, level) => {
      const before = String.fromCharCode(97 + level);
      const next = String.fromCharCode(98 + level);
      return `${next}: &${next} [${Array.from({ length: 9 }, () => `*${before}`).join(",")}]`;
    });
    expect(refusalOf(`a: &a [lol]\n${levels.join("\n")}\n`)).toMatch(/aliases/);
  });

  it.each([
    ["flow nesting", "[".repeat(200_000)],
    ["one line of dashes", `${"- ".repeat(100_000)}a`],
    ["explicit keys", `${"? ".repeat(100_000)}a`],
  ])("is nested without end: %s", (_what, text) => {
    expect(refusalOf(text)).toMatch(/^f.yaml:\d+:\d+: /);
  });

  it("is a gigabyte: refused without being read", () => {
    const folder = mkdtempSync(join(tmpdir(), "countersign-replay-"));
    const file = join(folder, "huge.yaml");
    const descriptor = openSync(file, "w");
    ftruncateSync(descriptor, 1_073_741_824);
    closeSync(descriptor);
    const startedAt = performance.now();
    const result = readIncident(file);
    expect(performance.now() - startedAt).toBeLessThan(QUICK_MS);
    expect(result.ok ? "accepted" : refusalText(result.error)).toContain(
      `at most ${YAML_FILE_BYTES_MAX / 1_024} KiB`,
    );
    rmSync(folder, { recursive: true });
  });

  it("is a device that never ends: no more than the bound is read of it", () => {
    const startedAt = performance.now();
    expect(readIncident("/dev/zero").ok).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(QUICK_MS);
  });

  it("is a pipe that nobody writes to: not waited for", () => {
    const file = join(mkdtempSync(join(tmpdir(), "countersign-replay-")), "pipe.yaml");
    execFileSync("mkfifo", [file]);
    const startedAt = performance.now();
    expect(textOf(file)).toBe(`${file}:1:1: nothing came through this pipe`);
    expect(performance.now() - startedAt).toBeLessThan(QUICK_MS);
  });

  it("is a pipe that somebody fills, in two parts: read to its end", () => {
    const file = join(mkdtempSync(join(tmpdir(), "countersign-replay-")), "pipe.yaml");
    execFileSync("mkfifo", [file]);
    const fills = `{ printf '%s' "$1"; sleep 0.1; printf '%s' "$2"; } > "$3"`;
    spawn("sh", ["-c", fills, "sh", HEAD, "  - { at: +1m, note: a }\n", file]);
    expect(textOf(file)).toBe("accepted");
  });

  it.each([
    ["Latin-1", Buffer.from(`${HEAD}  - { at: +1m, note: caf\u00e9 }\n`, "latin1"), "9:1: this is not UTF-8"],
    ["UTF-16", Buffer.from(`\uFEFF${HEAD}`, "utf16le"), "1:1: this is not UTF-8"],
    [
      "a NUL byte",
      Buffer.from(`${HEAD}  - { at: +1m, note: "a\0b" }\n`),
      "9:24: a control character (U+0000)",
    ],
    ["an escape byte", Buffer.from(`${HEAD}# \u001b[2J\n`), "9:3: a control character (U+001B)"],
    ["no byte at all", Buffer.alloc(0), "1:1: expected keys with values, got nothing"],
    ["tabs", Buffer.from(`${HEAD}\t- { at: +1m, note: a }\n`), "9:1: this is not valid YAML: Tabs"],
    [
      "Windows lines",
      Buffer.from(`\uFEFF${HEAD}  - { at: +1m, note: a }\n`.replaceAll("\n", "\r\n")),
      "accepted",
    ],
  ])("holds %s", (_what, bytes, message) => {
    const file = join(mkdtempSync(join(tmpdir(), "countersign-replay-")), "f.yaml");
    writeFileSync(file, bytes);
    expect(textOf(file)).toContain(message);
  });

  it.each([
    ["a count of 10^12", "  - { at: +1m, log: { text: a }, every: 1m, repeat: 1000000000000 }", "9:53: "],
    ["a negative offset", "  - { at: -5m, note: a }", "9:11: events[0].at: expected an offset"],
    ["a negative interval", "  - { at: +1m, note: a, every: -5s }", "expected a duration such as 28s"],
    ["a number that is none", "  - { at: +1m, latency: { ms: 1e999 } }", "got no finite number"],
  ])("asks for %s", (_what, event, message) => {
    expect(refusalOf(`${HEAD}${event}\n`)).toContain(message);
  });

  it("begins before the clock does, or checks faster than a host can", () => {
    const event = "  - { at: +1m, note: a }\n";
    const startingAt = (start: string) => refusalOf(`${HEAD}${event}`.replace("2026-03-01T02:00:00Z", start));
    expect(startingAt("1970-01-01T00:00:00Z")).toBe("accepted");
    expect(startingAt("1969-12-31T23:59:59Z")).toContain("3:1: start: before 1970");
    const checkingEvery = (every: string) =>
      refusalOf(
        `${HEAD}${event}`.replace("name: worker", `name: worker, checks: [{ name: c, every: ${every} }]`),
      );
    expect(checkingEvery("1s")).toBe("accepted");
    expect(checkingEvery("999ms")).toContain("expected at least 1s");
  });

  it("is a folder, or not there, or cannot be read", () => {
    expect(textOf("/proc/self/mem")).toMatch(/:1:1: it cannot be read \(E[A-Z]+\)$/);
    expect(textOf(tmpdir())).toContain("this is a folder");
    expect(textOf("/nowhere/x.yaml")).toContain("there is no such file");
  });
});
