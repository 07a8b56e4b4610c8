// Why no standing approval was given, or taken back. Pure.
import type { RefusalTable, ViewRefusal } from "../frame/refusals.ts";

/** Refusals of standing approvals. */
export const STANDING_REFUSALS: RefusalTable<Extract<ViewRefusal, `standing-${string}`>> = {
  "standing-unknown": [
    404,
    "Not there",
    "There is no such yes in advance, or it is over. Nothing was changed.",
  ],
  "standing-too-wide": [
    409,
    "Too wide",
    "A yes in advance is for one action of one service. Nothing was given.",
  ],
  "standing-bounds": [
    409,
    "Bad bounds",
    "A yes in advance is good for 1 to 20 times and ends within thirty days. Nothing was given.",
  ],
  "standing-used": [409, "Already given", "This yes in advance was already given. It is not given twice."],
};
