// What is held becomes one page again: when, how loud, what it brings, what leaves it, and what its receipt means for
// what it brings.
import { expect, test } from "vitest";
import { heldDueAt } from "../../../../../control-plane/src/core/desk/outbox/digest.ts";
import type { HostSubject } from "../../../../../control-plane/src/core/words/subject.ts";
import type { Policy } from "../../../../../control-plane/src/policy/policy.ts";
import { dropFinished } from "../../../../../control-plane/src/shell/desk/desk-retention.ts";
import { Desk, POLICY } from "../desk-fixtures.ts";

const MINUTE = 60_000;
const ALONE: Policy = {
  ...POLICY,
  escalation: { steps: [{ notify: ["alice"], afterMs: 0 }], repeatMs: 60 * MINUTE },
};

const hostOf = (index: number): HostSubject => ({
  kind: "host",
  hostId: `host_${String(index).padStart(32, "0")}`,
  hostName: `web-${index}`,
});

/** Nothing alike, so each is an incident of its own. */
const TROUBLES = [
  "host-flooding",
  "host-untrustworthy",
  "no-progress",
  "success-rate-low",
  "latency-high",
  "heartbeat-missed",
  "check-stale",
] as const;

/** Something else on one host after the other. */
function trouble(desk: Desk, count: number): void {
  for (let index = 1; index <= count; index += 1) {
    const reason = TROUBLES[(index - 1) % TROUBLES.length]!;
    desk.fire({ reason, subject: hostOf(index), title: `trouble ${index}` });
    desk.settle();
    desk.deliverPages();
  }
}

/** Notices, whose first ring may be held. */
function notices(desk: Desk, count: number): void {
  for (let index = 1; index <= count; index += 1) {
    const reason = (["credential-expiring", "stale-code", "memory-pressure"] as const)[index % 3]!;
    desk.fire({ reason, subject: hostOf(100 + index), title: `notice ${index}`, severity: "warning" });
  }
  desk.settle();
}

const held = (desk: Desk) => desk.state.pages.values().filter(({ state }) => state === "held");
const digests = (desk: Desk) => desk.state.pages.values().filter(({ covers }) => covers !== undefined);

function stormy(noticeCount: number): Desk {
  const desk = new Desk(ALONE);
  trouble(desk, 6);
  notices(desk, noticeCount);
  return desk;
}

/** Each of Alice's channels says, of her first page, that it wants nothing for so long. */
function restAll(desk: Desk, retryAfterMs: number): void {
  const [page] = desk.state.pages.values();
  for (const channel of page!.channels)
    desk.take({
      kind: "page-attempted",
      key: page!.key,
      channel,
      result: "failed",
      detail: "HTTP 429",
      retryAfterMs,
    });
}

test("first rings all go out, and what comes after six is held", () => {
  const desk = new Desk(ALONE);
  trouble(desk, 7);
  expect(held(desk)).toEqual([]);
  notices(desk, 2);
  expect(held(desk).map(({ body }) => body.split("\n")[0])).toEqual(["notice 1", "notice 2"]);
  expect(desk.last?.alarmAt).not.toBeNull();
});

test("what is held goes out when there is room, in one digest", () => {
  const desk = stormy(3);
  expect(held(desk)).toHaveLength(3);
  desk.liveFor(15 * MINUTE);
  expect(held(desk)).toEqual([]);
  const [digest, ...more] = digests(desk);
  expect(more).toEqual([]);
  expect(digest).toMatchObject({
    key: "dig_1:ring:0:alice",
    state: "delivered",
    severity: "warning",
    path: "/",
    title: expect.stringMatching(/^web-101: .+ since \d\d:\d\d UTC, and 2 more on 3 incidents$/),
  });
  expect(digest?.body).toContain("web-103: ");
  for (const key of digest?.covers ?? [])
    expect(desk.state.pages.get(key)).toMatchObject({ state: "delivered", deliveredBy: "push" });
});

test("while one waits for a channel no other is let go, and the next comes a quarter of an hour after it was tried", () => {
  const desk = stormy(2);
  // Until after the digest is let go.
  restAll(desk, 24 * MINUTE);
  for (let minute = 0; minute < 16; minute += 1) desk.tickAfter(MINUTE);
  const [waiting] = digests(desk);
  expect(waiting).toMatchObject({ state: "pending", attempts: 0 });
  desk.fire({ reason: "config-thrash", subject: hostOf(200), title: "notice 3", severity: "warning" });
  desk.settle();
  for (let minute = 0; minute < 8; minute += 1) desk.tickAfter(MINUTE);
  expect(desk.state.pages.get(waiting!.key)?.attempts).toBeGreaterThan(0);
  const triedAt = desk.now;
  expect(desk.state.sentLately.get("alice")?.releasedAt).toBeGreaterThan(triedAt - 2 * MINUTE);
});

test("one that waits for a channel leaves behind what has cleared meanwhile, until that begins again", () => {
  const desk = stormy(3);
  restAll(desk, 24 * MINUTE);
  for (let minute = 0; minute < 16; minute += 1) desk.tickAfter(MINUTE);
  expect(digests(desk)[0]?.covers).toHaveLength(3);
  desk.clear("stale-code", hostOf(101));
  for (let minute = 0; minute < 9; minute += 1) desk.tickAfter(MINUTE);
  const [digest] = digests(desk);
  expect(digest?.attempts).toBeGreaterThan(0);
  expect(digest?.covers).toHaveLength(2);
  expect(digest?.title).not.toContain("web-101");
  expect(held(desk).some(({ body }) => body.startsWith("notice 1"))).toBe(true);
});

test("a place that is free because somebody took an incident is given away in the same decision", () => {
  const desk = new Desk({ ...ALONE, escalation: { ...ALONE.escalation, repeatMs: 15 * MINUTE } });
  desk.fire({ reason: "host-silent", subject: hostOf(50), title: "first" });
  desk.settle();
  restAll(desk, 55 * MINUTE);
  for (const [index, reason] of TROUBLES.slice(1).entries())
    desk.fire({ reason, subject: hostOf(index), title: `trouble ${index}` });
  desk.settle();
  for (let minute = 0; minute < 20; minute += 1) desk.tickAfter(MINUTE);
  const { incidentId } = desk.state.incidents.values().find(({ reason }) => reason === TROUBLES[1])!;
  const rings = desk.state.pages.values().filter((page) => page.incidentId === incidentId);
  expect(rings.map(({ attempts, state }) => `${state} ${attempts}`)).toEqual(["pending 0", "held 0"]);
  desk.act("alice", { kind: "acknowledge", incidentId });
  expect(desk.last?.isLeftUndone).toBe(false);
});

test("it lists what it brings as it names it, the gravest first: who takes it takes what it named", () => {
  const desk = stormy(3);
  desk.fire({ reason: "fallback-overdue", subject: hostOf(150), title: "graver", severity: "error" });
  desk.liveFor(15 * MINUTE);
  const severities = digests(desk)[0]?.covers?.map((key) => desk.state.pages.get(key)?.severity);
  expect(severities).toEqual(["error", "warning", "warning", "warning"]);
});

test("one that is left goes out as it is, with its own key", () => {
  const desk = stormy(1);
  const [page] = held(desk);
  desk.liveFor(15 * MINUTE);
  expect(digests(desk)).toEqual([]);
  expect(desk.state.pages.get(page!.key)).toMatchObject({
    state: "delivered",
    title: expect.stringContaining("web-101: "),
  });
});

test("what was acknowledged meanwhile is not in it, and a digest of nothing is not sent", () => {
  const desk = stormy(3);
  const [first, ...others] = held(desk);
  for (const { incidentId } of others) desk.act("bob", { kind: "acknowledge", incidentId });
  desk.liveFor(15 * MINUTE);
  expect(digests(desk)).toEqual([]);
  expect(desk.state.pages.get(first!.key)?.state).toBe("delivered");

  const taken = stormy(3);
  for (const { incidentId } of held(taken)) taken.act("bob", { kind: "acknowledge", incidentId });
  taken.liveFor(15 * MINUTE);
  expect(digests(taken)).toEqual([]);
  expect(held(taken)).toEqual([]);
  expect(taken.attempts()).toHaveLength(6);
  expect(taken.audited().filter((act) => act === "page-withdrawn")).toHaveLength(3);
});

/** As far as the digest is tried, and not answered. */
function tried(noticeCount = 2): Desk {
  const desk = stormy(noticeCount);
  for (let left = 100; left > 0 && digests(desk).length === 0; left -= 1) {
    desk.now = desk.last?.alarmAt ?? Infinity;
    desk.take({ kind: "tick" });
  }
  return desk;
}

test("it brings a ring: its person counts as reached, and is told the end", () => {
  const desk = tried();
  const [digest] = digests(desk);
  const [one] = held(desk);
  expect(desk.state.incidents.get(one!.incidentId)?.reached).toEqual([]);
  desk.receipt(digest!.key, "push", "delivered");
  expect(desk.state.incidents.get(one!.incidentId)?.reached).toEqual(["alice"]);
  const { reason, subject } = desk.state.incidents.get(one!.incidentId)!;
  desk.clear(reason, subject);
  desk.liveFor(40 * MINUTE);
  expect(desk.state.pages.get(`${one!.incidentId}:recovered:0:alice`)).toMatchObject({ state: "delivered" });
});

test("given up: what it brings is not delivered, each of it on record", () => {
  const desk = tried();
  for (let left = 200; left > 0 && digests(desk)[0]?.state === "pending"; left -= 1) {
    desk.now = desk.last?.alarmAt ?? Infinity;
    desk.take({ kind: "tick" });
  }
  const [digest] = digests(desk);
  expect(digest?.state).toBe("undeliverable");
  const covered = (digest?.covers ?? []).map((key) => desk.state.pages.get(key));
  expect(covered.map((page) => page?.state)).toEqual(["undeliverable", "undeliverable"]);
  expect(desk.incidentOf("page-undelivered").state).toBe("open");
  desk.receipt(digest!.key, "push", "delivered");
  expect(desk.state.pages.get(covered[0]!.key)?.state).toBe("delivered");
});

test("a tried digest goes on while anything of it does, and is taken back when nothing does", () => {
  const desk = tried();
  const [digest] = digests(desk);
  const [first, second] = held(desk);
  desk.act("bob", { kind: "acknowledge", incidentId: first!.incidentId });
  desk.tickAfter(MINUTE);
  expect(digests(desk)).toMatchObject([{ key: digest!.key, title: digest!.title, state: "pending" }]);
  desk.act("bob", { kind: "acknowledge", incidentId: second!.incidentId });
  desk.tickAfter(5 * MINUTE);
  expect(digests(desk)).toEqual([]);
  expect(held(desk)).toEqual([]);
});

test("nothing is held for longer than a quarter of an hour, though first rings take all the room", () => {
  const desk = new Desk(ALONE);
  trouble(desk, 6);
  notices(desk, 2);
  const heldSince = desk.now;
  for (let index = 10; index < 40 && held(desk).length > 0; index += 1) {
    const reason = TROUBLES[index % TROUBLES.length]!;
    desk.fire({ reason, subject: hostOf(index), title: `trouble ${index}` });
    desk.liveFor(100_000);
  }
  expect(desk.now - heldSince).toBeLessThanOrEqual(15 * MINUTE + 100_000);
  expect(digests(desk)).toMatchObject([{ state: "delivered" }]);
});

test("who left the policy is addressed no more", () => {
  const desk = stormy(2);
  desk.policy = {
    ...ALONE,
    responders: ALONE.responders.filter(({ id }) => id !== "alice"),
    escalation: { ...ALONE.escalation, steps: [{ notify: ["bob"], afterMs: 0 }] },
  };
  desk.take({ kind: "responder-left", responder: "alice" });
  desk.liveFor(16 * MINUTE);
  expect(digests(desk)).toEqual([]);
  expect(held(desk)).toEqual([]);
  expect(desk.state.sentLately.has("alice")).toBe(false);
});

test("a digest leaves the state once it is settled, and what it brings stays with its incidents", () => {
  const desk = tried();
  const [digest] = digests(desk);
  expect(dropFinished(desk.state, desk.now).pages.has(digest!.key)).toBe(true);
  expect(held(desk)).toHaveLength(2);
  desk.receipt(digest!.key, "push", "delivered");
  const later = dropFinished(desk.state, desk.now);
  expect(later.pages.has(digest!.key)).toBe(false);
  expect(digest!.covers!.every((key) => later.pages.has(key))).toBe(true);
});

test("where its digest cannot be read, what it brought waits for the next one", () => {
  const desk = tried();
  const [digest] = digests(desk);
  desk.state = { ...desk.state, pages: desk.state.pages.without(digest!.key) };
  desk.liveFor(16 * MINUTE);
  expect(digests(desk)).toMatchObject([{ state: "delivered", covers: digest!.covers }]);
});

test("a digest that no channel takes says that its person cannot be reached, while it is tried on", () => {
  const desk = tried();
  const triedAt = desk.now;
  while (desk.now < triedAt + 2 * MINUTE + 1_000) desk.tickAfter(1_000);
  expect(digests(desk)).toMatchObject([{ state: "pending" }]);
  expect(desk.incidentOf("page-undelivered").state).toBe("open");
});

test("what is held keeps its incident in the state", () => {
  const desk = stormy(1);
  const [page] = held(desk);
  const incident = desk.state.incidents.get(page!.incidentId);
  const over = { ...incident!, state: "resolved", resolvedAt: desk.now } as const;
  const incidents = desk.state.incidents.with(over.incidentId, over);
  const ended = desk.findingOf("stale-code");
  const findings = desk.state.findings.with(ended.findingId, { ...ended, endedAt: desk.now });
  const later = dropFinished({ ...desk.state, findings, incidents }, desk.now + 120 * MINUTE);
  expect(later.pages.has(page!.key)).toBe(true);
  expect(later.incidents.has(over.incidentId)).toBe(true);
});

test("a ring is held on while all has cleared: it goes out when that begins again, and not when it is over", () => {
  for (const isBack of [true, false]) {
    const desk = stormy(1);
    const [page] = held(desk);
    const { reason, subject } = desk.state.incidents.get(page!.incidentId)!;
    desk.liveFor(8 * MINUTE);
    desk.clear(reason, subject);
    desk.liveFor(8 * MINUTE);
    expect(desk.state.pages.get(page!.key)?.state).toBe("held");
    if (isBack) desk.fire({ reason, subject, title: "notice 1", severity: "warning" });
    desk.liveFor(isBack ? MINUTE : 3 * MINUTE);
    expect(desk.state.pages.get(page!.key)?.state).toBe(isBack ? "delivered" : undefined);
  }
});

test("an end of what has begun anew is not told", () => {
  const desk = new Desk(ALONE);
  desk.fire({ reason: "no-progress", subject: hostOf(50), title: "trouble 50" });
  desk.liveFor(MINUTE);
  desk.clear("no-progress", hostOf(50));
  desk.now += 9 * MINUTE + 30_000;
  desk.tickAfter(0);
  trouble(desk, 6);
  desk.liveFor(MINUTE);
  expect(held(desk)).toMatchObject([{ kind: "recovered" }]);
  desk.fire({ reason: "no-progress", subject: hostOf(50), title: "trouble 50" });
  desk.liveFor(16 * MINUTE);
  expect(held(desk)).toEqual([]);
  expect(desk.attempts().filter((attempt) => attempt.includes("recovered"))).toEqual([]);
  expect(digests(desk)).toEqual([]);
});

test("after something was let go without room, nothing more is for a quarter of an hour", () => {
  const desk = stormy(1);
  const { now } = desk;
  const [page] = held(desk);
  const pages = desk.state.pages.with(page!.key, { ...page!, createdAt: now - 20 * MINUTE });
  const sent = { responder: "alice", sentAt: Array.from({ length: 6 }, () => now) };
  const dueAt = (releasedAt: number | null) => {
    const sentLately = desk.state.sentLately.with("alice", { ...sent, releasedAt });
    return heldDueAt({ ...desk.state, pages, sentLately }, { now });
  };
  expect(dueAt(null)).toBe(now - 5 * MINUTE);
  expect(dueAt(now - MINUTE)).toBe(now + 14 * MINUTE);
});
