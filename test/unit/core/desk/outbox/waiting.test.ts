// What waited for a channel says what holds when one is free: nothing that has begun anew is told as over, and nothing
// rings that has cleared.
import { describe, expect, test } from "vitest";
import type { Severity } from "@countersign/shared/wire/service-report";
import type { PageReason } from "../../../../../control-plane/src/core/words/signal.ts";
import { Desk, HOST, POLICY } from "../desk-fixtures.ts";

const MINUTE = 60_000;
const ALONE = {
  ...POLICY,
  escalation: { steps: [{ notify: ["alice"], afterMs: 0 }], repeatMs: 24 * 60 * MINUTE },
};

/** A trouble that Alice knows; then both of her channels are told to wait. */
function knownThenResting(reasons: readonly PageReason[], severity: Severity = "error"): Desk {
  const desk = new Desk(ALONE);
  for (const reason of reasons) desk.fire({ reason, subject: HOST, severity, title: `${reason} here` });
  desk.liveFor(10 * MINUTE);
  for (const channel of ["push", "text"])
    desk.take({
      kind: "page-attempted",
      key: "inc_1:ring:1:alice",
      channel,
      result: "failed",
      detail: "HTTP 429",
      retryAfterMs: 40 * MINUTE,
    });
  return desk;
}

const waiting = (desk: Desk) => desk.state.pages.values().filter(({ round }) => round?.isWaiting === true);
const sentSince = (desk: Desk, count: number) => desk.attempts().slice(count);

/** Time passes by the desk's own alarms, and nothing answers. */
function livesFor(desk: Desk, durationMs: number): void {
  const endsAt = desk.now + durationMs;
  for (
    let alarmAt = desk.last?.alarmAt ?? Infinity;
    alarmAt <= endsAt;
    alarmAt = desk.last?.alarmAt ?? Infinity
  ) {
    desk.now = Math.max(desk.now, alarmAt);
    desk.take({ kind: "tick" });
  }
  desk.now = endsAt;
}

describe("what waited for a channel", () => {
  test("does not tell the end of what has begun anew", () => {
    const desk = knownThenResting(["no-progress"]);
    const before = desk.attempts().length;
    desk.clear("no-progress", HOST);
    livesFor(desk, 30 * MINUTE);
    expect(waiting(desk)).toMatchObject([{ kind: "recovered" }]);
    desk.fire({ reason: "no-progress", subject: HOST, title: "no-progress here" });
    livesFor(desk, 15 * MINUTE);
    expect(sentSince(desk, before).filter((attempt) => attempt.includes("recovered"))).toEqual([]);
    expect(sentSince(desk, before).some((attempt) => attempt.startsWith("inc_2:ring"))).toBe(true);
  });

  test("leaves out the end of what has begun anew, and tells the other", () => {
    const desk = knownThenResting(["no-progress", "latency-high", "heartbeat-missed"]);
    desk.clear("latency-high", HOST);
    desk.clear("heartbeat-missed", HOST);
    livesFor(desk, 30 * MINUTE);
    const [update] = waiting(desk);
    expect(update?.tells.map(({ reason, what }) => `${reason} ${what}`)).toEqual([
      "latency-high ended",
      "heartbeat-missed ended",
    ]);
    desk.fire({ reason: "heartbeat-missed", subject: HOST, title: "heartbeat-missed here" });
    livesFor(desk, 15 * MINUTE);
    const sent = desk.state.pages.values().find(({ covers }) => covers?.includes(update?.key ?? "") === true);
    expect(sent?.tells.map(({ reason }) => reason)).toEqual(["latency-high"]);
    expect(sent?.title).toBe(update?.title);
    expect(sent?.body).toContain("What else it said has changed meanwhile.");
  });

  test("is told by the newer ring that takes its place", () => {
    const desk = knownThenResting(["latency-high"], "warning");
    const before = desk.attempts().length;
    const ring = (reason: PageReason, severity: Severity) => {
      desk.fire({ reason, subject: HOST, severity, title: `${reason} here` });
      livesFor(desk, 10_000);
    };
    ring("no-progress", "error");
    ring("heartbeat-missed", "critical");
    expect(waiting(desk).map(({ kind, tells }) => [kind, tells.map(({ reason }) => reason)])).toEqual([
      ["ring", ["no-progress"]],
      ["ring", ["heartbeat-missed", "no-progress"]],
    ]);
    livesFor(desk, 45 * MINUTE);
    expect(sentSince(desk, before).filter((attempt) => attempt.startsWith("inc_1:ring:2:"))).toEqual([]);
    const newest = desk.state.pages.get("inc_1:ring:3:alice");
    expect(newest?.attempts).toBeGreaterThan(0);
    expect(newest?.tells).toMatchObject([
      { reason: "heartbeat-missed", what: "began", isFirst: true, isTitle: true },
      { reason: "no-progress", what: "began", isFirst: true, isTitle: false },
    ]);
    expect(newest?.body).toContain("no-progress here");
  });
});
