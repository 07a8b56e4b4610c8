// The actuator's journal on disk: append-only NDJSON, each record on stable storage before `append` returns. Nothing runs before
// its `started` record has returned from here. One process at a time writes it (actuator/lock.ts).
//
// A torn last line is dropped when the journal is opened: its write never returned, so nothing followed from it. A broken line
// anywhere else means the nonces cannot be trusted any more, and the journal refuses to open.
import { constants } from "node:fs";
import { type FileHandle, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { compactJournal, applyRecord, foldJournal } from "../core/journal-state.ts";
import type { JournalRecord, JournalState } from "../core/journal-state.ts";
import type { HostInstant } from "../core/budget.ts";
import { syncDirectory, writeDurably } from "../durable-file.ts";
import { parseJournalLine } from "./journal-record.ts";

/** A journal larger than this is compacted; at least this many bytes are appended between two compactions. */
export const JOURNAL_COMPACT_BYTES = 256 * 1024;

export interface Journal {
  readonly state: () => JournalState;
  /** Stores a record; throws when it is not certain to be on disk, and then takes no further record. */
  readonly append: (record: JournalRecord) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Opens the journal, drops a torn last line and compacts it when it is large. Throws when a line inside is broken. */
export async function openJournal(path: string, now: () => HostInstant): Promise<Journal> {
  const kept = await readJournal(path);
  let state = foldJournal(kept.records);
  if (kept.needsRewrite) await writeDurably(path, textOf(kept.records), 0o600);
  let file = await openForAppend(path);
  let bytes = kept.bytes;
  let compactAt = JOURNAL_COMPACT_BYTES;
  let broken: unknown = null;

  async function compact(): Promise<void> {
    const text = textOf(compactJournal(state, now()));
    await writeDurably(path, text, 0o600);
    await file.close();
    file = await openForAppend(path);
    bytes = Buffer.byteLength(text);
    compactAt = bytes + JOURNAL_COMPACT_BYTES;
  }

  async function append(record: JournalRecord): Promise<void> {
    if (broken !== null) throw new Error("Append to journal: an earlier write failed", { cause: broken });
    try {
      const line = textOf([record]);
      await file.writeFile(line);
      await file.sync();
      bytes += Buffer.byteLength(line);
      state = applyRecord(state, record);
      if (bytes > compactAt) await compact();
    } catch (cause) {
      // After a failed fsync the kernel may have dropped the pages: what the disk holds is unknown until it is read anew.
      broken = cause;
      throw new Error("Append to journal", { cause });
    }
  }

  let turn: Promise<void> = Promise.resolve();
  return {
    state: () => state,
    append: (record) => {
      const appended = turn.then(() => append(record));
      turn = appended.catch(() => undefined);
      return appended;
    },
    close: async () => {
      await turn;
      await file.close();
    },
  };
}

interface Kept {
  readonly records: readonly JournalRecord[];
  readonly bytes: number;
  readonly needsRewrite: boolean;
}

async function readJournal(path: string): Promise<Kept> {
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return "";
    throw new Error(`Read journal ${path}`, { cause });
  });
  const lines = text.split("\n");
  const torn = lines.pop() ?? "";
  const records = lines.map((line, index) => {
    const record = parseJournalLine(line);
    if (record === null)
      throw new Error(
        `Read journal ${path}: line ${index + 1} is damaged, so used nonces are not known; nothing runs until a person has moved it and proposals.json away`,
      );
    return record;
  });
  return { records, bytes: Buffer.byteLength(text), needsRewrite: torn !== "" };
}

async function openForAppend(path: string): Promise<FileHandle> {
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
  const file = await open(path, flags, 0o600);
  await syncDirectory(dirname(path));
  return file;
}

function textOf(records: readonly JournalRecord[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}
