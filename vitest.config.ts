// One project per test layer (docs/testing.md). `test/actors` runs inside workerd and has its own config.
// The pure layers share one module cache: they hold no state between files, and loading zod forty times is most of the time.
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Layers whose files share no modules, since they hold processes, sockets or much memory; the others are pure. */
const APART = ["mutation", "agent", "browser", "system", "long"];

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

/**
 * A layer that runs in Node. Its time limit ends what hangs, on a machine that is slow and busy too; no test is about it.
 */
function nodeLayer(name: string, testTimeoutMs: number) {
  const isApart = APART.includes(name);
  return {
    test: {
      name,
      include: [`test/${name}/**/*.test.{ts,tsx}`, ...(name === "unit" ? ["test/field/**/*.test.ts"] : [])],
      environment: "node",
      testTimeout: testTimeoutMs,
      hookTimeout: testTimeoutMs,
      ...(name === "unit" || name === "contract" ? { setupFiles: ["test/seeded.ts"] } : {}),
      ...(isApart ? { expect: { poll: { timeout: POLL_TIMEOUT_MS } } } : {}),
      // The agent's and the browser's tests mostly wait, each on ports and folders of its own; a machine wants the cores to itself.
      // On two cores Vitest would start one worker by itself.
      fileParallelism: !isApart || name === "agent" || name === "browser",
      ...(name === "browser" ? { maxWorkers: 2 } : {}),
      ...(name === "agent" ? { maxWorkers: 2, globalSetup: ["test/agent/agent-bundle.ts"] } : {}),
      isolate: isApart,
    },
  };
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongFirst },
    projects: [
      nodeLayer("unit", 60_000),
      nodeLayer("scenarios", 60_000),
      nodeLayer("transcripts", 60_000),
      nodeLayer("incidents", 60_000),
      nodeLayer("simulation", 120_000),
      nodeLayer("contract", 60_000),
      nodeLayer("mutation", 300_000),
      nodeLayer("agent", 120_000),
      nodeLayer("browser", 240_000),
      nodeLayer("system", 360_000),
      nodeLayer("long", 300_000),
      { test: { name: "tidy", include: ["test/*.test.ts"], environment: "node", testTimeout: 60_000 } },
      "./test/actors/vitest.config.ts",
    ],
  },
});
