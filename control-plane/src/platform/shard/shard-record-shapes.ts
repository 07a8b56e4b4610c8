// By which shape each kind of record of a shard is read again.
import * as z from "zod";
import type { ShardRecords } from "../../shell/shard/shard-ports.ts";
import { Instant, Text } from "../../stored/read-stored.ts";
import {
  CatalogueShape,
  OwnShape,
  PendingGrantShape,
  StoredHostShape,
  ToldPolicyShape,
  ToldTrustShape,
  WordsShape,
} from "../../stored/shard-shapes.ts";
import { SignalShape } from "../../stored/signal-shape.ts";
import { OUTBOX_SHAPES } from "../outbox-shapes.ts";
import type { RecordShapes } from "../workerd-rows.ts";

export const SHARD_RECORD_SHAPES: RecordShapes<ShardRecords> = {
  ...OUTBOX_SHAPES,
  key: Text,
  host: StoredHostShape,
  catalogue: CatalogueShape,
  "proven-from": Text,
  retired: z.literal(true),
  grant: PendingGrantShape,
  words: WordsShape,
  name: Text,
  version: Text,
  policy: ToldPolicyShape,
  trust: ToldTrustShape,
  state: OwnShape,
  lift: Instant,
  signal: SignalShape,
  note: SignalShape,
};
