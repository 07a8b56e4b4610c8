// What `countersign incidents …` does: it shows. The admin token acts on no incident; people do, on a signed-in device.
import { ok } from "@countersign/shared/values/result";
import type { BodyOf } from "../src/api/table/route.ts";
import type { RouteOf } from "../src/api/table/routes.ts";
import type { Finding } from "../src/core/desk/records/finding.ts";
import { actorNameOf } from "../src/core/words/actor.ts";
import { nameOf } from "../src/core/words/subject.ts";
import { complain, type Desk, EXIT, printJson } from "./desk.ts";
import { type HowMuch, moreText, readParts } from "./list-parts.ts";
import { ageOf, tableOf } from "./table.ts";

interface Options {
  readonly json?: boolean;
}

const TIMELINE_SHOWN_MAX = 12;
const FINDINGS_SHOWN_MAX = 20;

/** Prints what is open, the newest first. */
export async function listIncidents(options: Options, { api, output }: Desk, now: number): Promise<number> {
  const listed = await api.ask("GET /v1/admin/incidents", {});
  if (!listed.ok) return complain(output, listed.error);
  if (options.json === true) {
    printJson(output, listed.value);
    return EXIT.done;
  }
  const rows = listed.value.incidents
    .filter(({ state }) => state === "open" || state === "acknowledged")
    .toSorted((left, right) => right.openedAt - left.openedAt)
    .map(({ incidentId, openedAt, severity, state, title }) => [
      incidentId,
      state === "acknowledged" ? "taken" : state,
      ageOf(openedAt, now),
      `${severity}: ${title}`,
    ]);
  output.print(
    rows.length === 0 ? "Nothing is open." : tableOf(["ID", "STATE", "AGE", "WHAT"], rows).join("\n"),
  );
  return EXIT.done;
}

/** Prints what is over, the newest end first. */
export async function listResolved(
  options: Options & HowMuch,
  { api, output }: Desk,
  now: number,
): Promise<number> {
  let asOf: number | null = now;
  const read = await readParts(options, async ({ after, limit }: { after: string | null; limit: number }) => {
    const query = { limit, ...(after === null ? {} : { after }) };
    const part = await api.ask("GET /v1/admin/resolved", { query });
    if (!part.ok) return part;
    ({ asOf } = part.value);
    return ok({ rows: part.value.incidents, next: part.value.next });
  });
  if (!read.ok) return complain(output, read.error);
  const { hasMore, rows } = read.value;
  if (options.json === true) printJson(output, { incidents: rows, asOf });
  else {
    const lines = rows.map(({ incidentId, openedAt, resolvedAt, severity, title }) => [
      incidentId,
      ageOf(resolvedAt, now),
      ageOf(openedAt, resolvedAt),
      `${severity}: ${title}`,
    ]);
    output.print(tableOf(["ID", "OVER", "TOOK", "WHAT"], lines).join("\n"));
    if (asOf === null) output.complain("D1 does not answer: what is over cannot be listed now.");
    const more = moreText(hasMore);
    if (more !== null) output.complain(more);
  }
  return asOf === null ? EXIT.refused : EXIT.done;
}

/** Prints one incident with what belongs to it. */
export async function showIncident(
  incidentId: string,
  { json }: Options,
  { api, now, output }: Desk & { readonly now: number },
): Promise<number> {
  const shown = await api.ask("GET /v1/admin/incidents/:id", { params: { id: incidentId } });
  if (!shown.ok) return complain(output, shown.error);
  if (json === true) printJson(output, shown.value);
  else output.print(linesOf(shown.value, now).join("\n"));
  return EXIT.done;
}

function linesOf(
  {
    approvals,
    findingCount,
    findings,
    holds,
    hosts,
    incident,
    next,
    pages,
  }: BodyOf<RouteOf<"GET /v1/admin/incidents/:id">>,
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
  return [
    title,
    `${state}, ${severity}, ${reason}, on ${nameOf(subject)}, opened ${age(openedAt)}`,
    ...(acknowledgedBy === null ? [] : [`taken by ${actorNameOf(acknowledgedBy)}`]),
    ...(incident.mergedInto === null ? [] : [`merged into ${incident.mergedInto}`]),
    ...heldBy,
    ...(hosts.failing + hosts.well > 1 ? [`hosts: ${hosts.failing} failing, ${hosts.well} well again`] : []),
    ...findings
      .slice(0, FINDINGS_SHOWN_MAX)
      .map((finding) => `finding ${standingOf(finding)}: ${finding.title}`),
    ...(findingCount > FINDINGS_SHOWN_MAX ? [`and ${findingCount - FINDINGS_SHOWN_MAX} more findings`] : []),
    ...next.map(
      ({ at, kind, to }) =>
        `next ${kind} to ${to.join(", ") || "nobody"}, ${at <= now ? "now" : `in ${ageOf(now, at)}`}`,
    ),
    ...approvals.map(
      ({ approvalId, proposal, state: stands }) =>
        `approval ${approvalId}, ${stands}: ${proposal.argv.join(" ")}`,
    ),
    ...pages.map(
      ({ kind, responder, state: stands, createdAt }) =>
        `page (${kind}) to ${responder}, ${stands}, ${age(createdAt)}`,
    ),
    "",
    ...tableOf(
      ["AGE", "WHO", "WHAT"],
      timeline.slice(-TIMELINE_SHOWN_MAX).map(({ at, by, text }) => [ageOf(at, now), actorNameOf(by), text]),
    ),
  ];
}

function standingOf({ clearedAt, endedAt, reason, severity, standing }: Finding): string {
  const isBeneath = standing === "beneath" && endedAt === null;
  const words = endedAt !== null ? "over" : clearedAt !== null ? "well again" : "firing";
  return `${isBeneath ? "beneath, " : ""}${words}, ${severity}, ${reason}`;
}
