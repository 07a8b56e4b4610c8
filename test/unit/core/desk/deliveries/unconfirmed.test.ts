// What may have been taken though no channel said so: who may have been rung is told the end, and what was named before
// it was sent is ended at its provider.
import { describe, expect, test } from "vitest";
import { serviceAt } from "../fleet.ts";
import {
  aliceBy,
  calls,
  deskWith,
  dropFinished,
  fails,
  RING,
  ringing,
  says,
  takes,
  withSureWay,
} from "./sure-way.ts";

withSureWay();

const KEY = `${RING}@named`;
const DIGEST = "dig_1:ring:0:alice";
const NAME = `name of ${RING}`;
const SETTLES_AFTER_MS = 20_000;
const NAMED = { ...aliceBy(["named", "text"]), incident: { resolveAfter: "1m" } };
/** … by channels whose messages nobody can name before they are sent. */
const UNNAMED = { ...aliceBy(["text", "push"]), incident: { resolveAfter: "1m" } };
const ACKNOWLEDGE = { kind: "acknowledge", incidentId: "inc_1" } as const;

const kept = (desk: ReturnType<typeof ringing>) => desk.state.deliveries.get(KEY);
const ends = (desk: ReturnType<typeof ringing>) =>
  desk.state.pages
    .values()
    .filter(({ kind }) => kind === "recovered")
    .map(({ responder }) => responder);

/** Somebody takes it, and it is over a minute later. */
function isTakenAndOver(desk: ReturnType<typeof ringing>): void {
  desk.act("alice", ACKNOWLEDGE);
  desk.tickAfter(SETTLES_AFTER_MS);
  desk.clear();
  desk.tickAfter(60_000);
}

describe("a message that was named before it was sent", () => {
  test("is known from then on; the answer confirms it, and the provider's own name stands", () => {
    const desk = ringing(NAMED);
    expect(kept(desk)).toMatchObject({ handle: NAME, isUnconfirmed: true, askAt: null, arrivesByAt: null });
    takes(desk, RING, "named", "its-own");
    expect(kept(desk)).toMatchObject({ handle: "its-own" });
    expect(kept(desk)?.isUnconfirmed).toBeUndefined();
    expect(desk.state.deliveries.size).toBe(1);
    expect(desk.state.pages.get(RING)?.state).toBe("delivered");
  });

  test("is forgotten when its provider refuses it, and not where an earlier attempt had no answer", () => {
    const desk = ringing(NAMED);
    fails(desk, "named", { detail: "HTTP 400" });
    expect(kept(desk)).toBeUndefined();
    const again = ringing({ ...NAMED, ...aliceBy(["named"]) });
    fails(again, "named", { mayHaveCome: true });
    again.tickAfter(20_000);
    expect(again.state.pages.get(RING)?.unconfirmed).toEqual(["named", "named"]);
    fails(again, "named", { detail: "HTTP 400" });
    expect(kept(again)).toMatchObject({ isUnconfirmed: true });
  });

  test("is tried on the same channel again: it is not known to have taken it", () => {
    const desk = ringing({ ...NAMED, ...aliceBy(["named"]) });
    fails(desk, "named", { mayHaveCome: true });
    desk.tickAfter(20_000);
    expect(desk.state.pages.get(RING)?.attempts).toBe(2);
  });

  test("is ended though no answer ever came, once what is on its way is there; and is then done with", () => {
    const desk = ringing(NAMED);
    desk.act("alice", ACKNOWLEDGE);
    desk.tickAfter(SETTLES_AFTER_MS - 1);
    expect(calls(desk)).toEqual([]);
    desk.tickAfter(1);
    expect(calls(desk)).toEqual([`acknowledged ${KEY}`]);
    desk.take({ kind: "delivery-settled", deliveryKey: KEY, settle: "acknowledged", result: "told" });
    desk.clear();
    desk.tickAfter(60_000);
    desk.tickAfter(SETTLES_AFTER_MS);
    desk.take({ kind: "delivery-settled", deliveryKey: KEY, settle: "resolved", result: "told" });
    expect(calls(desk)).toEqual([`acknowledged ${KEY}`, `resolved ${KEY}`]);
    expect(kept(desk)?.settleAt).toBeNull();
  });

  test("is ended once more when its attempt turns out to have no answer, and at once when it was taken", () => {
    const desk = ringing(NAMED);
    desk.act("alice", ACKNOWLEDGE);
    desk.tickAfter(SETTLES_AFTER_MS);
    fails(desk, "named", { mayHaveCome: true });
    desk.tickAfter(SETTLES_AFTER_MS);
    expect(calls(desk)).toEqual([`acknowledged ${KEY}`, `acknowledged ${KEY}`]);
    takes(desk, RING, "named", "its-own");
    expect(calls(desk)).toHaveLength(3);
  });

  test("silences no older one before it was taken", () => {
    const desk = ringing({ ...NAMED, ...aliceBy(["named"]) });
    takes(desk, RING, "named", "first");
    desk.tickAfter(15 * 60_000);
    expect(desk.state.deliveries.size).toBe(2);
    expect(calls(desk)).toEqual([]);
    takes(desk, "inc_1:ring:2:alice", "named", "second");
    expect(calls(desk)).toEqual([`superseded ${KEY}`]);
  });

  test("says what its person did, though no answer ever came", () => {
    const desk = ringing(NAMED);
    says(desk, KEY, "acknowledged");
    expect(desk.state.incidents.get("inc_1")).toMatchObject({ state: "acknowledged", reached: ["alice"] });
    expect(kept(desk)?.isUnconfirmed).toBeUndefined();
  });

  test("of a test is kept until the test is forgotten, and ended then", () => {
    const desk = deskWith(NAMED);
    const test = { kind: "send-test-page", testId: "tst_1", responder: "alice", channel: "named" } as const;
    desk.act("alice", test);
    for (let tries = 0; tries < 12; tries += 1) desk.tickAfter(60_000);
    expect(desk.state.pages.get("tst_1:test:0:alice")?.state).toBe("undeliverable");
    desk.state = dropFinished(desk.state, desk.now);
    expect(desk.state.deliveries.size).toBe(1);
    desk.tickAfter(60 * 60_000);
    desk.tickAfter(SETTLES_AFTER_MS);
    expect(calls(desk)).toEqual(["resolved tst_1:test:0:alice@named"]);
  });
});

/** A first ring that is held, and the digest that brings it, on its way. */
function digestRings() {
  const desk = ringing(NAMED);
  const [page] = desk.state.pages.values();
  if (page === undefined) throw new Error("no page is on its way");
  const { unconfirmed: _none, ...first } = page;
  const held = { ...first, state: "held", attempts: 0 } as const;
  const digest = { ...first, key: DIGEST, incidentId: "dig_1", attempts: 0, covers: [RING] };
  const due = { ...digest, round: { done: 0, tried: [] }, channelIndex: 0, nextAttemptAt: desk.now };
  const pages = desk.state.pages.with(RING, held).with(DIGEST, due);
  desk.state = { ...desk.state, pages, deliveries: desk.state.deliveries.without(KEY) };
  desk.tickAfter(0);
  return desk;
}

test.each([
  ["while it may be on its way", 0],
  ["when it is due again, in the same decision", SETTLES_AFTER_MS],
])(
  "a digest of which no answer came is ended, and the end told, where what it brings is taken %s",
  (_when, afterMs) => {
    const desk = digestRings();
    expect(desk.state.deliveries.ids()).toEqual([`${DIGEST}@named`]);
    desk.now += afterMs;
    isTakenAndOver(desk);
    desk.tickAfter(SETTLES_AFTER_MS);
    expect(desk.state.pages.get(DIGEST)).toBeUndefined();
    expect(calls(desk).at(-1)).toBe(`resolved ${DIGEST}@named`);
    expect(ends(desk)).toEqual(["alice"]);
  },
);

describe("who may have been rung is told the end", () => {
  test("where the answer was lost and somebody took it before it was tried again", () => {
    for (const said of [NAMED, UNNAMED]) {
      const desk = ringing(said);
      isTakenAndOver(desk);
      expect(ends(desk)).toEqual(["alice"]);
    }
  });

  test("where an attempt had no answer, and the next one was refused", () => {
    const desk = ringing(UNNAMED);
    fails(desk, "text", { mayHaveCome: true });
    fails(desk, "push", { detail: "HTTP 400" });
    isTakenAndOver(desk);
    expect(ends(desk)).toEqual(["alice"]);
  });

  test("and who was not, because each channel refused it, is not", () => {
    const desk = ringing(UNNAMED);
    fails(desk, "text", { detail: "HTTP 400" });
    fails(desk, "push", { detail: "HTTP 400" });
    isTakenAndOver(desk);
    expect(ends(desk)).toEqual([]);
  });

  test("also of what took it in while the digest that brought it had no answer", () => {
    const desk = digestRings();
    for (const index of [1, 2]) desk.fire({ subject: serviceAt(index) });
    const { mergedInto } = desk.state.incidents.get("inc_1")!;
    expect(desk.state.incidents.get(mergedInto!)?.reached).toEqual(["alice"]);
  });

  test("also when its page is given up after the end", () => {
    const desk = ringing(UNNAMED);
    fails(desk, "text", { mayHaveCome: true });
    desk.clear();
    desk.tickAfter(60_000);
    expect(ends(desk)).toEqual([]);
    for (let tries = 0; tries < 30 && ends(desk).length === 0; tries += 1) desk.tickAfter(300_000);
    expect(ends(desk)).toEqual(["alice"]);
  });
});
