// How long a view waits for a yes to be handed over: until it is, a moment at most, and not at all where nothing is on its way. The clock is the test's.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Approval } from "../../../../control-plane/src/core/desk/records/approval.ts";
import { byPerson } from "../../../../control-plane/src/core/words/actor.ts";
import { awaitHandOver } from "../../../../control-plane/src/web/approvals/await-hand-over.ts";
import { approvalOf, yesOf } from "../../../gallery/records/approval-night.tsx";
import { NOW, SECOND_MS } from "../../../gallery/shown-state.ts";

const MOMENT_MS = 400;
const HANDED = { isGrantDelivered: true, handedOverAt: NOW };

/** Waits for a yes so long ago; its shard takes it after a while. */
async function waited(agoMs: number, takenAfterMs = Infinity, given: Partial<Approval> = {}) {
  const before = approvalOf({ ...yesOf(agoMs), ...given });
  const ask = vi.fn(async () => ({
    approval: Date.now() - NOW < takenAfterMs ? before : { ...before, ...HANDED },
  }));
  const waiting = awaitHandOver({ approval: before }, ask);
  await vi.runAllTimersAsync();
  const { isGrantDelivered } = (await waiting).approval;
  return { ms: Date.now() - NOW, isGrantDelivered, looks: ask.mock.calls.length };
}

beforeEach(() => vi.useFakeTimers({ now: NOW }));
afterEach(() => vi.useRealTimers());

it("waits until it is handed over, and no longer", async () => {
  const { isGrantDelivered, ms } = await waited(20, 100);
  expect(isGrantDelivered).toBe(true);
  expect(ms).toBeGreaterThanOrEqual(100);
  expect(ms).toBeLessThan(200);
});

it("waits a moment at most: then the view says that it is on its way", async () => {
  const { isGrantDelivered, looks, ms } = await waited(20);
  expect(isGrantDelivered).toBe(false);
  expect(ms).toBeLessThanOrEqual(MOMENT_MS);
  expect(looks).toBe(8);
});

it.each<[string, number, Partial<Approval>]>([
  ["is an older one", SECOND_MS, {}],
  ["is handed over", 20, HANDED],
  ["is called back", 20, { recalledBy: byPerson("omar") }],
  ["has run", 20, { state: "executing" }],
  ["was never given", 20, { state: "seen", decidedAt: null }],
])("does not wait where the yes %s", async (_, agoMs, given) => {
  expect(await waited(agoMs, Infinity, given)).toMatchObject({ ms: 0, looks: 0 });
});
