// The draft of a post-mortem in Markdown: what is on record of one incident, and the questions that only people can answer.
// Pure. What a reader would get wrong: it invents nothing. What nobody recorded is missing here, and is asked for at the
// end. All instants are UTC, for it is read in many places.
import { formatDuration } from "@countersign/shared/values/duration";
import { endTitleOf } from "../core/desk/records/approval-end.ts";
import type { Approval } from "../core/desk/records/approval.ts";
import type { Finding } from "../core/desk/records/finding.ts";
import type { Page } from "../core/desk/records/pages/page.ts";
import { actorNameOf } from "../core/words/actor.ts";
import { nameOf } from "../core/words/subject.ts";
import type { IncidentDeskRpc } from "../platform/rpc.ts";
import { courseOf, type Turn } from "./incident-course.ts";
import { codeInMarkdown, inMarkdown, linesInMarkdown, rowInMarkdown } from "./markdown.ts";

/** All that the desk says of an incident. */
export type FoundIncident = NonNullable<Awaited<ReturnType<IncidentDeskRpc["incident"]>>>;

/** Of more only how many there are. */
const FINDINGS_MAX = 50;
const EVIDENCE_MAX = 5;

/** The whole draft. */
export function postMortemOf(found: FoundIncident, now: number): string {
  const { incident } = found;
  return `${[
    `# ${inMarkdown(incident.title)}`,
    `*Draft, made from what was on record at ${utcOf(now)}. Instants are UTC.*`,
    section("Summary", [summaryOf(found, now)]),
    section("Impact", impactOf(found, now)),
    section("What was wrong", findingsOf(found)),
    section("What was tried", triedOf(found)),
    section("Who was paged", pagedOf(found.pages)),
    section("Timeline", timelineOf(found)),
    section("Notes", notesOf(found)),
    section("Questions to answer", questionsOf(found)),
  ].join("\n\n")}\n`;
}

function section(title: string, paragraphs: readonly string[]): string {
  return [`## ${title}`, ...paragraphs].join("\n\n");
}

function summaryOf({ findingCount, hosts, incident }: FoundIncident, now: number): string {
  const { clearedAt, happenedAt, reason, resolvedAt, severity, state, subject } = incident;
  const many = hosts.failing + hosts.well;
  const where = many > 1 ? `It was on ${many} hosts.` : `It was about ${inMarkdown(nameOf(subject))}.`;
  const end =
    state === "merged"
      ? `It was taken into incident ${inMarkdown(incident.mergedInto ?? "")}, which goes on.`
      : clearedAt === null
        ? `It is **not well yet**, after ${spanOf(happenedAt, now)}.`
        : `It was well again at ${utcOf(clearedAt)}, after ${spanOf(happenedAt, clearedAt)}${resolvedAt === null ? ", and not over yet" : ""}.`;
  return `${inMarkdown(incident.title)}. It began at ${utcOf(happenedAt)}, was ${severity} (${reason}), and held ${findingCount} ${findingCount === 1 ? "finding" : "findings"}. ${where} ${end}`;
}

function impactOf(found: FoundIncident, now: number): readonly string[] {
  const { hosts, incident } = found;
  const { happenedAt } = incident;
  const course = courseOf(found);
  const lines = course.flatMap((turn) => lineOf(turn, happenedAt));
  const endAt = incident.clearedAt ?? (incident.state === "merged" ? incident.resolvedAt : null);
  return [
    [
      `- Not well for: **${spanOf(happenedAt, endAt ?? now)}**${endAt === null ? " so far" : ""}`,
      `- Noticed after: ${spanOf(happenedAt, incident.openedAt)}`,
      ...lines,
      ...(hosts.failing + hosts.well > 0
        ? [`- Hosts: ${hosts.failing + hosts.well}, of which ${hosts.failing} not well when this was written`]
        : []),
    ].join("\n"),
  ];
}

function lineOf({ at, by, name }: Turn, happenedAt: number): readonly string[] {
  if (at === null || name === "broke") return [];
  const who = by === null ? "" : `, ${inMarkdown(by)}`;
  return [`- ${name.charAt(0).toUpperCase()}${name.slice(1)} after: ${spanOf(happenedAt, at)}${who}`];
}

function findingsOf({ findingCount, findings }: FoundIncident): readonly string[] {
  const inTime = findings.toSorted((left, right) => left.happenedAt - right.happenedAt);
  const more = findingCount - Math.min(findings.length, FINDINGS_MAX);
  return [
    ...inTime.slice(0, FINDINGS_MAX).map(findingText),
    ...(more > 0 ? [`And ${more} more.`] : []),
    ...(findingCount === 0 ? ["No finding of it can be read any more."] : []),
  ];
}

function findingText({ clearedAt, evidence, happenedAt, reason, severity, subject, title }: Finding): string {
  const until = clearedAt === null ? "" : ` to ${utcOf(clearedAt)}`;
  const head = `**${inMarkdown(title)}** (${inMarkdown(nameOf(subject))}; ${reason}, ${severity}), from ${utcOf(happenedAt)}${until}`;
  const lines = evidence.slice(-EVIDENCE_MAX).map(({ at, text }) => `- ${utcOf(at)} ${codeInMarkdown(text)}`);
  return [head, ...(lines.length === 0 ? [] : ["", ...lines])].join("\n");
}

function triedOf({ approvals, asks, earlier, incident }: FoundIncident): readonly string[] {
  const ran = approvals.filter(({ decidedAt }) => decidedAt !== null);
  const unanswered = approvals.length - ran.length;
  return [
    ...(ran.length === 0
      ? ["Nothing that a person or a rule decided here."]
      : [ran.map(approvalLine).join("\n")]),
    ...(unanswered === 0
      ? []
      : [`${unanswered} ${unanswered === 1 ? "proposal" : "proposals"} had no answer: expired, or renewed.`]),
    ...(asks.length === 0
      ? []
      : [`People themselves asked hosts for ${asks.length} ${asks.length === 1 ? "act" : "acts"}.`]),
    ...(earlier.length === 0
      ? []
      : [`Before, on ${inMarkdown(nameOf(incident.subject))}:`, earlier.map(approvalLine).join("\n")]),
  ];
}

function approvalLine(approval: Approval): string {
  const { decidedAt, decidedBy, decidedWhy, end, outcome, proposal, requestedAt, state } = approval;
  const who = decidedBy === null ? "nobody" : inMarkdown(actorNameOf(decidedBy));
  const why = decidedWhy === undefined ? "" : ` (${inMarkdown(decidedWhy)})`;
  const became = end === null ? state : inMarkdown(endTitleOf(end));
  const detail = outcome === null || outcome.detail === "" ? "" : ` ${codeInMarkdown(outcome.detail)}`;
  return `- ${utcOf(decidedAt ?? requestedAt)} ${codeInMarkdown(proposal.argv.join(" "))}, decided by ${who}${why}: ${became}${detail}`;
}

function pagedOf(pages: readonly Page[]): readonly string[] {
  if (pages.length === 0) return ["Nobody was paged."];
  const rows = pages.map(
    ({ createdAt, deliveredAt, deliveredBy, kind, lastError, responder, seenAt, state }) => [
      utcOf(createdAt),
      inMarkdown(responder),
      kind,
      deliveredAt === null
        ? `${undeliveredWord(state)}${lastError === null ? "" : `: ${inMarkdown(lastError)}`}`
        : `by ${inMarkdown(deliveredBy ?? "a channel")} after ${spanOf(createdAt, deliveredAt)}`,
      seenAt === undefined ? "not known" : `after ${spanOf(createdAt, seenAt)}`,
    ],
  );
  const head = ["When", "Who", "What", "Delivered", "Seen"];
  return [[head, head.map(() => "---"), ...rows].map(rowInMarkdown).join("\n")];
}

function undeliveredWord(state: Page["state"]): string {
  switch (state) {
    case "undeliverable":
      return "not delivered";
    case "held":
      return "held for a digest";
    case "delivered":
    case "pending":
      return "not yet";
  }
}

function timelineOf({ incident }: FoundIncident): readonly string[] {
  const lines = [
    ...incident.timeline.map(({ at, by, text }) => ({
      at,
      text: `${inMarkdown(text)} (${inMarkdown(actorNameOf(by))})`,
    })),
    ...(incident.notes ?? []).map(({ at, by }) => ({
      at,
      text: `A note by ${inMarkdown(actorNameOf(by))}.`,
    })),
  ].toSorted((left, right) => left.at - right.at);
  if (lines.length === 0) return ["Nothing is on record."];
  return [lines.map(({ at, text }) => `- ${utcOf(at)} ${text}`).join("\n")];
}

function notesOf({ incident: { notes = [] } }: FoundIncident): readonly string[] {
  if (notes.length === 0) return ["Nobody wrote one."];
  return notes.map(({ at, by, text }) => `${utcOf(at)}, ${inMarkdown(actorNameOf(by))}:\n\n${quoted(text)}`);
}

function quoted(text: string): string {
  return linesInMarkdown(text)
    .split("\n")
    .map((line) => `> ${line}`)
    .join("\n");
}

/** What people must answer; some of it only here. */
function questionsOf({ approvals, incident, pages }: FoundIncident): readonly string[] {
  const missed = pages.filter(({ state }) => state === "undeliverable").length;
  const failed = approvals.filter(({ state }) => state === "failed").length;
  return [
    [
      "What was the cause, and what had changed before?",
      "Who noticed it outside, and what did they see?",
      ...(incident.firstTaken === undefined &&
      !approvals.some(({ decidedBy }) => decidedBy?.kind === "person")
        ? ["Why did nobody take it?"]
        : []),
      ...(missed > 0
        ? [
            `Why ${missed === 1 ? "was 1 page" : `were ${missed} pages`} not delivered, and which channel is to be mended?`,
          ]
        : []),
      ...(failed > 0 ? ["Why did what was approved not help, and should it be offered again?"] : []),
      "What would have told of it earlier?",
      "What keeps it from happening again, who does that, and by when?",
    ]
      .map((question) => `- [ ] ${question}`)
      .join("\n"),
  ];
}

function spanOf(fromAt: number, toAt: number): string {
  return formatDuration(Math.max(0, Math.round((toAt - fromAt) / 1_000)) * 1_000);
}

function utcOf(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace("T", " ");
}
