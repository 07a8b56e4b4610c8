// One reason that fires about one subject, from its beginning to its end: its episode. It lies in the incident that holds it, and may be moved to
// another one while it goes on. It leaves the state with its incident.
import type { Severity } from "@countersign/shared/wire/service-report";
import type { Refused } from "../../words/proposal-refusal.ts";
import type { Evidence, PageReason } from "../../words/signal.ts";
import type { Subject } from "../../words/subject.ts";
import type { DeskRecord } from "./desk-record.ts";

/**
 * How it lies in its incident. `own`: among what its own service or host has, or alone. `wide`: one of many that are alike. `beneath`: its host is
 * down, or of a silent fleet, so nobody is told of it.
 */
export type FindingStanding = "own" | "wide" | "beneath";

export interface Finding {
  readonly findingId: string;
  readonly incidentId: string;
  readonly subject: Subject;
  readonly reason: PageReason;
  /** what of its subject it is about, such as the name of a check: one on another host is alike only with the same; null: nothing more */
  readonly alike: string | null;
  readonly standing: FindingStanding;
  readonly severity: Severity;
  readonly title: string;
  readonly evidence: readonly Evidence[];
  /** why nothing was proposed when it was last reported; null: something was, or nothing was to be */
  readonly refused: Refused | null;
  readonly restarts: { readonly count: number; readonly max: number; readonly windowMs: number } | null;
  /** when it began on its host */
  readonly happenedAt: number;
  /** when the desk heard of it: the episode begins */
  readonly beganAt: number;
  /** when it was put where it lies, by itself: what lies beneath a host is placed anew when that is back */
  readonly placedAt: number;
  /** it says that its host is down, and that was over: what lies beneath is placed anew then; null: nothing waits for that */
  readonly releasesAt: number | null;
  /** the condition cleared at; it ends only when it has stayed well. null: it fires */
  readonly clearedAt: number | null;
  /** the episode is over; null: it is not */
  readonly endedAt: number | null;
  /** why it is over; null: it is not */
  readonly endedBecause: string | null;
  /** when it began to fire, again and again, newest last (core/desk/findings/recurring.ts) */
  readonly beginningsAt: readonly number[];
  /** the highest severity that somebody was told of, or has acknowledged; null: nobody knows of it */
  readonly told: Severity | null;
  /** since when there is something about it that nobody was told: it began, it rose, it ended; null: people know it as it is */
  readonly newsAt: number | null;
  /** when a question was first put in this episode; null: none was */
  readonly askedAt: number | null;
  /** the newest approval of its question; null: none */
  readonly approvalId: string | null;
}

export const findingRecord: DeskRecord<Finding, "finding"> = {
  kind: "finding",
  keyOf: ({ findingId }) => findingId,
  whenOver: { isSettled: ({ endedAt }) => endedAt !== null },
  unreadable: {
    name: "finding",
    severity: "critical",
    meaning: "nobody is told of it any more: look whether its trouble goes on",
  },
};
