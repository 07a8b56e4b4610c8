// One project per test layer (docs/testing.md). `test/actors` runs inside workerd and has its own config.
// The pure layers share one module cache: they hold no state between files, and loading zod forty times is most of the time.
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** A layer with a shorter time limit than this touches neither processes nor sockets. */
const PURE_TIMEOUT_MAX_MS = 20_000;

/** Where a test names none; as `PATIENT` in test/patience.ts. Vitest's own second is short on a machine that is busy. */
const POLL_TIMEOUT_MS = 15_000;

/** Files that take more than a minute: one of them that begins last would run alone, with the other core idle. */
const LONG = ["browser/gallery", "agent/outage/network-faults", "agent/outage/kept", "agent/npm-start"];

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) =>
      LONG.some((name) => moduleId.includes(`/${name}.test.`));
    const sorted = await super.sort(files);
    return sorted.toSorted((left, right) => Number(isLong(right)) - Number(isLong(left)));
  }
}

/** A layer that runs in Node. */
function nodeLayer(name: string, testTimeoutMs: number) {
  return {
    test: {
      name,
      include: [`test/${name}/**/*.test.{ts,tsx}`, ...(name === "unit" ? ["test/field/**/*.test.ts"] : [])],
      environment: "node",
      testTimeout: testTimeoutMs,
      hookTimeout: testTimeoutMs,
      ...(testTimeoutMs < PURE_TIMEOUT_MAX_MS ? {} : { expect: { poll: { timeout: POLL_TIMEOUT_MS } } }),
      // The agent's and the browser's tests mostly wait, each on ports and folders of its own; a machine wants the cores to itself.
      // On two cores Vitest would start one worker by itself.
      fileParallelism: testTimeoutMs < PURE_TIMEOUT_MAX_MS || name === "agent" || name === "browser",
      ...(name === "browser" ? { maxWorkers: 2 } : {}),
      ...(name === "agent" ? { maxWorkers: 2, globalSetup: ["test/agent/agent-bundle.ts"] } : {}),
      isolate: testTimeoutMs >= PURE_TIMEOUT_MAX_MS,
    },
  };
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongFirst },
    projects: [
      nodeLayer("unit", 15_000),
      nodeLayer("scenarios", 15_000),
      nodeLayer("transcripts", 15_000),
      nodeLayer("incidents", 15_000),
      nodeLayer("simulation", 19_000),
      nodeLayer("contract", 15_000),
      nodeLayer("mutation", 150_000),
      nodeLayer("agent", 60_000),
      nodeLayer("browser", 120_000),
      nodeLayer("system", 180_000),
      nodeLayer("long", 300_000),
      { test: { name: "tidy", include: ["test/*.test.ts"], environment: "node", testTimeout: 60_000 } },
      "./test/actors/vitest.config.ts",
    ],
  },
});
