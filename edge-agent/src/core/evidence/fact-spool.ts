// Which facts are kept on disk while they cannot be told, and how they stand there: one line of JSON each, so that a damaged line costs only itself.
// Pure. Not kept: what a ledger holds, which is read again from where it was told; samples, which say nothing when they are old; and how things
// stand, which the next agent reads and tells anyway.
import { Fact } from "@countersign/shared/wire/fact";
import { FACTS_QUEUED_MAX, isHappening, type QueuedFact } from "./fact-queue.ts";

/** The file is written anew, with what waits alone, when it has grown beyond this. */
export const SPOOL_BYTES_MAX = 256 * 1024;

/** Whether nothing but this queue knows of it, and it is worth telling when it is old. */
export function isSpooled({ fact, isInLedger }: QueuedFact): boolean {
  return isInLedger !== true && isHappening(fact);
}

/**
 * The lines of facts. They begin with an end of line: half a line that a full disk has left before them stays alone.
 */
export function spoolText(facts: readonly QueuedFact[]): string {
  return facts.map(({ fact }) => `\n${JSON.stringify(fact)}\n`).join("");
}

/** The newest of these whose lines fit into the file. */
export function thatFit(facts: readonly QueuedFact[]): readonly QueuedFact[] {
  let bytes = 0;
  const from = facts.findLastIndex((fact) => {
    bytes += Buffer.byteLength(spoolText([fact]));
    return bytes > SPOOL_BYTES_MAX;
  });
  return facts.slice(from + 1);
}

/** What a file holds, oldest first, and how many of its lines are no facts. */
export function parseSpool(text: string): { readonly facts: readonly Fact[]; readonly damagedCount: number } {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const facts = lines.flatMap((line) => factOf(line) ?? []);
  return { facts: facts.slice(-FACTS_QUEUED_MAX), damagedCount: lines.length - facts.length };
}

function factOf(line: string): Fact | null {
  try {
    return Fact.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}
