// A desk decision while it is being made: the state so far and the effects so far. Every part of the desk's core takes one and
// returns the next; nothing is changed in place. Pure.
import type { Result } from "@countersign/shared/values/result";
import type { Approval } from "../records/approval.ts";
import type { Finding } from "../records/finding.ts";
import type { Incident, TimelineEntry } from "../records/incident.ts";
import type { Page } from "../records/pages/page.ts";
import { refText } from "./audit-ref.ts";
import type { AuditRefs } from "./audit-refs.ts";
import type { ActRefusal, DeskContext, DeskEffect } from "./desk-events.ts";
import type { AuditEntry, DeskState } from "./desk-state.ts";

/** Entries of one incident's timeline that are kept; older ones stand in the audit. */
export const TIMELINE_ENTRIES_MAX = 100;

export interface DeskChange {
  readonly state: DeskState;
  /** the last one; null: none so far */
  readonly effects: EffectAfter | null;
}

/** An effect, and those decided before it: adding one copies none. */
interface EffectAfter {
  readonly effect: DeskEffect;
  readonly before: EffectAfter | null;
}

/** Stores an incident in the state under decision. */
export function putIncident(change: DeskChange, incident: Incident): DeskChange {
  const incidents = change.state.incidents.with(incident.incidentId, incident);
  return { ...change, state: { ...change.state, incidents } };
}

/** Stores a finding in the state under decision. */
export function putFinding(change: DeskChange, finding: Finding): DeskChange {
  const findings = change.state.findings.with(finding.findingId, finding);
  return { ...change, state: { ...change.state, findings } };
}

/** Stores an approval in the state under decision. */
export function putApproval(change: DeskChange, approval: Approval): DeskChange {
  const approvals = change.state.approvals.with(approval.approvalId, approval);
  return { ...change, state: { ...change.state, approvals } };
}

/** Stores a page in the state under decision. */
export function putPage(change: DeskChange, page: Page): DeskChange {
  const pages = change.state.pages.with(page.key, page);
  return { ...change, state: { ...change.state, pages } };
}

/** Adds an effect after those decided before it. */
export function addEffect(change: DeskChange, effect: DeskEffect): DeskChange {
  return { ...change, effects: { effect, before: change.effects } };
}

/** The effects in the order in which they were decided. */
export function effectsOf(change: DeskChange): readonly DeskEffect[] {
  const effects: DeskEffect[] = [];
  for (let last = change.effects; last !== null; last = last.before) effects.push(last.effect);
  return effects.reverse();
}

/** An audit row before its instant and the words for what it is about. */
export type AuditDraft = Omit<AuditEntry, "at" | "subject" | "refs"> & { readonly refs: AuditRefs };

/** An audit row as it is chained; what it is about stands first among its references. */
export function auditEntryOf(draft: AuditDraft, at: number): AuditEntry {
  return { at, ...draft, subject: refText(draft.refs[0]) };
}

/** Adds an audit row, stamped with the decision's instant. */
export function addAudit(change: DeskChange, context: DeskContext, draft: AuditDraft): DeskChange {
  return addEffect(change, { kind: "audit", entry: auditEntryOf(draft, context.now) });
}

/** Appends to an incident's timeline; the oldest entries fall off at the bound. */
export function withTimeline(incident: Incident, entry: TimelineEntry): Incident {
  return { ...incident, timeline: [...incident.timeline, entry].slice(-TIMELINE_ENTRIES_MAX) };
}

/** Appends to the timeline of an incident by id; an unknown incident changes nothing. */
export function addTimeline(change: DeskChange, incidentId: string, entry: TimelineEntry): DeskChange {
  const incident = change.state.incidents.get(incidentId);
  return incident === undefined ? change : putIncident(change, withTimeline(incident, entry));
}

/** The newest approval of a finding's question, whatever its state; null when it has none. */
export function approvalOf(state: DeskState, { approvalId }: Pick<Finding, "approvalId">): Approval | null {
  return approvalId === null ? null : (state.approvals.get(approvalId) ?? null);
}

/** A person may still decide. */
export function isUndecided(approval: Approval): boolean {
  return approval.state === "requested" || approval.state === "delivered" || approval.state === "seen";
}

/** Approved, and not yet known how it ended. */
export function isUnderWay(approval: Approval): boolean {
  return approval.state === "approved" || approval.state === "executing";
}

/** A decision with its answer to the person. */
export interface AnsweredChange {
  readonly change: DeskChange;
  readonly answer: Result<null, ActRefusal>;
}
