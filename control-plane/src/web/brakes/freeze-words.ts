// Why nothing was frozen, lifted, or run because of a freeze. Pure.
import type { RefusalTable, ViewRefusal } from "../frame/refusals.ts";

/** Refusals of the brake. */
export const FREEZE_REFUSALS: RefusalTable<Extract<ViewRefusal, `freeze-${string}` | "automation-frozen">> = {
  "automation-frozen": [
    409,
    "Frozen",
    "It is frozen here. Nothing ran, and nothing will before a person lifts that.",
  ],
  "freeze-unknown": [404, "Not frozen", "Nothing is frozen here. Nothing was changed."],
};
