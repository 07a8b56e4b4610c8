// The engine of the rules over facts: what a book signals, when it is judged by time alone, what it remembers and what it forgets.
import { describe, expect, it } from "vitest";
import type { Fact } from "@countersign/shared/wire/fact";
import {
  bookDueAt,
  EMPTY_BOOK,
  type FactBook,
  isEmptyBook,
} from "../../../../control-plane/src/core/facts/fact-book.ts";
import { FACT_RULES, rulesListeningTo } from "../../../../control-plane/src/core/facts/fact-rule-list.ts";
import {
  type BookScene,
  judgeBook,
  liftFreeze,
  takeIntoBook,
} from "../../../../control-plane/src/core/facts/fact-rules.ts";
import {
  type BookChange,
  clearBook,
  FINDING_LINES_MAX,
} from "../../../../control-plane/src/core/facts/firing.ts";
import { byPerson } from "../../../../control-plane/src/core/words/actor.ts";
import { policyWith, START_AT, WEB_1 } from "../shard/shard-driver.ts";
import { HOUR_MS, MINUTE_MS } from "./fact-driver.ts";

const ON = policyWith();
const OFF = policyWith({ rules: { "restart-loop-suspected": { enabled: false } } });

function sceneAt(offsetMs: number, policy = ON): BookScene {
  const subject = { kind: "service", hostId: WEB_1, hostName: "web-1", service: "web" } as const;
  return { now: START_AT + offsetMs, policy, subject, restarts: null };
}

function take(book: FactBook, facts: readonly Fact[], scene: BookScene): BookChange {
  const about = facts.map((fact) => ({ fact, subject: scene.subject }));
  return takeIntoBook(book, { facts: about, scope: "service" }, scene);
}

function restartAt(offsetMs: number): Fact {
  return { kind: "restart", service: "web", at: START_AT + offsetMs, by: "person" };
}

function changedAt(offsetMs: number): Fact {
  return { kind: "config-changed", service: "web", at: START_AT + offsetMs, path: "/etc/a", by: "watchdog" };
}

const THREE = [0, MINUTE_MS, 2 * MINUTE_MS].map(restartAt);
const FOUR_CHANGES = [0, 1, 2, 3].map(changedAt);

function signalsOf({ effects }: Pick<BookChange, "effects">): readonly string[] {
  return effects.flatMap((effect) => {
    if (effect.kind !== "signal") return [];
    const { signal } = effect;
    if (signal.kind === "note") return [`note ${signal.text}`];
    return signal.kind === "firing" || signal.kind === "cleared" ? [`${signal.kind} ${signal.reason}`] : [];
  });
}

describe("a book", () => {
  it("signals what is new, once", () => {
    const two = take(EMPTY_BOOK, THREE.slice(0, 2), sceneAt(2 * MINUTE_MS));
    expect(signalsOf(two)).toEqual([]);
    const three = take(two.book, THREE.slice(2), sceneAt(2 * MINUTE_MS));
    expect(signalsOf(three)).toEqual(["firing restart-loop-suspected"]);
    const four = take(three.book, [restartAt(3 * MINUTE_MS)], sceneAt(3 * MINUTE_MS));
    expect(signalsOf(four)).toEqual([]);
  });

  it("signals again when the severity changes", () => {
    const fired = take(EMPTY_BOOK, THREE, sceneAt(2 * MINUTE_MS));
    const more = [3, 4, 5, 6, 7, 8].map((minute) => restartAt(minute * MINUTE_MS));
    const worse = take(fired.book, more, sceneAt(8 * MINUTE_MS));
    expect(worse.effects).toMatchObject([{ signal: { kind: "firing", severity: "critical" } }]);
  });

  it("a finding carries a bounded number of lines", () => {
    const facts = Array.from({ length: 30 }, (_, index) => restartAt(index));
    const [effect] = take(EMPTY_BOOK, facts, sceneAt(30)).effects;
    expect(
      effect?.kind === "signal" && effect.signal.kind === "firing" && effect.signal.evidence.length,
    ).toBe(FINDING_LINES_MAX);
  });

  it.each([
    { atMs: HOUR_MS - 1, signals: [] },
    { atMs: HOUR_MS, signals: ["cleared restart-loop-suspected"] },
  ])("is judged by time alone: at $atMs ms $signals", ({ atMs, signals }) => {
    const { book } = take(EMPTY_BOOK, THREE, sceneAt(2 * MINUTE_MS));
    expect(bookDueAt(book)).toBe(START_AT + HOUR_MS);
    expect(signalsOf(judgeBook(book, sceneAt(atMs)))).toEqual(signals);
  });

  it("keeps its identity while nothing changes, and is the empty one when nothing matters any more", () => {
    const { book } = take(EMPTY_BOOK, THREE.slice(0, 1), sceneAt(0));
    const judged = judgeBook(book, sceneAt(1)).book;
    expect(judgeBook(judged, sceneAt(HOUR_MS - 1)).book).toBe(judged);
    expect(judgeBook(judged, sceneAt(HOUR_MS)).book).toBe(EMPTY_BOOK);
  });

  it("a fact that no rule lists changes nothing", () => {
    const log: Fact = { kind: "log", service: "web", at: START_AT, text: "error error error" };
    expect(take(EMPTY_BOOK, [log], sceneAt(0))).toEqual({ book: EMPTY_BOOK, effects: [] });
    expect(rulesListeningTo("log", "service")).toEqual([]);
  });

  it("every finding of a subject that is no more is cleared", () => {
    const { book } = take(EMPTY_BOOK, THREE, sceneAt(2 * MINUTE_MS));
    expect(signalsOf({ effects: clearBook(book, "gone", sceneAt(0)) })).toEqual([
      "cleared restart-loop-suspected",
    ]);
  });
});

describe("a rule that is turned off", () => {
  it("never fires", () => {
    expect(take(EMPTY_BOOK, THREE, sceneAt(2 * MINUTE_MS, OFF))).toEqual({ book: EMPTY_BOOK, effects: [] });
  });

  it("clears what fires, and judges nothing stale when it is turned on again", () => {
    const { book } = take(EMPTY_BOOK, THREE, sceneAt(2 * MINUTE_MS));
    const off = judgeBook(judgeBook(book, sceneAt(3 * MINUTE_MS)).book, sceneAt(3 * MINUTE_MS, OFF));
    expect(signalsOf(off)).toEqual(["cleared restart-loop-suspected"]);
    expect(off.book).toBe(EMPTY_BOOK);
  });
});

describe("a freeze", () => {
  it("is said with the signal, and outlives the finding", () => {
    const fired = take(EMPTY_BOOK, FOUR_CHANGES, sceneAt(3));
    expect(fired.effects).toMatchObject([{ signal: { kind: "firing", freezes: true } }]);
    const later = judgeBook(fired.book, sceneAt(HOUR_MS + 3));
    expect(signalsOf(later)).toEqual(["cleared config-thrash"]);
    expect(later.book).toMatchObject({ frozenBy: "config-thrash", firing: {}, slices: {} });
    expect(isEmptyBook(later.book)).toBe(false);
  });

  it("is lifted by a person, once, and what goes on firing does not freeze again", () => {
    const fired = take(EMPTY_BOOK, FOUR_CHANGES, sceneAt(3));
    const lifted = liftFreeze(fired.book, byPerson("alice"), sceneAt(4));
    expect(signalsOf(lifted)).toEqual([
      "note automation is no longer frozen (config-thrash): lifted by alice",
    ]);
    expect(liftFreeze(lifted.book, byPerson("alice"), sceneAt(5)).effects).toEqual([]);
    const again = take(lifted.book, [changedAt(5)], sceneAt(5));
    expect(again.book.frozenBy).toBeNull();
    expect(again.effects).toEqual([]);
  });

  it("comes when automation joins people who already made the rule fire", () => {
    const people = FOUR_CHANGES.map((fact) => ({ ...fact, by: "person" }) as Fact);
    const fired = take(EMPTY_BOOK, people, sceneAt(3));
    expect(fired.book.frozenBy).toBeNull();
    const joined = take(fired.book, [changedAt(4)], sceneAt(4));
    expect(joined.book.frozenBy).toBe("config-thrash");
    expect(joined.effects).toMatchObject([{ signal: { kind: "firing", freezes: true } }]);
  });
});

describe("the list of rules", () => {
  it("names each reason once in each scope, and only reasons that a policy can turn off", () => {
    const names = FACT_RULES.map(({ reason, scope }) => `${scope} ${reason}`);
    expect(new Set(names).size).toBe(names.length);
    for (const { reason } of FACT_RULES) expect(ON.rules[reason].enabled, reason).toBe(true);
  });

  it("finds the rules of a kind and scope", () => {
    for (const rule of FACT_RULES)
      for (const kind of rule.kinds) expect(rulesListeningTo(kind, rule.scope)).toContain(rule);
  });
});
