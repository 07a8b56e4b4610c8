// What is asked of the desk about one incident, one approval or one host, each answer put together from what it decides by and what it has archived.
// It reads, and changes nothing.
import { successorOf } from "../../core/desk/approvals/current.ts";
import { EARLIER_MAX, earlierAttempts } from "../../core/desk/approvals/earlier-attempts.ts";
import { knownArgvsOn } from "../../core/desk/approvals/known-argvs.ts";
import { standingUsesIn } from "../../core/desk/approvals/standing-uses.ts";
import { endsAtOf } from "../../core/desk/findings/findings.ts";
import { affectedHosts, hostCountsOf, inOrderOfNeed } from "../../core/desk/incidents/held-findings.ts";
import { holdsOf } from "../../core/desk/paging/holds.ts";
import { nextSendingsOf } from "../../core/desk/paging/next-sending.ts";
import type { Approval } from "../../core/desk/records/approval.ts";
import { cannotRunNow, cannotRunOn } from "../../core/desk/state/cannot-run.ts";
import { approvalsAbout, incidentsOn } from "../../core/desk/state/desk-index.ts";
import { findingsOf } from "../../core/desk/state/finding-index.ts";
import { isOfSilentFleet, silentFleetOf } from "../../core/desk/state/silent-fleet.ts";
import { hostSubject, type ServiceSubject } from "../../core/words/subject.ts";
import type { IncidentDeskRpc } from "../rpc.ts";
import type { WorkerdDesk } from "./workerd-desk.ts";

/** A wide incident may hold a finding of each host. */
const FINDINGS_SHOWN_MAX = 500;
const STANDING_OVER_SHOWN_MAX = 20;
const STANDING_USES_SHOWN_MAX = 400;

type Known = Pick<WorkerdDesk, "archive" | "hosts" | "policy" | "state">;
type Answer<Question extends keyof IncidentDeskRpc> = Awaited<ReturnType<IncidentDeskRpc[Question]>>;

/** An incident with all that is known of it; null: there is none. */
export function incidentShown(desk: Known, incidentId: string, now: number): Answer<"incident"> {
  const { archive, state } = desk;
  const incident = state.incidents.get(incidentId) ?? archive.incident(incidentId);
  if (incident === null) return null;
  const policy = desk.policy();
  const isOfIncident = (record: { readonly incidentId: string }) => record.incidentId === incidentId;
  const approvals = [...archive.approvalsOf(incidentId), ...state.approvals.values().filter(isOfIncident)];
  const pages = [...archive.pagesOf(incidentId), ...state.pages.values().filter(isOfIncident)];
  const findings = [...archive.findingsOf(incidentId), ...findingsOf(state, incidentId)];
  const { subject } = incident;
  return {
    incident,
    earlier: subject.kind === "service" ? earlierAbout(desk, subject, isOfIncident) : [],
    asks: state.asks.values().filter(isOfIncident),
    findings: inOrderOfNeed(findings).slice(0, FINDINGS_SHOWN_MAX),
    findingCount: findings.length,
    hosts: hostCountsOf(findings),
    affected: affectedHosts(findings),
    resolvesAt: endsAtOf(state, incident, { policy }),
    next: nextSendingsOf(state, { now, policy }, incident),
    approvals: approvals.toSorted((left, right) => inOrder(left.approvalId, right.approvalId)),
    pages: pages.toSorted((left, right) => left.createdAt - right.createdAt || inOrder(left.key, right.key)),
    holds: holdsOf(state, incident, now),
    fleet: silentFleetOf(state, incident),
    isArchived: state.incidents.get(incidentId) === undefined,
  };
}

/** An approval with what it is about; null: there is none. */
export function approvalShown(desk: Known, approvalId: string): Answer<"approval"> {
  const { archive, state } = desk;
  const approval = state.approvals.get(approvalId) ?? archive.approval(approvalId);
  if (approval === null) return null;
  const { findingId, incidentId, subject } = approval;
  const incident = state.incidents.get(incidentId) ?? archive.incident(incidentId);
  if (incident === null) return null;
  const finding = state.findings.get(findingId) ?? archive.finding(findingId);
  const isItself = (other: Approval) => other.approvalId === approvalId;
  return {
    approval,
    incident,
    finding,
    successor: successorOf(state, approval),
    earlier: earlierAbout(desk, subject, isItself),
    cannotRun: cannotRunNow(state, approval),
  };
}

/** A host with what is open on it; null: it was never enrolled. */
export function hostShown({ hosts, state }: Known, hostId: string): Answer<"hostAt"> {
  const host = hosts.find(hostId);
  if (host === null) return null;
  const open = incidentsOn(state, hostId).filter(
    (incident) => incident.state === "open" || incident.state === "acknowledged",
  );
  return { host, open, isOfSilentFleet: isOfSilentFleet(state, hostId), argvs: knownArgvsOn(state, hostId) };
}

/** What people have asked a host for, newest first, and what cannot run there now. */
export function asksShown({ hosts, state }: Known, hostId: string): Answer<"asksOn"> {
  const host = hostSubject(hostId, hosts.find(hostId)?.name ?? hostId);
  return {
    asks: state.asks
      .values()
      .filter(({ subject }) => subject.hostId === hostId)
      .toSorted((left, right) => right.askedAt - left.askedAt),
    cannotRun: cannotRunOn(state, host),
  };
}

/** What was used of yeses in advance, and those that are over. */
export function standingHistory({ archive, state }: Known): Answer<"standingHistory"> {
  const approvals = [...state.approvals.values(), ...archive.approvalsInAdvance(STANDING_USES_SHOWN_MAX)];
  return {
    over: archive.standingOver(STANDING_OVER_SHOWN_MAX),
    uses: standingUsesIn(approvals).slice(0, STANDING_USES_SHOWN_MAX),
  };
}

function earlierAbout(
  { archive, state }: Known,
  subject: ServiceSubject,
  isOther: (approval: Approval) => boolean,
): readonly Approval[] {
  const known = [...approvalsAbout(state, subject), ...archive.approvalsAbout(subject, EARLIER_MAX)];
  // Of one question only the proposal that was decided tells what was tried.
  const except = (approval: Approval) => approval.decidedAt === null || isOther(approval);
  return earlierAttempts(known, { subject, except });
}

function inOrder(left: string, right: string): number {
  return left < right ? -1 : 1;
}
