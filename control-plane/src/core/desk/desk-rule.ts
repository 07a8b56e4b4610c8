// What a rule decided in the desk is: a judgement over what the desk itself holds (approvals, pages, freezes, routes, silences of hosts).
// core/desk/desk-rules.ts compares what it finds with the open findings of its reason: it remembers no telling. Pure types.
import type { Severity } from "@countersign/shared/wire/service-report";
import type { Evidence, PageReason } from "../words/signal.ts";
import type { Subject } from "../words/subject.ts";
import type { DeskChange } from "./state/desk-change.ts";
import type { DeskContext } from "./state/desk-events.ts";
import type { DeskState } from "./state/desk-state.ts";

/** Something is wrong with a subject; at most one finding per subject and rule. */
export interface DeskFinding {
  readonly subject: Subject;
  readonly severity: Severity;
  readonly title: string;
  /** as it was when the incident opened; a longer list later does not open another one */
  readonly evidence: readonly Evidence[];
  readonly happenedAt: number;
  /** what of its subject it is about, as data. absent: nothing more */
  readonly alike?: string;
  /** automation on its subject freezes when it is found, until a person lifts it. absent: it does not */
  readonly freezes?: true;
}

export interface DeskRule {
  readonly reason: Extract<
    PageReason,
    | "fleet-silent"
    | "approval-unanswered"
    | "page-undelivered"
    | "route-missing"
    | "shard-unreachable"
    | "automation-frozen"
    | "record-unreadable"
    | "fallback-untested"
  >;
  /** which findings of its reason are its own, where shards find the reason too. absent: all of them */
  readonly isAbout?: (subject: Subject) => boolean;
  /** brings up to date what the desk keeps for the rule alone, before it judges. absent: it keeps nothing */
  readonly follow?: (change: DeskChange, context: DeskContext) => DeskChange;
  readonly judge: (state: DeskState, context: DeskContext) => readonly DeskFinding[];
  /** the next instant after now at which time alone adds a finding; null: none */
  readonly dueAt: (state: DeskState, context: DeskContext) => number | null;
  /** why its incident is over as soon as the finding is gone; null: it must stay gone for `incident.resolveAfter` first */
  readonly endsBecause: string | null;
}
