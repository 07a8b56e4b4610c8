// Facts on their way: nothing is forgotten before it is proven to have arrived, nothing is kept without a bound.
import { describe, expect, test } from "vitest";
import { AGENT_FRAME_BYTES_MAX, FACTS_PER_MESSAGE_MAX } from "@countersign/shared/values/limits";
import type { Fact } from "@countersign/shared/wire/fact";
import { parseAgentFrame } from "@countersign/shared/wire/protocol";
import {
  confirmSent,
  EMPTY_QUEUE,
  enqueue,
  FACTS_QUEUED_MAX,
  type FactQueue,
  giveUpSent,
  markSent,
  planFacts,
  sendAgain,
  settledThrough,
} from "../../../../edge-agent/src/core/evidence/fact-queue.ts";

const drill = (at: number): Fact => ({ kind: "drill", service: "web", at, path: "gemini" });
const work = (at: number): Fact => ({ kind: "work", service: "web", at, counter: "jobs", value: at });
const many = (count: number, make = drill): Fact[] =>
  Array.from({ length: count }, (_, index) => make(index));

function factsIn(queue: FactQueue): readonly Fact[] {
  return queue.facts.map(({ fact }) => fact);
}

function sentFrom(queue: FactQueue) {
  const plan = planFacts(queue, 5);
  const facts = plan.frames.flatMap((frame) => (frame.type === "facts" ? frame.facts : []));
  return { ...plan, facts };
}

describe("a fact", () => {
  test("is sent once, and kept until a keepalive that followed it is answered", () => {
    const first = sentFrom(enqueue(EMPTY_QUEUE, [drill(1)]));
    expect(first.facts).toEqual([drill(1)]);
    let { queue } = first;
    expect(sentFrom(queue).frames).toEqual([]);
    queue = confirmSent(queue);
    expect(factsIn(queue), "no keepalive followed it yet").toHaveLength(1);
    queue = confirmSent(markSent(queue));
    expect(factsIn(queue)).toEqual([]);
    expect(settledThrough(queue)).toBe(1);
  });

  test("that was sent after the keepalive is not proven by its answer", () => {
    let queue = sentFrom(enqueue(EMPTY_QUEUE, [drill(1)])).queue;
    queue = markSent(queue);
    queue = sentFrom(enqueue(queue, [drill(2)])).queue;
    queue = confirmSent(queue);
    expect(factsIn(queue)).toEqual([drill(2)]);
    expect(settledThrough(queue)).toBe(1);
  });

  test("is sent again on the next connection when nothing proved it, with its own instant", () => {
    const lost = sendAgain(markSent(sentFrom(enqueue(EMPTY_QUEUE, [drill(1), drill(2)])).queue));
    expect(sentFrom(lost).facts).toEqual([drill(1), drill(2)]);
    expect(factsIn(confirmSent(lost)), "an old keepalive proves nothing").toHaveLength(2);
  });

  test("that the control plane refused is given up and counted", () => {
    const queue = enqueue(sentFrom(enqueue(EMPTY_QUEUE, [drill(1)])).queue, [drill(2)]);
    const given = giveUpSent(queue);
    expect(factsIn(given)).toEqual([drill(2)]);
    expect(sentFrom(given).facts.at(-1)).toMatchObject({
      kind: "log",
      text: expect.stringMatching(/^1 facts were dropped/),
    });
  });
});

describe("the bound", () => {
  test(`is ${FACTS_QUEUED_MAX}, and what gave way is told`, () => {
    const full = enqueue(EMPTY_QUEUE, many(FACTS_QUEUED_MAX));
    expect(full.droppedCount).toBe(0);
    const over = enqueue(full, [drill(9_999)]);
    expect(over.facts).toHaveLength(FACTS_QUEUED_MAX);
    expect(factsIn(over)[0], "the oldest gave way").toEqual(drill(1));
    const { facts, queue } = sentFrom(over);
    expect(facts.at(-1)).toMatchObject({
      kind: "log",
      service: null,
      text: expect.stringMatching(/^1 facts/),
    });
    expect(queue.facts.length).toBeLessThanOrEqual(FACTS_QUEUED_MAX);
    expect(sentFrom(queue).frames, "it is told once").toEqual([]);
  });

  test("takes samples before what happened once", () => {
    const mixed = enqueue(EMPTY_QUEUE, [...many(FACTS_QUEUED_MAX - 1), work(7)]);
    expect(factsIn(enqueue(mixed, [drill(9_999)]))).not.toContainEqual(work(7));
  });
});

describe("frames", () => {
  test(`carry ${FACTS_PER_MESSAGE_MAX} facts each`, () => {
    const { frames } = sentFrom(enqueue(EMPTY_QUEUE, many(FACTS_PER_MESSAGE_MAX + 1)));
    expect(frames.map((frame) => frame.type === "facts" && frame.facts.length)).toEqual([
      FACTS_PER_MESSAGE_MAX,
      1,
    ]);
  });

  test("fit, whatever is in them", () => {
    const large: Fact[] = many(200).map((fact) => ({
      kind: "session",
      service: "web",
      at: fact.at,
      startedAt: 0,
      class: "other",
      detail: "\u{1f600}".repeat(150),
    }));
    const { frames, facts } = sentFrom(enqueue(EMPTY_QUEUE, large));
    expect(facts).toHaveLength(200);
    for (const frame of frames) {
      const text = JSON.stringify(frame);
      expect(new TextEncoder().encode(text).length).toBeLessThanOrEqual(AGENT_FRAME_BYTES_MAX);
      expect(parseAgentFrame(text).ok).toBe(true);
    }
  });
});

test("in a full queue samples give way first, then how things stand, then what happened; sessions and kills last", () => {
  const kill = (at: number): Fact => ({ kind: "oom-kill", service: "web", at, by: "kernel" });
  const running = (at: number): Fact => ({ kind: "session-running", service: "web", at, startedAt: null });
  const quarter = FACTS_QUEUED_MAX / 4;
  const kinds = [kill, drill, running, work];
  let queue = enqueue(
    EMPTY_QUEUE,
    kinds.flatMap((make) => many(quarter, make)),
  );
  for (const given of ["work", "session-running", "drill"]) {
    queue = enqueue(queue, many(quarter, kill));
    expect(
      queue.facts.some(({ fact }) => fact.kind === given),
      given,
    ).toBe(false);
  }
  expect(new Set(factsIn(queue).map(({ kind }) => kind))).toEqual(new Set(["oom-kill"]));
  expect(queue.facts).toHaveLength(FACTS_QUEUED_MAX);
});
