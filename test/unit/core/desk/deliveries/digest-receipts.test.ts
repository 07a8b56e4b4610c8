// A digest that a channel with receipts took: who says "I have it" there has all that it told, and the phone falls
// silent when nothing of it waits.
import { expect, test } from "vitest";
import { DIGEST_NAMED_MAX } from "../../../../../control-plane/src/core/desk/texts/digest-text.ts";
import type { HostSubject } from "../../../../../control-plane/src/core/words/subject.ts";
import { calls, deskWith, dropFinished, says, takes, withSureWay } from "./sure-way.ts";

withSureWay();

const MINUTE = 60_000;
const BY_SURE = {
  channels: { push: { kind: "sure" } },
  responders: [
    { id: "alice", name: "Alice", channels: ["push"] },
    { id: "bob", name: "Bob", channels: ["push"] },
  ],
  escalation: { steps: [{ notify: ["alice"], after: "0s" }], repeat: "24h" },
};

const hostOf = (index: number): HostSubject => ({
  kind: "host",
  hostId: `host_${String(index).padStart(32, "0")}`,
  hostName: `web-${index}`,
});

/** Six first rings, then two notices that are held and come as one digest. */
function withDigest() {
  const desk = deskWith(BY_SURE);
  const troubles = [
    "host-silent",
    "check-failing",
    "no-progress",
    "startup-death",
    "latency-high",
    "check-stale",
  ] as const;
  for (const [index, reason] of troubles.entries()) {
    desk.fire({ reason, subject: hostOf(index), title: reason });
    desk.settle();
    const key = desk.attempts().at(-1)?.split(" ")[0] ?? "";
    takes(desk, key, "push", `ring-${index}`);
    says(desk, `${key}@push`, "acknowledged");
  }
  for (const [index, reason] of (["stale-code", "memory-pressure"] as const).entries()) {
    desk.fire({ reason, subject: hostOf(50 + index), title: reason, severity: "warning" });
    desk.settle();
  }
  for (let minute = 0; minute < 16; minute += 1) desk.tickAfter(MINUTE);
  const digest = desk.state.pages.values().find(({ covers }) => covers !== undefined);
  if (digest === undefined) throw new Error("there is no digest");
  takes(desk, digest.key, "push", "digest-1");
  return { desk, digest, deliveryKey: `${digest.key}@push` };
}

const settled = (desk: ReturnType<typeof withDigest>["desk"], deliveryKey: string) =>
  calls(desk).filter((call) => call.endsWith(deliveryKey) && !call.startsWith("ask"));

test("it waits for somebody as long as anything of it does", () => {
  const { deliveryKey, desk, digest } = withDigest();
  says(desk, deliveryKey, "delivered");
  expect(settled(desk, deliveryKey)).toEqual([]);
  const [first, second] = (digest.covers ?? []).map((key) => desk.state.pages.get(key)?.incidentId ?? "");
  desk.act("bob", { kind: "acknowledge", incidentId: first! });
  expect(settled(desk, deliveryKey)).toEqual([]);
  desk.act("bob", { kind: "acknowledge", incidentId: second! });
  expect(settled(desk, deliveryKey)).toEqual([`acknowledged ${deliveryKey}`]);
});

test("who has all of it hears of its end as well, however much later that is", () => {
  const { deliveryKey, desk, digest } = withDigest();
  const ids = (digest.covers ?? []).map((key) => desk.state.pages.get(key)?.incidentId ?? "");
  for (const incidentId of ids) desk.act("bob", { kind: "acknowledge", incidentId });
  desk.take({ kind: "delivery-settled", deliveryKey, settle: "acknowledged", result: "told" });
  desk.state = dropFinished(desk.state, desk.now);
  for (const [index, reason] of (["stale-code", "memory-pressure"] as const).entries())
    desk.clear(reason, hostOf(50 + index));
  desk.tickAfter(10 * MINUTE);
  expect(settled(desk, deliveryKey)).toEqual([`acknowledged ${deliveryKey}`, `resolved ${deliveryKey}`]);
  desk.take({ kind: "delivery-settled", deliveryKey, settle: "resolved", result: "told" });
  desk.state = dropFinished(desk.state, desk.now);
  expect(desk.state.deliveries.get(deliveryKey)).toBeUndefined();
});

test("who says that they have it has all of it", () => {
  const { deliveryKey, desk, digest } = withDigest();
  says(desk, deliveryKey, "acknowledged");
  const states = (digest.covers ?? []).map(
    (key) => desk.state.incidents.get(desk.state.pages.get(key)?.incidentId ?? "")?.state,
  );
  expect(states).toEqual(["acknowledged", "acknowledged"]);
});

test("… that it named: of what it only counted nobody has seen anything, and that rings on", () => {
  const { deliveryKey, desk, digest } = withDigest();
  const [key = ""] = digest.covers ?? [];
  const page = desk.state.pages.get(key)!;
  const incident = desk.state.incidents.get(page.incidentId)!;
  const ids = Array.from({ length: DIGEST_NAMED_MAX + 5 }, (_none, index) => `inc_more_${index}`);
  const more = ids.map((incidentId) => ({ ...page, incidentId, key: `${incidentId}:ring:1:alice` }));
  const pages = more.reduce((all, one) => all.with(one.key, one), desk.state.pages);
  desk.state = {
    ...desk.state,
    pages: pages.with(digest.key, {
      ...desk.state.pages.get(digest.key)!,
      covers: more.map((one) => one.key),
    }),
    incidents: ids.reduce(
      (all, incidentId) => all.with(incidentId, { ...incident, incidentId }),
      desk.state.incidents,
    ),
  };
  says(desk, deliveryKey, "acknowledged");
  const open = ids.filter((id) => desk.state.incidents.get(id)?.state === "open");
  expect(open).toEqual(ids.slice(DIGEST_NAMED_MAX));
});
