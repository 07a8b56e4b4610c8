// A program that only reads: what it prints, and that nothing it does keeps who asked waiting.
import { expect, test } from "vitest";
import { runBriefly } from "../../../edge-agent/src/run-briefly.ts";

const run = (...argv: [string, ...string[]]) =>
  runBriefly({ argv, environment: { PATH: "/usr/bin:/bin" }, outputBytesMax: 1_000 });

test("gives what was printed, or nothing where it failed, printed too much or is not there", async () => {
  expect(await run("/bin/echo", "well")).toBe("well\n");
  expect(await run("/bin/false")).toBeNull();
  expect(await run("/usr/bin/yes")).toBeNull();
  expect(await run("/nonexistent")).toBeNull();
});

test("answers at its time limit, also where a child of the program holds its output open", async () => {
  const startedAt = performance.now();
  expect(await run("/bin/sh", "-c", "sleep 60; echo late")).toBeNull();
  expect(performance.now() - startedAt).toBeLessThan(20_000);
  // The program itself is dead by now, so the next one is started.
  await expect.poll(() => run("/bin/sh", "-c", "echo again")).toBe("again\n");
});
