// What the agent has read of its services' evidence and what the control plane was told of it. Pure: a reading goes in,
// facts to send come out. What happened (events) is told once; how things stand is told when it changed and after each
// welcome; what could not be read is told too: for want of a permission as a privilege gap with the command that mends it,
// anything else as a reading that is not well and as a result of severity warning. So nothing that is blind looks healthy,
// and nothing that is blind asks for a restart.
import { EVIDENCE_CHECK } from "@countersign/shared/host/catalogue";
import { DIGEST_EVERY_MS } from "@countersign/shared/host/report-plan";
import { SUMMARY_CHARS_MAX } from "@countersign/shared/values/limits";
import type { Fact } from "@countersign/shared/wire/fact";
import type { CheckResult } from "@countersign/shared/wire/service-report";
import { summaryOf } from "../connection/reporting.ts";
import { EMPTY_QUEUE, enqueue, type FactQueue, settledThrough } from "./fact-queue.ts";
import type { LedgerPosition } from "./ledger.ts";

/** How often a result about the reading itself is renewed while nothing changes. */
export const EVIDENCE_RESULT_EVERY_MS = 10 * 60_000;
/** The action that a person is told to make possible: reading what the catalogue names. */
const READ_ACTION = "read-evidence";

/** What one reading of one source found; instants are of the host's clock. */
export interface Reading {
  /** happened: told once */
  readonly events: readonly Fact[];
  /** how things are: told when it changed, and after each welcome */
  readonly states: readonly Fact[];
  /** what is wrong with the reading, in words; never content of a file */
  readonly problems: readonly string[];
  /** what was lost of a reading that works, in words: said, and no blindness. absent: nothing */
  readonly losses?: readonly string[];
  /** commands that would let the agent read what it may not read now */
  readonly remedies: readonly string[];
  /** how far the ledger is read, once these events have arrived */
  readonly ledger?: { readonly path: string; readonly position: LedgerPosition };
}

export const NOTHING_READ: Reading = { events: [], states: [], problems: [], remedies: [] };

/** What is said of a reading that does not end. */
export const READING_HANGS = "its reading does not end: what is it read from, and does that answer?";

interface SourceTrouble {
  readonly service: string | null;
  /** since when a reading does not end; null: the last one ended */
  readonly overdueSinceAt: number | null;
  /** losses too */
  readonly problems: readonly string[];
  readonly remedies: readonly string[];
}

interface PendingPosition {
  readonly path: string;
  readonly position: LedgerPosition;
  readonly sequence: number;
}

export interface EvidenceBook {
  readonly queue: FactQueue;
  /** by what it is about: how it is, with the instant since when */
  readonly states: ReadonlyMap<string, Fact>;
  /** by source; those that never ended a reading are not there */
  readonly sources: ReadonlyMap<string, SourceTrouble>;
  readonly results: ReadonlyMap<string, CheckResult>;
  readonly pending: readonly PendingPosition[];
}

export const EMPTY_EVIDENCE: EvidenceBook = {
  queue: EMPTY_QUEUE,
  states: new Map(),
  sources: new Map(),
  results: new Map(),
  pending: [],
};

/** A source of evidence, as far as the book needs to know it. */
export interface SourceName {
  /** of a service: `SERVICE/KIND` */
  readonly source: string;
  /** null: the host itself, or several services */
  readonly service: string | null;
}

/** Takes in one reading. */
export function takeReading(
  book: EvidenceBook,
  { source, service }: SourceName,
  taken: { readonly reading: Reading; readonly now: number; readonly isOverdue?: boolean },
): EvidenceBook {
  const { reading, now } = taken;
  const { problems, losses = [], remedies, ledger } = reading;
  const before = book.sources.get(source);
  const overdueSinceAt = taken.isOverdue === true ? (before?.overdueSinceAt ?? now) : null;
  const trouble = { service, problems: [...problems, ...losses], remedies, overdueSinceAt };
  const sources = new Map(book.sources).set(source, trouble);
  const said = readingOf({ source, service }, problems, now);
  // Of the host itself that it can be read is told after it hung, and never else.
  const isHung = overdueSinceAt !== null || (before?.overdueSinceAt ?? null) !== null;
  const blindness = service !== null ? [gapOf(service, sources, now), said] : isHung ? [said] : [];
  // First what happened, then how things stand after it.
  const mark = ledger === undefined ? {} : ({ isInLedger: true } as const);
  const happened = { ...book, sources, queue: enqueue(book.queue, reading.events, mark) };
  const told = tellStates(happened, [...reading.states, ...blindness]);
  const { queue } = told;
  const pending =
    ledger === undefined
      ? book.pending
      : [
          ...book.pending.filter(({ path, sequence }) => path !== ledger.path || sequence !== queue.through),
          { ...ledger, sequence: queue.through },
        ];
  const next = { ...told, pending };
  return service === null ? next : { ...next, results: withResult(next, service, now) };
}

/** A reading does not end: what was read before stands, and that it hangs is what is wrong with it. */
export function takeOverdue(book: EvidenceBook, name: SourceName, now: number): EvidenceBook {
  const remedies = book.sources.get(name.source)?.remedies ?? [];
  const reading = { ...NOTHING_READ, problems: [READING_HANGS], remedies };
  return takeReading(book, name, { reading, now, isOverdue: true });
}

// What may not be read is told as a privilege gap, with its command, and not as this too: one trouble is paged once.
function readingOf({ source, service }: SourceName, problems: readonly string[], now: number): Fact {
  const kind = source.slice(source.lastIndexOf("/") + 1);
  const detail = summaryOf(problems.join("; "));
  return { kind: "reading", service, at: now, source: kind, isWell: problems.length === 0, detail };
}

/**
 * A service of the catalogue, of which these kinds of evidence are not declared (any more): what could not be read of them
 * before, as an agent with an older catalogue told, is nobody's concern now.
 */
export function tellUndeclared(
  book: EvidenceBook,
  { service, kinds }: { readonly service: string; readonly kinds: readonly string[] },
  now: number,
): EvidenceBook {
  const well = kinds.map((kind) => readingOf({ source: `${service}/${kind}`, service }, [], now));
  return tellStates(book, well);
}

function tellStates(book: EvidenceBook, facts: readonly Fact[]): EvidenceBook {
  const changed = facts.filter((fact) => !isSameState(book.states.get(keyOf(fact)), fact));
  if (changed.length === 0) return book;
  const states = new Map(book.states);
  for (const fact of changed) states.set(keyOf(fact), fact);
  return { ...book, states, queue: enqueue(book.queue, changed) };
}

/** A new connection: everything that stands is told, unless it waits to be told already. */
export function tellAll(book: EvidenceBook): EvidenceBook {
  const waiting = new Set(book.queue.facts.map(({ fact }) => fact));
  const missing = [...book.states.values()].filter((fact) => !waiting.has(fact));
  return { ...book, queue: enqueue(book.queue, missing) };
}

/** Ledger positions that need not be kept any longer: everything before them has arrived. */
export function settledPositions(book: EvidenceBook): {
  readonly positions: readonly { readonly path: string; readonly position: LedgerPosition }[];
  readonly book: EvidenceBook;
} {
  const through = settledThrough(book.queue);
  const positions = book.pending.filter(({ sequence }) => sequence <= through);
  if (positions.length === 0) return { positions, book };
  return { positions, book: { ...book, pending: book.pending.filter(({ sequence }) => sequence > through) } };
}

/** The result that says whether a service's evidence could be read; null: not known yet. */
export function evidenceResultOf(book: EvidenceBook, service: string): CheckResult | null {
  return book.results.get(service) ?? null;
}

function keyOf(fact: Fact): string {
  const name =
    fact.kind === "credential"
      ? fact.credential
      : fact.kind === "fallback"
        ? fact.fallback
        : fact.kind === "privilege"
          ? fact.action
          : fact.kind === "reading"
            ? fact.source
            : "";
  return `${fact.service ?? ""} ${fact.kind} ${name}`;
}

function isSameState(before: Fact | undefined, fact: Fact): boolean {
  return before !== undefined && comparable(before) === comparable(fact);
}

// How many lines were refused, and in which line a problem is, may change with every reading: that is no news.
function comparable(fact: Fact): string {
  const same = fact.kind === "reading" ? { ...fact, detail: fact.detail.replaceAll(/[0-9]+/g, "0") } : fact;
  return JSON.stringify({ ...same, at: 0 });
}

function gapOf(service: string, sources: EvidenceBook["sources"], now: number): Fact {
  const remedies = [...sources.values()].flatMap((trouble) =>
    trouble.service === service ? trouble.remedies : [],
  );
  const all = [...new Set(remedies)].join("; ");
  const command = all.length <= SUMMARY_CHARS_MAX ? all : (remedies[0] ?? "").slice(0, SUMMARY_CHARS_MAX);
  return {
    kind: "privilege",
    service,
    at: now,
    action: READ_ACTION,
    isExecutable: remedies.length === 0,
    command,
  };
}

function withResult(book: EvidenceBook, service: string, now: number): EvidenceBook["results"] {
  const troubles = [...book.sources.values()].filter((trouble) => trouble.service === service);
  const problems = troubles.flatMap(({ problems, remedies }) => [
    ...problems,
    ...remedies.map((remedy) => `may not be read: ${remedy}`),
  ]);
  const before = book.results.get(service);
  const summary = summaryOf(problems.length === 0 ? "all of it can be read" : problems.join("; "));
  const hangingSince = troubles.flatMap(({ overdueSinceAt }) => overdueSinceAt ?? []);
  const overdue = hangingSince.length === 0 ? {} : { overdueSinceAt: Math.min(...hangingSince) };
  // A clock that was set back must not keep a result from being renewed until it has caught up.
  const isFresh =
    before !== undefined && now >= before.finishedAt && now - before.finishedAt < EVIDENCE_RESULT_EVERY_MS;
  if (isFresh && before.summary === summary && before.overdueSinceAt === overdue.overdueSinceAt)
    return book.results;
  return new Map(book.results).set(service, {
    check: EVIDENCE_CHECK,
    kind: "evidence",
    status: problems.length === 0 ? "pass" : "fail",
    // Never more: a service is not to be restarted because its files cannot be read.
    severity: "warning",
    summary,
    latencyMs: null,
    finishedAt: now,
    ttlMs: DIGEST_EVERY_MS + 2 * EVIDENCE_RESULT_EVERY_MS,
    ...overdue,
  });
}
