// What a connection that comes and goes leaves in the journal.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createConnectionWords } from "../../../../edge-agent/src/agent/connection-words.ts";
import { createLog } from "../../../../edge-agent/src/agent/log.ts";
import { STEADY_AFTER_MS } from "../../../../edge-agent/src/core/connection/backoff.ts";
import { SAID_FOR_MS, SAID_MAX, sayOnce } from "../../../../edge-agent/src/core/connection/said-lately.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const HOUR_MS = 3_600_000;

function newWords() {
  const lines: string[] = [];
  const write = (line: string) => void lines.push((JSON.parse(line) as { text: string }).text);
  return {
    lines,
    words: createConnectionWords("Connected.", createLog({ write, format: "json", now: () => 0 })),
  };
}

test("a connection that is lost and comes back is two lines", () => {
  const { lines, words } = newWords();
  words.welcomed();
  vi.advanceTimersByTime(STEADY_AFTER_MS);
  for (let tries = 0; tries < 50; tries += 1) words.ended("warning", "Nothing answers.");
  words.welcomed();
  expect(lines).toEqual(["Connected.", "Nothing answers.", "Connected."]);
});

test("a server that welcomes and closes at once for an hour is two lines, and the third when it holds", () => {
  const { lines, words } = newWords();
  for (let passedMs = 0; passedMs < HOUR_MS; passedMs += 5_000) {
    words.welcomed();
    words.ended("warning", "It closed.");
    vi.advanceTimersByTime(5_000);
  }
  expect(lines).toEqual(["Connected.", "It closed."]);
  words.welcomed();
  vi.advanceTimersByTime(STEADY_AFTER_MS);
  expect(lines.slice(2)).toEqual(["Connected."]);
});

test("failures that take turns for an hour are said once in ten minutes each", () => {
  const { lines, words } = newWords();
  for (let passedMs = 0; passedMs < HOUR_MS; passedMs += 5_000) {
    words.ended("warning", passedMs % 2 === 0 && passedMs % 10_000 === 0 ? "502." : "503.");
    vi.advanceTimersByTime(5_000);
  }
  expect(lines.filter((line) => line === "502.").length).toBe(HOUR_MS / SAID_FOR_MS);
  expect(lines.length).toBe((2 * HOUR_MS) / SAID_FOR_MS);
});

test("that a connection ended is said whenever it was said to be there, known or not", () => {
  const { lines, words } = newWords();
  words.ended("warning", "503.");
  words.welcomed();
  words.ended("warning", "503.");
  expect(lines).toEqual(["503.", "Connected.", "503."]);
});

test("what was said is remembered for its while, and never more than its bound", () => {
  const first = sayOnce(new Map(), "a", 0);
  expect(sayOnce(first.said, "a", SAID_FOR_MS - 1).isNews).toBe(false);
  expect(sayOnce(first.said, "a", SAID_FOR_MS).isNews).toBe(true);
  let { said } = first;
  for (let count = 0; count < 3 * SAID_MAX; count += 1) said = sayOnce(said, `sentence ${count}`, 1).said;
  expect(said.size).toBe(SAID_MAX);
});
