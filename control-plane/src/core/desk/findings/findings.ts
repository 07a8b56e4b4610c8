// Findings from their beginning to their end: one per subject and reason, however often the condition is reported. Pure.
// What a reader would get wrong: `cleared` does not end. Health must hold first, unless a verified action proved it. A condition that fires again
// before that goes on in the same episode, and is no news; after that it is a new finding.
import { formatDuration } from "@countersign/shared/values/duration";
import { dueBy } from "@countersign/shared/values/records-index";
import { byRule } from "../../words/actor.ts";
import { joiningOf } from "../../words/reason-kinds.ts";
import type { Signal } from "../../words/signal.ts";
import { nameOf } from "../../words/subject.ts";
import { supersedeApproval } from "../approvals/approvals.ts";
import { isFlapping } from "../incidents/flapping.ts";
import { gathersMany } from "../incidents/gathering.ts";
import { isGraver } from "../incidents/graver.ts";
import { summarise } from "../incidents/summary.ts";
import type { Finding } from "../records/finding.ts";
import type { Incident } from "../records/incident.ts";
import { type AuditRefs, refsOfIncident } from "../state/audit-refs.ts";
import {
  addAudit,
  addTimeline,
  approvalOf,
  type DeskChange,
  isUnderWay,
  putFinding,
} from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import { approvalsFor } from "../state/desk-index.ts";
import type { DeskState } from "../state/desk-state.ts";
import { findFinding, isOver, openFindingsOf, saysHostDown } from "../state/finding-index.ts";
import { closeIfOver } from "./closing.ts";
import { RELEASE_AFTER_MS, placeFinding, releaseBeneath } from "./move.ts";
import { addBeginning, beginningsBefore, rememberBeginnings, wellForMs } from "./recurring.ts";

type FiringSignal = Extract<Signal, { kind: "firing" }>;

/** Lines of proof kept on a finding, newest last. */
const EVIDENCE_LINES_MAX = 20;

/** When one that has cleared has stayed well for long enough, if nothing is under way about it. */
const well = dueBy<Finding, DeskContext["policy"]>((finding, policy) => wellAt(finding, { policy }));

const released = dueBy<Finding, null>(({ releasesAt }) => releasesAt);

/** Begins a finding, or brings it up to date. */
export function takeFiring(change: DeskChange, context: DeskContext, signal: FiringSignal): DeskChange {
  const finding = findFinding(change.state, signal.subject, signal.reason);
  return finding === undefined
    ? placeFinding(change, context, findingOf(change.state, context, signal))
    : goOn(change, context, { finding, signal });
}

/** The condition no longer holds; what was proposed for it must not run any more. */
export function takeCleared(
  change: DeskChange,
  context: DeskContext,
  signal: Extract<Signal, { kind: "cleared" }>,
): DeskChange {
  const finding = findFinding(change.state, signal.subject, signal.reason);
  if (finding === undefined || finding.clearedAt !== null) return change;
  const { now } = context;
  const last = signal.evidence.at(-1)?.text;
  const text = last === undefined ? "It is well." : `It is well: ${last}.`;
  const held = `It ends when it has stayed well for ${formatDuration(wellForMs(finding, context))}.`;
  const cleared: Finding = {
    ...finding,
    clearedAt: clearedAtOf(signal, now),
    releasesAt: saysHostDown(finding) ? now + RELEASE_AFTER_MS : null,
    evidence: [...finding.evidence, ...signal.evidence].slice(-EVIDENCE_LINES_MAX),
  };
  const told = addTimeline(putFinding(change, cleared), finding.incidentId, {
    at: now,
    by: byRule(finding.reason),
    text: `${nameOf(finding.subject)}: ${text} ${held}`,
  });
  const audited = addAudit(told, context, {
    actor: byRule(finding.reason),
    act: "finding-cleared",
    refs: refsOfFindingIn(finding),
    why: text,
  });
  const approval = approvalOf(audited.state, cleared);
  const asked =
    approval === null
      ? audited
      : supersedeApproval(audited, context, { approval, end: { reason: "incident-cleared" } });
  return summarise(asked, finding.incidentId);
}

// Checks that had failed too often clear some time after all of them pass: it was well since then.
function clearedAtOf({ happenedAt, reason }: Extract<Signal, { kind: "cleared" }>, now: number): number {
  return reason === "check-failing" ? Math.min(now, happenedAt) : now;
}

/** Ends a finding, and its incident when that was all. */
export function endFinding(
  change: DeskChange,
  context: DeskContext,
  { finding, why }: { readonly finding: Finding; readonly why: string },
): DeskChange {
  if (isOver(finding)) return change;
  const ended: Finding = {
    ...finding,
    endedAt: context.now,
    endedBecause: why,
    clearedAt: finding.clearedAt ?? context.now,
    releasesAt: null,
    newsAt: isEndNews(change.state, finding) ? context.now : null,
  };
  const put = rememberBeginnings(putFinding(change, ended), ended);
  const audited = addAudit(put, context, {
    actor: byRule(finding.reason),
    act: "finding-ended",
    refs: refsOfFindingIn(finding),
    why: `${finding.title}: ${why}`,
  });
  const asked = approvalsFor(audited.state, ended.findingId).reduce(
    (before, approval) =>
      supersedeApproval(before, context, { approval, end: { reason: "incident-resolved" } }),
    audited,
  );
  const free = finding.releasesAt === null ? asked : releaseBeneath(asked, context, ended);
  const told = addTimeline(free, finding.incidentId, {
    at: context.now,
    by: byRule(finding.reason),
    text: `${finding.title}: over. ${why}`,
  });
  const { incidentId } = finding;
  return closeIfOver(summarise(told, incidentId), context, { incidentId, why });
}

/** Ends findings whose health has held long enough. */
export function endWellFindings(change: DeskChange, context: DeskContext): DeskChange {
  return well.dueAt(change.state.findings, context.policy, context.now).reduce((before, { findingId }) => {
    const finding = before.state.findings.get(findingId);
    if (finding === undefined || isOver(finding) || isHeldByAct(before.state, finding)) return before;
    const heldMs = Math.max(1_000, context.now - (finding.clearedAt ?? context.now));
    const why = `It has stayed well since, for ${formatDuration(heldMs)}.`;
    return endFinding(before, context, { finding, why });
  }, change);
}

/** When the next one ends that has stayed well; null: none does. */
export function nextEndAt(state: DeskState, { now, policy }: DeskContext): number | null {
  const held = well
    .dueAt(state.findings, policy, now)
    .filter((finding) => !isHeldByAct(state, finding))
    .map((finding) => wellAt(finding, { policy }));
  const dueAt = [...held, well.nextAfter(state.findings, policy, now)].filter((at) => at !== null);
  return dueAt.length === 0 ? null : dueAt.reduce((left, right) => Math.min(left, right));
}

/** When an incident is over, if all of it stays well; null: something of it fires, or an approved act waits for its proof. */
export function endsAtOf(
  state: DeskState,
  { incidentId, state: stands }: Incident,
  context: Pick<DeskContext, "policy">,
): number | null {
  if (stands === "resolved" || stands === "merged") return null;
  const own = openFindingsOf(state, incidentId).filter(({ standing }) => standing !== "beneath");
  const endsAt = own.map((finding) => (isHeldByAct(state, finding) ? null : wellAt(finding, context)));
  return endsAt.reduce<number | null>(
    (latest, at) => (latest === null || at === null ? null : Math.max(latest, at)),
    0,
  );
}

/** Hosts that have been back for a moment: what still fires beneath them is placed anew. */
export function releaseReturned(change: DeskChange, context: DeskContext): DeskChange {
  return released
    .dueAt(change.state.findings, null, context.now)
    .reduce((before, down) => releaseBeneath(before, context, down), change);
}

/** When the next of them is; null: none is. */
export function nextReleaseAt({ findings }: DeskState): number | null {
  return released.earliestAt(findings, null);
}

/** What a finding's audit row names. */
function refsOfFindingIn({ findingId, incidentId, subject }: Finding): AuditRefs {
  return [...refsOfIncident({ incidentId, subject }), { kind: "finding", findingId }];
}

/** When a cleared finding has stayed well for long enough; null while it fires, and when it is over. */
function wellAt(finding: Finding, context: Pick<DeskContext, "policy">): number | null {
  if (isOver(finding) || finding.clearedAt === null) return null;
  return finding.clearedAt + wellForMs(finding, context);
}

/** An approved act waits for its own proof. */
function isHeldByAct(state: DeskState, finding: Finding): boolean {
  return approvalsFor(state, finding.findingId).some(isUnderWay);
}

/** People are told that a part is over: of what is alike on many hosts only when all is, and of what rides never. */
function isEndNews(state: DeskState, { incidentId, reason, standing, told }: Finding): boolean {
  const incident = state.incidents.get(incidentId);
  if (incident === undefined || told === null || standing === "beneath") return false;
  return joiningOf(reason) !== "rides" && !gathersMany(incident.place);
}

function findingOf(state: DeskState, context: DeskContext, signal: FiringSignal): Finding {
  const { now } = context;
  const { alike, evidence, happenedAt, reason, restarts, severity, subject, title } = signal;
  return {
    findingId: context.newId("fnd"),
    incidentId: "",
    subject,
    reason,
    alike: alike ?? null,
    standing: "own",
    severity,
    title,
    evidence: evidence.slice(-EVIDENCE_LINES_MAX),
    refused: refusedOf(signal),
    restarts,
    happenedAt,
    beganAt: now,
    placedAt: now,
    releasesAt: null,
    clearedAt: null,
    endedAt: null,
    endedBecause: null,
    beginningsAt: addBeginning(beginningsBefore(state, { subject, reason }), now),
    told: null,
    newsAt: now,
    askedAt: null,
    approvalId: null,
  };
}

function goOn(
  change: DeskChange,
  context: DeskContext,
  found: { readonly finding: Finding; readonly signal: FiringSignal },
): DeskChange {
  const { finding, signal } = found;
  const isAgain = finding.clearedAt !== null;
  const updated: Finding = {
    ...finding,
    severity: signal.severity,
    title: signal.title,
    evidence: signal.evidence.slice(-EVIDENCE_LINES_MAX),
    refused: refusedOf(signal),
    restarts: signal.restarts,
    alike: signal.alike ?? finding.alike,
    clearedAt: null,
    releasesAt: null,
    beginningsAt: isAgain ? addBeginning(finding.beginningsAt, context.now) : finding.beginningsAt,
  };
  const newsAt = newsAtOf(updated, context);
  const put = putFinding(change, { ...updated, newsAt });
  return summarise(sayAgain(put, context, { before: finding, after: updated }), finding.incidentId);
}

/** It was told, and is graver now than what was told. */
function newsAtOf({ newsAt, severity, standing, told }: Finding, { now }: DeskContext): number | null {
  if (standing === "beneath") return null;
  if (told === null) return newsAt ?? now;
  return isGraver(severity, told) ? (newsAt ?? now) : null;
}

function sayAgain(
  change: DeskChange,
  context: DeskContext,
  { after, before }: { readonly before: Finding; readonly after: Finding },
): DeskChange {
  const by = byRule(after.reason);
  if (before.clearedAt === null) {
    if (before.title === after.title) return change;
    return addTimeline(change, after.incidentId, { at: context.now, by, text: `Now: ${after.title}` });
  }
  const text = isFlapping(after) ? `Fires again (flapping): ${after.title}` : `Fires again: ${after.title}`;
  return addAudit(addTimeline(change, after.incidentId, { at: context.now, by, text }), context, {
    actor: by,
    act: "finding-again",
    refs: refsOfFindingIn(after),
    why: text,
  });
}

function refusedOf({ noticedAt, refusal }: FiringSignal): Finding["refused"] {
  return refusal === undefined ? null : { at: noticedAt, refusal };
}
