// What of the queue is kept on disk, and what a damaged file still gives.
import { expect, test } from "vitest";
import type { Fact } from "@countersign/shared/wire/fact";
import {
  EMPTY_QUEUE,
  enqueue,
  FACTS_QUEUED_MAX,
} from "../../../../edge-agent/src/core/evidence/fact-queue.ts";
import {
  isSpooled,
  parseSpool,
  SPOOL_BYTES_MAX,
  spoolText,
  thatFit,
} from "../../../../edge-agent/src/core/evidence/fact-spool.ts";

const kill = (at: number): Fact => ({ kind: "oom-kill", service: "web", at, by: "kernel" });
const work: Fact = { kind: "work", service: "web", at: 1, counter: "jobs", value: 1 };
const session: Fact = { kind: "session", service: "web", at: 1, startedAt: 0, class: null, detail: "" };
const reading: Fact = { kind: "reading", service: "web", at: 1, source: "code", isWell: true, detail: "" };
const factsOf = (facts: readonly Fact[]) => enqueue(EMPTY_QUEUE, facts).facts;

test("what happened once is kept; samples are not, nor how things stand, nor what a ledger holds", () => {
  const inLedger = enqueue(EMPTY_QUEUE, [session], { isInLedger: true }).facts;
  const kept = [...factsOf([kill(1), work, session, reading]), ...inLedger].filter(isSpooled);
  expect(kept.map(({ fact }) => fact)).toEqual([kill(1), session]);
});

test("a file gives back what was written, in order", () => {
  const facts = Array.from({ length: 20 }, (_, index) => kill(index));
  expect(parseSpool(spoolText(factsOf(facts)))).toEqual({ facts, damagedCount: 0 });
  expect(parseSpool("")).toEqual({ facts: [], damagedCount: 0 });
});

test.each([
  ["half of a line", `${spoolText(factsOf([kill(1)]))}\n{"kind":"oom-k`],
  ["no JSON", `\n\u0000\u0000\n${spoolText(factsOf([kill(1)]))}`],
  ["no fact", `\n{"kind":"shell"}\n${spoolText(factsOf([kill(1)]))}`],
  ["a number", `\n7\n${spoolText(factsOf([kill(1)]))}`],
])("%s costs only itself", (_, damaged) => {
  const text = damaged + spoolText(factsOf([kill(2)]));
  expect(parseSpool(text)).toEqual({ facts: [kill(1), kill(2)], damagedCount: 1 });
});

test("of too many lines the newest are taken", () => {
  const facts = Array.from({ length: FACTS_QUEUED_MAX + 1 }, (_, index) => kill(index));
  const text = facts.map((fact) => `\n${JSON.stringify(fact)}\n`).join("");
  expect(parseSpool(text).facts).toEqual(facts.slice(1));
});

test("of what does not fit into the file the newest are kept", () => {
  const log = (at: number): Fact => ({ kind: "log", service: "web", at, text: "x".repeat(1_000) });
  const all = factsOf(Array.from({ length: 400 }, (_, index) => log(index + 1_000)));
  const lineBytes = spoolText(all.slice(0, 1)).length;
  const kept = thatFit(all);
  expect(kept).toEqual(all.slice(-Math.floor(SPOOL_BYTES_MAX / lineBytes)));
  expect(spoolText(kept).length).toBeLessThanOrEqual(SPOOL_BYTES_MAX);
  expect(thatFit(all.slice(0, 3))).toHaveLength(3);
});
