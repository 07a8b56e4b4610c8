// Who acknowledges in PagerDuty has it here: the desk in workerd pages the first responder there, PagerDuty brings what
// she pressed to `POST /v1/channels/NAME`, and nobody rings the second. What a reader would get wrong: PagerDuty names
// no key of ours in it; and what the desk tells PagerDuty afterwards comes back the same way.
import { SELF } from "cloudflare:test";
import { beforeEach, expect, it, vi } from "vitest";
import { byAdmin, byPerson } from "../../../control-plane/src/core/words/actor.ts";
import type { Signal } from "../../../control-plane/src/core/words/signal.ts";
import { hostSubject } from "../../../control-plane/src/core/words/subject.ts";
import { PATIENT } from "../../patience.ts";
import type { WebhookSubscription } from "../../providers/pagerduty-webhook.ts";
import { fakePagerDuty } from "../../providers/pagerduty.ts";
import { bindings, desk, ORIGIN } from "../world/fleet.ts";

const SECOND_STEP_MS = 300_000;
const CLOCK = {
  get now() {
    return Date.now();
  },
};
const bound = bindings as unknown as Readonly<Record<string, string>>;

beforeEach(async () => {
  const duty = { kind: "pagerduty", server: "https://events.pagerduty.test", secret: "CHANNEL_HERS" };
  const text = JSON.stringify({
    version: 1,
    channels: {
      hers: { ...duty, webhookSecret: "CHANNEL_DUTY_HOOK" },
      his: { ...duty, secret: "CHANNEL_HIS" },
    },
    responders: [
      { id: "alice", name: "Alice", channels: ["hers"] },
      { id: "bob", name: "Bob", channels: ["his"] },
    ],
    escalation: {
      steps: [
        { notify: ["alice"], after: "0s" },
        { notify: ["bob"], after: "5m" },
      ],
    },
  });
  const change = { expectedVersion: 0, by: byAdmin(), why: "", text, confirm: true };
  expect(await desk().applyPolicy(change)).toMatchObject({ ok: true });
});

/** PagerDuty, with one service for each of them. */
function pagerDuty(over: Partial<WebhookSubscription> = {}) {
  const brought: Request[] = [];
  const webhook = {
    url: `${ORIGIN}/v1/channels/hers`,
    secrets: [bound["CHANNEL_DUTY_HOOK"] ?? ""],
    deliver: async (request: Request) => {
      brought.push(request.clone());
      return SELF.fetch(request);
    },
    ...over,
  };
  const keys = [bound["CHANNEL_HERS"] ?? "", bound["CHANNEL_HIS"] ?? ""] as const;
  const provider = fakePagerDuty(CLOCK, { routingKeys: keys, webhook });
  vi.spyOn(globalThis, "fetch").mockImplementation((input, init) =>
    provider.answer(new Request(input, init)),
  );
  const ringsOf = (key: string) => provider.arrived.filter(({ to }) => to === key);
  return {
    provider,
    brought,
    rings: () => ({ hers: ringsOf(keys[0]).length, his: ringsOf(keys[1]).length }),
  };
}

async function failsAndRings({ provider }: ReturnType<typeof pagerDuty>): Promise<string> {
  const silence: Signal = {
    kind: "firing",
    key: "web-8",
    happenedAt: Date.now(),
    noticedAt: Date.now(),
    subject: hostSubject("host_silent1", "web-8"),
    reason: "host-silent",
    severity: "critical",
    title: "web-8 is silent",
    evidence: [],
    proposalRequestId: null,
    restarts: null,
  };
  await desk().receiveSignals("shard-0", [silence]);
  await vi.waitFor(() => expect(provider.arrived).toHaveLength(1), PATIENT);
  await desk().settled();
  return provider.arrived[0]?.handle ?? "";
}

async function secondStepComes(): Promise<void> {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + SECOND_STEP_MS + 1_000 });
  await desk().watch();
  await desk().settled();
}

const incidents = async () => (await desk().overview()).incidents;
const states = async () => (await incidents()).map(({ state }) => state);
const rung = async () => (await incidents()).flatMap((incident) => incident.rung);
const audited = async () =>
  (await desk().auditRows({ before: null, limit: 50 })).map(({ act, actor }) => ({ act, actor }));

it("what she acknowledges there stops the escalation, and is hers once", async () => {
  const at = pagerDuty();
  expect(await at.provider.acknowledge(await failsAndRings(at))).toBe(true);
  await desk().settled();
  expect(await states()).toEqual(["acknowledged"]);
  const before = await audited();
  const hers = { act: "incident-acknowledged", actor: byPerson("alice") };
  expect(before.filter(({ act }) => act === hers.act)).toEqual([hers]);
  await secondStepComes();
  expect([at.rings(), await rung()]).toEqual([{ hers: 1, his: 0 }, ["alice"]]);
  for (const again of at.brought) expect((await SELF.fetch(again)).status).toBe(200);
  expect(await audited()).toEqual(before);
});

it("what the desk tells PagerDuty comes back, and does nothing", async () => {
  const at = pagerDuty();
  await failsAndRings(at);
  const [{ incidentId } = { incidentId: "" }] = await incidents();
  const act = { kind: "acknowledge", incidentId } as const;
  const by = { ...byPerson("alice"), deviceId: "dev_x" };
  expect(await desk().act({ act, by })).toMatchObject({ ok: true });
  await vi.waitFor(() => expect(at.provider.ringing.size).toBe(0), PATIENT);
  await desk().settled();
  const before = await audited();
  expect(await at.provider.bring()).toBe(true);
  expect(at.brought).toHaveLength(2);
  expect(await audited()).toEqual(before);
});

it.each([
  ["another secret signs it", { secrets: ["guess"] }],
  ["it is for another channel", { url: `${ORIGIN}/v1/channels/his` }],
])("nobody has it where %s, and the second responder is rung", async (_what, over) => {
  const at = pagerDuty(over);
  expect(await at.provider.acknowledge(await failsAndRings(at))).toBe(false);
  expect(await states()).toEqual(["open"]);
  await secondStepComes();
  expect(await rung()).toEqual(["alice", "bob"]);
  await vi.waitFor(() => expect(at.rings().his).toBe(1), PATIENT);
});

it("what is no alert of this desk is answered, and does nothing", async () => {
  const at = pagerDuty({ isWithoutAlerts: true });
  await failsAndRings(at);
  const event = { event_action: "trigger", routing_key: bound["CHANNEL_HERS"], dedup_key: "foreign" };
  const payload = { summary: "somebody else's", source: "s", severity: "critical" };
  const body = JSON.stringify({ ...event, payload });
  await at.provider.answer(new Request("https://events.pagerduty.test/v2/enqueue", { method: "POST", body }));
  const before = await audited();
  expect(await at.provider.acknowledge("foreign")).toBe(true);
  expect([await states(), await audited()]).toEqual([["open"], before]);
});
