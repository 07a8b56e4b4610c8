// A stored record that could not be read, until a person has dealt with it. Its raw text stays where it was put aside.
import type { Subject } from "../../words/subject.ts";
import type { DeskRecord } from "./desk-record.ts";
import type { RecordKind } from "./record-list.ts";

/** Records that people are told of at once; more are audited, and kept where they were found. */
export const UNREADABLE_MAX = 500;

/** A stored record that could not be read: told until a person has dealt with it (core/desk/unreadable.ts). */
export interface UnreadableRecord {
  /** `PART/KIND/ID` */
  readonly recordKey: string;
  readonly kind: RecordKind;
  readonly id: string;
  /** the host that it is about, else the part of the control plane that held it */
  readonly subject: Subject;
  /** what was wrong, without the record's text */
  readonly problem: string;
  readonly at: number;
}

export const unreadableRecord: DeskRecord<UnreadableRecord, "unreadable"> = {
  kind: "unreadable",
  keyOf: ({ recordKey }) => recordKey,
  whenOver: "forgotten",
  unreadable: {
    name: "note of an unreadable record",
    severity: "warning",
    meaning: "what it was about is in the audit",
  },
};
