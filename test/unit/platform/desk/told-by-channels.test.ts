// What a provider brings by itself: nothing is believed before its channel has checked it, and its person hears "taken"
// only where the desk says so.
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ok, refuse } from "@countersign/shared/values/result";
import { CHANNELS } from "../../../../control-plane/src/channels/channel-list.ts";
import type { ChannelBindings } from "../../../../control-plane/src/channels/channel.ts";
import type { DeskEvent } from "../../../../control-plane/src/core/desk/desk-event.ts";
import type { Incident } from "../../../../control-plane/src/core/desk/records/incident.ts";
import type { Delivery } from "../../../../control-plane/src/core/desk/records/pages/delivery.ts";
import type { DeskState } from "../../../../control-plane/src/core/desk/state/desk-state.ts";
import { PIGEON } from "./pigeon.ts";

const LIST = "../../../../control-plane/src/channels/channel-list.ts";
vi.resetModules();
vi.doMock(LIST, () => ({ CHANNELS: [...CHANNELS, PIGEON] }));
const { hearChannel } = await import("../../../../control-plane/src/platform/desk/told-by-channels.ts");
const { EMPTY_DESK } = await import("../../../../control-plane/src/core/desk/state/empty-desk.ts");
const { Policy } = await import("../../../../control-plane/src/policy/policy.ts");

afterAll(() => {
  vi.doUnmock(LIST);
  vi.resetModules();
});

const loft = { kind: "pigeon", loft: "https://loft.test/in", secret: "CHANNEL_PIGEON" };
const policy = Policy.parse({
  version: 1,
  channels: { terminal: { kind: "terminal" }, way: loft, other: loft },
  responders: [
    { id: "alice", name: "Alice", channels: ["way"], roles: ["answer"] },
    { id: "looker", name: "Looker", channels: ["way"], roles: [] },
  ],
  escalation: { steps: [{ notify: ["alice"], after: "0s" }] },
});
const bindings: ChannelBindings & Readonly<Record<string, string>> = { CHANNEL_PIGEON: "tk_secret" };
const url = "https://desk.test/v1/channels/way?n=1";

function delivery(over: Partial<Delivery> = {}): Delivery {
  const { handle = "r1", responder = "alice" } = over;
  const made = { channel: "way", kind: "ring", incidentId: "inc_1", ...over, handle, responder };
  return { deliveryKey: `${handle}@${made.channel}`, stage: "accepted", ...made } as Delivery;
}

let events: readonly DeskEvent[] = [];
let state: DeskState = EMPTY_DESK;
/** What the desk does with an event. */
let taking: () => ReturnType<Parameters<typeof hearChannel>[0]["take"]>;

beforeEach(() => {
  events = [];
  taking = () => ok(null);
  holds([delivery()]);
  incidentIs("open");
});

function holds(deliveries: readonly Delivery[]): void {
  const records = deliveries.reduce((all, one) => all.with(one.deliveryKey, one), EMPTY_DESK.deliveries);
  state = { ...state, deliveries: records };
}
function incidentIs(is: Incident["state"]): void {
  state = {
    ...state,
    incidents: EMPTY_DESK.incidents.with("inc_1", { incidentId: "inc_1", state: is } as Incident),
  };
}

const desk = {
  get state() {
    return state;
  },
  policy: () => policy,
  take: (taken: readonly DeskEvent[]) => {
    events = [...events, ...taken];
    return taking();
  },
};

async function heard(told: object | string, over: { channel?: string; proof?: string; url?: string } = {}) {
  const body = typeof told === "string" ? told : JSON.stringify(told);
  const headers = [["x-pigeon", over.proof ?? `tk_secret ${url}`]] as const;
  const call = { url: over.url ?? url, headers, body };
  const answered = await hearChannel(desk, bindings, { channel: over.channel ?? "way", call, now: 1 });
  return answered.ok ? /<Said>(\w+)/.exec(answered.value.body)?.[1] : answered.error.reason;
}
const acknowledged = { handle: "r1", stage: "acknowledged" };

describe("what nobody has shown to come from the provider", () => {
  it.each([
    ["a wrong signature", { proof: "guess" }],
    ["one over another address", { url: `${url}&more=1` }],
    ["a channel that the policy does not name", { channel: "nothing" }],
    ["a name of every object", { channel: "constructor" }],
    ["a channel that hears nothing", { channel: "terminal" }],
  ])("is refused alike, and does nothing: %s", async (_what, over) => {
    expect(await heard(acknowledged, over)).toBe("provider-unproven");
    expect(events).toEqual([]);
  });

  it("is refused alike where its channel cannot check it, or fails over it", async () => {
    const call = { url, headers: [], body: "" };
    expect(await hearChannel(desk, {}, { channel: "way", call, now: 1 })).toEqual(
      refuse({ reason: "provider-unproven" }),
    );
    const logged = vi.spyOn(console, "error").mockReturnValue();
    const broken = vi.spyOn(PIGEON, "hear").mockRejectedValue(new Error("tk_secret"));
    expect(await heard(acknowledged)).toBe("provider-unproven");
    expect(JSON.stringify(logged.mock.calls)).not.toContain("tk_secret");
    broken.mockRestore();
    logged.mockRestore();
  });
});

describe("what a provider brought", () => {
  it("about a page is an event, whatever stage it is of", async () => {
    expect(await heard({ handle: "r1", stage: "seen" })).toBe("taken");
    const receipt = { stage: "seen", at: null, detail: "cooed" };
    expect(events).toEqual([{ kind: "receipt-told", deliveryKey: "r1@way", receipt }]);
  });

  it("about none, or a page of which it says nothing, is answered and does nothing", async () => {
    expect(await heard({})).toBe("taken");
    expect(await heard({ handle: "r1" })).toBe("taken");
    expect(events).toEqual([]);
  });

  it("about a page that is not known, or of another channel, is unknown", async () => {
    expect(await heard({ handle: "r2", stage: "acknowledged" })).toBe("unknown");
    holds([delivery({ channel: "other" })]);
    expect(await heard(acknowledged)).toBe("unknown");
    expect(events).toEqual([]);
  });

  it("by a handle that two pages had is about the newer one", async () => {
    holds([delivery({ deliveryKey: "old" }), delivery({ deliveryKey: "new" })]);
    await heard({ handle: "r1", stage: "delivered" });
    expect(events).toMatchObject([{ deliveryKey: "new" }]);
  });
});

describe("what a provider brought without a handle that it knows of", () => {
  const isMeant = (of: string) => (handle: string) => handle.startsWith(of);

  async function heardOf(of: string) {
    const receipt = { stage: "seen", at: null, detail: "" } as const;
    const answer = (became: string) => ({ contentType: "text/plain", body: became });
    vi.spyOn(PIGEON, "hear").mockResolvedValue(ok({ handle: isMeant(of), receipt, answer }));
    const call = { url, headers: [], body: "" };
    const answered = await hearChannel(desk, bindings, { channel: "way", call, now: 1 });
    return answered.ok && answered.value.body;
  }
  afterEach(() => void vi.restoreAllMocks());

  it("is about the one that is meant, the newest of its handle, on this channel", async () => {
    const both = [delivery({ deliveryKey: "old" }), delivery({ deliveryKey: "new" })];
    holds([...both, delivery({ handle: "s1" }), delivery({ handle: "r2", channel: "other" })]);
    expect(await heardOf("r")).toBe("taken");
    expect(events).toMatchObject([{ deliveryKey: "new" }]);
  });

  it("is unknown where none is meant, or two are", async () => {
    holds([delivery(), delivery({ handle: "r2" })]);
    for (const of of ["x", "r"]) expect([of, await heardOf(of)]).toEqual([of, "unknown"]);
    expect(events).toEqual([]);
  });
});

it("a channel is told when it came", async () => {
  const hear = vi.spyOn(PIGEON, "hear");
  const call = { url, headers: [], body: "" };
  await hearChannel(desk, bindings, { channel: "way", call, now: 7 });
  expect(hear.mock.calls[0]?.[1]).toMatchObject({ cameAt: 7 });
  hear.mockRestore();
});

describe("an acknowledgement is answered", () => {
  it.each(["acknowledged", "resolved", "merged"] as const)(
    "taken where the incident is %s then",
    async (is) => {
      taking = () => {
        incidentIs(is);
        return ok(null);
      };
      expect(await heard(acknowledged)).toBe("taken");
    },
  );

  it("taken where somebody had it before", async () => {
    incidentIs("acknowledged");
    expect(await heard(acknowledged)).toBe("taken");
  });

  it("refused while the incident stays open", async () => {
    expect(await heard(acknowledged)).toBe("refused");
  });

  it("refused where the desk refuses the act", async () => {
    incidentIs("acknowledged");
    taking = () => refuse({ reason: "role-missing" });
    expect(await heard(acknowledged)).toBe("refused");
  });

  it.each(["looker", "somebody-who-left"])("refused to %s, whoever else has it", async (responder) => {
    holds([delivery({ responder })]);
    incidentIs("acknowledged");
    expect(await heard(acknowledged)).toBe("refused");
  });

  it("taken for a test page, which has no incident and wants no role", async () => {
    holds([delivery({ kind: "test", incidentId: "tst_1", responder: "looker" })]);
    expect(await heard(acknowledged)).toBe("taken");
  });
});
