// Keeps on disk what could not be told: facts that have waited for a while are appended to a file in the agent's state directory, and the file is
// emptied when all of them have arrived. A connected agent writes next to nothing. After a crash the last seconds are lost, and what had arrived
// of a file that was not emptied yet is told again. A disk that is full or read-only costs only this keeping. Not pure.
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { open, truncate } from "node:fs/promises";
import type { Fact } from "@countersign/shared/wire/fact";
import type { FactQueue, QueuedFact } from "../core/evidence/fact-queue.ts";
import { isSpooled, parseSpool, SPOOL_BYTES_MAX, spoolText, thatFit } from "../core/evidence/fact-spool.ts";
import { writeDurably } from "../durable-file.ts";
import { readText } from "../evidence/read-bounded.ts";
import { describeFailure } from "../failure.ts";
import type { Log } from "./log.ts";

/** A fact is written when it has waited for one to two of these; in ordinary times it has arrived by then. */
const SPOOL_EVERY_MS = 10_000;
/** No agent has written a larger file. */
const FILE_BYTES_MAX = 4 * SPOOL_BYTES_MAX;
const MODE = 0o600;

export interface FactSpool {
  /** what an agent before this one could not tell, oldest first: they are the first in the queue */
  readonly kept: readonly Fact[];
  /** the queue as it is now */
  readonly follow: (queue: FactQueue) => void;
  /** writes what waits, at once */
  readonly stop: () => void;
}

/** Opens the file; what cannot be read of it is said, and lost. */
export async function openFactSpool(path: string, log: Log): Promise<FactSpool> {
  const { bytes, facts } = await load(path, log);
  let waiting: readonly QueuedFact[] = [];
  /** sequence of the newest fact that is in the file, and that was there at the last look */
  let written = facts.length;
  let seen = facts.length;
  let fileBytes = bytes;
  let timer: NodeJS.Timeout | undefined;

  const save = async () => {
    const due = waiting.filter(({ sequence }) => sequence > written && sequence <= seen);
    seen = waiting.at(-1)?.sequence ?? seen;
    if (waiting.length === 0) {
      if (fileBytes > 0) await truncate(path, 0);
      fileBytes = 0;
    } else if (due.length > 0) fileBytes = await write(due);
    written = Math.max(written, due.at(-1)?.sequence ?? 0);
  };
  const write = async (due: readonly QueuedFact[]): Promise<number> => {
    const text = spoolText(due);
    const total = fileBytes + Buffer.byteLength(text);
    if (total <= SPOOL_BYTES_MAX) {
      await append(path, text);
      return total;
    }
    const whole = spoolText(
      thatFit(waiting.filter(({ sequence }) => sequence <= (due.at(-1)?.sequence ?? 0))),
    );
    await writeDurably(path, whole, MODE);
    return Buffer.byteLength(whole);
  };
  const look = () => {
    timer = undefined;
    save().then(
      () => {
        log.recovered("spool", "Facts that wait can be kept on disk again.");
        plan();
      },
      (error: unknown) => {
        log.state("warning", "spool", `Facts that wait are not kept on disk: ${describeFailure(error)}`);
        plan();
      },
    );
  };
  const plan = () => {
    if (waiting.length > 0 || fileBytes > 0) timer ??= setTimeout(look, SPOOL_EVERY_MS);
  };

  return {
    kept: facts,
    follow: (queue) => {
      waiting = queue.facts.filter(isSpooled);
      plan();
    },
    stop: () => {
      clearTimeout(timer);
      const left = waiting.filter(({ sequence }) => sequence > written);
      if (left.length > 0) appendNow(path, spoolText(left), log);
    },
  };
}

async function load(path: string, log: Log): Promise<{ facts: readonly Fact[]; bytes: number }> {
  try {
    const text = await readText(path, FILE_BYTES_MAX);
    if (text === null) throw new Error(`${path} is larger than any that was written`);
    const { damagedCount, facts } = parseSpool(text);
    if (damagedCount > 0)
      log.event({ level: "warning", event: "spool", text: `${damagedCount} lines of ${path} are damaged.` });
    return { facts, bytes: Buffer.byteLength(text) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT")
      log.event({
        level: "warning",
        event: "spool",
        text: `Facts of before are lost: ${describeFailure(error)}`,
      });
    return { facts: [], bytes: 0 };
  }
}

async function append(path: string, text: string): Promise<void> {
  const file = await open(path, "a", MODE);
  try {
    await file.writeFile(text);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** At once, because the process ends. */
function appendNow(path: string, text: string, log: Log): void {
  try {
    const file = openSync(path, "a", MODE);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    log.state("warning", "spool", `Facts that wait are not kept on disk: ${describeFailure(error)}`);
  }
}
