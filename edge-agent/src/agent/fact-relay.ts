// Carries evidence to the control plane: readings go into the book (core/evidence/evidence-book.ts), facts come out in frames as soon as a
// connection takes them. A fact is forgotten when a keepalive that was sent after it is answered. Of a frame that the control plane refuses
// the halves are sent again, until the fact that it does not understand is alone: that one is given up. Not pure.
import type { Fact } from "@countersign/shared/wire/fact";
import type { AgentMessage } from "@countersign/shared/wire/protocol";
import type { CheckResult } from "@countersign/shared/wire/service-report";
import {
  EMPTY_EVIDENCE,
  type EvidenceBook,
  evidenceResultOf,
  type Reading,
  READING_HANGS,
  settledPositions,
  type SourceName,
  takeOverdue,
  takeReading,
  tellAll,
  tellUndeclared,
} from "../core/evidence/evidence-book.ts";
import {
  confirmSent,
  enqueue,
  type FactQueue,
  giveUpSent,
  markSent,
  planFacts,
  sendAgain,
} from "../core/evidence/fact-queue.ts";
import type { LedgerPositions } from "../evidence/ledger-positions.ts";
import type { SendMessage } from "./connection.ts";
import type { OnRefused } from "./dialled-socket.ts";
import type { FactSpool } from "./fact-spool.ts";
import type { Log } from "./log.ts";

/** Readings that end together travel together. */
const GATHER_MS = 50;
/** How long facts are kept back from a control plane that knows none: it is older than this agent. */
export const FACTS_HELD_MS = 30 * 60_000;

type FactsMessage = Extract<AgentMessage, { type: "facts" }>;

export interface FactRelay {
  /** `hangs`: a reading that does not end */
  readonly take: (source: SourceName, reading: Reading | "hangs") => void;
  /** these kinds of evidence are not declared of the service */
  readonly takeUndeclared: (service: string, kinds: readonly string[]) => void;
  /** whether a service's evidence could be read; null: not known yet */
  readonly resultOf: (service: string) => CheckResult | null;
  readonly onWelcome: () => void;
  readonly onKeepaliveSent: () => void;
  readonly onKeepaliveAnswered: () => void;
  readonly stop: () => void;
}

interface FactRelayOptions {
  readonly send: SendMessage;
  readonly isWelcomed: () => boolean;
  readonly positions: LedgerPositions;
  readonly spool: FactSpool;
  readonly log: Log;
}

/** Makes a relay; `send` says whether a welcomed connection took the message. */
export function createFactRelay({ send, isWelcomed, positions, spool, log }: FactRelayOptions): FactRelay {
  let book = bookOf(spool.kept);
  let heldUntil = 0;
  let timer: NodeJS.Timeout | undefined;

  const change = (step: (queue: FactQueue) => FactQueue) => {
    const settled = settledPositions({ ...book, queue: step(book.queue) });
    book = settled.book;
    positions.settle(settled.positions);
    spool.follow(book.queue);
  };
  const flush = () => {
    timer = undefined;
    if (!isWelcomed() || performance.now() < heldUntil) return;
    const planned = planFacts(book.queue, Date.now());
    if (planned.frames.every(sendFrame)) change(() => planned.queue);
  };
  const sendFrame = (frame: FactsMessage): boolean => send(frame, (reason) => takeRefusal(frame, reason));
  const takeRefusal = (frame: FactsMessage, reason: Parameters<OnRefused>[0]) => {
    if (reason === "message-unknown" || reason === "version-unsupported") return hold();
    const { facts } = frame;
    const [first] = facts;
    if (facts.length <= 1) return sayGivenUp(first?.kind ?? "none", log);
    const half = Math.ceil(facts.length / 2);
    for (const part of [facts.slice(0, half), facts.slice(half)]) sendFrame({ ...frame, facts: part });
  };
  const hold = () => {
    if (performance.now() < heldUntil) return;
    heldUntil = performance.now() + FACTS_HELD_MS;
    change(giveUpSent);
    log.event({
      level: "error",
      event: "facts",
      text: "The control plane takes no facts: it may be older than this agent. Evidence is kept back for half an hour; update the control plane.",
    });
  };
  const flushSoon = () => {
    timer ??= setTimeout(flush, GATHER_MS);
  };

  return {
    take: (source, reading) => {
      book = bookAfter(book, source, reading);
      change((queue) => queue);
      say(source, reading, log);
      flushSoon();
    },
    takeUndeclared: (service, kinds) => {
      book = tellUndeclared(book, { service, kinds }, Date.now());
      flushSoon();
    },
    resultOf: (service) => evidenceResultOf(book, service),
    onWelcome: () => {
      change(sendAgain);
      book = tellAll(book);
      flushSoon();
    },
    onKeepaliveSent: () => change(markSent),
    onKeepaliveAnswered: () => change(confirmSent),
    stop: () => {
      clearTimeout(timer);
      positions.stop();
      spool.stop();
    },
  };
}

/** What an agent before this one could not tell comes first. */
function bookOf(kept: readonly Fact[]): EvidenceBook {
  return { ...EMPTY_EVIDENCE, queue: enqueue(EMPTY_EVIDENCE.queue, kept) };
}

function sayGivenUp(kind: string, log: Log): void {
  const text = `The control plane does not understand a fact of kind ${kind}, which is given up: it may be older than this agent.`;
  log.event({ level: "error", event: "facts", text });
}

function bookAfter(book: EvidenceBook, source: SourceName, reading: Reading | "hangs"): EvidenceBook {
  const now = Date.now();
  return reading === "hangs" ? takeOverdue(book, source, now) : takeReading(book, source, { reading, now });
}

/** Says once what cannot be read, and once that it can be again. */
function say({ source }: SourceName, reading: Reading | "hangs", log: Log): void {
  const topic = `evidence ${source}`;
  if (reading === "hangs") return log.state("warning", topic, `Evidence of ${source}: ${READING_HANGS}`);
  const { problems, losses = [], remedies } = reading;
  const words = [...problems, ...losses, ...remedies.map((remedy) => `may not be read: run \`${remedy}\``)];
  if (words.length > 0) log.state("warning", topic, `Evidence of ${source}: ${words.join("; ")}.`);
  else log.recovered(topic, `Evidence of ${source} can be read again.`);
}
