// One incident as lines for a terminal, what goes on first. Pure.
import { formatDuration } from "@countersign/shared/values/duration";
import { visibleLine } from "@countersign/shared/values/visible-text";
import type { BodyOf } from "../../src/api/table/route.ts";
import type { RouteOf } from "../../src/api/table/routes.ts";
import type { Finding } from "../../src/core/desk/records/finding.ts";
import type { Page } from "../../src/core/desk/records/pages/page.ts";
import { actorNameOf } from "../../src/core/words/actor.ts";
import { exitWords } from "../../src/core/words/exit-words.ts";
import { nameOf } from "../../src/core/words/subject.ts";
import { ageOf, tableOf } from "../table.ts";

const TIMELINE_SHOWN_MAX = 12;
const FINDINGS_SHOWN_MAX = 20;
/** Findings with their evidence; of more only their titles. */
const EXPLAINED_MAX = 5;
const EVIDENCE_SHOWN_MAX = 5;

type Shown = BodyOf<RouteOf<"GET /v1/admin/incidents/:id">>;

/**
 * What is printed of it: how it stands, what it holds with its evidence, what goes out next, what was asked, who was paged,
 * what was done.
 */
export function linesOf(
  { approvals, earlier, findingCount, findings, holds, hosts, incident, lastWords, next, pages }: Shown,
  now: number,
): readonly string[] {
  const { acknowledgedBy, openedAt, reason, severity, state, subject, timeline, title } = incident;
  const age = (at: number) => `${ageOf(at, now)} ago`;
  const heldBy = [
    ...holds.silences.map(({ by, why }) => `silenced by ${actorNameOf(by)}: ${why}`),
    ...(holds.freeze === null
      ? []
      : [`automation is frozen by ${actorNameOf(holds.freeze.by)}: ${holds.freeze.why}`]),
  ];
  const lines = [
    title,
    `${state}, ${severity}, ${reason}, on ${nameOf(subject)}, opened ${age(openedAt)}`,
    ...(acknowledgedBy === null ? [] : [`taken by ${actorNameOf(acknowledgedBy)}`]),
    ...(incident.mergedInto === null ? [] : [`merged into ${incident.mergedInto}`]),
    ...heldBy,
    ...(hosts.failing + hosts.well > 1 ? [`hosts: ${hosts.failing} failing, ${hosts.well} well again`] : []),
    ...findings
      .slice(0, FINDINGS_SHOWN_MAX)
      .flatMap((finding, index) => [
        `finding ${standingOf(finding)}: ${finding.title}`,
        ...(index < EXPLAINED_MAX ? evidenceLines(finding, now) : []),
      ]),
    ...(findingCount > FINDINGS_SHOWN_MAX ? [`and ${findingCount - FINDINGS_SHOWN_MAX} more findings`] : []),
    ...lastWords.flatMap((told) => wordsLines(told, now)),
    ...next.map(
      ({ at, kind, to }) =>
        `next ${kind} to ${to.join(", ") || "nobody"}, ${at <= now ? "now" : `in ${ageOf(now, at)}`}`,
    ),
    ...approvals.map(
      ({ approvalId, proposal, state: stands }) =>
        `approval ${approvalId}, ${stands}: ${proposal.argv.join(" ")}`,
    ),
    ...earlier.map(
      ({ decidedAt, proposal, requestedAt, state: stands }) =>
        `before, ${age(decidedAt ?? requestedAt)}: ${proposal.argv.join(" ")}, ${stands}`,
    ),
    ...pages.map(
      (page) => `page (${page.kind}) to ${page.responder}, ${receiptOf(page)}, ${age(page.createdAt)}`,
    ),
    ...(incident.notes ?? []).map(({ at, by, text }) => `note by ${actorNameOf(by)}, ${age(at)}: ${text}`),
    "",
    ...tableOf(
      ["AGE", "WHO", "WHAT"],
      timeline.slice(-TIMELINE_SHOWN_MAX).map(({ at, by, text }) => [ageOf(at, now), actorNameOf(by), text]),
      { isWhole: true },
    ),
  ];
  // Texts of hosts and people are one line each, and move no cursor.
  return lines.map(visibleLine);
}

function evidenceLines({ evidence }: Finding, now: number): readonly string[] {
  const newestFirst = evidence.slice(-EVIDENCE_SHOWN_MAX).toReversed();
  return newestFirst.map(({ at, text }) => `  ${ageOf(at, now)} ago: ${text}`);
}

/** As the host says; redacted there. */
function wordsLines({ hostName, words }: Shown["lastWords"][number], now: number): readonly string[] {
  if (words === null) return [`last words of ${hostName} could not be read: its shard does not answer`];
  return words.flatMap(({ exit, lines, occasion, service, toldAt }) => {
    const when = occasion === "failed" ? "when it failed" : "after an act on it failed";
    const how = exit === null ? "" : `, ${exitWords(exit)}`;
    const head = `last words of ${service} on ${hostName} ${when}, ${ageOf(toldAt, now)} ago${how}`;
    return [
      `${head}${lines.length === 0 ? ": no line of its log was told" : ":"}`,
      ...lines.map((line) => `  ${line}`),
    ];
  });
}

function receiptOf({ createdAt, deliveredAt, deliveredBy, lastError, seenAt, state }: Page): string {
  const seen = seenAt === undefined ? "" : `, seen after ${formatDuration(seenAt - createdAt)}`;
  if (deliveredAt !== null)
    return `delivered by ${deliveredBy ?? "a channel"} after ${formatDuration(deliveredAt - createdAt)}${seen}`;
  return `${state}${lastError === null ? "" : ` (${lastError})`}`;
}

function standingOf({ clearedAt, endedAt, reason, severity, standing }: Finding): string {
  const isBeneath = standing === "beneath" && endedAt === null;
  const words = endedAt !== null ? "over" : clearedAt !== null ? "well again" : "firing";
  return `${isBeneath ? "beneath, " : ""}${words}, ${severity}, ${reason}`;
}
