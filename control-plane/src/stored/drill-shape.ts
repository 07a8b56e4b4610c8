// The shape of a drill as the desk stores it (core/desk/records/pages/drill.ts). Pure. Every field that a decision
// reads has its line.
import * as z from "zod";
import { type Drill, DRILL_STAGES } from "../core/desk/records/pages/drill.ts";
import { Instant, shapeOf, Text } from "./read-stored.ts";

/** How the way to one person is drilled. */
export const DrillShape = shapeOf<Drill>({
  drillKey: Text,
  path: z.literal("paging"),
  responder: Text,
  sinceAt: Instant,
  stage: z.enum(DRILL_STAGES),
  heldUntilAt: Instant.nullable(),
  sentAt: Instant.nullable(),
  testId: Text.nullable(),
  deliveredBy: Text.nullable(),
  error: Text.nullable(),
  failedAt: Instant.nullable(),
  provenAt: Instant.nullable(),
  provenBy: Text.nullable(),
});
