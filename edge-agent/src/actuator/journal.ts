// The actuator's journal on disk: append-only NDJSON, each record on stable storage before `append` returns. Nothing runs before
// its `started` record has returned from here. One process at a time writes it (actuator/lock.ts).
//
// A torn last line is dropped when the journal is opened: its write never returned, so nothing followed from it. A broken line
// anywhere else, or lines that are missing (core/actuator/journal-chain.ts), mean that the nonces cannot be trusted any more, and the journal
// refuses to open. `append` returns only after `proposals.json` knows the new last line: what ran cannot be forgotten by losing its line.
import { constants } from "node:fs";
import { type FileHandle, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { HostInstant } from "../core/actuator/budget.ts";
import {
  chainRecords,
  type JournalDamage,
  type JournalHead,
  readChain,
  type WrittenLine,
} from "../core/actuator/journal-chain.ts";
import {
  applyRecord,
  compactJournal,
  foldJournal,
  type JournalRecord,
  type JournalState,
} from "../core/actuator/journal-state.ts";
import { syncDirectory, writeDurably } from "../durable-file.ts";
import { parseJournalLine, unwritableFieldOf } from "./journal-record.ts";

/** A journal larger than this is compacted; at least this many bytes are appended between two compactions. */
export const JOURNAL_COMPACT_BYTES = 256 * 1024;

export interface Journal {
  readonly state: () => JournalState;
  /**
   * Stores a record, or refuses one that could not be read again: that costs the record and nothing else. Throws when it is not certain
   * to be on disk, and then takes no further record.
   */
  readonly append: (record: JournalRecord) => Promise<Result<null, RecordRefusal>>;
  readonly close: () => Promise<void>;
}

/** Why a record was not written: its reader would take the whole journal for damaged. */
export interface RecordRefusal {
  readonly reason: "record-refused";
  /** the first field that is not right */
  readonly detail: string;
}

/** The other file that knows the journal's last line. */
export interface JournalTie {
  /** null: it knows none */
  readonly tiedTo: () => JournalHead | null;
  readonly tie: (head: JournalHead) => Promise<void>;
}

/** Opens the journal, drops a torn last line and compacts it when it is large. Throws when a line is broken or missing. */
export async function openJournal(path: string, tie: JournalTie, now: () => HostInstant): Promise<Journal> {
  const kept = await readJournal(path, tie.tiedTo());
  let state = foldJournal(kept.records);
  let head = kept.head;
  if (kept.isTorn) await writeDurably(path, kept.text, 0o600);
  if (tie.tiedTo()?.line !== head.line) await tie.tie(head);
  let file = await openForAppend(path);
  let bytes = Buffer.byteLength(kept.text);
  let compactAt = JOURNAL_COMPACT_BYTES;
  let broken: unknown = null;

  async function compact(): Promise<void> {
    const compacted = chainRecords(head, compactJournal(state, now()));
    await writeDurably(path, compacted.text, 0o600);
    await file.close();
    file = await openForAppend(path);
    head = compacted.head;
    await tie.tie(head);
    bytes = Buffer.byteLength(compacted.text);
    compactAt = bytes + JOURNAL_COMPACT_BYTES;
  }

  async function append(record: JournalRecord): Promise<Result<null, RecordRefusal>> {
    if (broken !== null) throw new Error("Append to journal: an earlier write failed", { cause: broken });
    const unwritable = unwritableFieldOf(record);
    if (unwritable !== null) return refuse({ reason: "record-refused", detail: unwritable });
    try {
      const chained = chainRecords(head, [record]);
      await file.writeFile(chained.text);
      await file.sync();
      head = chained.head;
      bytes += Buffer.byteLength(chained.text);
      state = applyRecord(state, record);
      await tie.tie(head);
      if (bytes > compactAt) await compact();
      return ok(null);
    } catch (cause) {
      // After a failed fsync the kernel may have dropped the pages: what the disk holds is unknown until it is read anew.
      broken = cause;
      throw new Error("Append to journal", { cause });
    }
  }

  let turn: Promise<unknown> = Promise.resolve();
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
  readonly head: JournalHead;
  /** the whole lines */
  readonly text: string;
  readonly isTorn: boolean;
}

async function readJournal(path: string, tied: JournalHead | null): Promise<Kept> {
  const written = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return "";
    throw new Error(`Read journal ${path}`, { cause });
  });
  const lines = written.split("\n");
  const torn = lines.pop() ?? "";
  const chain = readChain(
    lines.map((text): WrittenLine => ({ text, read: parseJournalLine(text) })),
    tied,
  );
  if (!chain.ok)
    throw new Error(
      `Read journal ${path}: ${describeDamage(chain.error)}, so used nonces are not known; nothing runs until a person has moved it and proposals.json away`,
    );
  return { ...chain.value, text: written.slice(0, written.length - torn.length), isTorn: torn !== "" };
}

function describeDamage({ reason, line }: JournalDamage): string {
  switch (reason) {
    case "line-unreadable":
      return `line ${line} is damaged`;
    case "lines-missing":
      return `lines are missing before line ${line}`;
    case "end-missing":
      return "its last lines are missing: proposals.json has seen more of it";
    case "other-journal":
      return "it is another one than proposals.json knows";
  }
}

async function openForAppend(path: string): Promise<FileHandle> {
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
  const file = await open(path, flags, 0o600);
  await syncDirectory(dirname(path));
  return file;
}
