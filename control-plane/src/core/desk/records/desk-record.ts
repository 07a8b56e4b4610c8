// What a kind of record of the desk is beside its type: under which name and id it is stored, what becomes of one that is over, and what
// people are told when one cannot be read. Pure types. One file for each kind beside this one, one line for each in record-list.ts; its shape
// as JSON stands in stored/desk-shapes.ts, because the core reads no JSON.
import type { Severity } from "@countersign/shared/wire/service-report";

export interface DeskRecord<T extends object, Kind extends string> {
  /** the name under which it is stored, and put aside */
  readonly kind: Kind;
  /** the id under which it is stored; the record says it itself */
  readonly keyOf: (record: T) => string;
  /** what becomes of one that leaves the state */
  readonly whenOver: WhenOver<T>;
  readonly unreadable: RecordWords;
}

/**
 * `archived`: it can be looked up for as long as the archive is kept. `forgotten`: the audit tells of it, and nobody looks it up. Else it is
 * archived with its incident, and holds that in the state until it is settled.
 */
export type WhenOver<T> = "archived" | "forgotten" | (T extends Owned ? Belonging<T> : never);

/** It names the incident to which it belongs. */
export interface Owned {
  readonly incidentId: string;
}

/** How a record belongs to its incident. */
interface Belonging<T extends Owned> {
  /** nothing more comes of it */
  readonly isSettled: (record: T) => boolean;
}

/** What the loss of one record means; what it says is so must be so already (core/desk/unreadable.ts). */
export interface RecordWords {
  readonly name: string;
  readonly severity: Severity;
  /** what is so now */
  readonly meaning: string;
  /** the fleet is frozen in its place; absent: it is not */
  readonly holdsFleet?: true;
}
