// Proposals of a host become approvals here: read, matched to the failing incident that waits for them, attached. Pure.
// What a reader would get wrong: an incident has at most one open approval. A newer proposal supersedes an undecided one, and is
// ignored while an approved act is still under way.
import { decodeBase64 } from "@countersign/shared/values/base64";
import { refuse, type Result } from "@countersign/shared/values/result";
import { parseProposal, type Proposal, proposalHashOf } from "@countersign/shared/wire/grant";
import { actorNameOf, BY_DESK, byHost } from "../../words/actor.ts";
import { refusalText } from "../../words/proposal-refusal.ts";
import type { PageReason, Signal } from "../../words/signal.ts";
import { nameOf, type Subject } from "../../words/subject.ts";
import { isBeforeFirstPage, pageLateApproval } from "../paging/escalation.ts";
import type { Approval } from "../records/approval.ts";
import type { Freeze } from "../records/freeze.ts";
import type { Incident } from "../records/incident.ts";
import { refsOfApproval, refsOfIncident } from "../state/audit-refs.ts";
import {
  addAudit,
  addTimeline,
  approvalOf,
  type DeskChange,
  isUnderWay,
  isUndecided,
  putApproval,
  putIncident,
} from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import { approvalsAbout, approvalsOf, incidentsAbout } from "../state/desk-index.ts";
import type { DeskState } from "../state/desk-state.ts";
import { freezeOver } from "../state/freeze-scope.ts";
import { endUnheard } from "./approval-outcomes.ts";
import { expireApproval, supersedeApproval } from "./approvals.ts";
import { decideInAdvance } from "./standing.ts";

/** The shard counts an approval's life from its request, so its next proposal may come this much before ours has expired. */
export const EXPIRY_SLACK_MS = 10_000;

type ProposedSignal = Extract<Signal, { kind: "proposed" }>;

/** Makes an approval of a minted proposal and attaches it to the incident it is for. */
export function requestApproval(
  change: DeskChange,
  context: DeskContext,
  signal: ProposedSignal,
): DeskChange {
  const isKnown = approvalsAbout(change.state, signal.subject).some(
    ({ requestId }) => requestId === signal.requestId,
  );
  if (isKnown) return change;
  const read = readProposal(signal);
  if (!read.ok) return ignoreProposal(change, context, { signal, why: read.error.detail });
  const frozen = freezeOver(change.state, signal.subject);
  if (frozen !== null) return refuseFrozen(change, context, { signal, frozen });
  const incident = incidentAwaiting(change, signal);
  if (incident === undefined)
    return ignoreProposal(change, context, { signal, why: "No failing incident waits for it." });
  const denied = denialOf(change.state, incident, read.value.action);
  if (denied !== null) {
    const why = `${denied.decidedBy === null ? "A person" : actorNameOf(denied.decidedBy)} said no to ${read.value.action}: that holds until the incident is over or begins anew.`;
    return ignoreProposal(change, context, { signal, why });
  }
  const previous = approvalOf(change.state, incident);
  if (previous !== null && isUnderWay(previous) && !isVoid(previous, context))
    return ignoreProposal(change, context, { signal, why: "An approved act is still under way." });
  const ended = previous === null ? change : endPrevious(change, context, previous);
  return attachApproval(ended, context, { incident, signal, proposal: read.value });
}

/** The host will not propose anything: the first page need not wait, and says so. */
export function recordProposalRefusal(
  change: DeskChange,
  context: DeskContext,
  signal: Extract<Signal, { kind: "proposal-refused" }>,
): DeskChange {
  const incident = incidentAwaiting(change, signal);
  const audited = addAudit(change, context, {
    actor: byHost(signal.subject.hostId),
    act: "proposal-refused",
    refs: incident === undefined ? [{ kind: "subject", subject: signal.subject }] : refsOfIncident(incident),
    why: refusalText(signal.refusal),
  });
  if (incident === undefined) return audited;
  const released = putIncident(audited, { ...incident, awaitsProposalUntilAt: null });
  const text = `The host proposes nothing: ${refusalText(signal.refusal)}`;
  return addTimeline(released, incident.incidentId, {
    at: context.now,
    by: byHost(signal.subject.hostId),
    text,
  });
}

/** Nothing is asked of anybody while automation is frozen; the first page need not wait, and the timeline says why. */
function refuseFrozen(
  change: DeskChange,
  context: DeskContext,
  refused: { readonly signal: ProposedSignal; readonly frozen: Freeze },
): DeskChange {
  const { frozen, signal } = refused;
  const text = `Nothing is proposed: automation on ${nameOf(frozen.scope)} is frozen by ${actorNameOf(frozen.by)}.`;
  const ignored = ignoreProposal(change, context, { signal, why: text });
  const incident = incidentAwaiting(ignored, signal);
  if (incident === undefined) return ignored;
  const released = putIncident(ignored, { ...incident, awaitsProposalUntilAt: null });
  return addTimeline(released, incident.incidentId, { at: context.now, by: BY_DESK, text });
}

/**
 * A person's no to the same action, given since the condition last began; null: there is none. It holds while the same thing goes on:
 * a condition that cleared and fires again, or another action, is a new question.
 */
function denialOf(state: DeskState, incident: Incident, action: string): Approval | null {
  const beganAt = incident.beginningsAt.at(-1) ?? incident.openedAt;
  const denials = approvalsOf(state, incident.incidentId).filter(
    (approval) =>
      approval.state === "denied" &&
      approval.proposal.action === action &&
      (approval.decidedAt ?? 0) >= beganAt,
  );
  return denials[0] ?? null;
}

/** Approved, and its grant ran out without a word: the shard has already asked the host again. */
function isVoid(approval: Approval, { now }: DeskContext): boolean {
  return approval.state === "approved" && approval.grantExpiresAt !== null && approval.grantExpiresAt <= now;
}

function endPrevious(change: DeskChange, context: DeskContext, previous: Approval): DeskChange {
  if (isVoid(previous, context)) return endUnheard(change, context, previous);
  if (isUndecided(previous) && previous.expiresAt - context.now <= EXPIRY_SLACK_MS)
    return expireApproval(change, context, previous);
  return supersedeApproval(change, context, { approval: previous, end: { reason: "newer-proposal" } });
}

/** The proposal, if it is for what was asked. The shard has compared them already; the desk does not take its word for it. */
function readProposal(
  signal: ProposedSignal,
): Result<Proposal, { reason: "unreadable" | "answered-otherwise"; detail: string }> {
  const bytes = decodeBase64(signal.proposal);
  if (bytes === null) return refuse({ reason: "unreadable", detail: "The proposal is not base64." });
  const parsed = parseProposal(bytes);
  if (!parsed.ok)
    return refuse({ reason: "unreadable", detail: `The proposal is unreadable: ${parsed.error.detail}` });
  const { action, hostId, level, service } = parsed.value;
  const { asked, subject } = signal;
  const isAsked = action === asked.action && level === asked.level;
  if (isAsked && hostId === subject.hostId && service === subject.service) return parsed;
  const detail = `The proposal is for ${action} (level ${level}) of ${service} on ${hostId}, and ${asked.action} (level ${asked.level}) was asked for.`;
  return refuse({ reason: "answered-otherwise", detail });
}

/** A cleared incident waits for nothing. */
function incidentAwaiting(
  change: DeskChange,
  { subject, reason }: { readonly subject: Subject; readonly reason: PageReason },
): Incident | undefined {
  return incidentsAbout(change.state, subject, reason).find(
    (incident) => incident.state !== "resolved" && incident.clearedAt === null,
  );
}

function attachApproval(
  change: DeskChange,
  context: DeskContext,
  found: { readonly incident: Incident; readonly signal: ProposedSignal; readonly proposal: Proposal },
): DeskChange {
  const { incident, signal, proposal } = found;
  const approvalId = context.newId("apr");
  const approval: Approval = {
    approvalId,
    incidentId: incident.incidentId,
    requestId: signal.requestId,
    subject: signal.subject,
    proposalBytes: signal.proposal,
    proposalHash: proposalHashOf(decodeBase64(signal.proposal) ?? new Uint8Array()),
    proposal,
    state: "requested",
    requestedAt: context.now,
    deliveredAt: null,
    seenAt: null,
    // A yes after the host has forgotten its proposal would be refused there: better to say "expired" here.
    expiresAt: context.now + Math.min(context.policy.approval.expiresAfterMs, proposal.lifetimeMs),
    decidedAt: null,
    decidedBy: null,
    grantId: null,
    grantExpiresAt: null,
    isGrantDelivered: false,
    outcome: null,
    end: null,
    settleMs: signal.settleMs,
  };
  const current = change.state.incidents.get(incident.incidentId) ?? incident;
  const isPaged = !isBeforeFirstPage(current);
  const attached = { ...current, approvalId, awaitsProposalUntilAt: null };
  const audited = addAudit(putApproval(putIncident(change, attached), approval), context, {
    actor: byHost(signal.subject.hostId),
    act: "approval-requested",
    refs: refsOfApproval(approval),
    why: proposal.argv.join(" "),
  });
  const text = `The host proposes: ${proposal.argv.join(" ")}`;
  const noted = addTimeline(audited, incident.incidentId, {
    at: context.now,
    by: byHost(signal.subject.hostId),
    text,
  });
  const decided = decideInAdvance(noted, context, { approval, unattended: signal.unattended });
  return decided ?? (isPaged ? pageLateApproval(noted, context, approval) : noted);
}

function ignoreProposal(
  change: DeskChange,
  context: DeskContext,
  ignored: { readonly signal: ProposedSignal; readonly why: string },
): DeskChange {
  return addAudit(change, context, {
    actor: byHost(ignored.signal.subject.hostId),
    act: "proposal-ignored",
    refs: [{ kind: "subject", subject: ignored.signal.subject }],
    why: ignored.why,
  });
}
