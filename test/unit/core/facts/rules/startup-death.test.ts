// `startup-death`: k sessions in a row that end right after their start with the same class; each bound from both sides.
import { describe, expect, it } from "vitest";
import { startupDeath } from "../../../../../control-plane/src/core/facts/rules/startup-death.ts";
import { START_AT } from "../../shard/shard-driver.ts";
import { driveRule, type FactBody, MINUTE_MS, SECOND_MS } from "../fact-driver.ts";

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
    expect(rule.slice()).toHaveLength(2);
  });

  it("goes by the policy's bounds", () => {
    const five = Array.from({ length: 5 }, () => ({ livedMs: 3 * SECOND_MS }));
    expect(drive(five, { sessionsMin: 6 }).findingAt(END_MS)).toBeNull();
    expect(drive(five, { lifetime: "2s" }).findingAt(END_MS)).toBeNull();
    expect(drive(five, { sessionsMin: 5, lifetime: "3s" }).findingAt(END_MS)).not.toBeNull();
  });
});
