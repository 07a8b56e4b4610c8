// Evidence of what fires already: told again when facts changed it, no oftener than the bound, and never when it stands still.
import { describe, expect, it } from "vitest";
import { namedAt } from "@countersign/shared/values/named";
import type { Fact } from "@countersign/shared/wire/fact";
import { bookDueAt, EMPTY_BOOK, type FactBook } from "../../../../control-plane/src/core/facts/fact-book.ts";
import {
  type BookScene,
  judgeBook,
  takeIntoBook,
} from "../../../../control-plane/src/core/facts/fact-rules.ts";
import { type BookChange, SIGNAL_AGAIN_MS } from "../../../../control-plane/src/core/facts/firing.ts";
import { type DrivenShard, driveUpHost, policyWith, START_AT, WEB_1 } from "../shard/shard-driver.ts";
import { HOUR_MS, MINUTE_MS } from "./fact-driver.ts";

const KEY = "remediation-stuck";
const STUCK_FROM = 5;
const DAY_MS = 24 * HOUR_MS;

// An attempt before a failure is another rule's matter.
const ON = policyWith({ rules: { "self-inflicted": { enabled: false } } });

function sceneAt(offsetMs: number, policy = ON): BookScene {
  const subject = { kind: "service", hostId: WEB_1, hostName: "web-1", service: "web" } as const;
  return { now: START_AT + offsetMs, policy, subject, restarts: null };
}

function take(book: FactBook, fact: Fact, scene = sceneAt(fact.at - START_AT)): BookChange {
  return takeIntoBook(book, { facts: [{ fact, subject: scene.subject }], scope: "service" }, scene);
}

function attemptAt(offsetMs: number): Fact {
  const at = START_AT + offsetMs;
  return {
    kind: "attempt",
    service: "web",
    at,
    action: "restart",
    by: "watchdog",
    outcome: "no",
    isHelpful: false,
  };
}

function healthAt(offsetMs: number, isHealthy: boolean): Fact {
  return { kind: "health", service: "web", at: START_AT + offsetMs, isHealthy };
}

/** Stuck, and told so at the start. */
function stuckBook(policy = ON): FactBook {
  let book = EMPTY_BOOK;
  for (let count = 0; count < STUCK_FROM; count += 1)
    ({ book } = take(book, attemptAt(0), sceneAt(0, policy)));
  return book;
}

/** One attempt more than was told. */
function bookWithMore(): FactBook {
  const { book, effects } = take(stuckBook(), attemptAt(MINUTE_MS));
  expect(effects).toEqual([]);
  return book;
}

function textsOf({ effects }: BookChange): readonly string[] {
  return effects.flatMap((effect) => {
    if (effect.kind !== "signal" || effect.signal.kind !== "firing") return [];
    return effect.signal.evidence.map(({ text }) => text);
  });
}

describe("more evidence", () => {
  it.each([
    { offsetMs: SIGNAL_AGAIN_MS - 1, tells: false },
    { offsetMs: SIGNAL_AGAIN_MS, tells: true },
  ])("is told by time alone: $tells at $offsetMs ms", ({ offsetMs, tells }) => {
    const step = judgeBook(bookWithMore(), sceneAt(offsetMs));
    expect(textsOf(step).some((text) => text.startsWith("6 attempts"))).toBe(tells);
  });

  it.each([
    { offsetMs: SIGNAL_AGAIN_MS - 1, tells: false },
    { offsetMs: SIGNAL_AGAIN_MS, tells: true },
  ])("is told with the fact that brings it: $tells at $offsetMs ms", ({ offsetMs, tells }) => {
    expect(textsOf(take(stuckBook(), attemptAt(offsetMs))).length > 0).toBe(tells);
  });

  it("has its deadline in the book, and none once it is told", () => {
    expect(bookDueAt(stuckBook())).toBe(START_AT + DAY_MS);
    expect(bookDueAt(bookWithMore())).toBe(START_AT + SIGNAL_AGAIN_MS);
    const told = judgeBook(bookWithMore(), sceneAt(SIGNAL_AGAIN_MS)).book;
    expect(bookDueAt(told)).toBe(START_AT + MINUTE_MS + DAY_MS);
    expect(judgeBook(told, sceneAt(2 * SIGNAL_AGAIN_MS))).toEqual({ book: told, effects: [] });
  });

  it("leaves a book as it is that is judged before the deadline", () => {
    const book = bookWithMore();
    expect(judgeBook(book, sceneAt(2 * MINUTE_MS)).book).toBe(book);
  });

  it("is said by the signal of another severity, and waits anew from there", () => {
    let book = bookWithMore();
    for (let count = 6; count < 4 * STUCK_FROM; count += 1)
      ({ book } = take(book, attemptAt(10 * MINUTE_MS)));
    expect(namedAt(book.firing, KEY)).toMatchObject({
      severity: "critical",
      signalledAt: START_AT + 10 * MINUTE_MS,
    });
    expect(namedAt(book.firing, KEY)).not.toHaveProperty("hasMore");
    expect(textsOf(judgeBook(book, sceneAt(SIGNAL_AGAIN_MS)))).toEqual([]);
  });
});

describe("evidence that stands still", () => {
  it("is not told again, whatever other facts come", () => {
    let book = stuckBook();
    for (let minute = 1; minute < 240; minute += 1) {
      const step = take(book, healthAt(minute * MINUTE_MS, minute % 2 === 0));
      expect(step.effects).toEqual([]);
      ({ book } = step);
      expect(bookDueAt(book)).toBeGreaterThan(START_AT + minute * MINUTE_MS);
    }
  });

  it("is not told again for having grown older", () => {
    const entered: Fact = {
      kind: "fallback",
      service: "web",
      at: START_AT,
      fallback: "spare",
      isActive: true,
    };
    let { book } = take(EMPTY_BOOK, entered);
    const told: number[] = [];
    for (let minute = 1; minute < 7 * 60; minute += 1) {
      const step = judgeBook(book, sceneAt(minute * MINUTE_MS));
      if (step.effects.length > 0) told.push(minute);
      ({ book } = step);
    }
    expect(told).toEqual([4 * 60]);
  });
});

function tellAttempt(shard: DrivenShard): void {
  const fact = { ...attemptAt(0), at: shard.now() };
  shard.send({ kind: "facts", hostId: WEB_1, facts: [fact] });
}

describe("a shard", () => {
  it("tells of an attempt a minute four times an hour, and of the last one though nothing follows", () => {
    const shard = driveUpHost();
    shard.report({}, true);
    for (let count = 0; count < 20; count += 1) tellAttempt(shard);
    const told = shard.signals("firing").length;
    for (let minute = 0; minute < 125; minute += 1) {
      shard.advance(MINUTE_MS);
      tellAttempt(shard);
    }
    expect(shard.signals("firing").slice(told)).toHaveLength(8);
    shard.advance(3 * HOUR_MS);
    const [last, ...more] = shard.signals("firing").slice(told + 8);
    expect(last?.evidence[1]?.text).toContain("145 attempts");
    expect(more).toEqual([]);
  });
});

it("a finding in shadow is marked as such, and no longer when its rule is in earnest", () => {
  const shadowed = policyWith({ rules: { "remediation-stuck": { shadow: true } } });
  const book = stuckBook(shadowed);
  expect(namedAt(book.firing, KEY)).toMatchObject({ isShadow: true });
  const promoted = judgeBook(book, sceneAt(MINUTE_MS));
  expect(namedAt(promoted.book.firing, KEY)).not.toHaveProperty("isShadow");
  expect(promoted.effects).toEqual([]);
});
