// One project per test layer (docs/testing.md). `test/actors` runs inside workerd and has its own config.
import { defineConfig } from "vitest/config";

/** A layer that runs in Node. */
function nodeLayer(name: string, testTimeoutMs: number) {
  return {
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      environment: "node",
      testTimeout: testTimeoutMs,
      hookTimeout: testTimeoutMs,
      fileParallelism: testTimeoutMs < 20_000,
    },
  };
}

export default defineConfig({
  test: {
    projects: [
      nodeLayer("unit", 5_000),
      nodeLayer("scenarios", 5_000),
      nodeLayer("transcripts", 5_000),
      nodeLayer("contract", 5_000),
      nodeLayer("agent", 30_000),
      nodeLayer("browser", 60_000),
      nodeLayer("system", 180_000),
      { test: { name: "tidy", include: ["test/*.test.ts"], environment: "node", testTimeout: 60_000 } },
      "./test/actors/vitest.config.ts",
    ],
  },
});
