// A channel that takes a page and does not bring it: the next channel is tried at once, each once, unless nobody needs
// it any more.
import { describe, expect, test } from "vitest";
import {
  aliceBy,
  ARRIVES_WITHIN_MS,
  deskWith,
  fails,
  reachOf,
  RING,
  ringing,
  says,
  takes,
  whyOf,
  withSureWay,
} from "./sure-way.ts";

withSureWay();

const KEY = `${RING}@push`;

function swallowing(said: object = {}) {
  const desk = ringing(said);
  takes(desk, RING, "push");
  return desk;
}

describe("the page goes on", () => {
  test.each([
    [ARRIVES_WITHIN_MS - 1, [`${RING} push`]],
    [ARRIVES_WITHIN_MS, [`${RING} push`, `${RING} text`]],
  ])("after %i ms without a word that it arrived", (afterMs, attempts) => {
    const desk = swallowing();
    desk.tickAfter(afterMs);
    expect(desk.attempts()).toEqual(attempts);
  });

  test("at once when it is lost, and a channel that can say no more has brought it", () => {
    const desk = swallowing();
    says(desk, KEY, "lost");
    expect(desk.attempts()).toEqual([`${RING} push`, `${RING} text`]);
    expect(desk.state.pages.get(RING)).toMatchObject({
      state: "pending",
      deliveredAt: null,
      lastError: "push: lost",
    });
    expect(whyOf(desk, "page-swallowed")).toContain("push took");
    takes(desk, RING, "text");
    desk.tickAfter(ARRIVES_WITHIN_MS);
    desk.receipt(RING, "feed", "delivered");
    desk.tickAfter(120_000);
    expect(desk.attempts()).toEqual([`${RING} push`, `${RING} text`, `${RING} feed`]);
    expect(desk.state.pages.get(RING)).toMatchObject({
      state: "delivered",
      deliveredBy: "feed",
      attempts: 3,
    });
  });

  test("to each channel once; where all of them swallow it, it goes on nowhere", () => {
    const desk = swallowing(aliceBy(["push", "text"]));
    says(desk, KEY, "lost");
    takes(desk, RING, "text");
    says(desk, `${RING}@text`, "lost");
    desk.tickAfter(120_000);
    expect(desk.attempts()).toHaveLength(2);
    expect(desk.audited().filter((act) => act === "page-swallowed")).toHaveLength(2);
  });

  test("again and again where the others fail, and never again where it was swallowed", () => {
    const desk = swallowing();
    says(desk, KEY, "lost");
    fails(desk, "text");
    fails(desk, "feed");
    desk.tickAfter(20_000);
    expect(desk.attempts().slice(1)).toEqual([`${RING} text`, `${RING} feed`, `${RING} text`]);
  });

  test("no further once its provider says after all that it arrived", () => {
    const desk = swallowing();
    desk.tickAfter(ARRIVES_WITHIN_MS);
    says(desk, KEY, "delivered");
    desk.tickAfter(60_000);
    expect(desk.attempts()).toHaveLength(2);
    expect(desk.state.pages.get(RING)).toMatchObject({ state: "delivered", deliveredBy: "push" });
  });

  test("also when the channel says once more that it took it", () => {
    const desk = swallowing();
    desk.tickAfter(ARRIVES_WITHIN_MS);
    takes(desk, RING, "push");
    expect(desk.state.pages.get(RING)?.state).toBe("pending");
  });

  test("a test does as well, and what its asker reads says so", () => {
    const desk = deskWith();
    desk.act("alice", { kind: "send-test-page", testId: "tst_1", responder: "alice", channel: null });
    takes(desk, "tst_1:test:0:alice", "push");
    desk.tickAfter(ARRIVES_WITHIN_MS);
    expect(desk.attempts().at(-1)).toBe("tst_1:test:0:alice text");
    expect(desk.state.testPages.get("tst_1")).toMatchObject({ deliveredBy: null });
    expect(desk.state.testPages.get("tst_1")?.error).toContain("push: its provider does not say");
  });
});

describe("where none brings it", () => {
  const twoWays = aliceBy(["push", "text"]);
  const others = {
    responders: [...twoWays.responders, { id: "bob", name: "Bob", channels: ["feed"], roles: [] }],
  };
  const found = (desk: ReturnType<typeof swallowing>) => desk.findingOf("page-undelivered");

  /** Both take it, and neither says in time that it arrived. */
  function swallowedBoth() {
    const desk = swallowing(others);
    desk.tickAfter(ARRIVES_WITHIN_MS);
    takes(desk, RING, "text");
    desk.tickAfter(ARRIVES_WITHIN_MS - 1);
    expect(desk.state.findings.values()).toHaveLength(1);
    desk.tickAfter(1);
    return desk;
  }

  test("the others are told with the last of them, and the page is one that did not arrive", () => {
    const desk = swallowedBoth();
    expect(found(desk)).toMatchObject({
      severity: "critical",
      title: "Pages to Alice do not arrive: taken by push and text, arrived by none",
      clearedAt: null,
    });
    expect(desk.state.pages.get(RING)).toMatchObject({ state: "undeliverable", deliveredAt: null });
    desk.settle();
    expect(desk.attempts().at(-1)).toBe(`${found(desk).incidentId}:ring:1:bob feed`);
  });

  test("one channel fails and the other swallows: after two minutes", () => {
    const desk = swallowing(others);
    says(desk, KEY, "lost");
    fails(desk, "text");
    for (let elapsed = 0; elapsed < 119_000; elapsed += 1_000) desk.tickAfter(1_000);
    expect(desk.state.findings.values()).toHaveLength(1);
    desk.tickAfter(1_000);
    expect(found(desk).title).toBe("Pages to Alice do not arrive: taken by push, arrived by none");
  });

  test.each<[string, (desk: ReturnType<typeof swallowing>) => void]>([
    ["it arrived after all", (desk) => says(desk, KEY, "delivered")],
    ["its person saw it on the phone", (desk) => says(desk, `${RING}@text`, "seen")],
    ["its person has it", (desk) => says(desk, KEY, "acknowledged")],
    ["they opened it", (desk) => desk.act("alice", { kind: "see-incident", incidentId: "inc_1" })],
    ["they took it", (desk) => desk.act("alice", { kind: "acknowledge", incidentId: "inc_1" })],
    [
      "a test page came, as they say",
      (desk) => {
        desk.act("alice", { kind: "send-test-page", testId: "tst_1", responder: "alice", channel: "push" });
        desk.now += 1;
        desk.act("alice", { kind: "confirm-test-page", testId: "tst_1" });
      },
    ],
  ])("it ends when %s", (_what, happens) => {
    const desk = swallowedBoth();
    desk.now += 1_000;
    happens(desk);
    expect(found(desk).endedAt).toBe(desk.now);
  });

  test.each<[string, (desk: ReturnType<typeof swallowing>) => void]>([
    [
      "the next page is taken and not heard of",
      (desk) => {
        desk.act("alice", { kind: "send-test-page", testId: "tst_1", responder: "alice", channel: "push" });
        takes(desk, "tst_1:test:0:alice", "push", "push-2");
      },
    ],
    ["the same is taken once more", (desk) => takes(desk, RING, "push")],
    ["somebody else took it", (desk) => desk.act("bob", { kind: "acknowledge", incidentId: "inc_1" })],
    ["the desk wakes", (desk) => desk.take({ kind: "tick" })],
  ])("it goes on when %s", (_what, happens) => {
    const desk = swallowedBoth();
    desk.now += 1_000;
    happens(desk);
    desk.tickAfter(120_000);
    expect(found(desk)).toMatchObject({ clearedAt: null, endedAt: null });
  });

  test("each channel's last page is shown as one that did not arrive, until it did", () => {
    const desk = swallowedBoth();
    const shown = () =>
      reachOf(desk.state, { now: desk.now, policy: desk.policy }).channels.filter(
        ({ responder }) => responder === "alice",
      );
    expect(shown().map(({ channel, last, state }) => [channel, state, last?.error])).toEqual([
      ["push", "broken", "its provider does not say that it arrived"],
      ["text", "broken", "its provider does not say that it arrived"],
    ]);
    takes(desk, RING, "push");
    expect(shown().map(({ state }) => state)).toEqual(["broken", "broken"]);
    says(desk, KEY, "delivered");
    expect(shown()).toMatchObject([
      { channel: "text", state: "broken" },
      { channel: "push", state: "works", last: { error: null } },
    ]);
  });
});

test("one that is taken with a name and can say no more has brought it: nothing else is tried", () => {
  const desk = swallowing(aliceBy(["push", "chat", "feed"], { send: "at-once" }));
  takes(desk, RING, "chat");
  says(desk, KEY, "lost");
  desk.tickAfter(60_000);
  expect(desk.attempts()).toHaveLength(3);
  expect(desk.state.pages.get(RING)?.state).toBe("delivered");
});

test("a digest that each channel swallows is missed as a page is", () => {
  const desk = swallowing(aliceBy(["push"]));
  const digest = desk.state.pages.get(RING);
  if (digest === undefined) throw new Error("there is no page");
  desk.state = {
    ...desk.state,
    pages: desk.state.pages.with("dig_1:ring:0:alice", {
      ...digest,
      key: "dig_1:ring:0:alice",
      incidentId: "dig_1",
      covers: [RING],
    }),
  };
  takes(desk, "dig_1:ring:0:alice", "push", "push-2");
  says(desk, "dig_1:ring:0:alice@push", "lost");
  expect(desk.findingOf("page-undelivered").evidence).toHaveLength(2);
  expect(desk.state.pages.get(RING)?.state).toBe("undeliverable");
});

describe("the page goes nowhere", () => {
  test.each<[string, (desk: ReturnType<typeof swallowing>) => void]>([
    ["it arrived", (desk) => says(desk, KEY, "delivered")],
    [
      "its person saw it at the desk",
      (desk) => desk.act("alice", { kind: "see-incident", incidentId: "inc_1" }),
    ],
    ["somebody has it", (desk) => desk.act("alice", { kind: "acknowledge", incidentId: "inc_1" })],
    ["another channel that can say no more took it", (desk) => desk.receipt(RING, "feed", "delivered")],
  ])("when %s", (_what, happens) => {
    const desk = swallowing();
    if (_what.startsWith("another")) desk.state = { ...desk.state, contacts: feedTried(desk) };
    happens(desk);
    desk.tickAfter(ARRIVES_WITHIN_MS);
    desk.tickAfter(ARRIVES_WITHIN_MS);
    expect(desk.attempts()).toHaveLength(1);
  });

  test("when it was over meanwhile", () => {
    const desk = swallowing({ incident: { resolveAfter: "10s" } });
    desk.clear();
    desk.tickAfter(ARRIVES_WITHIN_MS);
    expect(desk.incident().state).toBe("resolved");
    expect(desk.attempts().filter((attempt) => attempt.startsWith(RING))).toHaveLength(1);
  });
});

/** As if the page had been tried by the feed as well, before the first channel answered. */
function feedTried(desk: ReturnType<typeof swallowing>) {
  const push = desk.state.contacts.get("alice/push");
  if (push === undefined) throw new Error("push was not tried");
  return desk.state.contacts.with("alice/feed", { ...push, contactKey: "alice/feed", channel: "feed" });
}
