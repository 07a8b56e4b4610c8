// What a busy host has not logged yet is read again, twice, and told when it is there.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Catalogue } from "@countersign/shared/host/catalogue";
import type { AgentMessage } from "@countersign/shared/wire/protocol";
import { startLastWords } from "../../../../edge-agent/src/agent/last-words.ts";

const catalogue = Catalogue.parse({
  version: 1,
  services: [{ name: "web", unit: "web.service", checks: [{ name: "unit", kind: "unit", every: "1s" }] }],
});
const FAILS = { service: "web", unit: { activeState: "failed" }, results: [] } as never;
const exit = { kind: "status", status: 7 } as never;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** When it was read, in seconds, where the log is whole from the n-th time on; and how often it was told. */
async function readings(wholeFrom: number) {
  const startedAt = Date.now();
  const readAfter: number[] = [];
  const told: AgentMessage[] = [];
  const words = startLastWords({
    catalogue,
    read: async () => {
      readAfter.push((Date.now() - startedAt) / 1_000);
      return readAfter.length < wholeFrom
        ? { exit: null, lines: [], isCut: false }
        : { exit, lines: ["panic"], isCut: false };
    },
    send: (message) => (told.push(message), true),
  });
  words.look([FAILS]);
  await vi.advanceTimersByTimeAsync(120_000);
  words.stop();
  return { readAfter, told: told.length };
}

it.each([
  [1, [1], 1],
  [2, [1, 6], 1],
  [3, [1, 6, 26], 1],
  [4, [1, 6, 26], 0],
])("where it is whole at reading %i", async (wholeFrom, readAfter, told) => {
  expect(await readings(wholeFrom)).toEqual({ readAfter, told });
});
