// What the desk knows, as one immutable value: for each kind of record (core/desk/records) all of it that is live, by id. Instants are epoch
// milliseconds by the desk's clock. What is over leaves the state, and is archived or forgotten as its kind says. Pure.
import type { Records } from "@countersign/shared/values/records";
import type { Actor } from "../../words/actor.ts";
import { RECORDS } from "../records/record-list.ts";
import { unreadableRecord } from "../records/unreadable-record.ts";
import type { AuditRef } from "./audit-ref.ts";

/** Every kind of record by its place in the state. */
export const DESK_RECORDS = { ...RECORDS, unreadable: unreadableRecord } as const;

type DeskRecords = typeof DESK_RECORDS;
/** A place in the state. */
export type Collection = keyof DeskRecords;
/** What stands there. */
export type RecordIn<C extends Collection> = Parameters<DeskRecords[C]["keyOf"]>[0];

type Live = { readonly [C in Collection]: Records<RecordIn<C>> };
export interface DeskState extends Live {}

/** One audit row before it is chained: who, what, about what, why. */
export interface AuditEntry {
  readonly at: number;
  readonly actor: Actor;
  /** kebab-case verb phrase such as `approval-approved` */
  readonly act: string;
  /** what it is about, and what belongs to that */
  readonly refs: readonly AuditRef[];
  /** what it is about, as people read it */
  readonly subject: string;
  readonly why: string;
}
