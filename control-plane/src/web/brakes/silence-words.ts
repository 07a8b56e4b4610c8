// Why nothing was silenced, or no silence was ended. Pure.
import type { RefusalTable, ViewRefusal } from "../frame/refusals.ts";

/** Refusals of silences. */
export const SILENCE_REFUSALS: RefusalTable<Extract<ViewRefusal, `silence-${string}`>> = {
  "silence-unknown": [404, "No such silence", "There is no silence here. Nothing was changed."],
  "silence-too-wide": [
    409,
    "Too wide",
    "A silence needs a host, a service or one kind of trouble. Nothing was silenced.",
  ],
  "silence-bounds": [
    409,
    "Not these times",
    "A silence ends after it begins, and within thirty days. Nothing was silenced.",
  ],
};
