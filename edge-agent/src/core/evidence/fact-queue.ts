// Facts on their way to the control plane: bounded, in order, and kept until a keepalive that was sent after them is answered. Pure.
// The answer proves that the connection carried them; a connection that ends before it makes them be sent again. So a fact may
// arrive twice, and is lost only when the queue is full, which is counted and told.
import { AGENT_FRAME_BYTES_MAX, FACTS_PER_MESSAGE_MAX } from "@countersign/shared/values/limits";
import type { Fact } from "@countersign/shared/wire/fact";
import { type AgentMessage, PROTOCOL_VERSION } from "@countersign/shared/wire/protocol";

/** Facts kept at once; the oldest of those that matter least gives way. */
export const FACTS_QUEUED_MAX = 512;
/** Keepalives on their way at once; the connection is given up long before. */
const MARKS_MAX = 16;

type FactsMessage = Extract<AgentMessage, { type: "facts" }>;

export interface QueuedFact {
  /** counts from 1; grows with each fact of this process */
  readonly sequence: number;
  readonly fact: Fact;
  /** a ledger holds it, which is read again from where it was told; absent: nothing else does */
  readonly isInLedger?: true;
}

export interface FactQueue {
  readonly facts: readonly QueuedFact[];
  /** sequence of the newest fact there ever was */
  readonly through: number;
  /** sequence of the newest fact that was sent on this connection */
  readonly sentThrough: number;
  /** what had been sent when each keepalive that has no answer yet went out, oldest first */
  readonly marks: readonly number[];
  /** facts that gave way and were not told of yet */
  readonly droppedCount: number;
}

export const EMPTY_QUEUE: FactQueue = { facts: [], through: 0, sentThrough: 0, marks: [], droppedCount: 0 };

/** Adds facts at the end; `mark` says what holds of each of them. */
export function enqueue(
  queue: FactQueue,
  facts: readonly Fact[],
  mark: Pick<QueuedFact, "isInLedger"> = {},
): FactQueue {
  if (facts.length === 0) return queue;
  const added = facts.map((fact, index): QueuedFact => {
    return { sequence: queue.through + index + 1, fact, ...mark };
  });
  const all = [...queue.facts, ...added];
  const excess = Math.max(0, all.length - FACTS_QUEUED_MAX);
  return {
    ...queue,
    facts: withoutLeast(all, excess),
    through: queue.through + facts.length,
    droppedCount: queue.droppedCount + excess,
  };
}

// Samples repeat themselves, how things stand is told anew; what happened once is not.
function withoutLeast(facts: readonly QueuedFact[], excess: number): readonly QueuedFact[] {
  let kept = facts;
  for (let count = 0; count < excess; count += 1) {
    const least = Math.min(...kept.map(({ fact }) => weightOf(fact)));
    kept = kept.toSpliced(
      kept.findIndex(({ fact }) => weightOf(fact) === least),
      1,
    );
  }
  return kept;
}

/** Whether it tells what happened, which nobody tells again, and not how things stand or a sample. */
export function isHappening(fact: Fact): boolean {
  return weightOf(fact) >= 2;
}

/** How long a fact is kept when there are too many: 0 gives way first. */
function weightOf({ kind }: Fact): 0 | 1 | 2 | 3 {
  switch (kind) {
    case "work":
    case "pressure":
    case "latency":
      return 0;
    case "session-running":
    case "reading":
    case "privilege":
    case "credential":
    case "code":
    case "identity":
    case "heartbeats-expected":
      return 1;
    case "credential-use":
    case "config-changed":
    case "provider":
    case "heartbeat":
    case "fallback":
    case "drill":
    case "log":
      return 2;
    case "session":
    case "restart":
    case "oom-kill":
    case "attempt":
    case "health":
      return 3;
  }
}

/** What is to be sent now, in frames that each fit, and the queue after it was sent. */
export function planFacts(
  queue: FactQueue,
  sentAt: number,
): { readonly frames: readonly FactsMessage[]; readonly queue: FactQueue } {
  const stated = queue.droppedCount === 0 ? queue : stateDropped(queue, sentAt);
  const unsent = stated.facts.filter(({ sequence }) => sequence > stated.sentThrough);
  if (unsent.length === 0) return { frames: [], queue: stated };
  const frames = framesOf(
    unsent.map(({ fact }) => fact),
    sentAt,
  );
  return { frames, queue: { ...stated, sentThrough: stated.through } };
}

function stateDropped(queue: FactQueue, now: number): FactQueue {
  const text = `${queue.droppedCount} facts were dropped on the host: more than ${FACTS_QUEUED_MAX} waited to be sent`;
  const note: Fact = { kind: "log", service: null, at: now, text };
  const { facts, through } = queue;
  // In a full queue the note takes the place of the one that matters least.
  const kept = facts.length < FACTS_QUEUED_MAX ? facts : withoutLeast(facts, 1);
  return {
    ...queue,
    facts: [...kept, { sequence: through + 1, fact: note }],
    through: through + 1,
    droppedCount: 0,
  };
}

function framesOf(facts: readonly Fact[], sentAt: number): readonly FactsMessage[] {
  const encoder = new TextEncoder();
  const frameOf = (batch: Fact[]): FactsMessage => ({
    version: PROTOCOL_VERSION,
    type: "facts",
    sentAt,
    facts: batch,
  });
  const emptyBytes = encoder.encode(JSON.stringify(frameOf([]))).length;
  const batches: Fact[][] = [];
  let bytes = Infinity;
  for (const fact of facts) {
    const factBytes = encoder.encode(JSON.stringify(fact)).length + 1;
    const isFull =
      bytes + factBytes > AGENT_FRAME_BYTES_MAX || batches.at(-1)?.length === FACTS_PER_MESSAGE_MAX;
    if (isFull) {
      batches.push([]);
      bytes = emptyBytes;
    }
    batches.at(-1)?.push(fact);
    bytes += factBytes;
  }
  return batches.map(frameOf);
}

/** A keepalive goes out: its answer will prove what was sent before it. */
export function markSent(queue: FactQueue): FactQueue {
  return { ...queue, marks: [...queue.marks, queue.sentThrough].slice(-MARKS_MAX) };
}

/** A keepalive was answered: what was sent before the oldest open one has arrived. */
export function confirmSent(queue: FactQueue): FactQueue {
  const [mark, ...marks] = queue.marks;
  if (mark === undefined) return queue;
  const first = queue.facts[0];
  const facts =
    first === undefined || first.sequence > mark
      ? queue.facts
      : queue.facts.filter(({ sequence }) => sequence > mark);
  return { ...queue, facts, marks };
}

/** A new connection: whatever was not proven to have arrived is sent again. */
export function sendAgain(queue: FactQueue): FactQueue {
  return { ...queue, marks: [], sentThrough: (queue.facts[0]?.sequence ?? queue.through + 1) - 1 };
}

/** The control plane refused a frame: what was under way is given up, or it would be refused for ever. */
export function giveUpSent(queue: FactQueue): FactQueue {
  const facts = queue.facts.filter(({ sequence }) => sequence > queue.sentThrough);
  const droppedCount = queue.droppedCount + queue.facts.length - facts.length;
  return { ...queue, facts, marks: [], droppedCount };
}

/** Everything up to this sequence has arrived, or was given up. */
export function settledThrough({ facts, through }: FactQueue): number {
  return (facts[0]?.sequence ?? through + 1) - 1;
}
