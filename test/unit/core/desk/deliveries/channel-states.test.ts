// What fails on a channel rests it, for as long as its provider asks or longer each time; one page at a time tries it
// again; a broken one is told by another way.
import { describe, expect, test } from "vitest";
import {
  aliceBy,
  deskWith,
  fails,
  policyWith,
  reachOf,
  RING,
  ringing,
  takes,
  withSureWay,
} from "./sure-way.ts";

withSureWay();

const ONE = aliceBy(["feed"]);
/** So that pages about the channel are not in the way. */
const UNTOLD = { rules: { "page-undelivered": { enabled: false } } };

const hostOf = (index: number) =>
  ({ kind: "host", hostId: `host_${String(index).padStart(32, "0")}`, hostName: `web-${index}` }) as const;

const restOf = (desk: ReturnType<typeof ringing>, channel = "feed") =>
  Math.max(0, (desk.state.channelStates.get(channel)?.restsUntilAt ?? 0) - desk.now);

/** Fails at the next attempts, whenever they are made, and says how long the channel rested after each. */
function restsAfter(count: number, how: Parameters<typeof fails>[2]): readonly number[] {
  const desk = ringing({ ...ONE, ...UNTOLD });
  return Array.from({ length: count }, () => {
    fails(desk, "feed", how);
    const restMs = restOf(desk);
    for (const tried = desk.attempts().length; desk.attempts().length === tried;) {
      desk.now = desk.last?.alarmAt ?? Infinity;
      desk.take({ kind: "tick" });
    }
    return restMs;
  });
}

describe("rests", () => {
  test.each<[string, Parameters<typeof fails>[2], readonly number[]]>([
    ["what fails, from the second time on", {}, [0, 5_000, 10_000, 20_000]],
    ["what does not answer in time", { isTimeout: true }, [30_000, 60_000, 120_000, 240_000]],
    ["what refuses for good, once", { isForGood: true }, [300_000, 300_000]],
  ])("%s, a fifth shorter or longer, five minutes at most", (_what, how, expected) => {
    for (const [index, restMs] of restsAfter(expected.length, how).entries()) {
      expect(restMs).toBeGreaterThanOrEqual((expected[index] ?? 0) * 0.8);
      expect(restMs).toBeLessThanOrEqual(Math.min(300_000, (expected[index] ?? 0) * 1.2));
    }
  });

  test.each([
    [90_000, 90_000],
    [7_200_000, 3_600_000],
    [-5, 0],
  ])("what its provider asks for, to the millisecond, an hour at most: %i", (retryAfterMs, restMs) => {
    const desk = ringing({ ...ONE, ...UNTOLD });
    fails(desk, "feed", { retryAfterMs });
    expect(restOf(desk)).toBe(restMs);
    desk.tickAfter(Math.max(0, restMs - 1));
    expect(desk.attempts()).toHaveLength(1);
    desk.tickAfter(restMs > 0 ? 1 : 6_000);
    expect(desk.attempts()).toHaveLength(2);
  });

  test("what fails while it rests does not lengthen it, but for the provider's own word", () => {
    const desk = ringing({ ...ONE, ...UNTOLD });
    fails(desk, "feed");
    fails(desk, "feed", { key: "inc_2:ring:1:alice" });
    const restMs = restOf(desk);
    fails(desk, "feed", { key: "inc_3:ring:1:alice" });
    expect([restOf(desk), desk.state.channelStates.get("feed")?.failures]).toEqual([restMs, 2]);
    fails(desk, "feed", { key: "inc_4:ring:1:alice", retryAfterMs: 60_000 });
    expect(restOf(desk)).toBe(60_000);
  });

  test("not at all once it took something, unless its provider asked for it", () => {
    const desk = ringing({ ...ONE, ...UNTOLD });
    fails(desk, "feed", { isForGood: true });
    desk.receipt("inc_2:ring:1:alice", "feed", "delivered");
    expect(desk.state.channelStates.size).toBe(0);
    fails(desk, "feed", { retryAfterMs: 60_000 });
    desk.receipt("inc_3:ring:1:alice", "feed", "delivered");
    expect(restOf(desk)).toBe(60_000);
  });

  test("not at all with other settings: its page goes at once", () => {
    const desk = ringing({ ...ONE, ...UNTOLD });
    fails(desk, "feed", { isForGood: true });
    desk.tickAfter(20_000);
    expect(desk.attempts()).toHaveLength(1);
    const channels = { ...policyWith().channels, feed: { kind: "ntfy", topic: "another" } };
    desk.policy = policyWith({ ...ONE, ...UNTOLD, channels });
    desk.tickAfter(1_000);
    expect([desk.state.channelStates.size, desk.attempts().length]).toEqual([0, 2]);
  });
});

describe("pages", () => {
  test("leave out what rests, in their person's order", () => {
    const desk = ringing(UNTOLD);
    fails(desk, "push", { retryAfterMs: 600_000 });
    desk.receipt(RING, "text", "delivered");
    desk.tickAfter(15 * 60_000 - 1);
    fails(desk, "text", { key: "inc_2:ring:1:alice", retryAfterMs: 600_000 });
    desk.tickAfter(1);
    expect(desk.attempts().slice(2)).toEqual(["inc_1:ring:2:alice feed"]);
  });

  test("wait for the first that is free where all rest, and count no attempt", () => {
    const desk = ringing({ ...aliceBy(["push", "text"]), ...UNTOLD });
    fails(desk, "push", { retryAfterMs: 200_000 });
    fails(desk, "text", { retryAfterMs: 100_000 });
    desk.tickAfter(50_000);
    expect(desk.state.pages.get(RING)).toMatchObject({ attempts: 2, state: "pending" });
    desk.tickAfter(50_000);
    expect(desk.attempts().at(-1)).toBe(`${RING} text`);
  });

  test("try it one at a time after the rest, and all go when it works", () => {
    const desk = ringing({ ...ONE, ...UNTOLD });
    fails(desk, "feed", { retryAfterMs: 60_000 });
    const hostId = `host_${"b".repeat(32)}`;
    desk.fire({ reason: "host-silent", subject: { kind: "host", hostId, hostName: "web-2" } });
    desk.settle();
    expect(desk.attempts()).toHaveLength(1);
    desk.tickAfter(60_000);
    expect(desk.attempts()).toHaveLength(2);
    const [probe = ""] = desk.attempts().at(-1)?.split(" ") ?? [];
    desk.receipt(probe, "feed", "delivered");
    expect(desk.attempts()).toHaveLength(3);
    expect(new Set(desk.attempts()).size).toBe(2);
  });

  test("a test of one channel tries it though it rests, unless its provider asked", () => {
    const desk = ringing({ ...ONE, ...UNTOLD });
    const test = (testId: string) =>
      desk.act("alice", { kind: "send-test-page", testId, responder: "alice", channel: "feed" });
    fails(desk, "feed", { isForGood: true });
    test("tst_1");
    expect(desk.attempts()).toHaveLength(2);
    fails(desk, "feed", { retryAfterMs: 60_000 });
    test("tst_2");
    expect(desk.attempts()).toHaveLength(2);
  });

  test("that wait are withdrawn as soon as somebody has the incident", () => {
    const desk = ringing({ ...ONE, ...UNTOLD });
    fails(desk, "feed", { retryAfterMs: 3_600_000 });
    desk.tickAfter(20_000);
    desk.act("alice", { kind: "acknowledge", incidentId: "inc_1" });
    expect(desk.state.pages.get(RING)).toBeUndefined();
  });

  test("of one incident that all wait are one when it is free: the newest", () => {
    const desk = ringing({ ...ONE, ...UNTOLD });
    fails(desk, "feed", { retryAfterMs: 3_600_000 });
    desk.tickAfter(20_000);
    desk.tickAfter(15 * 60_000);
    desk.tickAfter(15 * 60_000);
    expect(desk.attempts()).toHaveLength(1);
    desk.tickAfter(3_600_000);
    expect(desk.attempts().slice(1)).toHaveLength(1);
    expect(desk.attempts().at(-1)).toBe(`${desk.sent().at(-1)} feed`);
    expect(desk.audited().filter((act) => act === "page-withdrawn").length).toBeGreaterThanOrEqual(2);
  });

  describe("when all of a ring's has cleared before a channel was free", () => {
    const another = {
      kind: "service",
      hostId: `host_${"b".repeat(32)}`,
      hostName: "web-2",
      service: "other",
    } as const;
    const KEY = "inc_2:ring:1:alice";
    const keys = (desk: ReturnType<typeof ringing>) =>
      desk.attempts().filter((attempt) => attempt === `${KEY} feed`);

    /** A second trouble begins while the channel rests, and is well again when it may be used. */
    function clearedMeanwhile() {
      const desk = ringing({ ...ONE, ...UNTOLD });
      fails(desk, "feed", { retryAfterMs: 60_000 });
      desk.fire({ subject: another });
      desk.settle();
      desk.clear("check-failing", another);
      desk.tickAfter(60_000);
      desk.receipt(RING, "feed", "delivered");
      expect(keys(desk)).toEqual([]);
      return desk;
    }

    test("it waits, and rings at once when that begins again, however much she got lately", () => {
      const desk = clearedMeanwhile();
      for (let index = 0; index < 6; index += 1) {
        desk.fire({ reason: "host-silent", subject: hostOf(index) });
        desk.settle();
        desk.deliverPages();
      }
      desk.fire({ subject: another });
      expect(keys(desk)).toHaveLength(1);
    });

    test("it is taken back when that is over", () => {
      const desk = clearedMeanwhile();
      desk.liveFor(60 * 60_000);
      expect(desk.state.incidents.get("inc_2")?.state).toBe("resolved");
      expect(keys(desk)).toEqual([]);
      expect(desk.state.pages.get(KEY)).toBeUndefined();
    });
  });

  test("are given up where they waited for two hours", () => {
    const seldom = { escalation: { steps: [{ notify: ["alice"], after: "0s" }], repeat: "24h" } };
    const desk = ringing({ ...ONE, ...UNTOLD, ...seldom });
    for (let hour = 0; hour < 3; hour += 1) {
      fails(desk, "feed", { key: `inc_${hour}:ring:1:alice`, retryAfterMs: 3_600_000 });
      desk.tickAfter(3_600_000 - 1);
    }
    fails(desk, "feed", { key: "inc_9:ring:1:alice", retryAfterMs: 3_600_000 });
    desk.tickAfter(1);
    expect(desk.state.pages.get(RING)?.state).toBe("undeliverable");
  });
});

describe("broken", () => {
  const subject = { kind: "channel", channel: "push" } as const;
  const findings = (desk: ReturnType<typeof ringing>) =>
    desk.state.findings.values().filter((one) => one.subject.kind === "channel" && one.endedAt === null);

  test("for good, at once: told by another way, with its reason, and reach says since when", () => {
    const desk = ringing();
    fails(desk, "push", { isForGood: true, detail: "HTTP 404" });
    expect(desk.findingOf("page-undelivered", subject)).toMatchObject({
      title: "Channel push takes no pages: HTTP 404",
      // Bob has no other
      severity: "error",
    });
    desk.settle();
    expect(desk.attempts().some((attempt) => attempt.endsWith("alice text"))).toBe(true);
    const { channels } = reachOf(desk.state, { now: desk.now, policy: desk.policy });
    expect(channels[0]).toMatchObject({
      channel: "push",
      state: "broken",
      problem: "HTTP 404",
      brokenSinceAt: desk.state.channelStates.get("push")?.firstFailedAt,
      wakes: "silent-phone",
    });
  });

  test("a warning where everybody who uses it has another", () => {
    const desk = ringing(aliceBy(["push", "text"]));
    fails(desk, "push", { isForGood: true });
    expect(desk.findingOf("page-undelivered", subject).severity).toBe("warning");
  });

  test("told to nobody by itself, nor where each channel fails, until another works", () => {
    const desk = ringing({
      responders: [
        { id: "alice", name: "Alice", channels: ["push"] },
        { id: "bob", name: "Bob", channels: ["text", "push"] },
      ],
    });
    fails(desk, "text", { key: "inc_9:ring:1:bob" });
    fails(desk, "push", { isForGood: true });
    expect(findings(desk)).toHaveLength(0);
    desk.receipt("inc_9:ring:1:bob", "text", "delivered");
    expect(findings(desk)).toHaveLength(1);
    desk.settle();
    const told = desk.incidentOf("page-undelivered", subject).incidentId;
    expect(desk.sent().filter((key) => key.startsWith(told))).toEqual([`${told}:ring:1:bob`]);
  });

  test.each([
    [2, 29_999, 0],
    [2, 30_000, 0],
    [3, 29_999, 0],
    [3, 30_000, 1],
  ])("%i failures in a row over %i ms: %i findings", (count, overMs, expected) => {
    const desk = deskWith(aliceBy(["push", "text"]));
    for (let failure = 0; failure < count; failure += 1) {
      fails(desk, "push", { key: `inc_${failure}:ring:1:alice` });
      desk.now += failure === count - 1 ? 0 : 7_000;
    }
    desk.tickAfter(overMs - (count - 1) * 7_000);
    expect(findings(desk)).toHaveLength(expected);
  });

  test("the desk wakes to tell it", () => {
    const desk = deskWith(aliceBy(["push", "text"]));
    const firstAt = desk.now;
    for (const failure of [0, 1, 2]) {
      fails(desk, "push", { key: `inc_${failure}:ring:1:alice` });
      desk.now += 7_000;
    }
    expect(desk.last?.alarmAt).toBe(firstAt + 30_000);
  });

  test.each<[string, (desk: ReturnType<typeof ringing>) => void]>([
    ["it takes something again", (desk) => desk.receipt(RING, "push", "delivered")],
    [
      "its settings change",
      (desk) => {
        desk.policy = policyWith({
          channels: { ...policyWith().channels, push: { kind: "sure", to: "new" } },
        });
      },
    ],
    [
      "nobody uses it any more",
      (desk) => {
        desk.policy = policyWith(aliceBy(["text"]));
      },
    ],
  ])("no more once %s", (_what, happens) => {
    const desk = ringing();
    fails(desk, "push", { isForGood: true });
    expect(findings(desk)).toHaveLength(1);
    happens(desk);
    desk.tickAfter(1_000);
    expect(findings(desk)).toHaveLength(0);
  });

  test("one finding and one page to each, however long pages about it fail on it", () => {
    const desk = ringing(aliceBy(["feed", "push"]));
    const broken = { kind: "channel", channel: "feed" } as const;
    for (let minute = 0; minute < 40; minute += 1) {
      fails(desk, "feed", { isForGood: true });
      for (const { key, state } of desk.state.pages.values())
        if (state === "pending") takes(desk, key, "push", key);
      desk.tickAfter(60_000);
    }
    expect(desk.state.findings.values().filter(({ subject }) => subject.kind === "channel")).toHaveLength(1);
    const { incidentId } = desk.incidentOf("page-undelivered", broken);
    expect(desk.sent().filter((key) => key.startsWith(incidentId))).toEqual([`${incidentId}:ring:1:alice`]);
  });
});

test.each([
  [119_999, 0],
  [120_000, 1],
])("a person all of whose channels rest for %i ms is told of, though nothing was tried", (afterMs, count) => {
  const desk = deskWith(aliceBy(["push", "text"]));
  for (const channel of ["push", "text"])
    fails(desk, channel, { key: "inc_9:ring:1:alice", retryAfterMs: 900_000 });
  desk.fire();
  desk.settle();
  desk.tickAfter(afterMs);
  expect(desk.attempts()).toEqual([]);
  const person = desk.state.findings.values().filter((one) => one.subject.kind === "person");
  expect(person).toHaveLength(count);
});
