// Titles and bodies of pages, for a person at three in the morning: what, where, since when, why, and what is asked. A page may
// be shown on a locked screen and travel through a third party's server, so it never carries why a host refused a grant. Pure.
import { formatDuration } from "@countersign/shared/values/duration";
import type { Outcome } from "@countersign/shared/wire/outcome";
import type { Severity } from "@countersign/shared/wire/service-report";
import { clockOf } from "../../words/clock-text.ts";
import { writtenOut } from "../../words/exact-text.ts";
import { evidenceWith } from "../../words/proposal-refusal.ts";
import type { PageReason } from "../../words/signal.ts";
import { nameOf } from "../../words/subject.ts";
import type { Approval } from "../records/approval.ts";
import type { Incident } from "../records/incident.ts";
import { isFlapping } from "./flapping.ts";

export interface PageText {
  readonly title: string;
  readonly body: string;
}

const EVIDENCE_LINES_MAX = 3;
const LINE_CHARS_MAX = 160;

/** The page of an escalation step. `round` counts repeats from 0; `raisedFrom` is the severity before it grew worse, null: it did not. */
export function firingText(
  incident: Incident,
  approval: Approval | null,
  options: { readonly now: number; readonly round: number; readonly raisedFrom: Severity | null },
): PageText {
  const { now, raisedFrom } = options;
  const repeated = options.round === 0 ? "" : "Still firing: ";
  const prefix = raisedFrom === null ? repeated : `Now ${incident.severity}: `;
  const lines = [
    `${nameOf(incident.subject)}, since ${utcOf(incident.happenedAt)} (${agoOf(incident, now)}).`,
    ...(raisedFrom === null ? [] : [`It grew worse: ${raisedFrom} before, ${incident.severity} now.`]),
    ...evidenceLines(incident),
    ...restartLines(incident),
    ...flappingLines(incident),
    ...(approval === null ? ["Nothing runs by itself. Open it and acknowledge."] : askLines(approval)),
  ];
  return textOf(prefix + incident.title, lines);
}

/** The page of a proposal that came after the first page had gone out. */
export function approvalText(incident: Incident, approval: Approval): PageText {
  return textOf(`Approval wanted: ${approval.proposal.action} ${nameOf(incident.subject)}`, [
    incident.title,
    ...evidenceLines(incident),
    ...restartLines(incident),
    ...askLines(approval),
  ]);
}

/** The page that takes back a delivered "down". */
export function recoveredText(incident: Incident, why: string): PageText {
  const endedAt = incident.clearedAt ?? incident.resolvedAt ?? incident.openedAt;
  const lasted = formatDuration(Math.max(1_000, endedAt - incident.happenedAt));
  return textOf(`${endWordOf(incident.reason)}: ${incident.title}`, [
    `${nameOf(incident.subject)}, from ${utcOf(incident.happenedAt)} to ${utcOf(endedAt)} (${lasted}).`,
    why,
  ]);
}

/** What people set or answer is over; what was broken has recovered. */
function endWordOf(reason: PageReason): string {
  const isSettled =
    reason === "approval-unanswered" ||
    reason === "route-missing" ||
    reason === "automation-frozen" ||
    reason === "record-unreadable";
  return isSettled ? "Over" : "Recovered";
}

/** The page that says an approved act did not do what was wanted. */
export function resultText(approval: Approval, ended: string): PageText {
  return textOf(`${approval.proposal.action} of ${nameOf(approval.subject)}: ${ended}`, [
    resultSentence(approval.outcome?.status ?? null),
    "The incident is still open and needs you.",
  ]);
}

function resultSentence(status: Outcome["status"] | null): string {
  switch (status) {
    case "refused":
      return "The host refused the grant and ran nothing.";
    case "failed":
      return "It ran and failed.";
    case "timed-out":
      return "It ran and did not reach its goal in time.";
    case "lost":
      return "The host lost track of it: nobody knows whether it ran. It will not be run again.";
    case "succeeded":
      return "It ran, but no proof came that it helped.";
    case null:
      return "No word came from the host: it may or may not have run. It will not be run again.";
  }
}

// What a host wrote must neither move a terminal's cursor, nor turn a line around, nor pass for a line of ours.
function textOf(title: string, lines: readonly string[]): PageText {
  return { title: writtenOut(title), body: lines.map(writtenOut).join("\n") };
}

function askLines(approval: Approval): readonly string[] {
  return [
    `Asked: may this run? ${clip(approval.proposal.argv.join(" "))}`,
    `Nothing runs without your yes. Until ${utcOf(approval.expiresAt)}.`,
  ];
}

function evidenceLines(incident: Incident): readonly string[] {
  const lines = evidenceWith(incident.evidence, incident.refused).slice(-EVIDENCE_LINES_MAX);
  return lines.map(({ at, text }) => clip(`${utcOf(at)} ${text}`));
}

/** A line that is cut says so: half a command must never read like a whole one. */
function clip(line: string): string {
  return line.length <= LINE_CHARS_MAX ? line : `${line.slice(0, LINE_CHARS_MAX - 1)}…`;
}

function restartLines(incident: Incident): readonly string[] {
  if (incident.restarts === null || incident.restarts.count === 0) return [];
  const { count, max, windowMs } = incident.restarts;
  const line = `Restarts in the last ${formatDuration(windowMs)}: ${count} of ${max}.`;
  return [count >= max ? `${line} The budget is used up: restarting is not the fix.` : line];
}

function flappingLines(incident: Incident): readonly string[] {
  if (!isFlapping(incident)) return [];
  const count = incident.beginningsAt.length;
  return [`Flapping: it began ${count} times within an hour. It stays one incident until it is quiet.`];
}

function agoOf(incident: Incident, now: number): string {
  return `${formatDuration(Math.max(1_000, now - incident.happenedAt))} ago`;
}

/** UTC, because responders and hosts sit in different places. */
function utcOf(at: number): string {
  return `${clockOf(at)} UTC`;
}
