// A view that is opened by a yes: it waits a moment for the host's shard to take that, so that the first thing a person sees of their yes is that it was
// handed over, and not that it is on its way until the view is next fetched. It only asks, and not for long. The hand-over and the browser's way to
// this view run at once: beside a shard it is mostly over before, and nothing is waited for; a shard far away from a near phone needs it.
import type { Approval } from "../../core/desk/records/approval.ts";

/** A yes is taken in far less where its host is there; nobody looks at an empty screen for longer. */
const LOOK_EVERY_MS = 40;
const LOOKS_MAX = 8;
/** An older one is late, and its view says so. */
const FRESH_MS = 1_000;

/** What was found, as it is once its yes was handed over, or a moment has gone by; `ask`: how it is now, null: it cannot be found. */
export async function awaitHandOver<Found extends { readonly approval: Approval }>(
  found: Found,
  ask: () => Promise<Found | null>,
): Promise<Found> {
  let newest = found;
  for (let look = 0; look < LOOKS_MAX && isBeingHanded(newest.approval, Date.now()); look += 1) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    newest = (await ask()) ?? newest;
  }
  return newest;
}

function isBeingHanded({ decidedAt, isGrantDelivered, recalledBy, state }: Approval, now: number) {
  if (state !== "approved" || isGrantDelivered || recalledBy !== undefined) return false;
  return decidedAt !== null && now - decidedAt < FRESH_MS;
}
