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
  READING_HANGS,
  takeOverdue,
  takeReading,
  tellAll,
  tellUndeclared,
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

describe("a kind of evidence that cannot be read", () => {
  const fails = { problems: ["line 3 of /x is not of the text format"] };

  test("is told with why, once, and once that it can be again", () => {
    let book = read(EMPTY_EVIDENCE, fails);
    expect(waiting(book, "reading")).toMatchObject([
      { source: "credentials", service: "web", isWell: false, detail: fails.problems[0], at: 1_000 },
    ]);
    book = read(delivered(book), { problems: ["line 4 of /x is not of the text format"] }, 2_000);
    expect(waiting(book, "reading"), "another line is no news").toEqual([]);
    book = read(book, { problems: ["/x is not there"] }, 3_000);
    expect(waiting(book, "reading")).toMatchObject([{ detail: "/x is not there" }]);
    expect(waiting(read(delivered(book), {}, 4_000), "reading")).toMatchObject([
      { isWell: true, detail: "" },
    ]);
  });

  test("is told again after a welcome, as is that it can be read", () => {
    const unread = delivered(read(EMPTY_EVIDENCE, fails));
    expect(waiting(tellAll(unread), "reading")).toMatchObject([{ isWell: false, at: 1_000 }]);
    expect(waiting(tellAll(delivered(read(EMPTY_EVIDENCE, {}))), "reading")).toMatchObject([
      { isWell: true },
    ]);
  });

  test("is none where only something of it was lost, which the result says", () => {
    const book = read(EMPTY_EVIDENCE, { losses: ["1 line could not be taken"] });
    expect(waiting(book, "reading")).toMatchObject([{ isWell: true, detail: "" }]);
    expect(evidenceResultOf(book, "web")).toMatchObject({
      status: "fail",
      summary: "1 line could not be taken",
    });
  });

  test("for want of a permission is a privilege gap alone", () => {
    expect(waiting(read(EMPTY_EVIDENCE, { remedies: [REMEDY] }), "reading")).toMatchObject([
      { isWell: true },
    ]);
    expect(waiting(read(EMPTY_EVIDENCE, { ...fails, remedies: [REMEDY] }), "reading")).toMatchObject([
      { isWell: false, detail: fails.problems[0] },
    ]);
  });

  test("and is declared no more ends what was told of it, and is no result", () => {
    const book = tellUndeclared(EMPTY_EVIDENCE, { service: "web", kinds: ["ledger", "unit"] }, 5);
    expect(waiting(book, "reading")).toMatchObject([
      { source: "ledger", isWell: true },
      { source: "unit", isWell: true },
    ]);
    expect(evidenceResultOf(book, "web")).toBeNull();
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

describe("a reading that hangs", () => {
  const HOST = { source: "memory", service: null };

  test("is what is wrong with its source, since when it was seen to, and leaves what was read standing", () => {
    const known = read(EMPTY_EVIDENCE, { states: [credential(1)] });
    const hung = takeOverdue(takeOverdue(known, NAME, 5_000), NAME, 9_000);
    expect(evidenceResultOf(hung, "web")).toMatchObject({
      status: "fail",
      severity: "warning",
      summary: READING_HANGS,
      overdueSinceAt: 5_000,
    });
    expect(hung.states).toEqual(new Map([...known.states, ...hung.states]));
    expect(waiting(hung, "reading")).toMatchObject([
      { isWell: true },
      { service: "web", source: "credentials", isWell: false, detail: READING_HANGS },
    ]);
  });

  test("that ends is told to be well again, or what else is wrong", () => {
    const hung = takeOverdue(EMPTY_EVIDENCE, NAME, 5_000);
    const well = read(hung, {}, 9_000);
    expect(evidenceResultOf(well, "web")).not.toHaveProperty("overdueSinceAt");
    expect(evidenceResultOf(well, "web")).toMatchObject({ status: "pass" });
    expect(waiting(well, "reading").at(-1)).toMatchObject({ isWell: true, detail: "" });
    const broken = read(hung, { problems: ["no such file"] }, 9_000);
    expect(waiting(broken, "reading").at(-1)).toMatchObject({ isWell: false, detail: "no such file" });
  });

  test("one of the host itself that never hung tells nothing of it", () => {
    const reading = { events: [], states: [], problems: [], remedies: [] };
    const book = takeReading(EMPTY_EVIDENCE, HOST, { reading, now: 1_000 });
    expect(waiting(book, "reading")).toEqual([]);
  });

  test("closes no gap: what may not be read still may not", () => {
    const denied = read(EMPTY_EVIDENCE, { remedies: [REMEDY] });
    const hung = takeOverdue(denied, NAME, 5_000);
    expect(waiting(hung, "privilege")).toMatchObject([{ isExecutable: false }]);
  });

  test("of the host itself is told by the fact alone", () => {
    const hung = takeOverdue(EMPTY_EVIDENCE, HOST, 5_000);
    expect(waiting(hung, "reading")).toMatchObject([{ service: null, source: "memory", isWell: false }]);
    expect(hung.results.size).toBe(0);
  });
});
