// A person's yes in advance. It leaves the state at its end, and may be looked up: a grant that it gave is checked against what was signed.
import type { Assertion } from "@countersign/shared/wire/assertion";
import type { Person } from "../../words/actor.ts";
import type { ServiceSubject } from "../../words/subject.ts";
import type { DeskRecord } from "./desk-record.ts";

/** At once. */
export const STANDINGS_MAX = 200;

/** A person's yes in advance to one action of one service; valid before `untilAt` and while uses are left. */
export interface StandingApproval {
  readonly standingId: string;
  /** approvals are decided in this person's name */
  readonly by: Person;
  readonly subject: ServiceSubject;
  readonly action: string;
  readonly usesMax: number;
  readonly usesCount: number;
  readonly givenAt: number;
  readonly untilAt: number;
  readonly why: string;
  readonly signed: SignedYes;
}

/** What a standing approval's giver saw and signed, word for word: the host takes nothing else for it. */
export interface SignedYes {
  /** JSON of `StandingContent` (shared/src/wire/standing.ts) */
  readonly text: string;
  /** SHA-256 of the text, by which audit and views name it */
  readonly hash: string;
  readonly credentialId: string;
  /** by what people know the passkey */
  readonly credentialName: string;
  readonly isSynced: boolean;
  readonly assertion: Assertion;
}

export const standingRecord: DeskRecord<StandingApproval, "standing"> = {
  kind: "standing",
  keyOf: ({ standingId }) => standingId,
  whenOver: "archived",
  unreadable: { name: "standing approval", severity: "warning", meaning: "it covers nothing" },
};
