// `self-inflicted`: a service that was well fails, by its own rule, right after an act of automation; a remedy on a failing one is not to
// blame, and neither is one bad sign.
import { describe, expect, it } from "vitest";
import {
  BLAME_MAX_MS,
  selfInflicted,
} from "../../../../../control-plane/src/core/facts/rules/self-inflicted.ts";
import { START_AT } from "../../shard/shard-driver.ts";
import { driveRule, type FactBody, MINUTE_MS, SECOND_MS, type ShardFactBody } from "../fact-driver.ts";

const WINDOW_MS = 5 * MINUTE_MS;
const HEAL_KEPT_MS = WINDOW_MS + 1;
const fails: FactBody = { kind: "health", isHealthy: false };
const recovers: FactBody = { kind: "health", isHealthy: true };
const down: ShardFactBody = { kind: "check-failed", isShared: false };
const edited: FactBody = { kind: "config-changed", path: "/etc/agent/config.yaml", by: "watchdog" };
const restarted: FactBody = { kind: "restart", by: "self" };
const dies: FactBody = { kind: "session", startedAt: 0, class: "crash", detail: "" };
const rejected: FactBody = { kind: "credential-use", credential: "key", isAccepted: false, detail: "" };

type Driven = ReturnType<typeof driveRule>;

/** One of each sign that says by itself, told often enough, that the service fails. */
const FAILURES: readonly (readonly [string, FactBody, ShardFactBody, number])[] = [
  ["checks that fail by their own rule", fails, down, 2],
  ["sessions that die", dies, dies, 3],
  ["a credential that is rejected", rejected, rejected, 3],
];

const acts: readonly (readonly [string, ShardFactBody])[] = [
  ["a restart of ours", { kind: "restart", by: "countersign" }],
  ["a restart by itself", restarted],
  ["a restart by a watchdog", { kind: "restart", by: "watchdog" }],
  [
    "an act of ours",
    { kind: "attempt", action: "reset", by: "countersign", outcome: "succeeded", isHelpful: false },
  ],
  ["a config change by a unit", { ...edited, by: "systemd" }],
];

function drive(act: ShardFactBody, afterMs: number) {
  const rule = driveRule(selfInflicted);
  rule.take(0, act);
  rule.take(afterMs, fails);
  rule.take(afterMs + 1, down);
  return rule;
}

function blames(rule: Driven, atMs: number): boolean {
  return rule.findingAt(atMs) !== null;
}

describe("a failure right after an act", () => {
  it.each([
    { afterMs: 0, fires: true },
    { afterMs: WINDOW_MS, fires: true },
    { afterMs: WINDOW_MS + 1, fires: false },
  ])("that began $afterMs ms after it: fires $fires", ({ afterMs, fires }) => {
    expect(blames(drive(edited, afterMs), afterMs + 1)).toBe(fires);
  });

  it.each(FAILURES)("of %s: the first sign is none, the last is", (_, first, next, times) => {
    const rule = driveRule(selfInflicted);
    rule.take(0, restarted);
    rule.take(1, first);
    for (let time = 2; time < times; time += 1) rule.take(time, next);
    expect(blames(rule, times)).toBe(false);
    rule.take(times, next);
    expect(rule.findingAt(times)).toMatchObject({ freezes: true, severity: "critical" });
  });

  it.each(FAILURES)("of %s: what was well in between does not count", (_, first, next, times) => {
    const rule = driveRule(selfInflicted);
    rule.take(0, restarted);
    rule.take(1, first);
    for (let time = 2; time < times; time += 1) rule.take(time, next);
    rule.take(times, recovers);
    rule.take(times, { kind: "session", startedAt: 0, class: null, detail: "" });
    rule.take(times, { kind: "credential-use", credential: "key", isAccepted: true, detail: "" });
    rule.take(times + 1, first);
    expect(blames(rule, times + 1)).toBe(false);
  });

  it("is found however much later its own rule is met", () => {
    const rule = driveRule(selfInflicted);
    rule.take(0, restarted);
    rule.take(WINDOW_MS, fails);
    expect(rule.isForgottenAt(3 * WINDOW_MS)).toBe(false);
    rule.take(3 * WINDOW_MS, down);
    expect(rule.textsAt(3 * WINDOW_MS)).toEqual(["restarted by self", "5m later: its checks began to fail"]);
  });

  it.each<[string, FactBody]>([
    ["a credential", rejected],
    ["a session that may not", { kind: "session", startedAt: 0, class: "auth", detail: "401" }],
  ])("of configuration: one word of %s is enough, also when a restart followed it", (_, word) => {
    const rule = driveRule(selfInflicted);
    rule.take(0, edited);
    rule.take(SECOND_MS, { kind: "restart", by: "watchdog" });
    rule.take(MINUTE_MS, word);
    expect(blames(rule, MINUTE_MS)).toBe(true);
    const alone = driveRule(selfInflicted);
    alone.take(0, { kind: "restart", by: "watchdog" });
    alone.take(MINUTE_MS, word);
    expect(blames(alone, MINUTE_MS)).toBe(false);
  });

  it("says what came first and what followed", () => {
    const rule = driveRule(selfInflicted);
    rule.take(0, edited);
    rule.take(MINUTE_MS, { kind: "session", startedAt: 0, class: "auth", detail: "401" });
    expect(rule.textsAt(MINUTE_MS)).toEqual([
      "/etc/agent/config.yaml was changed by watchdog",
      "1m later: a session failed: auth",
    ]);
  });
});

describe("an act", () => {
  it.each(acts)("of automation is %s", (_, act) => {
    expect(blames(drive(act, 1), 2)).toBe(true);
  });

  it.each<[string, ShardFactBody]>([
    ["a restart by a person", { kind: "restart", by: "person" }],
    ["a restart by nobody knows whom", { kind: "restart", by: "unknown" }],
    ["systemd starting again what died", { kind: "restart", by: "systemd" }],
    ["a config change by a person", { ...edited, by: "person" }],
    [
      "an attempt that was denied",
      {
        kind: "attempt",
        action: "restart",
        by: "watchdog",
        outcome: "x",
        isHelpful: false,
        deniedCommand: "x",
      },
    ],
    [
      "a remedy of ours",
      {
        kind: "attempt",
        action: "restart",
        by: "countersign",
        outcome: "succeeded",
        isHelpful: false,
        isBlameless: true,
      },
    ],
  ])("of automation is not %s", (_, act) => {
    expect(blames(drive(act, 1), 2)).toBe(false);
  });

  it.each(acts)("whose word comes after the failure: %s", (_, act) => {
    const rule = driveRule(selfInflicted);
    rule.take(2, fails);
    rule.take(3, down);
    rule.take(1, act, 5);
    expect(blames(rule, 6)).toBe(true);
  });

  it("that ran after the first sign of it is no cause of it, whenever its word came", () => {
    const rule = driveRule(selfInflicted);
    rule.take(2, fails);
    rule.take(3, restarted);
    rule.take(4, down);
    expect(blames(rule, 4)).toBe(false);
  });

  it("is no cause of what others suffer from too", () => {
    const rule = driveRule(selfInflicted);
    rule.take(0, restarted);
    rule.take(1, fails);
    rule.take(2, { kind: "check-failed", isShared: true });
    rule.take(3, down);
    expect(blames(rule, 3)).toBe(false);
  });
});

describe("a remedy is not to blame when it fails again", () => {
  it.each<[string, FactBody, FactBody]>([
    ["health", fails, recovers],
    ["a session", dies, { kind: "session", startedAt: 0, class: null, detail: "" }],
    ["a credential", rejected, { kind: "credential-use", credential: "key", isAccepted: true, detail: "" }],
  ])("%s", (_, bad, good) => {
    const rule = driveRule(selfInflicted);
    rule.take(0, bad);
    rule.take(1, { kind: "restart", by: "countersign" });
    rule.take(2, good);
    // Its word came when all was well.
    rule.take(1, { kind: "attempt", action: "r", by: "watchdog", outcome: "ok", isHelpful: false }, 2);
    rule.take(3, bad);
    rule.take(4, bad);
    rule.take(5, bad);
    rule.take(6, down);
    expect(blames(rule, 6)).toBe(false);
  });

  it("of what another rule has found", () => {
    const rule = driveRule(selfInflicted);
    rule.ails(true);
    rule.take(0, restarted);
    rule.ails(false);
    rule.take(1, fails);
    rule.take(2, down);
    expect(blames(rule, 2)).toBe(false);
  });

  it("nor for a second symptom of a failure from before", () => {
    const rule = driveRule(selfInflicted);
    rule.take(0, fails);
    rule.take(1, edited);
    rule.take(2, { kind: "session", startedAt: 0, class: "auth", detail: "" });
    expect(blames(rule, 2)).toBe(false);
  });
});

describe("the finding", () => {
  it.each([
    { heldMs: 10 * MINUTE_MS - 1, fires: true },
    { heldMs: 10 * MINUTE_MS, fires: false },
  ])("clears when health has held: $heldMs ms, fires $fires", ({ heldMs, fires }) => {
    const rule = drive(edited, MINUTE_MS);
    rule.take(2 * MINUTE_MS, recovers);
    expect(blames(rule, 2 * MINUTE_MS + heldMs)).toBe(fires);
    expect(rule.isForgottenAt(2 * MINUTE_MS + heldMs)).toBe(!fires);
  });

  it.each([
    { afterMs: BLAME_MAX_MS - 1, fires: true },
    { afterMs: BLAME_MAX_MS, fires: false },
  ])("is not kept for ever: $afterMs ms, fires $fires", ({ afterMs, fires }) => {
    expect(blames(drive(edited, 0), afterMs)).toBe(fires);
  });

  it.each([
    ["an act that nothing followed", edited],
    ["that it was well again", recovers],
  ])("%s is forgotten", (_, last) => {
    const rule = driveRule(selfInflicted);
    if (last === recovers) rule.take(0, fails);
    rule.take(0, last);
    expect(rule.nextAt(0)).toBe(HEAL_KEPT_MS);
    expect(rule.isForgottenAt(HEAL_KEPT_MS - 1)).toBe(false);
    expect(rule.isForgottenAt(HEAL_KEPT_MS)).toBe(true);
  });
});

describe("a good sign that is older than the newest bad one of its kind", () => {
  const accepted: FactBody = { ...rejected, isAccepted: true };
  const endsWell: FactBody = { ...dies, class: null };

  it.each([
    ["an acceptance as of the start of a session", rejected, accepted],
    ["a session that ended well before others died", dies, endsWell],
  ])("takes nothing back: %s", (_, bad, good) => {
    const rule = driveRule(selfInflicted);
    rule.take(0, edited);
    for (let time = 1; time <= 9; time += 1) rule.take(time * MINUTE_MS, bad);
    rule.take(3.5 * MINUTE_MS, good, 6 * MINUTE_MS);
    expect(blames(rule, 60 * MINUTE_MS), "older").toBe(true);
    rule.take(9 * MINUTE_MS, good, 20 * MINUTE_MS);
    expect(blames(rule, 60 * MINUTE_MS), "as new as the newest").toBe(false);
  });

  it("of another kind takes back its own", () => {
    const rule = driveRule(selfInflicted);
    rule.take(0, edited);
    for (let time = 1; time <= 3; time += 1) rule.take(time * MINUTE_MS, rejected);
    rule.take(2 * MINUTE_MS, dies, 3 * MINUTE_MS);
    rule.take(2.5 * MINUTE_MS, endsWell, 3 * MINUTE_MS);
    rule.take(4 * MINUTE_MS, accepted);
    expect(blames(rule, 60 * MINUTE_MS)).toBe(false);
  });

  it("stores nothing for each further bad one", () => {
    const rule = driveRule(selfInflicted);
    rule.take(0, edited);
    for (let time = 1; time <= 3; time += 1) rule.take(time, rejected);
    const before = selfInflicted.learned?.keeps(rule.slice());
    for (let time = 4; time <= 936; time += 1) rule.take(time, rejected);
    expect(selfInflicted.learned?.keeps(rule.slice())).toEqual(before);
  });
});

describe("sessions that died, and one that runs since", () => {
  const runs = (offsetMs: number): FactBody => ({ kind: "session-running", startedAt: START_AT + offsetMs });
  const LIVED_MS = 11 * MINUTE_MS;

  it("end what was blamed for them: the finding goes with health that held, not after a day", () => {
    const rule = driveRule(selfInflicted);
    rule.take(0, edited);
    for (const atMs of [1_000, 2_000, 3_000]) rule.take(atMs, dies);
    rule.take(MINUTE_MS, runs(MINUTE_MS));
    expect(blames(rule, LIVED_MS - 1)).toBe(true);
    expect(blames(rule, LIVED_MS + 10 * MINUTE_MS)).toBe(false);
  });

  it("are over, so that a later act that breaks it is blamed", () => {
    const rule = driveRule(selfInflicted);
    for (const atMs of [1_000, 2_000, 3_000]) rule.take(atMs, dies);
    rule.take(MINUTE_MS, runs(MINUTE_MS));
    const laterMs = LIVED_MS + 60 * MINUTE_MS;
    rule.prune(laterMs);
    rule.take(laterMs, edited);
    rule.take(laterMs + 1, fails);
    rule.take(laterMs + 2, down);
    expect(blames(rule, laterMs + 2)).toBe(true);
  });
});
