// Carries evidence to the control plane: readings go into the book (core/evidence-book.ts), facts come out in frames as soon as a
// connection takes them. A fact is forgotten when a keepalive that was sent after it is answered. Not pure.
import { closeReasonOf } from "@countersign/shared/close-codes";
import type { AgentMessage } from "@countersign/shared/protocol";
import type { CheckResult } from "@countersign/shared/service-report";
import type { Ending } from "../core/close-advice.ts";
import {
  EMPTY_EVIDENCE,
  type EvidenceBook,
  evidenceResultOf,
  type Reading,
  settledPositions,
  type SourceName,
  takeReading,
  tellAll,
} from "../core/evidence-book.ts";
import {
  confirmSent,
  type FactQueue,
  giveUpSent,
  markSent,
  planFacts,
  sendAgain,
} from "../core/fact-queue.ts";
import type { LedgerPositions } from "../evidence/ledger-positions.ts";
import type { Log } from "./log.ts";

/** Readings that end together travel together. */
const GATHER_MS = 50;
/** How long facts are kept back from a control plane that refused one: it is older than this agent. */
export const FACTS_HELD_MS = 30 * 60_000;
/** Facts sent this long before a refusal are taken for its cause: a keepalive may have been answered before the frame was looked at. */
const FACTS_BLAMED_MS = 60_000;

export interface FactRelay {
  readonly take: (source: SourceName, reading: Reading) => void;
  /** whether a service's evidence could be read; null: not known yet */
  readonly resultOf: (service: string) => CheckResult | null;
  readonly onWelcome: () => void;
  readonly onKeepaliveSent: () => void;
  readonly onKeepaliveAnswered: () => void;
  readonly onEnded: (ending: Ending) => void;
  readonly stop: () => void;
}

/** Makes a relay; `send` says whether a welcomed connection took the message. */
export function createFactRelay(options: {
  readonly send: (message: AgentMessage) => boolean;
  readonly isWelcomed: () => boolean;
  readonly positions: LedgerPositions;
  readonly log: Log;
}): FactRelay {
  const { send, isWelcomed, positions, log } = options;
  let book: EvidenceBook = EMPTY_EVIDENCE;
  let heldUntil = 0;
  let sentAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  const change = (step: (queue: FactQueue) => FactQueue) => {
    const settled = settledPositions({ ...book, queue: step(book.queue) });
    book = settled.book;
    positions.settle(settled.positions);
  };
  const flush = () => {
    timer = undefined;
    if (!isWelcomed() || performance.now() < heldUntil) return;
    const planned = planFacts(book.queue, Date.now());
    if (planned.frames.length > 0) sentAt = performance.now();
    if (planned.frames.every((frame) => send(frame))) change(() => planned.queue);
  };
  const flushSoon = () => {
    timer ??= setTimeout(flush, GATHER_MS);
  };

  return {
    take: (source, reading) => {
      book = takeReading(book, source, { reading, now: Date.now() });
      change((queue) => queue);
      say(source, reading, log);
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
    onEnded: (ending) => {
      if (!isRefusal(ending) || performance.now() - sentAt > FACTS_BLAMED_MS) return;
      heldUntil = performance.now() + FACTS_HELD_MS;
      change(giveUpSent);
      log.event({
        level: "error",
        event: "facts",
        text: "The control plane refused what this agent sent: it may be older. Evidence is kept back for half an hour; update the control plane.",
      });
    },
    stop: () => {
      clearTimeout(timer);
      positions.stop();
    },
  };
}

/** The frame itself was refused, so that sending it again would be refused again. */
function isRefusal(ending: Ending): boolean {
  const reason = ending.kind === "closed" ? closeReasonOf(ending.code) : null;
  return reason === "frame-malformed" || reason === "frame-too-large" || reason === "message-unknown";
}

/** Says once what cannot be read, and once that it can be again. */
function say({ source }: SourceName, { problems, remedies }: Reading, log: Log): void {
  const words = [...problems, ...remedies.map((remedy) => `may not be read: run \`${remedy}\``)];
  const topic = `evidence ${source}`;
  if (words.length > 0) log.state("warning", topic, `Evidence of ${source}: ${words.join("; ")}.`);
  else log.recovered(topic, `Evidence of ${source} can be read again.`);
}
