// What a shard or the desk says of a stored record that it cannot read, without the record's text: that stays where it was found. Pure.
import type { Subject } from "./subject.ts";

/** What is stored beside the desk's records, by the name under which people are told that it cannot be read. */
export const OTHER_RECORD_KINDS = [
  "policy",
  // a version of the fleet's trust; a passkey that waits to be let in; a next version that waits for signatures
  "trust",
  "candidate",
  "draft",
  "projection",
  "freeze-word",
  "signal",
  "host",
  "catalogue",
  "grant",
  "shard-state",
  "history",
  "socket",
  // what a host sent, with which no decision could be made
  "event",
  // something due that no decision has done
  "deadline",
] as const;
export type OtherRecordKind = (typeof OTHER_RECORD_KINDS)[number];

/** A record that was found; `part` holds it: `desk`, or a shard's name. A shard finds none of the desk's. */
export interface FoundRecord<Kind extends string = OtherRecordKind> {
  readonly part: string;
  readonly kind: Kind;
  readonly id: string;
  readonly problem: string;
  /** the host that it is about; absent: none, or it is not known */
  readonly subject?: Subject;
}
