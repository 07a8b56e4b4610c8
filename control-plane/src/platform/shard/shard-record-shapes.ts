// By which shape each kind of record of a shard is read again.
import { z } from "zod";
import { PROJECTED_TABLES } from "../../db/rows.ts";
import type { QueuedProjection } from "../../db/rows.ts";
import type { PutAsideRow } from "../../shell/put-aside.ts";
import type { ShardRecords } from "../../shell/shard/shard-ports.ts";
import { Count, Instant, shapeOf, Text } from "../../stored/read-stored.ts";
import {
  CatalogueShape,
  OwnShape,
  PendingGrantShape,
  StoredHostShape,
  ToldPolicyShape,
} from "../../stored/shard-shapes.ts";
import { SignalShape } from "../../stored/signal-shape.ts";
import type { RecordShapes } from "../workerd-rows.ts";

/** Of what every actor keeps beside its own. `revision` is looked at by the outbox: what is none counts as the lowest. */
export const SHARED_RECORD_SHAPES = {
  projection: shapeOf<QueuedProjection>({
    projection: z.looseObject({ table: z.enum(PROJECTED_TABLES), row: z.looseObject({}) }),
    revision: z.unknown(),
  }),
  sent: z.unknown(),
  "put-aside": shapeOf<PutAsideRow>({ kind: Text, id: Text, at: Instant, problem: Text, text: Text }),
  "put-aside-number": Count,
} as const;

export const SHARD_RECORD_SHAPES: RecordShapes<ShardRecords> = {
  ...SHARED_RECORD_SHAPES,
  key: Text,
  host: StoredHostShape,
  catalogue: CatalogueShape,
  "proven-from": Text,
  retired: z.literal(true),
  grant: PendingGrantShape,
  name: Text,
  version: Text,
  policy: ToldPolicyShape,
  state: OwnShape,
  lift: Instant,
  signal: SignalShape,
  note: SignalShape,
};
