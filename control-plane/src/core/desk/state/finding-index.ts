// Finds findings by what they belong to and by what they are alike in, without looking at all of them. Pure: an index is kept up from each value
// of the records to the next.
import { groupedBy } from "@countersign/shared/values/records-index";
import { joiningOf, kindOf } from "../../words/reason-kinds.ts";
import type { PageReason } from "../../words/signal.ts";
import { hostIdIn, serviceOf, subjectKeyOf, type Subject } from "../../words/subject.ts";
import type { Finding } from "../records/finding.ts";
import type { DeskState } from "./desk-state.ts";

type Findings = Pick<DeskState, "findings">;

const DOWN_REASONS: readonly PageReason[] = ["host-silent", "host-late-return"];

const byIncident = groupedBy<Finding>(({ incidentId }) => incidentId);
const openByKey = groupedBy<Finding>((finding) => (isOver(finding) ? null : keyOfFinding(finding)));
const openByReason = groupedBy<Finding>((finding) => (isOver(finding) ? null : finding.reason));
const byHost = groupedBy<Finding>(({ subject }) => hostIdIn(subject));
const openByHost = groupedBy<Finding>((finding) => (isOver(finding) ? null : hostIdIn(finding.subject)));
const downByHost = groupedBy<Finding>((finding) =>
  isOver(finding) || !saysHostDown(finding) ? null : hostIdIn(finding.subject),
);
const beneathByHost = groupedBy<Finding>((finding) =>
  isOver(finding) || finding.standing !== "beneath" ? null : hostIdIn(finding.subject),
);
const openAlike = groupedBy<Finding>((finding) =>
  isOver(finding) || finding.standing === "beneath" ? null : alikeKeyOf(finding),
);
const troubleBySubject = groupedBy<Finding>((finding) =>
  isOver(finding) || finding.standing === "beneath" || kindOf(finding.reason) !== "trouble"
    ? null
    : subjectKeyOf(finding.subject),
);
const newsByIncident = groupedBy<Finding>(({ incidentId, newsAt, standing }) =>
  newsAt === null || standing === "beneath" ? null : incidentId,
);
const askedByIncident = groupedBy<Finding>((finding) =>
  isOver(finding) || finding.askedAt === null ? null : finding.incidentId,
);

/** All findings of an incident, those that are over too, oldest first. */
export function findingsOf({ findings }: Findings, incidentId: string): readonly Finding[] {
  return byIncident(findings, incidentId);
}

/** Those of them that are not over. */
export function openFindingsOf(state: Findings, incidentId: string): readonly Finding[] {
  return findingsOf(state, incidentId).filter((finding) => !isOver(finding));
}

/** What is wrong with a subject for a reason; undefined: nothing is. */
export function findFinding(
  { findings }: Findings,
  subject: Subject,
  reason: PageReason,
): Finding | undefined {
  return openByKey(findings, keyOfFinding({ subject, reason }))[0];
}

/** Findings of a reason that are not over, oldest first. */
export function openFindingsBy({ findings }: Findings, reason: PageReason): readonly Finding[] {
  return openByReason(findings, reason);
}

/** All findings about a host and what runs on it, those that are over too, oldest first. */
export function findingsOn({ findings }: Findings, hostId: string): readonly Finding[] {
  return byHost(findings, hostId);
}

/** Those of them that are not over. */
export function openFindingsOn({ findings }: Findings, hostId: string): readonly Finding[] {
  return openByHost(findings, hostId);
}

/** What says that a host is down, or was a moment ago. */
export function downFindingsOn({ findings }: Findings, hostId: string): readonly Finding[] {
  return downByHost(findings, hostId);
}

/** What lies beneath the silence of a host. */
export function beneathOn({ findings }: Findings, hostId: string): readonly Finding[] {
  return beneathByHost(findings, hostId);
}

/** What is wrong in the same way with other hosts, and with this one. */
export function alikeFindings({ findings }: Findings, alikeKey: string): readonly Finding[] {
  return openAlike(findings, alikeKey);
}

/** The troubles of a subject that are not over and lie beneath nothing. */
export function troublesOf({ findings }: Findings, subject: Subject): readonly Finding[] {
  return troubleBySubject(findings, subjectKeyOf(subject));
}

/** Of what about an incident people do not know yet. */
export function newsOf({ findings }: Findings, incidentId: string): readonly Finding[] {
  return newsByIncident(findings, incidentId);
}

/** The findings of an incident for which a question was put in their episode. */
export function askedOf({ findings }: Findings, incidentId: string): readonly Finding[] {
  return askedByIncident(findings, incidentId);
}

/** A reason and a subject as one key. */
export function keyOfFinding({ reason, subject }: Pick<Finding, "reason" | "subject">): string {
  return `${reason} ${subjectKeyOf(subject)}`;
}

/** What it shares with the same trouble on other hosts; null: it can be alike with none. */
export function alikeKeyOf({ alike, reason, subject }: Finding): string | null {
  if (hostIdIn(subject) === null || kindOf(reason) === "alone" || joiningOf(reason) === "rides") return null;
  return JSON.stringify([reason, serviceOf(subject), alike]);
}

/** Says whether it says that its host is down. */
export function saysHostDown({ reason, subject }: Pick<Finding, "reason" | "subject">): boolean {
  return subject.kind === "host" && DOWN_REASONS.includes(reason);
}

/** Its episode has ended. */
export function isOver({ endedAt }: Finding): boolean {
  return endedAt !== null;
}
