// How often people are paged about one dead service that nobody answers, whatever it does meanwhile: the figures that were promised.
import { describe, expect, it } from "vitest";
import { LIKE_WAIT_MS } from "../../../../../control-plane/src/core/desk/paging/stream.ts";
import { Policy } from "../../../../../control-plane/src/policy/policy.ts";
import { Desk, POLICY, proposalText, SERVICE, START_AT } from "../desk-fixtures.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const FIRST_DAY_MAX = 12;
const LATER_DAY_MAX = 2;

/** Only one person: every step is theirs. */
const ONE_PERSON = Policy.parse({
  version: 1,
  channels: POLICY.channels,
  responders: [{ id: "alice", name: "Alice", channels: ["push", "text"] }],
  escalation: { steps: [{ notify: ["alice"], after: "0s" }], repeat: "15m" },
});
const POLICIES = { "two people": POLICY, "one person": ONE_PERSON };

/** Days in which it fails and nobody answers; its question expires and is put anew every half an hour. */
function liveDays(desk: Desk, days: number, during: (hour: number) => void = () => {}): void {
  let request = 0;
  desk.fire({ proposalRequestId: "prq_0" });
  for (let half = 0; half < days * 48; half += 1) {
    request += 1;
    desk.propose({
      requestId: `prq_${request}`,
      proposal: proposalText({ nonce: String(request).padStart(22, "n") }),
    });
    if (half % 2 === 0) during(half / 2);
    desk.liveFor(30 * MINUTE);
  }
}

/** Rings and updates that one person got on each day. */
function countsOf(desk: Desk, responder: string, days: number): readonly number[] {
  const counts = Array.from({ length: days }, () => 0);
  for (const page of desk.state.pages.values()) {
    const day = Math.floor((page.createdAt - START_AT) / DAY);
    if (page.responder === responder && page.kind !== "recovered" && day < days)
      counts[day] = (counts[day] ?? 0) + 1;
  }
  return counts;
}

const atMost = (counts: readonly number[], more = 0) =>
  counts.map((count, day) => count <= (day === 0 ? FIRST_DAY_MAX : LATER_DAY_MAX) + more);
const allTrue = (counts: readonly number[]) => counts.map(() => true);

describe.each(Object.entries(POLICIES))("one dead service that nobody answers, with %s", (_who, policy) => {
  const people = policy.responders.map(({ id }) => id);

  it("pages each at most 12 times on its first day, and at most twice on each later one", () => {
    const desk = new Desk(policy);
    liveDays(desk, 5);
    for (const responder of people) {
      const counts = countsOf(desk, responder, 5);
      expect(atMost(counts), `${responder}: ${counts.join(" ")}`).toEqual(allTrue(counts));
      expect(Math.min(...counts), "and is never silent").toBeGreaterThan(0);
    }
    expect(desk.state.incidents.size).toBe(1);
    expect(desk.state.pages.values().some(({ kind }) => kind === "recovered")).toBe(false);
  });

  it("tells that nobody answered as a line of its incident, and counts from the question", () => {
    const desk = new Desk(policy);
    liveDays(desk, 1);
    const unanswered = desk.findingOf("approval-unanswered");
    expect(unanswered).toMatchObject({ incidentId: "inc_1", beganAt: START_AT + 15 * MINUTE, endedAt: null });
    const tells = desk.state.pages
      .values()
      .filter((page) => page.tells.some(({ reason }) => reason === "approval-unanswered"));
    expect(new Set(tells.map(({ key }) => key.split(":")[2])).size).toBe(1);
    expect(tells.every((page) => page.tells[0]?.reason === "check-failing")).toBe(true);
  });

  it("pages once more for each rise of severity", () => {
    const quiet = new Desk(policy);
    quiet.fire({ severity: "info" });
    liveDays(quiet, 1, () => quiet.fire({ severity: "info" }));
    const desk = new Desk(policy);
    const severities = { 2: "warning", 5: "error", 9: "critical" } as Readonly<
      Record<number, "warning" | "error" | "critical">
    >;
    let severity: "info" | "warning" | "error" | "critical" = "info";
    desk.fire({ severity });
    liveDays(desk, 1, (hour) => {
      severity = severities[hour] ?? severity;
      desk.fire({ severity });
    });
    const rises = (responder: string) =>
      desk.state.pages
        .values()
        .filter((page) => page.responder === responder && page.tells.some(({ what }) => what === "rose"));
    for (const responder of people) {
      expect(rises(responder).map(({ kind, severity: told }) => [kind, told])).toEqual([
        ["ring", "warning"],
        ["ring", "error"],
        ["ring", "critical"],
      ]);
      const counts = countsOf(desk, responder, 1);
      expect(atMost(counts, 3), counts.join(" ")).toEqual([true]);
    }
  });

  it("pages nobody under a silence, and rings once when that ends", () => {
    const desk = new Desk(policy);
    const matcher = { hostId: null, service: "demo", reason: null };
    desk.act("alice", {
      kind: "silence",
      matcher,
      why: "known",
      startsAt: desk.now,
      endsAt: desk.now + 2 * DAY,
    });
    liveDays(desk, 2, () => desk.fire({ reason: "startup-death", subject: SERVICE }));
    const early = desk.state.pages.values().filter(({ createdAt }) => createdAt < START_AT + 2 * DAY);
    expect(early).toEqual([]);
    expect(desk.sent()).toHaveLength(1);
  });

  it("pages as often with three more reasons that join it at once, and once for each that rings later", () => {
    const desk = new Desk(policy);
    desk.fire({ reason: "startup-death", subject: SERVICE });
    desk.fire({ reason: "no-progress", subject: SERVICE });
    desk.fire({ reason: "memory-pressure", subject: SERVICE, severity: "warning" });
    liveDays(desk, 1);
    for (const responder of people) {
      const counts = countsOf(desk, responder, 1);
      expect(atMost(counts), counts.join(" ")).toEqual([true]);
    }
  });
});

it("an acknowledgement that lapses unanswered pages once an hour at most, while it is taken again", () => {
  const desk = new Desk(ONE_PERSON);
  desk.fire();
  desk.liveFor(LIKE_WAIT_MS);
  for (let hour = 0; hour < 24; hour += 1) {
    desk.act("alice", { kind: "acknowledge", incidentId: "inc_1" });
    desk.liveFor(HOUR);
  }
  expect(desk.sent()).toHaveLength(25);
});
