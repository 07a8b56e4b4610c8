// One incident is one stream of pages with one pace (docs/policy.md): what rings beyond the documented pauses says why,
// and an update keeps its distance. By a record of its own: what was made when, what people were told of, which acts
// failed, when an acknowledgement ended.
import { Severity } from "@countersign/shared/wire/service-report";
import type { Page } from "../../../control-plane/src/core/desk/records/pages/page.ts";
import type { PageReason } from "../../../control-plane/src/core/words/signal.ts";
import type { Policy } from "../../../control-plane/src/policy/policy.ts";
import type { DeskDecisionSeen } from "../world/observer.ts";
import type { Invariant } from "./invariant.ts";

const UPDATE_AFTER_MS = 5 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** the policy's own pause so many times, then twice as long each time */
const FULL_PACE_COUNT = 4;
/** what rings when it joins an incident that people know */
const RINGS_WHEN_IT_JOINS: readonly PageReason[] = [
  "check-failing",
  "startup-death",
  "restart-loop-suspected",
  "remediation-ineffective",
];

/** What is remembered of one incident. */
interface Stream {
  lastMadeAt: number;
  /** by person: since it began or an acknowledgement ended */
  readonly paces: Map<string, Pace>;
  /** acts that failed and that no ring has told */
  failedCount: number;
}

interface Pace {
  /** rings by the pauses alone */
  readonly count: number;
  /** the next one counts from then */
  readonly fromAt: number;
}

interface Known {
  readonly streams: Map<string, Stream>;
  /** the highest severity that a page told of each finding, or that somebody took */
  readonly told: Map<string, Severity>;
}

export const onePacePerTrouble = (): Invariant => {
  const known: Known = { streams: new Map(), told: new Map() };
  return {
    sentence: "One trouble pages one person at most at the documented pace",
    onDesk: (decision, { policy }) => {
      followChanges(known, decision);
      const sendings = Map.groupBy(
        madeIn(decision),
        ({ incidentId, key }) => `${incidentId} ${key.split(":").at(-2)}`,
      );
      for (const pages of sendings.values()) {
        const what = complaintOf(known, pages, { decision, policy });
        if (what !== null) return what;
      }
      return null;
    },
  };
};

/** Pages have their pace when they are made: one may wait for a channel, or be held, and come after what was made later. */
function madeIn({ after, before }: DeskDecisionSeen): readonly Page[] {
  if (after.pages === before.pages) return [];
  return [...after.pages.values()].filter(
    ({ covers, key, kind }) =>
      before.pages.get(key) === undefined && kind !== "recovered" && kind !== "test" && covers === undefined,
  );
}

interface Step {
  readonly decision: DeskDecisionSeen;
  readonly policy: Policy;
}

/** What is made at once: a ring, and an update for those who know and are not rung, or one of them. */
function complaintOf(known: Known, pages: readonly Page[], step: Step): string | null {
  const first = pages.find(({ kind }) => kind === "ring") ?? pages[0];
  if (first === undefined) return null;
  const stream = streamOf(known, first.incidentId);
  const isOpening = stream.lastMadeAt === -Infinity;
  const sinceMs = first.createdAt - stream.lastMadeAt;
  stream.lastMadeAt = first.createdAt;
  const isMore = isOpening || saysMore(known, stream, first, step.decision);
  remember(known, first, step.decision);
  if (first.kind === "update" && sinceMs < UPDATE_AFTER_MS)
    return `the update "${first.title}" comes ${sinceMs} ms after what was sent before`;
  for (const { createdAt, responder, title } of pages.filter(({ kind }) => kind === "ring")) {
    const { count, fromAt } = stream.paces.get(responder) ?? { count: 0, fromAt: -Infinity };
    const waitedMs = createdAt - fromAt;
    const pauseMs = pauseAfter(count, step.policy);
    if (!isMore && waitedMs < pauseMs)
      return `"${title}" rings ${responder} anew after ${waitedMs} ms, and the pause is ${pauseMs} ms`;
    const isFirstStep = step.policy.escalation.steps[0]?.notify.includes(responder) === true;
    // The steps of a round that has begun go on, so who is on a later one may be rung soon after a ring between them.
    if (!isMore || isFirstStep)
      stream.paces.set(responder, { count: isMore && !isOpening ? count : count + 1, fromAt: createdAt });
  }
  return null;
}

/** The pause after so many rings of one person, and no fewer: a round that told them something more does not count. */
export function pauseAfter(ringCount: number, { escalation }: Policy): number {
  const doubled = 2 ** Math.max(0, ringCount - FULL_PACE_COUNT);
  return Math.min(DAY_MS, escalation.repeatMs * doubled);
}

/** It is graver than all that people know of, it is down now and was not before, or an act failed. */
function saysMore(
  known: Known,
  stream: Stream,
  { incidentId, tells }: Page,
  { after }: DeskDecisionSeen,
): boolean {
  if (stream.failedCount > 0 && tells.some(({ what }) => what === "result")) {
    stream.failedCount = 0;
    return true;
  }
  const gravest = after.findings
    .values()
    .filter((finding) => finding.incidentId === incidentId && finding.endedAt === null)
    // What lies beneath a host that is down is told by nobody while it does.
    .filter(({ standing }) => standing !== "beneath")
    .reduce((highest, { findingId }) => Math.max(highest, rankOf(known.told.get(findingId))), -1);
  return tells.some(({ findingId, reason }) => {
    const finding = after.findings.get(findingId);
    if (finding === undefined || finding.endedAt !== null) return false;
    if (rankOf(finding.severity) > gravest) return true;
    return !known.told.has(findingId) && RINGS_WHEN_IT_JOINS.includes(reason);
  });
}

function remember(known: Known, { tells }: Page, { after }: DeskDecisionSeen): void {
  for (const { findingId } of tells) knows(known, findingId, after.findings.get(findingId)?.severity);
}

function knows({ told }: Known, findingId: string, severity: Severity | undefined): void {
  if (severity !== undefined && rankOf(severity) > rankOf(told.get(findingId))) told.set(findingId, severity);
}

/** Acknowledgements that ended, acts that failed, incidents that were merged, findings that came out from beneath their host. */
function followChanges(known: Known, { after, before }: DeskDecisionSeen): void {
  if (after.approvals !== before.approvals)
    for (const { approvalId, incidentId, state } of after.approvals.values())
      if (state === "failed" && before.approvals.get(approvalId)?.state !== "failed")
        streamOf(known, incidentId).failedCount += 1;
  if (after.findings !== before.findings)
    for (const { findingId, standing } of after.findings.values())
      if (standing !== "beneath" && before.findings.get(findingId)?.standing === "beneath")
        known.told.delete(findingId);
  if (after.incidents === before.incidents) return;
  for (const incident of after.incidents.values()) {
    const { acknowledgedUntilAt, incidentId, mergedInto, state } = incident;
    const was = before.incidents.get(incidentId);
    if (was === undefined || was === incident) continue;
    if (was.state === "acknowledged" && state === "open") known.streams.get(incidentId)?.paces.clear();
    if (acknowledgedUntilAt !== null && acknowledgedUntilAt !== was.acknowledgedUntilAt)
      for (const { endedAt, findingId, incidentId: holder, severity } of after.findings.values())
        if (holder === incidentId && endedAt === null) knows(known, findingId, severity);
    if (mergedInto !== null && was.mergedInto === null)
      streamOf(known, mergedInto).failedCount += known.streams.get(incidentId)?.failedCount ?? 0;
  }
}

function streamOf({ streams }: Known, incidentId: string): Stream {
  const known = streams.get(incidentId) ?? {
    lastMadeAt: -Infinity,
    paces: new Map(),
    failedCount: 0,
  };
  streams.set(incidentId, known);
  return known;
}

function rankOf(severity: Severity | undefined): number {
  return severity === undefined ? -1 : Severity.options.indexOf(severity);
}
