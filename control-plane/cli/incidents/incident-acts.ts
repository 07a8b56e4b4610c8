// What `countersign incidents …` does: it lists and shows, adds notes, and writes what is left of one. The admin token takes
// no incident and answers nothing; people do, on a signed-in device.
import { ok } from "@countersign/shared/values/result";
import type { Severity } from "@countersign/shared/wire/service-report";
import type { PageReason } from "../../src/core/words/signal.ts";
import type { AskedStanding, ListedIncident } from "../../src/read-side/listed-incident.ts";
import type { ApiRefusal } from "../api-calls.ts";
import { complain, type Desk, EXIT, printJson } from "../desk.ts";
import { type HowMuch, moreText, readParts } from "../list-parts.ts";
import { readHistory } from "../read-history.ts";
import { WARM_UP_MS } from "../recorded-command.ts";
import { recordedFileText } from "../recorded-file.ts";
import { ageOf, tableOf } from "../table.ts";
import { linesOf } from "./incident-lines.ts";

interface Options {
  readonly json?: boolean;
}

/** So much of what came before it began stands in the replayed time. */
const BEFORE_MS = 60_000;

/** What a list of incidents may be narrowed by, as it was said. */
export interface Narrowing extends HowMuch {
  readonly state?: AskedStanding;
  readonly severity?: Severity;
  readonly reason?: PageReason;
  readonly host?: string;
  readonly service?: string;
  readonly search?: string;
  readonly since?: number;
  readonly until?: number;
}

/** Prints what is open; or all that fits what was said, the newest first. */
export async function listIncidents(
  options: Options & Narrowing,
  { api, output }: Desk,
  now: number,
): Promise<number> {
  if (isNarrowed(options)) return listHistory(options, { api, output }, now);
  const listed = await api.ask("GET /v1/admin/incidents", {});
  if (!listed.ok) return complain(output, listed.error);
  if (options.json === true) {
    printJson(output, listed.value);
    return EXIT.done;
  }
  const rows = listed.value.incidents
    .filter(({ state }) => state === "open" || state === "acknowledged")
    .toSorted((left, right) => right.openedAt - left.openedAt)
    .map((incident) => rowOf(incident, now));
  output.print(rows.length === 0 ? "Nothing is open." : tableOf(HEADS, rows, { isWhole: true }).join("\n"));
  return EXIT.done;
}

const HEADS = ["ID", "STATE", "AGE", "WHAT"] as const;

function isNarrowed({
  all,
  host,
  limit,
  reason,
  search,
  service,
  severity,
  since,
  state,
  until,
}: Narrowing): boolean {
  const said = [all, host, limit, reason, search, service, severity, since, state, until];
  return said.some((one) => one !== undefined);
}

async function listHistory(
  options: Options & Narrowing,
  { api, output }: Desk,
  now: number,
): Promise<number> {
  let asOf: number | null = now;
  const asked = queryOf(options);
  const read = await readParts(options, async ({ after, limit }: { after: string | null; limit: number }) => {
    const query = { ...asked, limit, ...(after === null ? {} : { after }) };
    const part = await api.ask("GET /v1/admin/history", { query });
    if (!part.ok) return part;
    ({ asOf } = part.value);
    return ok({ rows: part.value.incidents, next: part.value.next });
  });
  if (!read.ok) return complain(output, read.error);
  const { hasMore, rows } = read.value;
  if (options.json === true) printJson(output, { incidents: rows, asOf });
  else {
    const lines = rows.map((incident) => rowOf(incident, now));
    output.print(
      rows.length === 0 ? "No incident fits." : tableOf(HEADS, lines, { isWhole: true }).join("\n"),
    );
    if (asOf === null)
      output.complain("D1 does not answer: these are what the desk holds itself, of the last hour and open.");
    const more = moreText(hasMore);
    if (more !== null) output.complain(more);
  }
  return asOf === null ? EXIT.refused : EXIT.done;
}

function queryOf({ host, reason, search, service, severity, since, state, until }: Narrowing) {
  return {
    ...(state === undefined ? {} : { state }),
    ...(severity === undefined ? {} : { severity }),
    ...(reason === undefined ? {} : { reason }),
    ...(host === undefined ? {} : { host }),
    ...(service === undefined ? {} : { service }),
    ...(search === undefined ? {} : { q: search }),
    ...(since === undefined ? {} : { from: new Date(since).toISOString() }),
    ...(until === undefined ? {} : { to: new Date(until).toISOString() }),
  };
}

const STATE_WORDS = {
  open: "open",
  acknowledged: "taken",
  merged: "merged",
  resolved: "over",
  unknown: "not known",
} as const;

function rowOf(
  {
    incidentId,
    openedAt,
    severity,
    state,
    title,
  }: Pick<ListedIncident, "incidentId" | "openedAt" | "severity" | "state" | "title">,
  now: number,
): readonly string[] {
  return [incidentId, STATE_WORDS[state], ageOf(openedAt, now), `${severity}: ${title}`];
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
    output.print(tableOf(["ID", "OVER", "TOOK", "WHAT"], lines, { isWhole: true }).join("\n"));
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
  if (!shown.ok) return complain(output, ofIncident(incidentId, shown.error));
  if (json === true) printJson(output, shown.value);
  else output.print(linesOf(shown.value, now).join("\n"));
  return EXIT.done;
}

/** Adds a note. */
export async function addNote(
  incidentId: string,
  text: string,
  { api, by, json, output }: Desk & Options & { readonly by?: string },
): Promise<number> {
  const body = { text, ...(by === undefined ? {} : { by }) };
  const added = await api.ask("POST /v1/admin/incidents/:id/notes", { params: { id: incidentId }, body });
  if (!added.ok) return complain(output, ofIncident(incidentId, added.error));
  if (json === true) printJson(output, added.value);
  else output.print(`Noted with ${incidentId}.`);
  return EXIT.done;
}

/** Prints the draft of a post-mortem; or, with `replay`, what was recorded around it as a file for `countersign replay`. */
export async function printPostMortem(
  incidentId: string,
  { json, replay }: Options & { readonly replay?: boolean },
  { api, now, output }: Desk & { readonly now: number },
): Promise<number> {
  const params = { id: incidentId };
  if (replay !== true) {
    const draft = await api.ask("GET /v1/admin/incidents/:id/post-mortem", { params });
    if (!draft.ok) return complain(output, ofIncident(incidentId, draft.error));
    if (json === true) printJson(output, draft.value);
    else output.print(draft.value.markdown.trimEnd());
    return EXIT.done;
  }
  const shown = await api.ask("GET /v1/admin/incidents/:id", { params });
  if (!shown.ok) return complain(output, ofIncident(incidentId, shown.error));
  const { happenedAt, openedAt, resolvedAt, title } = shown.value.incident;
  const window = { fromAt: Math.min(happenedAt, openedAt) - BEFORE_MS, toAt: resolvedAt ?? now };
  const history = await readHistory(api, { ...window, fromAt: window.fromAt - WARM_UP_MS });
  if (!history.ok) return complain(output, history.error);
  output.print(recordedFileText({ ...window, title, history: history.value }));
  return EXIT.done;
}

/** What the API does not find is said of the incident, and where to find one. */
function ofIncident(incidentId: string, refusal: ApiRefusal): ApiRefusal {
  if (!String(refusal.problem?.["type"]).endsWith(":not-found")) return refusal;
  return {
    ...refusal,
    sentence: `No incident has the id ${incidentId}: countersign incidents list shows them.`,
  };
}
