// Why no standing approval was given, or taken back. Pure.
import type { RefusalTable, ViewRefusal } from "../frame/refusals.ts";

/** Refusals of standing approvals. */
export const STANDING_REFUSALS: RefusalTable<Extract<ViewRefusal, `standing-${string}`>> = {
  "standing-unknown": [404, "No such approval", "There is no standing approval here. Nothing was changed."],
  "standing-too-wide": [
    409,
    "Too wide",
    "A standing approval names one action of one service. Nothing was approved.",
  ],
  "standing-bounds": [
    409,
    "Bad bounds",
    "A standing approval has 1 to 20 uses and ends within thirty days. Nothing was approved.",
  ],
  "standing-used": [409, "Already given", "This standing approval was already given. It is not given twice."],
};
