// What fires: told once, again when it reads otherwise, and cleared when it is not found any more, whichever rule judges.
import { describe, expect, it } from "vitest";
import { namedAt } from "@countersign/shared/values/named";
import { EMPTY_BOOK, type FactBook, isFiring } from "../../../../control-plane/src/core/facts/fact-book.ts";
import { judgeBook } from "../../../../control-plane/src/core/facts/fact-rules.ts";
import {
  type BookChange,
  type Found,
  SIGNAL_AGAIN_MS,
  settleFindings,
} from "../../../../control-plane/src/core/facts/firing.ts";
import type { Finding } from "../../../../control-plane/src/core/facts/rule.ts";
import { hostSubject } from "../../../../control-plane/src/core/words/subject.ts";
import { policyWith, START_AT, WEB_1 } from "../shard/shard-driver.ts";

const policy = policyWith();
const REASON = "identity-conflict";
const OVER = { at: START_AT + 1, text: "over" };

const FINDING: Finding = {
  severity: "error",
  title: "it is so",
  evidence: [{ at: START_AT, text: "seen" }],
  happenedAt: START_AT,
  isRestartPointless: false,
  freezes: false,
};

const sceneAt = (offsetMs: number) => ({
  now: START_AT + offsetMs,
  policy,
  subject: hostSubject(WEB_1, "web-1"),
  restarts: null,
});

function settle(
  book: FactBook,
  found: Partial<Found> & { readonly finding: Finding | null },
  offsetMs = 0,
): BookChange {
  const { finding, ...rest } = found;
  const findings = finding === null ? [] : [finding];
  return settleFindings(book, { reason: REASON, findings, over: OVER, ...rest }, sceneAt(offsetMs));
}

const kindsOf = ({ effects }: BookChange) =>
  effects.map((effect) => (effect.kind === "signal" ? effect.signal.kind : effect.kind));

const FIRED = settle(EMPTY_BOOK, { finding: FINDING }).book;

describe("a finding", () => {
  it("is told once, and leaves its mark", () => {
    expect(kindsOf(settle(EMPTY_BOOK, { finding: FINDING }))).toEqual(["firing"]);
    expect(isFiring(FIRED, REASON)).toBe(true);
    expect(settle(FIRED, { finding: { ...FINDING, evidence: [] } }, 1)).toEqual({ book: FIRED, effects: [] });
  });

  it.each<[string, Partial<Finding>, readonly string[]]>([
    ["another severity", { severity: "critical" }, ["firing"]],
    ["another title", { title: "it is otherwise" }, ["firing"]],
    ["another instant", { happenedAt: START_AT - 1 }, []],
  ])("is told again or not: %s", (_which, change, kinds) => {
    expect(kindsOf(settle(FIRED, { finding: { ...FINDING, ...change } }, 1))).toEqual(kinds);
  });

  it("is told again when something has to be said with it", () => {
    const step = settle(FIRED, { finding: FINDING, isToldAnew: true, says: { proposalRequestId: "prq_1" } });
    expect(step.effects).toMatchObject([{ signal: { kind: "firing", proposalRequestId: "prq_1" } }]);
  });

  it("that facts have changed waits its time to be told again", () => {
    const more = { ...FINDING, evidence: [...FINDING.evidence, { at: START_AT + 1, text: "seen again" }] };
    const waiting = settle(FIRED, { finding: more, isByFact: true }, 1);
    expect(kindsOf(waiting)).toEqual([]);
    expect(kindsOf(settle(waiting.book, { finding: more }, SIGNAL_AGAIN_MS - 1))).toEqual([]);
    expect(kindsOf(settle(waiting.book, { finding: more }, SIGNAL_AGAIN_MS))).toEqual(["firing"]);
  });

  it.each([
    { count: 3, kinds: [] },
    { count: 4, kinds: [] },
    { count: 5, kinds: ["firing"] },
  ])("that counts is told again only when there is more of it: $kinds with $count", ({ count, kinds }) => {
    const four = settle(EMPTY_BOOK, { finding: { ...FINDING, count: 4 } }).book;
    const step = settle(four, { finding: { ...FINDING, count, title: `${count} of them` } });
    expect(kindsOf(step)).toEqual(kinds);
    expect(namedAt(step.book.firing, REASON)).toMatchObject({ count: Math.max(4, count) });
  });

  it.each([
    { overAt: undefined, happenedAt: OVER.at },
    { overAt: START_AT + 9, happenedAt: START_AT + 9 },
  ])("is cleared when it was not found again, as of $happenedAt", ({ overAt, happenedAt }) => {
    const step = settle(FIRED, { finding: null, ...(overAt === undefined ? {} : { overAt }) });
    expect(step.effects).toMatchObject([{ signal: { kind: "cleared", happenedAt, evidence: [OVER] } }]);
    expect(step.book).toBe(EMPTY_BOOK);
  });

  it("that was never told is not cleared", () => {
    expect(settle(EMPTY_BOOK, { finding: null })).toEqual({ book: EMPTY_BOOK, effects: [] });
  });
});

it("a mark of a host is not judged by the rule over facts that has its reason in the book of a shard", () => {
  expect(judgeBook(FIRED, sceneAt(1))).toEqual({ book: FIRED, effects: [] });
});
