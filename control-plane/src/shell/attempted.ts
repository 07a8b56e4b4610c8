// What an answer makes a shell store, as part of the call that was answered: what could not be stored is a call that failed, and is tried again
// by whoever repeats the call. Without this, an outbox whose answer cannot be written down would wait for it for ever.
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { CallFailure } from "./ports.ts";

/** What `store` gives, or why it threw. */
export function attempted<T>(store: () => T): Result<T, CallFailure> {
  try {
    return ok(store());
  } catch (cause) {
    return refuse({ reason: "call-failed", cause });
  }
}
