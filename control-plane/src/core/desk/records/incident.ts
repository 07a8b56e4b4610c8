// One thing that is wrong and that a person must deal with. It leaves the state an hour after it was resolved (shell/desk/desk-retention.ts).
import type { Severity } from "@countersign/shared/wire/service-report";
import type { Actor, Person } from "../../words/actor.ts";
import type { Refused } from "../../words/proposal-refusal.ts";
import type { Evidence, PageReason } from "../../words/signal.ts";
import type { Subject } from "../../words/subject.ts";
import type { DeskRecord } from "./desk-record.ts";

export interface TimelineEntry {
  readonly at: number;
  readonly by: Actor;
  readonly text: string;
}

/** Where an incident's escalation stands. */
export interface NextStep {
  readonly round: number;
  readonly step: number;
  readonly dueAt: number;
  /** rounds since it began, was acknowledged or grew worse: the pause between rounds grows with them */
  readonly repeats: number;
}

export interface Incident {
  readonly incidentId: string;
  readonly subject: Subject;
  readonly reason: PageReason;
  readonly severity: Severity;
  readonly title: string;
  readonly state: "open" | "acknowledged" | "resolved";
  readonly evidence: readonly Evidence[];
  /** why nothing was proposed when it was last reported; null: something was, or nothing was to be */
  readonly refused: Refused | null;
  readonly restarts: { readonly count: number; readonly max: number; readonly windowMs: number } | null;
  readonly openedAt: number;
  readonly happenedAt: number;
  /** the condition cleared at; resolve only after health held. null: still firing */
  readonly clearedAt: number | null;
  readonly resolvedAt: number | null;
  readonly acknowledgedBy: Person | null;
  readonly acknowledgedUntilAt: number | null;
  /** the first page waits for the host's proposal until then, so that one page can carry the approval link; null: not waiting */
  readonly awaitsProposalUntilAt: number | null;
  /** next escalation step and when it is due; while acknowledged it is due when that lapses; null once resolved */
  readonly nextStep: NextStep | null;
  /** the highest severity that somebody was paged with, or has acknowledged; null: nobody yet (core/desk/paging/raised.ts) */
  readonly toldSeverity: Severity | null;
  /** when it began to fire, again and again, newest last: only what lies close together (core/desk/paging/flapping.ts) */
  readonly beginningsAt: readonly number[];
  /** the open approval; null: none */
  readonly approvalId: string | null;
  /** newest last, bounded */
  readonly timeline: readonly TimelineEntry[];
}

export const incidentRecord: DeskRecord<Incident, "incident"> = {
  kind: "incident",
  keyOf: ({ incidentId }) => incidentId,
  whenOver: "archived",
  unreadable: {
    name: "incident",
    severity: "critical",
    meaning: "it pages nobody any more: look whether its trouble goes on",
  },
};
