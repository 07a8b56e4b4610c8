// What one page says about which findings: what it is the first to tell, or, where it only repeats, the gravest. Pure.
import { joiningOf } from "../../words/reason-kinds.ts";
import { isGraver } from "../incidents/graver.ts";
import type { Finding } from "../records/finding.ts";
import type { Incident } from "../records/incident.ts";
import { type Told, TOLD_MAX } from "../records/pages/page.ts";
import { approvalsOf, pagesOf } from "../state/desk-index.ts";
import type { DeskState } from "../state/desk-state.ts";
import { findFinding, openFindingsOf } from "../state/finding-index.ts";
import { sumOf } from "../state/incident-sums.ts";
import { freeAtOf } from "./stream.ts";

/** The gravest news comes first, and is what the title is about; bounded. */
export function tellsOf(
  state: DeskState,
  told: {
    readonly incident: Incident;
    readonly news: readonly Finding[];
    readonly kind: "ring" | "update";
    readonly isResult: boolean;
    readonly now: number;
  },
): readonly Told[] {
  const { incident, isResult, kind, news, now } = told;
  const lead = leadOf(state, incident, now);
  const sorted = news.filter((finding) => !hasBegunAnew(state, finding)).toSorted(byGravity);
  const begun = sorted.filter((finding) => finding.endedAt === null && joiningOf(finding.reason) !== "rides");
  const rest = sorted.filter((finding) => !begun.includes(finding));
  const repeated = kind === "ring" ? lead : null;
  const first = isResult ? (resultOf(state, incident) ?? lead) : (begun[0] ?? repeated ?? rest[0] ?? lead);
  const others = [...begun, ...rest].filter((finding) => finding !== first);
  if (first === null) return [];
  const title: Told = { ...tellOf(first, isResult ? "result" : null), isTitle: true };
  return [title, ...others.map((finding) => ({ ...tellOf(finding, null), isTitle: false }))].slice(
    0,
    TOLD_MAX,
  );
}

/**
 * What a ring to somebody tells besides: what their earlier rings about it were the first to tell, and no channel has taken.
 * Once all their channels rest it takes the place of those (`isOvertaken`), and nobody would be told. Where one of them comes
 * after all, they read it twice.
 */
export function withUnsent(
  state: DeskState,
  to: {
    readonly incident: Incident;
    readonly kind: "ring" | "update";
    readonly responder: string;
    readonly now: number;
  },
  tells: readonly Told[],
): readonly Told[] {
  if (to.kind !== "ring") return tells;
  const known = new Set(tells.map(({ findingId }) => findingId));
  const unsent = pagesOf(state, to.incident.incidentId)
    .filter((page) => page.kind === "ring" && page.responder === to.responder && page.state === "pending")
    .flatMap((page) => page.tells)
    .filter(({ findingId, isFirst }) => isFirst && isToldIn(state, to, findingId) && !known.has(findingId));
  const byFinding = new Map(unsent.map((told) => [told.findingId, { ...told, isTitle: false }]));
  return byFinding.size === 0 ? tells : [...tells, ...byFinding.values()].slice(0, TOLD_MAX);
}

/** It is of this incident still, and may be told. */
function isToldIn(
  state: DeskState,
  { incident, now }: { readonly incident: Incident; readonly now: number },
  findingId: string,
): boolean {
  const finding = state.findings.get(findingId);
  if (finding?.incidentId !== incident.incidentId || finding.endedAt !== null) return false;
  return finding.standing !== "beneath" && freeAtOf(state, finding, now) <= now;
}

/** It ended, and the same goes on again: people are told that it began. */
function hasBegunAnew(state: DeskState, { endedAt, reason, subject }: Finding): boolean {
  return endedAt !== null && findFinding(state, subject, reason) !== undefined;
}

/** What an act was for that did not help. */
export function resultOf(state: DeskState, { incidentId }: Incident): Finding | undefined {
  const failed = approvalsOf(state, incidentId).findLast((approval) => approval.state === "failed");
  return failed === undefined ? undefined : state.findings.get(failed.findingId);
}

/** The gravest that may be told; what is silenced is told by nobody. */
function leadOf(state: DeskState, { incidentId }: Incident, now: number): Finding | null {
  if (state.silences.size === 0) return sumOf(state, incidentId).lead;
  const audible = openFindingsOf(state, incidentId).filter(
    (finding) => finding.standing !== "beneath" && freeAtOf(state, finding, now) <= now,
  );
  const firing = audible.filter(({ clearedAt }) => clearedAt === null);
  return (firing.length > 0 ? firing : audible).toSorted(byGravity)[0] ?? null;
}

function tellOf(finding: Finding, what: Told["what"] | null): Omit<Told, "isTitle"> {
  const { findingId, reason, subject, told } = finding;
  return { findingId, reason, subject, what: what ?? whatOf(finding), isFirst: told === null };
}

function whatOf({ endedAt, severity, told }: Finding): Told["what"] {
  if (endedAt !== null) return "ended";
  if (told === null) return "began";
  return isGraver(severity, told) ? "rose" : "goes-on";
}

function byGravity(left: Finding, right: Finding): number {
  if (isGraver(left.severity, right.severity)) return -1;
  return isGraver(right.severity, left.severity) ? 1 : left.beganAt - right.beganAt;
}
