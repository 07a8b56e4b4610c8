// What is asked of the list of incidents, as it stands in the address: read from it, and written into it for the next part.
// Pure. What is not understood is not asked; a list that is narrowed says so.
import { SEARCH_CHARS_MAX } from "@countersign/shared/values/limits";
import { Severity } from "@countersign/shared/wire/service-report";
import { PAGE_REASONS } from "../../core/words/reason-kinds.ts";
import { type AskedStanding, type IncidentFilter, STANDINGS } from "../../read-side/listed-incident.ts";

/** As it was written; empty: whatever it is. */
export interface AskedIncidents {
  readonly state: string;
  readonly severity: string;
  readonly reason: string;
  readonly host: string;
  readonly service: string;
  readonly search: string;
  readonly from: string;
  readonly to: string;
}

export const SEVERITIES = Severity.options.toReversed();

/** How incidents stand, in plain words. */
export const STANDING_WORDS: Readonly<Record<AskedStanding, string>> = {
  going: "open or taken",
  open: "open, nobody has it",
  taken: "taken",
  over: "over",
  merged: "taken into another",
};

const NAME_CHARS_MAX = 100;
const DAY_MS = 24 * 3_600_000;

/** What an address asks for. */
export function askedIn(query: (name: string) => string | undefined): AskedIncidents {
  const textOf = (name: string, charsMax: number) => (query(name) ?? "").trim().slice(0, charsMax);
  return {
    state: oneOf(STANDINGS, query("state")),
    severity: oneOf(Severity.options, query("severity")),
    reason: oneOf(PAGE_REASONS, query("reason")),
    host: textOf("host", NAME_CHARS_MAX),
    service: textOf("service", NAME_CHARS_MAX),
    search: textOf("q", SEARCH_CHARS_MAX),
    from: dayIn(query("from")),
    to: dayIn(query("to")),
  };
}

/** The same as the list is asked. */
export function filterOf({
  from,
  host,
  reason,
  search,
  service,
  severity,
  state,
  to,
}: AskedIncidents): IncidentFilter {
  return {
    standing: STANDINGS.find((standing) => standing === state) ?? null,
    severity: severity || null,
    reason: reason || null,
    host: host || null,
    service: service || null,
    search,
    fromAt: from === "" ? null : Date.parse(from),
    toAt: to === "" ? null : Date.parse(to) + DAY_MS - 1,
  };
}

/** Says whether anything is asked but all of them. */
export function isNarrowed(asked: AskedIncidents): boolean {
  return Object.values(asked).some((text) => text !== "");
}

/** What the list is narrowed to, as a person would say it, such as `open, nobody has it · error · host web-1`; empty: nothing is. */
export function narrowedWords({
  from,
  host,
  reason,
  search,
  service,
  severity,
  state,
  to,
}: AskedIncidents): string {
  const standing = STANDINGS.find((name) => name === state);
  return [
    search === "" ? "" : `“${search}”`,
    standing === undefined ? "" : STANDING_WORDS[standing],
    severity,
    reason,
    host === "" ? "" : `host ${host}`,
    service === "" ? "" : `service ${service}`,
    from === "" ? "" : `from ${from}`,
    to === "" ? "" : `to ${to}`,
  ]
    .filter((words) => words !== "")
    .join(" · ");
}

/** The address of the part that begins there. */
export function pathOf({ search, ...asked }: AskedIncidents, after: string): string {
  const query = new URLSearchParams();
  for (const [name, text] of Object.entries({ q: search, ...asked, after }))
    if (text !== "") query.set(name, text);
  return `/incidents?${query.toString()}`;
}

function oneOf<T extends string>(all: readonly T[], text: string | undefined): T | "" {
  return all.find((one) => one === text) ?? "";
}

function dayIn(written: string | undefined): string {
  const isDay =
    written !== undefined && /^\d{4}-\d\d-\d\d$/.test(written) && !Number.isNaN(Date.parse(written));
  return isDay ? written : "";
}
