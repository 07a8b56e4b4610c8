// The one way in which an answer asks a shard or D1 itself: a part that hangs or is gone becomes a refusal, and its error goes to the log alone.
// What a reader would get wrong: the work may be done all the same, so what is asked for may be asked for again.
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { bounded } from "../../platform/bounded.ts";

/** How long a part is waited for. Shorter than `countersign` and an enrolling agent wait, so that they hear the reason. */
export const PART_TIMEOUT_MS = 10_000;

/** Asks a part; `what` says in the log what it was asked. */
export async function askPart<T>(
  what: string,
  ask: () => Promise<T>,
): Promise<Result<T, { readonly reason: "part-silent" }>> {
  try {
    return ok(await bounded(ask(), PART_TIMEOUT_MS, what));
  } catch (error) {
    console.error(`${what}:`, error);
    return refuse({ reason: "part-silent" });
  }
}
