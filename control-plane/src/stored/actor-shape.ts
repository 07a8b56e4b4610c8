// The shapes of who did something (core/words/actor.ts), as it lies in records, signals and audit rows. Pure.
import * as z from "zod";
import { type Actor, BY_UNKNOWN, type Person } from "../core/words/actor.ts";
import { PageReasonShape, readStored, shapeOf, Text } from "./read-stored.ts";

type Of<Kind extends Actor["kind"]> = Extract<Actor, { readonly kind: Kind }>;

export const PersonShape = shapeOf<Person>({ kind: z.literal("person"), responder: Text });

const AdminShape = shapeOf<Of<"admin">>({ kind: z.literal("admin"), name: Text.nullable() });

/** Whoever may do what an operator may do as well as a responder. */
export const OperatorShape = z.union([PersonShape, AdminShape]);

const DeskShape = shapeOf<Of<"desk">>({ kind: z.literal("desk") });

/** Who may have sent a test page: the desk sends drills. */
export const TesterShape = z.union([PersonShape, AdminShape, DeskShape]);

export const ActorShape = z.union([
  PersonShape,
  shapeOf<Of<"rule">>({ kind: z.literal("rule"), reason: PageReasonShape }),
  DeskShape,
  shapeOf<Of<"shard">>({ kind: z.literal("shard"), shard: Text }),
  shapeOf<Of<"host">>({ kind: z.literal("host"), hostId: Text }),
  AdminShape,
  shapeOf<Of<"unknown">>({ kind: z.literal("unknown") }),
]);

/** An actor that stands as JSON in a column of its own; what cannot be read is nobody known. */
export function readActor(text: unknown): Actor {
  const read = readStored<Actor>(text, ActorShape);
  return read.ok ? read.value : BY_UNKNOWN;
}
