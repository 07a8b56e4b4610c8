// Pages on their way out of the desk: how many at once on a channel, what is dropped when its turn comes, and that
// nothing that hangs stands in anybody's way. The bounds themselves: lanes.test.ts.
import { describe, expect, it } from "vitest";
import { ok } from "@countersign/shared/values/result";
import type { Incident } from "../../../../control-plane/src/core/desk/records/incident.ts";
import type { Delivery } from "../../../../control-plane/src/core/desk/records/pages/delivery.ts";
import type { Page } from "../../../../control-plane/src/core/desk/records/pages/page.ts";
import { EMPTY_DESK } from "../../../../control-plane/src/core/desk/state/empty-desk.ts";
import { DeskDeliveries } from "../../../../control-plane/src/shell/desk/desk-deliveries.ts";
import type { DeskCalls, PageSending } from "../../../../control-plane/src/shell/desk/desk-ports.ts";

const START_AT = 1_000_000;

/** Deliveries over records that a test changes; a call is answered when the test says so. */
class Out {
  now = START_AT;
  state = EMPTY_DESK;
  readonly events: string[] = [];
  readonly asked: string[] = [];
  readonly sent: PageSending[] = [];
  readonly deliveries: DeskDeliveries;
  readonly #answers: (() => void)[] = [];

  constructor() {
    const called = (what: string, answer: () => void) => {
      this.asked.push(what);
      this.#answers.push(answer);
    };
    const calls: Pick<DeskCalls, "askReceipt" | "sendPage" | "settleDelivery"> = {
      sendPage: (sending, answered) => {
        const { channel, page } = sending;
        this.sent.push(sending);
        called(`${page.key} ${page.attempts} ${channel}`, () =>
          answered(ok({ result: "delivered", detail: "" })),
        );
      },
      askReceipt: ({ deliveryKey }, answered) =>
        called(`ask ${deliveryKey}`, () => answered(ok({ receipt: null }))),
      settleDelivery: ({ deliveryKey, settle }, answered) =>
        called(`${settle} ${deliveryKey}`, () => answered(ok({ result: "told" }))),
    };
    const now = () => this.now;
    this.deliveries = new DeskDeliveries({
      calls: calls as DeskCalls,
      clock: {
        get now() {
          return now();
        },
      },
      state: () => this.state,
      shardOf: () => null,
      standing: () => null,
      take: ({ kind }) => void this.events.push(kind),
      refuseGrant: () => {},
    });
  }

  holdsPage(page: Page): Page {
    this.state = { ...this.state, pages: this.state.pages.with(page.key, page) };
    return page;
  }

  sends(page: Page): void {
    this.deliveries.sendPage({ page: this.holdsPage(page), earlier: null });
  }

  holds(...held: readonly Delivery[]): void {
    const records = held.reduce((all, one) => all.with(one.deliveryKey, one), EMPTY_DESK.deliveries);
    this.state = { ...this.state, deliveries: records };
  }

  /** The provider answers the call of that place in order. */
  answers(index: number): void {
    this.#answers[index]?.();
  }
}

function ring(key: string, over: Partial<Page> = {}): Page {
  return {
    key,
    incidentId: "inc_1",
    approvalId: null,
    kind: "ring",
    tells: [],
    isEverywhere: false,
    responder: "alice",
    channels: ["push", "text"],
    channelIndex: 0,
    attempts: 1,
    nextAttemptAt: START_AT,
    state: "pending",
    severity: "error",
    title: key,
    body: "",
    path: "/",
    createdAt: START_AT,
    deliveredAt: null,
    deliveredBy: null,
    lastError: null,
    ...over,
  };
}

/** Deliveries whose lane `push` is full: two pages of it hang. */
function burdened(): Out {
  const out = new Out();
  out.sends(ring("p1"));
  out.sends(ring("p2"));
  return out;
}

describe("pages", () => {
  // The kind of the effect in place of the page's own: no channel could tell a ring from anything else.
  it("are handed over as what they are, with nothing of the effect that sends them", () => {
    const out = new Out();
    const page = out.holdsPage(ring("p1"));
    const effect = { kind: "send-page", page, earlier: "h1" } as const;
    out.deliveries.sendPage(effect);
    const latest = { handle: "h2", isOpen: true };
    out.deliveries.sendPage({ ...effect, page: out.holdsPage(ring("p2")), latest });
    expect(out.sent).toStrictEqual([
      { channel: "push", page, earlier: "h1" },
      { channel: "push", page: ring("p2"), earlier: "h1", latest },
    ]);
  });

  it("go out on one channel two at a time, and on another channel beside them", () => {
    const out = burdened();
    out.sends(ring("p3"));
    out.sends(ring("p4", { channelIndex: 1 }));
    expect(out.asked).toEqual(["p1 1 push", "p2 1 push", "p4 1 text"]);
    out.answers(0);
    expect(out.asked.slice(3)).toEqual(["p3 1 push"]);
    expect(out.events).toEqual(["page-attempted"]);
  });

  it("that are performed again while they wait or are under way are sent once", () => {
    const out = burdened();
    for (const key of ["p1", "p3", "p3"]) out.sends(ring(key));
    out.answers(0);
    out.answers(1);
    expect(out.asked).toEqual(["p1 1 push", "p2 1 push", "p3 1 push"]);
  });

  it.each([
    ["withdrawn", null],
    ["taken by a channel", ring("p3", { state: "delivered" })],
    ["given up", ring("p3", { state: "undeliverable" })],
    ["tried again", ring("p3", { attempts: 2, channelIndex: 1 })],
  ])("that were %s while they waited are not sent", (_what, then) => {
    const out = burdened();
    out.sends(ring("p3"));
    out.sends(ring("p4"));
    if (then === null) out.state = { ...out.state, pages: out.state.pages.without("p3") };
    else out.holdsPage(then);
    out.answers(0);
    expect(out.asked.slice(2)).toEqual(["p4 1 push"]);
  });

  it.each([
    ["nobody has it", "open", ["p3 2 push"]],
    ["somebody has it", "acknowledged", []],
  ] as const)("that go everywhere go on where another channel took them and %s", (_what, state, then) => {
    const out = burdened();
    const incidents = out.state.incidents.with("inc_1", { incidentId: "inc_1", state } as Incident);
    out.state = { ...out.state, incidents };
    const everywhere = ring("p3", { attempts: 2, isEverywhere: true });
    out.sends(everywhere);
    out.holdsPage({ ...everywhere, state: "delivered" });
    out.answers(0);
    expect(out.asked.slice(2)).toEqual(then);
  });

  it("of which nobody hears any more do not stand in the way of what waits", () => {
    const out = burdened();
    out.sends(ring("p3"));
    out.now += 20_000;
    out.deliveries.move();
    expect(out.asked.slice(2)).toEqual(["p3 1 push"]);
  });

  it("that ring go before those that only add", () => {
    const out = burdened();
    out.sends(ring("u", { kind: "update" }));
    out.sends(ring("p3"));
    out.answers(0);
    expect(out.asked.slice(2)).toEqual(["p3 1 push"]);
  });
});

const DELIVERY: Delivery = {
  deliveryKey: "first",
  pageKey: "inc_1:ring:1:alice",
  incidentId: "inc_1",
  responder: "alice",
  channel: "push",
  kind: "ring",
  handle: "r1",
  acceptedAt: START_AT,
  stage: "accepted",
  stageAt: START_AT,
  askAt: START_AT,
  asks: 0,
  arrivesByAt: null,
  settle: "acknowledged",
  settleAt: START_AT,
  settleAttempts: 0,
};

describe("questions and settlings", () => {
  it("are put once at a time, and again when nobody hears of them any more", () => {
    const out = new Out();
    out.holds(DELIVERY);
    out.deliveries.askReceipt(DELIVERY);
    out.deliveries.askReceipt(DELIVERY);
    expect(out.asked).toEqual(["ask first"]);
    out.now += 20_000;
    out.deliveries.askReceipt(DELIVERY);
    out.answers(1);
    out.deliveries.settleDelivery(DELIVERY);
    out.answers(2);
    expect(out.asked).toEqual(["ask first", "ask first", "acknowledged first"]);
    expect(out.events).toEqual(["receipt-told", "delivery-settled"]);
  });

  it("are dropped when what they are about was answered, forgotten or settled otherwise while they waited", () => {
    const [second, third] = ["second", "third"].map((deliveryKey) => ({ ...DELIVERY, deliveryKey }));
    if (second === undefined || third === undefined) throw new Error("there are two");
    const out = new Out();
    out.holds(DELIVERY, second, third);
    for (const one of [DELIVERY, second, third]) out.deliveries.askReceipt(one);
    for (const one of [DELIVERY, second, third]) out.deliveries.settleDelivery(one);
    out.holds({ ...second, stage: "acknowledged", settle: "resolved" }, third);
    for (const index of [0, 1, 2]) out.answers(index);
    expect(out.asked).toEqual(["ask first", "ask third", "acknowledged third"]);
  });

  it("are dropped when their provider said meanwhile that it wants to be left alone", () => {
    const [second, third] = ["second", "third"].map((deliveryKey) => ({ ...DELIVERY, deliveryKey }));
    if (second === undefined || third === undefined) throw new Error("there are two");
    const out = new Out();
    out.holds(DELIVERY, second, third);
    for (const one of [DELIVERY, second, third]) out.deliveries.askReceipt(one);
    out.deliveries.settleDelivery(second);
    const later = START_AT + 60_000;
    out.holds(DELIVERY, { ...second, askAt: later, settleAt: later }, { ...third, askAt: later, asks: 1 });
    for (const index of [0, 1, 2]) out.answers(index);
    // The third one is due again already.
    expect(out.asked).toEqual(["ask first", "ask third"]);
  });
});
