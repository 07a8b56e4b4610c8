// Titles and bodies of pages, for a person at three in the morning: where, what, since when, why, and what is asked. A
// page may be shown on a locked screen and travel through a third party's server: it never carries why a host refused a
// grant, and what a host wrote goes without what may be a secret (the incident's view shows it whole). Pure.
import { formatDuration } from "@countersign/shared/values/duration";
import { redactedLines } from "@countersign/shared/values/redaction";
import type { Outcome } from "@countersign/shared/wire/outcome";
import type { Severity } from "@countersign/shared/wire/service-report";
import { actorNameOf } from "../../words/actor.ts";
import { clockAt } from "../../words/clock-text.ts";
import { writtenOut } from "../../words/exact-text.ts";
import { evidenceWith } from "../../words/proposal-refusal.ts";
import type { PageReason } from "../../words/signal.ts";
import { nameOf, placeNameOf } from "../../words/subject.ts";
import { isFlapping } from "../incidents/flapping.ts";
import { gathersMany, membersOf } from "../incidents/gathering.ts";
import { titleOf } from "../incidents/incident-title.ts";
import { endTitleOf } from "../records/approval-end.ts";
import type { Approval } from "../records/approval.ts";
import type { Finding } from "../records/finding.ts";
import type { Incident } from "../records/incident.ts";
import type { Told } from "../records/pages/page.ts";
import { approvalsOf } from "../state/desk-index.ts";
import type { DeskState } from "../state/desk-state.ts";
import { findFinding, findingsOf, openFindingsOf } from "../state/finding-index.ts";
import { fleetSizeOf } from "../state/fleet-size.ts";
import { freezeOver } from "../state/freeze-scope.ts";
import { sumOf } from "../state/incident-sums.ts";
import { headlineOf, overWords, placeOf, sinceWords } from "./headline.ts";

export interface PageText {
  readonly title: string;
  readonly body: string;
}

/** What a ring or an update is about. */
export interface Sent {
  readonly incident: Incident;
  readonly kind: "ring" | "update";
  readonly tells: readonly Told[];
  /** the questions that wait for an answer */
  readonly asked: readonly Approval[];
  readonly now: number;
  /** that have begun before this one, of repeats or of acknowledgements */
  readonly rounds: number;
  /** by whose clock its instants are told */
  readonly timeZone: string;
}

const EVIDENCE_LINES_MAX = 3;
const LINE_CHARS_MAX = 160;
/** Other findings that a page names. */
const OTHERS_MAX = 5;
const HOSTS_NAMED_MAX = 10;
const RESULT_CHARS_MAX = 30;
/** It may hold a secret, and must not be told in part. */
const COMMAND_ELSEWHERE = "the command to be run by a person stands in the incident";

/** A ring or an update, with the severity that it tells. */
export function sentText(state: DeskState, sent: Sent): PageText & { readonly severity: Severity } {
  const { incident, tells } = sent;
  const [first] = tells;
  const finding = first === undefined ? undefined : state.findings.get(first.findingId);
  if (first === undefined || finding === undefined)
    return { ...textOf(incident.title, []), severity: incident.severity };
  const place = placeOf(state, incident, finding.subject);
  const text = textOf(headlineOf({ place, what: whatWords(state, sent, { first, finding }) }), [
    ...(first.what === "result"
      ? [resultTitle(state, incident), ...resultLines(state, incident)]
      : [openingOf(sent, first, finding) + titleOf(state, incident, finding), ...sinceLines(finding, sent)]),
    ...(first.what === "rose" && finding.told !== null
      ? [`It grew worse: ${finding.told} before, ${finding.severity} now.`]
      : []),
    ...evidenceLines(finding, sent.timeZone, isOfMany(state, incident)),
    ...otherLines(state, tells),
    ...hostLines(state, incident),
    ...restartLines(finding),
    ...flappingLines(finding),
    ...brakeLines(state, incident, finding),
    ...(sent.kind === "ring" ? wantedLines(sent) : []),
  ]);
  return { ...text, severity: finding.severity };
}

/** The page that takes back a delivered "down". */
export function recoveredText(
  state: DeskState,
  {
    incident,
    timeZone,
    why,
  }: { readonly incident: Incident; readonly timeZone: string; readonly why: string },
): PageText {
  const endedAt = incident.clearedAt ?? incident.resolvedAt ?? incident.openedAt;
  const lastedMs = endedAt - incident.happenedAt;
  const lasted = formatDuration(Math.max(1_000, lastedMs));
  const told = toldOverIn(state, incident).filter(({ title }) => title !== incident.title);
  const word = endWordOf(incident.reason);
  const place = placeOf(state, incident, incident.subject);
  const title = headlineOf({ place, what: overWords(incident, { lastedMs, word: word.toLowerCase() }) });
  return textOf(title, [
    `${word}: ${incident.title}`,
    `${nameOf(incident.subject)}, from ${clockAt(incident.happenedAt, timeZone)} to ${clockAt(endedAt, timeZone)} (${lasted}).`,
    why,
    ...namedOf(told.map(({ title }) => `Also over: ${title}`)),
  ]);
}

/** What people know of, and that is over: not what has begun anew meanwhile, which may lie in another incident. */
export function toldOverIn(state: DeskState, { incidentId }: Incident): readonly Finding[] {
  return findingsOf(state, incidentId).filter(
    ({ reason, standing, subject, told }) =>
      told !== null && standing !== "beneath" && findFinding(state, subject, reason) === undefined,
  );
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

/** What is told in the title, in a few words. */
function whatWords(
  state: DeskState,
  { kind, now, rounds, timeZone, incident }: Sent,
  { finding, first }: { readonly first: Told; readonly finding: Finding },
): string {
  const since = sinceWords(state, finding, { now, timeZone });
  switch (first.what) {
    case "began":
      return kind === "update" && incident.sentCount > 1 ? `also ${since}` : since;
    case "rose":
      return `worse: ${since}`;
    case "ended":
      return overWords(finding, { lastedMs: (finding.endedAt ?? now) - finding.happenedAt, word: "over" });
    case "goes-on":
      return kind === "ring" && rounds > 0 ? `still ${since}` : since;
    case "result":
      return resultWords(state, incident);
  }
}

function openingOf({ kind, rounds }: Sent, { what }: Told, { severity }: Finding): string {
  switch (what) {
    case "rose":
      return `Now ${severity}: `;
    case "ended":
      return "Over: ";
    case "goes-on":
      return kind === "ring" && rounds > 0 ? "Still firing: " : "";
    case "began":
    case "result":
      return "";
  }
}

function sinceLines({ happenedAt, subject }: Finding, { now, timeZone }: Sent): readonly string[] {
  const ago = formatDuration(Math.max(1_000, now - happenedAt));
  return [`${nameOf(subject)}, since ${clockAt(happenedAt, timeZone)} (${ago} ago).`];
}

function otherLines(state: DeskState, tells: readonly Told[]): readonly string[] {
  const others = tells.filter(({ isTitle }) => !isTitle);
  return namedOf(
    others.flatMap(({ findingId, what }) => {
      const finding = state.findings.get(findingId);
      return finding === undefined ? [] : [`${wordOf(what, finding)}: ${finding.title}`];
    }),
  );
}

function wordOf(what: Told["what"], { severity }: Finding): string {
  switch (what) {
    case "ended":
      return "Over";
    case "rose":
      return `Now ${severity}`;
    case "began":
    case "goes-on":
    case "result":
      return "Also";
  }
}

function namedOf(lines: readonly string[]): readonly string[] {
  const more = lines.length - OTHERS_MAX;
  return [...lines.slice(0, OTHERS_MAX).map(clip), ...(more > 0 ? [`And ${more} more.`] : [])];
}

function isOfMany(state: DeskState, incident: Incident): boolean {
  return gathersMany(incident.place) && membersOf(incident, sumOf(state, incident.incidentId)) > 1;
}

/** Whom it is about, where it is about many. */
function hostLines(state: DeskState, incident: Incident): readonly string[] {
  if (!isOfMany(state, incident)) return [];
  const members = membersOf(incident, sumOf(state, incident.incidentId));
  const names = new Set<string>();
  for (const { standing, subject } of openFindingsOf(state, incident.incidentId)) {
    if (standing === "beneath") continue;
    names.add(incident.place.kind === "host" ? nameOf(subject) : placeNameOf(subject));
    if (names.size === HOSTS_NAMED_MAX) break;
  }
  const more = members - names.size;
  const size = incident.place.kind === "host" ? null : fleetSizeOf(state);
  const whole = size === null ? "of them" : `of ${Math.max(size, members)} hosts`;
  return [`${members} ${whole}: ${[...names].join(", ")}${more > 0 ? ` and ${more} more` : ""}.`];
}

function wantedLines({ asked, incident, timeZone }: Sent): readonly string[] {
  const [question] = asked;
  if (question !== undefined) return askLines(question, timeZone, asked.length - 1);
  if (incident.place.kind === "wide" || incident.place.kind === "many")
    return [
      "One cause on many hosts: nothing is offered and nothing runs by itself. Open it, and ask for what you want.",
    ];
  return ["Nothing runs by itself. Open it, and take it."];
}

function askLines(approval: Approval, timeZone: string, more: number): readonly string[] {
  return [
    `Asked: may this run? ${argvText(approval)}`,
    ...(more > 0 ? [`And ${more} more questions.`] : []),
    `Nothing runs without your yes. Until ${clockAt(approval.expiresAt, timeZone)}.`,
  ];
}

function argvText({ proposal: { argv } }: Approval): string {
  const text = argv.join(" ");
  return withoutSecrets(text) === text ? clip(text) : "Its command stands in the question.";
}

/** What holds automation: whoever is woken must not wait for a question that will not come. */
function brakeLines(state: DeskState, incident: Incident, { subject }: Finding): readonly string[] {
  if (incident.reason === "automation-frozen") return [];
  const freeze = freezeOver(state, subject);
  if (freeze === null) return [];
  return [
    clip(`Automation on ${nameOf(freeze.scope)} is frozen by ${actorNameOf(freeze.by)}: ${freeze.why}`),
  ];
}

function resultOf(state: DeskState, { incidentId }: Incident): Approval | undefined {
  return approvalsOf(state, incidentId).findLast((approval) => approval.state === "failed");
}

function resultTitle(state: DeskState, incident: Incident): string {
  const approval = resultOf(state, incident);
  if (approval === undefined) return `An approved act did not help: ${incident.title}`;
  const ended = approval.end === null ? "failed" : endTitleOf(approval.end);
  return `${approval.proposal.action} of ${nameOf(approval.subject)}: ${ended}`;
}

/** What was approved and how it ended, in a title. */
function resultWords(state: DeskState, incident: Incident): string {
  const approval = resultOf(state, incident);
  if (approval === undefined) return "an act did not help";
  const ended = approval.end === null ? "failed" : endTitleOf(approval.end);
  const words = `${approval.proposal.action} ${ended}`;
  return words.length <= RESULT_CHARS_MAX ? words : `${words.slice(0, RESULT_CHARS_MAX - 1)}…`;
}

function resultLines(state: DeskState, incident: Incident): readonly string[] {
  const approval = resultOf(state, incident);
  return [
    resultSentence(approval?.outcome ?? null),
    titleOfResult(state, approval) ?? incident.title,
    incident.clearedAt === null
      ? "The incident is still open and needs you."
      : "It has cleared meanwhile: it is over when it stays well.",
  ];
}

/** What the act was for. */
function titleOfResult(state: DeskState, approval: Approval | undefined): string | undefined {
  return approval === undefined ? undefined : state.findings.get(approval.findingId)?.title;
}

/** What became of an approved act, in one line of a page about something else. */
export function resultNote(state: DeskState, incident: Incident): string {
  const approval = resultOf(state, incident);
  return `${resultTitle(state, incident)}. ${resultSentence(approval?.outcome ?? null)}`;
}

function resultSentence(outcome: Outcome | null): string {
  switch (outcome?.status) {
    case "refused":
      return "The host refused the grant and ran nothing.";
    case "failed":
      // Of a start that systemd refused, nothing ran: the host knows, and what helps.
      return outcome.detail === ""
        ? "It ran and failed."
        : clip(`It failed: ${withoutSecrets(outcome.detail)}`);
    case "timed-out":
      return "It ran and did not reach its goal in time.";
    case "lost":
      return "The host lost track of it: nobody knows whether it ran. It will not be run again.";
    case "succeeded":
      return "It ran, but no proof came that it helped.";
    case undefined:
      return "No word came from the host: it may or may not have run. It will not be run again.";
  }
}

// What a host wrote must neither move a terminal's cursor, nor turn a line around, nor pass for a line of ours.
function textOf(title: string, lines: readonly string[]): PageText {
  return { title: writtenOut(title), body: lines.map(writtenOut).join("\n") };
}

/** A command to be run by hand is for one service of one host: of many, nobody must take it from here. */
function evidenceLines({ evidence, refused }: Finding, timeZone: string, isMany: boolean): readonly string[] {
  const shown = isMany ? evidence.filter(({ isCommand }) => isCommand !== true) : evidence;
  const lines = evidenceWith(shown, refused).slice(-EVIDENCE_LINES_MAX);
  return lines.map(({ at, isCommand, text }) => {
    const shown = withoutSecrets(text);
    // Half a command must never read like a whole one.
    const isCut = isCommand === true && shown !== text;
    return clip(`${clockAt(at, timeZone)} ${isCut ? COMMAND_ELSEWHERE : shown}`);
  });
}

/** What a host wrote, as far as it may leave this desk. */
function withoutSecrets(text: string): string {
  return redactedLines([text]).join(" ");
}

/** A line that is cut says so: half a command must never read like a whole one. */
function clip(line: string): string {
  return line.length <= LINE_CHARS_MAX ? line : `${line.slice(0, LINE_CHARS_MAX - 1)}…`;
}

function restartLines({ restarts }: Finding): readonly string[] {
  if (restarts === null || restarts.count === 0) return [];
  const { count, max, windowMs } = restarts;
  const line = `Restarts in the last ${formatDuration(windowMs)}: ${count} of ${max}.`;
  return [count >= max ? `${line} The budget is used up: restarting is not the fix.` : line];
}

function flappingLines(finding: Finding): readonly string[] {
  if (!isFlapping(finding)) return [];
  const count = finding.beginningsAt.length;
  return [`Flapping: it has begun ${count} times. It stays one incident until it is quiet.`];
}
