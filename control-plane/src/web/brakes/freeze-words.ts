// Why nothing was frozen, lifted, or run because of a freeze. Pure.
import type { RefusalTable, ViewRefusal } from "../frame/refusals.ts";

/** Refusals of the brake. */
export const FREEZE_REFUSALS: RefusalTable<Extract<ViewRefusal, `freeze-${string}` | "automation-frozen">> = {
  "automation-frozen": [
    409,
    "Frozen",
    "Automation is frozen here. Nothing was executed, nothing will be before a person lifts it.",
  ],
  "freeze-unknown": [404, "Not frozen", "Nothing is frozen here. Nothing was changed."],
};
