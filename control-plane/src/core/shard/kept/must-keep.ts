// What of a host's row must not be lost, and is therefore written at once: all of it, except what comes again by itself.
// Pure. A report that says no more than the one before (a newer instant, another latency, other words for the same failure)
// comes again with the next one, and so does how many of the last ten failed; what a rule has learned is learned again; when
// to look again is judged anew after each wake; where it is forgotten what was told of a finding, its evidence is told once
// more. Such things are kept in the host's socket, and go into the row when it is written anyway. ADR 0016.
import { entriesOf } from "@countersign/shared/values/named";
import { type FactBook, type FiringMark, isFiring } from "../../facts/fact-book.ts";
import { FACT_RULES, type ListedRule } from "../../facts/fact-rule-list.ts";
import type { PageReason } from "../../words/signal.ts";
import type { ServiceState } from "../host/shard-state.ts";
import type { StoredHost, StoredShard } from "./shard-stored.ts";

/** Failures in a row count toward firing up to here; a policy may want more, and loses them with our memory. */
export const FAILURES_KEPT_MAX = 10;

const rulesThatLearn = new Map<string, ListedRule>(
  FACT_RULES.filter(({ learned }) => learned !== undefined).map((rule) => [rule.reason, rule]),
);

/** The part of a host's row that must not be lost. */
export function mustKeepOfHost({
  past: _past,
  savedAt: _when,
  services,
  book,
  ...rest
}: StoredHost): unknown {
  const kept = entriesOf(services).map(([name, service]) => [name, ofService(service)] as const);
  return { ...rest, services: Object.fromEntries(kept), book: book === undefined ? null : ofBook(book) };
}

/** The part of the shard's own row that must not be lost. */
export function mustKeepOfShard(own: StoredShard): unknown {
  return { ...own, book: ofBook(own.book) };
}

/** A book from a row that may be older than what was known: what its rules learned since is lost. */
export function resumeBook(book: FactBook): FactBook {
  const entries = Object.entries(book.slices).map(([reason, slice]) => {
    const learned = rulesThatLearn.get(reason)?.learned;
    return [reason, learned === undefined ? slice : learned.resume(slice as never)];
  });
  return { ...book, slices: Object.fromEntries(entries) as FactBook["slices"] };
}

/** What the rules of a whole shard remember has no socket to be kept in: it is saved within this time, whatever it is. */
export const OWN_ROW_EVERY_MS = 60_000;

function ofService(service: ServiceState): unknown {
  const { book, failing, passingSinceAt: _since, report, reportedAt, tallies: _counts, ...rest } = service;
  const counts = entriesOf(failing).map(([check, { count, sinceAt }]) => {
    const kept = isFiring(book, "check-failing") ? null : Math.min(count, FAILURES_KEPT_MAX);
    return [check, { sinceAt, count: kept }] as const;
  });
  return {
    ...rest,
    isReported: reportedAt > 0,
    failing: Object.fromEntries(counts),
    unit: report.unit === null ? null : { ...report.unit, memoryCurrentBytes: null, mainPid: null },
    results: Object.fromEntries(
      report.results.map(({ check, overdueSinceAt, severity, status }) => [
        check,
        overdueSinceAt === undefined ? [status, severity] : [status, severity, "overdue"],
      ]),
    ),
    book: ofBook(book),
  };
}

// `dueAt` is left out: after a wake all books are judged once, which sets it.
function ofBook({ slices, firing, frozenBy }: FactBook): unknown {
  const kept = (Object.keys(slices) as PageReason[]).map((reason) => {
    const learned = rulesThatLearn.get(reason)?.learned;
    return [reason, learned === undefined ? slices[reason] : learned.keeps(slices[reason] as never)] as const;
  });
  const fires = entriesOf(firing).map(([key, mark]) => [key, ofMark(mark)] as const);
  return { slices: Object.fromEntries(kept), firing: Object.fromEntries(fires), frozenBy };
}

// What waits to be told lies in a slice: where that is stored at once, this goes with it.
function ofMark({
  signalledAt: _when,
  signalledDigest: _what,
  hasMore: _more,
  ...mark
}: FiringMark): unknown {
  return mark;
}
