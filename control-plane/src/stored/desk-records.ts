// What the desk stores as JSON documents: for each kind its name, where the state holds it, its shape and its key. One list, so that a new
// kind of record cannot be stored without a shape to be read by.
import type { z } from "zod";
import type { Result } from "@countersign/shared/values/result";
import type {
  Approval,
  BrokenRoute,
  DeskState,
  Freeze,
  Incident,
  Page,
  ShadowCount,
  ShadowFinding,
  ShardTrouble,
  Silence,
  StandingApproval,
  UnreadableRecord,
} from "../core/desk/state/desk-state.ts";
import { subjectKeyOf } from "../core/words/subject.ts";
import {
  ApprovalShape,
  FreezeShape,
  IncidentShape,
  PageShape,
  RouteShape,
  ShadowCountShape,
  ShadowShape,
  ShardShape,
  SilenceShape,
  StandingShape,
  UnreadableShape,
} from "./desk-shapes.ts";
import { readStored, unreadable, type Unreadable } from "./read-stored.ts";

/** Each kind with its record. */
export interface DocumentOf {
  readonly incident: Incident;
  readonly approval: Approval;
  readonly page: Page;
  readonly freeze: Freeze;
  readonly silence: Silence;
  readonly standing: StandingApproval;
  readonly route: BrokenRoute;
  readonly shard: ShardTrouble;
  readonly shadow: ShadowFinding;
  readonly "shadow-count": ShadowCount;
  readonly unreadable: UnreadableRecord;
}
export type Kind = keyof DocumentOf;

interface KindOfRecord<T> {
  readonly collection: keyof DeskState;
  readonly shape: z.ZodType;
  readonly keyOf: (record: T) => string;
}

export const KINDS: { readonly [K in Kind]: KindOfRecord<DocumentOf[K]> } = {
  incident: { collection: "incidents", shape: IncidentShape, keyOf: ({ incidentId }) => incidentId },
  approval: { collection: "approvals", shape: ApprovalShape, keyOf: ({ approvalId }) => approvalId },
  page: { collection: "pages", shape: PageShape, keyOf: ({ key }) => key },
  freeze: { collection: "freezes", shape: FreezeShape, keyOf: ({ scope }) => subjectKeyOf(scope) },
  silence: { collection: "silences", shape: SilenceShape, keyOf: ({ silenceId }) => silenceId },
  standing: { collection: "standing", shape: StandingShape, keyOf: ({ standingId }) => standingId },
  route: { collection: "brokenRoutes", shape: RouteShape, keyOf: ({ channel }) => channel },
  shard: { collection: "shardTroubles", shape: ShardShape, keyOf: ({ shard }) => shard },
  shadow: { collection: "shadow", shape: ShadowShape, keyOf: ({ findingId }) => findingId },
  "shadow-count": { collection: "shadowCounts", shape: ShadowCountShape, keyOf: ({ reason }) => reason },
  unreadable: { collection: "unreadable", shape: UnreadableShape, keyOf: ({ recordKey }) => recordKey },
};

/** By which shape the records of each kind are read. */
export const DOCUMENT_SHAPES = Object.fromEntries(
  Object.entries(KINDS).map(([kind, { shape }]) => [kind, shape]),
) as { readonly [K in Kind]: z.ZodType };

/** The kind whose records a part of the state holds. */
export function kindIn(collection: keyof DeskState): Kind {
  const found = (Object.keys(KINDS) as Kind[]).find((kind) => KINDS[kind].collection === collection);
  if (found === undefined) throw new Error(`Name the kind of ${collection}`);
  return found;
}

/** One document as its record; it must say the id under which it is stored. */
export function readDocument<K extends Kind>(
  kind: K,
  id: string,
  document: unknown,
): Result<DocumentOf[K], Unreadable> {
  const { keyOf, shape } = KINDS[kind];
  const read = readStored<DocumentOf[K]>(document, shape);
  return read.ok && keyOf(read.value) !== id ? unreadable("another id than its own") : read;
}
