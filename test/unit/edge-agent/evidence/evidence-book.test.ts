// What is told of readings, when, and how blindness is told.
import { describe, expect, test } from "vitest";
import type { Fact } from "@countersign/shared/wire/fact";
import {
  EMPTY_EVIDENCE,
  EVIDENCE_RESULT_EVERY_MS,
  type EvidenceBook,
  evidenceResultOf,
  NOTHING_READ,
  type Reading,
  settledPositions,
  takeReading,
  tellAll,
} from "../../../../edge-agent/src/core/evidence/evidence-book.ts";
import { confirmSent, markSent, planFacts } from "../../../../edge-agent/src/core/evidence/fact-queue.ts";

const NAME = { source: "web/credentials", service: "web" };
const REMEDY = "sudo setfacl -m u:countersign-agent:x /home/bob";

function credential(at: number, changes: Partial<Extract<Fact, { kind: "credential" }>> = {}): Fact {
  return {
    kind: "credential",
    service: "web",
    at,
    credential: "anthropic",
    fileKind: "symlink",
    owner: "bob",
    linkTarget: "/srv/slot-a",
    expiresAt: null,
    ...changes,
  };
}

function read(book: EvidenceBook, reading: Partial<Reading>, now = 1_000): EvidenceBook {
  return takeReading(book, NAME, { reading: { ...NOTHING_READ, ...reading }, now });
}

/** Facts of a kind that wait to be told. */
function waiting(book: EvidenceBook, kind: Fact["kind"]): readonly Fact[] {
  return book.queue.facts.map(({ fact }) => fact).filter((fact) => fact.kind === kind);
}

function delivered(book: EvidenceBook): EvidenceBook {
  return { ...book, queue: confirmSent(markSent(planFacts(book.queue, 1).queue)) };
}

describe("how things stand", () => {
  test("is told once, when it changed, and again after a welcome with its first instant", () => {
    let book = read(EMPTY_EVIDENCE, { states: [credential(1)] });
    book = read(book, { states: [credential(2)] });
    expect(waiting(book, "credential")).toEqual([credential(1)]);
    book = delivered(book);
    expect(waiting(read(book, { states: [credential(3)] }), "credential")).toEqual([]);
    const changed = read(book, { states: [credential(4, { fileKind: "file", linkTarget: null })] });
    expect(waiting(changed, "credential")).toHaveLength(1);
    expect(waiting(tellAll(book), "credential")).toEqual([credential(1)]);
  });

  test("that waits to be told is not told twice by a welcome", () => {
    const book = tellAll(read(EMPTY_EVIDENCE, { states: [credential(1)] }));
    expect(waiting(book, "credential")).toHaveLength(1);
  });

  test("two credentials are two things", () => {
    const states = [credential(1), credential(1, { credential: "openai" })];
    expect(waiting(read(EMPTY_EVIDENCE, { states }), "credential")).toHaveLength(2);
  });
});

describe("what cannot be read", () => {
  test("for want of a permission is a privilege gap with the command, and its end is told", () => {
    let book = read(EMPTY_EVIDENCE, { remedies: [REMEDY] });
    expect(waiting(book, "privilege")).toMatchObject([
      { action: "read-evidence", isExecutable: false, command: REMEDY },
    ]);
    book = read(delivered(book), {});
    expect(waiting(book, "privilege")).toMatchObject([{ action: "read-evidence", isExecutable: true }]);
  });

  test("is one gap for a service, whichever source it is", () => {
    const one = read(EMPTY_EVIDENCE, { remedies: [REMEDY] });
    const both = takeReading(
      one,
      { source: "web/ledger", service: "web" },
      { reading: NOTHING_READ, now: 2 },
    );
    expect(waiting(both, "privilege"), "another source that is fine does not close it").toHaveLength(1);
  });

  test("is a result of severity warning, never more: nobody restarts a service for it", () => {
    const book = read(EMPTY_EVIDENCE, { problems: ["/x is not there"], remedies: [REMEDY] });
    expect(evidenceResultOf(book, "web")).toMatchObject({
      check: "evidence",
      kind: "evidence",
      status: "fail",
      severity: "warning",
      summary: `/x is not there; may not be read: ${REMEDY}`,
    });
    expect(evidenceResultOf(EMPTY_EVIDENCE, "web"), "not read yet is not known").toBeNull();
  });

  test("is said again only when it changed, or after a while", () => {
    const book = read(EMPTY_EVIDENCE, { problems: ["a"] }, 1_000);
    const finishedAt = (next: EvidenceBook) => evidenceResultOf(next, "web")?.finishedAt;
    expect(finishedAt(read(book, { problems: ["a"] }, 1_000 + EVIDENCE_RESULT_EVERY_MS - 1))).toBe(1_000);
    expect(finishedAt(read(book, { problems: ["a"] }, 1_000 + EVIDENCE_RESULT_EVERY_MS))).toBe(601_000);
    expect(finishedAt(read(book, {}, 2_000))).toBe(2_000);
  });
});

describe("a ledger's position", () => {
  const at = (offset: number) => ({ path: "/l", position: { inode: "7", offset, isSkipping: false } });
  const drill: Fact = { kind: "drill", service: "web", at: 1, path: "gemini" };

  test("is settled when what was read before it has arrived, and not before", () => {
    const book = read(EMPTY_EVIDENCE, { events: [drill], ledger: at(10) });
    expect(settledPositions(book).positions).toEqual([]);
    const { positions, book: after } = settledPositions(delivered(book));
    expect(positions).toMatchObject([at(10)]);
    expect(settledPositions(after).positions).toEqual([]);
  });

  test("of lines that told nothing waits for nothing, and takes no room", () => {
    let book = delivered(read(EMPTY_EVIDENCE, {}));
    for (let offset = 1; offset <= 1_000; offset += 1) book = read(book, { ledger: at(offset) });
    expect(book.pending).toHaveLength(1);
    expect(settledPositions(book).positions).toMatchObject([at(1_000)]);
  });
});
