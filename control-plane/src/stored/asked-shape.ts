// The shapes of who had a host asked for a proposal, as they lie in outboxes and records. Pure.
import * as z from "zod";
import type { AskedBy, PersonAsking } from "../core/words/signal.ts";
import { PageReasonShape, shapeOf, Text } from "./read-stored.ts";

export const PersonAskingShape = shapeOf<PersonAsking>({
  kind: z.literal("person"),
  responder: Text,
  why: Text,
  incidentId: Text,
});

export const AskedByShape = z.union([
  shapeOf<Extract<AskedBy, { kind: "rule" }>>({ kind: z.literal("rule"), reason: PageReasonShape }),
  PersonAskingShape,
]);
