// `startup-death`: k sessions in a row that end right after their start with the same class, and a run that has lived since;
// each bound from both sides.
import { describe, expect, it } from "vitest";
import { startupDeath } from "../../../../../control-plane/src/core/facts/rules/startup-death.ts";
import { START_AT } from "../../shard/shard-driver.ts";
import { driveRule, type FactBody, MINUTE_MS, SECOND_MS, type ShardFactBody } from "../fact-driver.ts";

type Class = Extract<FactBody, { kind: "session" }>["class"];

/** A session that ended at the offset after it had lived for so long. */
function session(endMs: number, failure: Class = "auth", livedMs = 2 * SECOND_MS): FactBody {
  return {
    kind: "session",
    startedAt: START_AT + endMs - livedMs,
    class: failure,
    detail: "401 from the API",
  };
}

function drive(sessions: readonly { readonly class?: Class; readonly livedMs?: number }[], bounds = {}) {
  const rule = driveRule(startupDeath, bounds);
  for (const [index, { class: failure = "auth", livedMs }] of sessions.entries())
    rule.take(index * MINUTE_MS, session(index * MINUTE_MS, failure, livedMs));
  return rule;
}

const END_MS = 60 * MINUTE_MS;

describe("startup-death", () => {
  it.each([
    { count: 2, fires: false },
    { count: 3, fires: true },
    { count: 936, fires: true },
  ])("$count sessions that died of a 401: fires $fires (seed 002)", ({ count, fires }) => {
    expect(drive(Array.from({ length: count }, () => ({}))).findingAt(END_MS) !== null).toBe(fires);
  });

  it.each([
    { livedMs: MINUTE_MS, fires: true },
    { livedMs: MINUTE_MS + 1, fires: false },
  ])("the third lived for $livedMs ms: fires $fires", ({ livedMs, fires }) => {
    expect(drive([{}, {}, { livedMs }]).findingAt(END_MS) !== null).toBe(fires);
  });

  it.each([
    { name: "a good one", between: { class: null } },
    { name: "a good one that was as short", between: { class: null, livedMs: 1 } },
    { name: "a long one that failed", between: { livedMs: 2 * MINUTE_MS } },
  ])("$name in between breaks the run", ({ between }) => {
    const rule = drive([{}, {}, between, {}, {}]);
    expect(rule.findingAt(END_MS)).toBeNull();
    rule.take(END_MS, session(END_MS));
    expect(rule.findingAt(END_MS)).not.toBeNull();
  });

  it("does not count sessions of another class, and is not broken by them", () => {
    const rule = drive([{}, { class: "network" }, {}, { class: "network" }]);
    expect(rule.findingAt(END_MS)).toBeNull();
    rule.take(END_MS, session(END_MS));
    expect(rule.findingAt(END_MS)?.title).toBe("Sessions of web on web-1 die at their start: auth");
  });

  it.each([
    { failure: "auth" as const, severity: "critical", isRestartPointless: true },
    { failure: "memory" as const, severity: "error", isRestartPointless: true },
    { failure: "crash" as const, severity: "error", isRestartPointless: false },
    { failure: "rate-limit" as const, severity: "error", isRestartPointless: false },
  ])("$failure: a restart is pointless $isRestartPointless", ({ failure, severity, isRestartPointless }) => {
    const rule = drive(Array.from({ length: 3 }, () => ({ class: failure })));
    expect(rule.findingAt(END_MS)).toMatchObject({ severity, isRestartPointless, failureClass: failure });
  });

  it("keeps its title while two classes take turns, and says what the last one said", () => {
    const rule = drive([{}, {}, {}]);
    const before = rule.findingAt(END_MS)?.title;
    for (let index = 0; index < 9; index += 1) rule.take(END_MS + index, session(END_MS + index, "network"));
    expect(rule.findingAt(END_MS + 9)?.title).toBe(before);
    expect(rule.textsAt(END_MS)).toEqual([
      "the first of 3 sessions ended within 1m: auth",
      "the last one: 401 from the API",
    ]);
  });

  it("is over, and holds nothing, after one good session", () => {
    const rule = drive([{}, {}, {}, { class: null }]);
    expect(rule.findingAt(END_MS)).toBeNull();
    expect(rule.isForgottenAt(END_MS)).toBe(true);
  });

  it("keeps one entry for each class, however many sessions die", () => {
    const rule = drive(
      Array.from({ length: 500 }, (_, index) => ({ class: index % 2 === 0 ? "auth" : "other" }) as const),
    );
    expect(rule.slice()?.rows).toHaveLength(2);
  });

  it("goes by the policy's bounds", () => {
    const five = Array.from({ length: 5 }, () => ({ livedMs: 3 * SECOND_MS }));
    expect(drive(five, { sessionsMin: 6 }).findingAt(END_MS)).toBeNull();
    expect(drive(five, { lifetime: "2s" }).findingAt(END_MS)).toBeNull();
    expect(drive(five, { sessionsMin: 5, lifetime: "3s" }).findingAt(END_MS)).not.toBeNull();
  });
});

/** The third died then. */
const DIED_MS = 2 * MINUTE_MS;
const STABLE_MS = 10 * MINUTE_MS;

function runs(offsetMs: number | null): FactBody {
  return { kind: "session-running", startedAt: offsetMs === null ? null : START_AT + offsetMs };
}

function unitRuns(offsetMs: number | null): ShardFactBody {
  return { kind: "unit-run", startedAt: offsetMs === null ? null : START_AT + offsetMs };
}

function dead(failure: Class = "auth") {
  return drive(Array.from({ length: 3 }, () => ({ class: failure })));
}

describe("a session that runs", () => {
  it.each([
    { by: "its ledger", told: runs },
    { by: "its unit", told: unitRuns },
  ])("by $by ends it when it has lived for the stability window, and not before", ({ told }) => {
    const rule = dead();
    rule.take(3 * MINUTE_MS, told(3 * MINUTE_MS));
    expect(rule.nextAt(3 * MINUTE_MS)).toBe(3 * MINUTE_MS + STABLE_MS);
    expect(rule.findingAt(3 * MINUTE_MS + STABLE_MS - 1)).not.toBeNull();
    expect(rule.findingAt(3 * MINUTE_MS + STABLE_MS)).toBeNull();
    expect(rule.isForgottenAt(3 * MINUTE_MS + STABLE_MS)).toBe(true);
  });

  it("must be older than a lifetime that is longer than the window", () => {
    const rule = drive([{}, {}, {}], { lifetime: "30m" });
    rule.take(DIED_MS, runs(DIED_MS));
    expect(rule.findingAt(DIED_MS + 30 * MINUTE_MS)).not.toBeNull();
    expect(rule.findingAt(DIED_MS + 30 * MINUTE_MS + 1)).toBeNull();
  });

  it.each([
    { startedMs: DIED_MS - 1_001, ends: false },
    { startedMs: DIED_MS - 1_000, ends: true },
  ])("and began $startedMs ms after the start: ends $ends, for ledgers know whole seconds", (run) => {
    const rule = dead();
    rule.take(DIED_MS, runs(run.startedMs));
    expect(rule.findingAt(60 * MINUTE_MS) === null).toBe(run.ends);
  });

  it("proves nothing when another one dies after its start, however long it goes on", () => {
    const rule = dead();
    rule.take(3 * MINUTE_MS, runs(3 * MINUTE_MS));
    rule.take(8 * MINUTE_MS, session(8 * MINUTE_MS));
    expect(rule.findingAt(60 * MINUTE_MS)).not.toBeNull();
    rule.take(9 * MINUTE_MS, runs(9 * MINUTE_MS));
    expect(rule.findingAt(9 * MINUTE_MS + STABLE_MS)).toBeNull();
  });

  it("proves nothing once it runs no longer, whatever ended it", () => {
    const rule = dead();
    rule.take(3 * MINUTE_MS, runs(3 * MINUTE_MS));
    rule.take(4 * MINUTE_MS, runs(null));
    expect(rule.findingAt(60 * MINUTE_MS)).not.toBeNull();
  });

  it("proves nothing while its checks fail, and counts from when they pass", () => {
    const rule = dead();
    rule.wellSince(null);
    rule.take(3 * MINUTE_MS, runs(3 * MINUTE_MS));
    expect(rule.findingAt(60 * MINUTE_MS)).not.toBeNull();
    rule.wellSince(61 * MINUTE_MS);
    expect(rule.findingAt(61 * MINUTE_MS + STABLE_MS - 1)).not.toBeNull();
    expect(rule.findingAt(61 * MINUTE_MS + STABLE_MS)).toBeNull();
  });

  it("proves nothing from when a check of it hangs, of which no fact tells", () => {
    const rule = dead();
    rule.wellSince(0);
    rule.take(3 * MINUTE_MS, runs(3 * MINUTE_MS));
    rule.wellSince(null);
    expect(rule.findingAt(60 * MINUTE_MS)).not.toBeNull();
    expect(rule.nextAt(60 * MINUTE_MS)).toBeNull();
    rule.wellSince(61 * MINUTE_MS);
    expect(rule.nextAt(61 * MINUTE_MS)).toBe(61 * MINUTE_MS + STABLE_MS);
  });

  it("proves nothing once its unit was seen not to run, though nobody wrote its end: a power cut writes no line", () => {
    const rule = dead();
    rule.take(3 * MINUTE_MS, runs(3 * MINUTE_MS));
    rule.take(4 * MINUTE_MS, unitRuns(null));
    expect(rule.nextAt(4 * MINUTE_MS)).toBeNull();
    // its host's agent does not know it either, and tells all that stands after each welcome
    rule.take(5 * MINUTE_MS, runs(3 * MINUTE_MS));
    expect(rule.findingAt(60 * MINUTE_MS)).not.toBeNull();
    rule.take(61 * MINUTE_MS, runs(61 * MINUTE_MS));
    expect(rule.findingAt(61 * MINUTE_MS + STABLE_MS)).toBeNull();
  });

  it("that began after its unit was seen not to run is one, in whichever order they are told", () => {
    const rule = dead();
    rule.take(4 * MINUTE_MS, runs(4 * MINUTE_MS));
    rule.take(4 * MINUTE_MS - 1, unitRuns(null), 2);
    expect(rule.findingAt(4 * MINUTE_MS + STABLE_MS)).toBeNull();
  });

  it("counts only while its host is seen", () => {
    const rule = dead();
    rule.take(3 * MINUTE_MS, runs(3 * MINUTE_MS));
    rule.hostUpSince(null);
    expect(rule.findingAt(60 * MINUTE_MS)).not.toBeNull();
    rule.hostUpSince(60 * MINUTE_MS);
    expect(rule.findingAt(60 * MINUTE_MS + STABLE_MS - 1)).not.toBeNull();
    expect(rule.findingAt(60 * MINUTE_MS + STABLE_MS)).toBeNull();
  });

  it("is known by its unit when the deaths were told later than its start", () => {
    const rule = driveRule(startupDeath);
    rule.unitRunsSince(DIED_MS + SECOND_MS);
    for (const endMs of [0, MINUTE_MS, DIED_MS]) rule.take(endMs, session(endMs), 5 * MINUTE_MS);
    expect(rule.findingAt(DIED_MS + SECOND_MS + STABLE_MS - 1)).not.toBeNull();
    expect(rule.findingAt(DIED_MS + SECOND_MS + STABLE_MS)).toBeNull();
  });

  it("ends two deaths too, so that a third one a week later is none in a row", () => {
    const rule = drive([{}, {}]);
    rule.take(2 * MINUTE_MS, unitRuns(2 * MINUTE_MS));
    expect(rule.isForgottenAt(2 * MINUTE_MS + STABLE_MS)).toBe(true);
  });

  it("is nothing worth remembering where none has died", () => {
    const rule = driveRule(startupDeath);
    rule.take(0, runs(0));
    rule.take(0, unitRuns(0));
    rule.take(0, { kind: "credential-use", credential: "key", isAccepted: true, detail: "" });
    expect(rule.isForgottenAt(0)).toBe(true);
  });
});

describe("a credential that is accepted", () => {
  const use = (isAccepted: boolean, credential = "anthropic"): FactBody => {
    return { kind: "credential-use", credential, isAccepted, detail: "" };
  };

  it.each([
    { failure: "auth" as const, ends: true },
    { failure: "crash" as const, ends: false },
  ])("after deaths of class $failure: ends $ends", ({ failure, ends }) => {
    const rule = dead(failure);
    rule.take(3 * MINUTE_MS, use(true));
    expect(rule.isForgottenAt(3 * MINUTE_MS)).toBe(ends);
  });

  it.each([
    { atMs: DIED_MS - 1, ends: false },
    { atMs: DIED_MS, ends: true },
  ])("at $atMs ms, told late: ends $ends", ({ atMs, ends }) => {
    const rule = dead();
    rule.take(atMs, use(true), MINUTE_MS);
    expect(rule.findingAt(4 * MINUTE_MS) === null).toBe(ends);
  });

  it("ends what auth began and not what another class did", () => {
    const rule = dead();
    for (let index = 0; index < 3; index += 1) rule.take(DIED_MS + index, session(DIED_MS + index, "config"));
    rule.take(3 * MINUTE_MS, use(true));
    expect(rule.findingAt(3 * MINUTE_MS)?.failureClass).toBe("config");
  });

  it("must be the one that was rejected, and each of them", () => {
    const rule = dead();
    rule.take(DIED_MS, use(false));
    rule.take(DIED_MS, use(false, "github"));
    rule.take(3 * MINUTE_MS, use(true, "mail"));
    rule.take(3 * MINUTE_MS, use(true));
    expect(rule.findingAt(3 * MINUTE_MS)).not.toBeNull();
    rule.take(3 * MINUTE_MS, use(true, "github"));
    expect(rule.findingAt(3 * MINUTE_MS)).toBeNull();
  });
});
