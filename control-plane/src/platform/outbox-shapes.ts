// By which shapes both actors read what their outboxes and their put-aside records hold (shell/projection-outbox.ts, shell/put-aside.ts). Pure.
import * as z from "zod";
import { PROJECTED_TABLES } from "../read-side/rows.ts";
import type { ProjectionRecords } from "../shell/projection-outbox.ts";
import type { PutAsideRecords, PutAsideRow } from "../shell/put-aside.ts";
import { Count, Instant, shapeOf, Text } from "../stored/read-stored.ts";
import type { RecordShapes } from "./workerd-rows.ts";

const ProjectionShape = z.looseObject({ table: z.enum(PROJECTED_TABLES), row: z.looseObject({}) });

/** What is no revision counts as none (shell/projection-outbox.ts): it costs no row. */
export const OUTBOX_SHAPES: RecordShapes<ProjectionRecords & PutAsideRecords> = {
  projection: z.looseObject({ projection: ProjectionShape, waitsSinceAt: Instant.optional() }),
  sent: z.unknown(),
  "put-aside": shapeOf<PutAsideRow>({ kind: Text, id: Text, at: Instant, problem: Text, text: Text }),
  "put-aside-number": Count,
};
