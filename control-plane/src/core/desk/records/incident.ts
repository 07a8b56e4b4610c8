// One thing that is wrong and that a person must deal with: findings that belong together, and one stream of pages about them. It leaves the state an hour after it was resolved (shell/desk/desk-retention.ts).
import type { Severity } from "@countersign/shared/wire/service-report";
import type { Actor, Admin, Person } from "../../words/actor.ts";
import type { PageReason } from "../../words/signal.ts";
import type { Subject } from "../../words/subject.ts";
import type { DeskRecord } from "./desk-record.ts";

export interface TimelineEntry {
  readonly at: number;
  readonly by: Actor;
  readonly text: string;
}

/** What somebody wrote down with it. */
export interface IncidentNote {
  readonly at: number;
  readonly by: Person | Admin;
  readonly text: string;
}

/** Where an incident's escalation stands. */
export interface NextStep {
  readonly round: number;
  readonly step: number;
  readonly dueAt: number;
  /** rounds since it began or an acknowledgement lapsed: the pause between rounds grows with them */
  readonly repeats: number;
}

/**
 * What an incident gathers. `alone`: one finding that nothing joins. `trouble` and `notice`: of one subject. `down`: a host that is down, with what
 * lies beneath it. `fleet`: a silent fleet. `wide`: what is alike on three hosts and more. `host`: three services of one host and more. `many`:
 * different services on a tenth of the fleet.
 */
export type Place =
  | { readonly kind: "alone" | "fleet" | "many" }
  | { readonly kind: "trouble" | "notice"; readonly subjectKey: string }
  | { readonly kind: "down" | "host"; readonly hostId: string }
  | { readonly kind: "wide"; readonly alikeKey: string };

export interface Incident {
  readonly incidentId: string;
  readonly place: Place;
  /** subject to `clearedAt`: as its findings say, the gravest of them that is not over first (core/desk/incidents/summary.ts) */
  readonly subject: Subject;
  readonly reason: PageReason;
  readonly severity: Severity;
  readonly title: string;
  readonly happenedAt: number;
  /** all that is not over has cleared, the last of it at; null: something still fires */
  readonly clearedAt: number | null;
  readonly state: "open" | "acknowledged" | "merged" | "resolved";
  /** the incident that took in all that was here; null: none did */
  readonly mergedInto: string | null;
  readonly openedAt: number;
  readonly resolvedAt: number | null;
  readonly acknowledgedBy: Person | null;
  readonly acknowledgedUntilAt: number | null;
  /** next escalation step and when it is due; while acknowledged it is due when that lapses; null: nothing is repeated */
  readonly nextStep: NextStep | null;
  /** since when people must be told that an approved act did not help; null: nothing of the kind is left to tell */
  readonly resultAt: number | null;
  /** what was sent about it last; null: nothing yet */
  readonly lastSentAt: number | null;
  /** rings and updates so far: the next one's number is in its key */
  readonly sentCount: number;
  /** responders who were rung about it, or about what was merged into it */
  readonly rung: readonly string[];
  /** those of them whom a channel is known to have reached */
  readonly reached: readonly string[];
  /** who has to be told an act's result beside who was rung; empty: nobody */
  readonly answerers: readonly string[];
  /** of what gathers many: how many hosts, or services of its host, people were told of; and when the last one joined */
  readonly membersTold: number;
  /** of what gathers many: the reasons that people were told of */
  readonly reasonsTold: readonly PageReason[];
  readonly joinedAt: number;
  /** newest last, bounded */
  readonly timeline: readonly TimelineEntry[];
  /** who took it first, and when; absent: nobody did, or it was before this was kept */
  readonly firstTaken?: { readonly at: number; readonly by: Person };
  /** what people wrote down with it, newest last, at most INCIDENT_NOTES_MAX; absent: nothing */
  readonly notes?: readonly IncidentNote[];
}

/**
 * Says whether an act on one host is what its incident wants: not of what many hosts share, nor where the host itself is
 * down. A question that was put before stays valid, and is not what is offered first.
 */
export function isOfferedFirst({ place }: Pick<Incident, "place">): boolean {
  switch (place.kind) {
    case "alone":
    case "trouble":
    case "notice":
    case "host":
      return true;
    case "down":
    case "fleet":
    case "many":
    case "wide":
      return false;
  }
}

export const incidentRecord: DeskRecord<Incident, "incident"> = {
  kind: "incident",
  keyOf: ({ incidentId }) => incidentId,
  whenOver: "archived",
  unreadable: {
    name: "incident",
    severity: "critical",
    meaning: "what it held is placed anew, and rings; who had it, and what was sent about it, is forgotten",
  },
};
