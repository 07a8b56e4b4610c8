// What holds pages back between two instants. It leaves the state at its end, and may be looked up for replays.
import type { Person } from "../../words/actor.ts";
import type { PageReason } from "../../words/signal.ts";
import type { Subject } from "../../words/subject.ts";
import type { DeskRecord } from "./desk-record.ts";

/** At once. */
export const SILENCES_MAX = 200;

/** Whom a silence covers; null: any. */
export interface SilenceMatcher {
  readonly hostId: string | null;
  readonly service: string | null;
  readonly reason: PageReason | null;
  /** one thing that is on no host, such as a provider: no other one is covered. absent: any */
  readonly subject?: Subject;
}

/** Pages that match are held between two instants; what is wrong is detected, recorded and shown all the same. */
export interface Silence {
  readonly silenceId: string;
  readonly matcher: SilenceMatcher;
  readonly by: Person;
  readonly why: string;
  readonly startsAt: number;
  readonly endsAt: number;
}

export const silenceRecord: DeskRecord<Silence, "silence"> = {
  kind: "silence",
  keyOf: ({ silenceId }) => silenceId,
  whenOver: "archived",
  unreadable: { name: "silence", severity: "warning", meaning: "it is over" },
};
