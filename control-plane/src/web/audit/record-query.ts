// What is looked for in the record, as an address says it: who, which act, words, and days by the clock of the reader's own
// place. Pure. What cannot be read as one reads as anything: an address is often written by hand.
import { SEARCH_CHARS_MAX } from "@countersign/shared/values/limits";
import type { AuditFilter, Doers } from "../../read-side/queries/audit-search.ts";
import { DAY_MS, dayStartIn } from "../look/calendar-days.ts";

/** As the address and the form say it. */
export interface RecordQuery {
  /** `person/alice`, or a kind such as `admin`; empty: anybody */
  readonly by: string;
  readonly act: string;
  readonly words: string;
  /** `2026-11-28`; empty: any */
  readonly from: string;
  readonly to: string;
}

const KINDS = ["admin", "desk", "rule", "host", "shard", "unknown"] as const;
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const ACT = /^[a-z-]{1,60}$/;
const PERSON = "person/";

/** What a query asks for. */
export function recordQueryOf(value: (name: string) => string | undefined): RecordQuery {
  const text = (name: string, charsMax: number) => (value(name) ?? "").trim().slice(0, charsMax);
  return {
    by: text("by", 200),
    act: text("act", 60),
    words: text("q", SEARCH_CHARS_MAX),
    from: text("from", 10),
    to: text("to", 10),
  };
}

/** The same as what is looked for; the last day is one of those that are looked through. */
export function filterOf({ act, by, from, to, words }: RecordQuery, timeZone: string): AuditFilter {
  return {
    by: doersOf(by),
    act: ACT.test(act) ? act : null,
    words,
    fromAt: dayStartOf(from, timeZone, 0),
    untilAt: dayStartOf(to, timeZone, 1),
  };
}

/** How a person is named in an address. */
export function byPersonText(responder: string): string {
  return `${PERSON}${responder}`;
}

/** The query as an address. */
export function recordPath(query: Partial<RecordQuery>, before: number | null = null): string {
  const { act, by, from, to, words } = query;
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries({ by, act, q: words, from, to }))
    if (value) search.set(name, value);
  if (before !== null) search.set("before", String(before));
  return search.size === 0 ? "/audit" : `/audit?${search.toString()}`;
}

function doersOf(by: string): Doers | null {
  if (by.slice(0, PERSON.length) === PERSON && by.length > PERSON.length)
    return { kind: "person", responder: by.slice(PERSON.length) };
  const kind = KINDS.find((each) => each === by);
  return kind === undefined ? null : { kind };
}

/** When a day begins there, so many days later; a day may have 23 hours. null: it is no day. */
function dayStartOf(written: string, timeZone: string, daysLater: number): number | null {
  const [, year = "", month = "", day = ""] = DAY.exec(written) ?? [];
  const utc = Date.UTC(Number(year), Number(month) - 1, Number(day));
  if (year === "" || Number.isNaN(utc) || new Date(utc).toISOString().slice(0, 10) !== written) return null;
  return dayStartIn(utc + daysLater * DAY_MS, timeZone);
}
