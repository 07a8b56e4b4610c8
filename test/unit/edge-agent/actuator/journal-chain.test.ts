// The journal's chain: whatever whole lines are lost, wherever, and whichever older journal stands in its place, it is seen.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJournalLine } from "../../../../edge-agent/src/actuator/journal-record.ts";
import {
  chainRecord,
  chainRecords,
  type JournalHead,
  NO_JOURNAL,
  readChain,
  type WrittenLine,
} from "../../../../edge-agent/src/core/actuator/journal-chain.ts";
import type { JournalRecord } from "../../../../edge-agent/src/core/actuator/journal-state.ts";

const acknowledged = (sequence: number): JournalRecord => ({ type: "acknowledged", sequence });

/** A journal of so many records: its lines, and the head after each of them. */
function journalOf(records: readonly JournalRecord[], from: JournalHead = NO_JOURNAL) {
  const heads = [from];
  const lines = records.map((record): WrittenLine => {
    const { text, head } = chainRecord(heads.at(-1) ?? from, record);
    heads.push(head);
    return { text, read: parseJournalLine(text) };
  });
  return { lines, heads };
}
const numbered = (count: number) => Array.from({ length: count }, (_, index) => acknowledged(index + 1));
const { lines, heads } = journalOf(numbered(6));

it("a whole journal is read, tied to its last line, or to one before it: a crash came in between", () => {
  for (const tied of [null, ...heads]) {
    const read = readChain(lines, tied);
    expect(read.ok && read.value.head).toEqual(heads[6]);
    expect(read.ok && read.value.records).toEqual(numbered(6));
  }
  expect(readChain([], null)).toMatchObject({ ok: true, value: { head: NO_JOURNAL } });
  expect(readChain([], NO_JOURNAL)).toMatchObject({ ok: true });
});

it("several records are chained as one after the other", () => {
  const { text, head } = chainRecords(NO_JOURNAL, numbered(6));
  expect(text).toBe(lines.map((line) => `${line.text}\n`).join(""));
  expect(head).toEqual(heads[6]);
});

describe("what is lost is seen:", () => {
  it("any lines from the end", () => {
    for (let kept = 0; kept < 6; kept += 1)
      expect(readChain(lines.slice(0, kept), heads[6]!)).toMatchObject({ error: { reason: "end-missing" } });
  });

  it("any lines from the beginning", () => {
    for (let cut = 1; cut < 6; cut += 1)
      for (const tied of [null, heads[6]!])
        expect(readChain(lines.slice(cut), tied)).toMatchObject({
          error: { reason: "lines-missing", line: 1 },
        });
  });

  it("any lines inside, doubled or in another order, even where nothing is tied", () => {
    const arrangement = fc.array(fc.nat(5), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(arrangement, (order) => {
        const isPrefix = order.every((line, index) => line === index);
        const read = readChain(
          order.flatMap((index) => lines[index] ?? []),
          null,
        );
        expect(read.ok).toBe(isPrefix);
      }),
    );
  });

  it("a line that was changed, though it can be read", () => {
    const text = lines[2]!.text.replace('"sequence":3', '"sequence":4');
    const changed = lines.with(2, { text, read: parseJournalLine(text) });
    expect(readChain(changed, null)).toMatchObject({ error: { reason: "lines-missing", line: 4 } });
    expect(readChain(changed.slice(0, 3), heads[3]!)).toMatchObject({ error: { reason: "other-journal" } });
  });

  it("a line that cannot be read", () => {
    const broken = lines.with(1, { text: "{", read: null });
    expect(readChain(broken, heads[6]!)).toMatchObject({ error: { reason: "line-unreadable", line: 2 } });
  });

  it("another journal, as long or longer", () => {
    const other = journalOf(numbered(9).map(() => acknowledged(7)));
    expect(readChain(other.lines, heads[6]!)).toMatchObject({ error: { reason: "other-journal" } });
  });
});

describe("a compaction", () => {
  const base: JournalRecord = { type: "base", lastSequence: 6 };
  const compacted = journalOf([base, ...numbered(3)], heads[6]);

  it("goes on in the chain: it may be tied to the line before it, or to its own last", () => {
    for (const tied of [heads[6]!, compacted.heads[4]!])
      expect(readChain(compacted.lines, tied)).toMatchObject({ ok: true, value: { head: { line: 10 } } });
  });

  it("does not hide what is lost of it, nor the journal before it", () => {
    const tied = compacted.heads[4]!;
    expect(readChain(compacted.lines.slice(0, 3), tied)).toMatchObject({ error: { reason: "end-missing" } });
    expect(readChain(compacted.lines.slice(1), tied)).toMatchObject({ error: { reason: "lines-missing" } });
    expect(readChain(lines, tied)).toMatchObject({ error: { reason: "end-missing" } });
  });
});
