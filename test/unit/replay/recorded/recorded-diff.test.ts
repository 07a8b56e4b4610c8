// Two runs of the same history side by side: pages that rang and pages that added to what was told stand apart, and each run is counted in full.
import { describe, expect, it } from "vitest";
import { compareRuns, countRun } from "../../../../control-plane/replay/recorded/recorded-diff.ts";
import type { Decided } from "../../../../control-plane/replay/recorded/recorded-run.ts";

const about = { host: "web-1", service: "shop" };

function page(kind: "ring" | "update", at: number, reason = "check-failing"): Decided {
  return { at, what: "page", kind, reason, ...about };
}

const runOf = (decided: readonly Decided[]) => ({ decided, audit: [] });

describe("two runs", () => {
  it("differ where the one rings and the other only adds to what was told", () => {
    const rows = compareRuns(runOf([page("ring", 1_000)]), runOf([page("update", 1_000)]));
    expect(rows.map(({ kind, verdict }) => [kind, verdict])).toEqual([
      ["ring", "only-before"],
      ["update", "only-after"],
    ]);
  });

  it("are counted by kind and reason, the most frequent first", () => {
    const refusal: Decided = { at: 5_000, what: "refusal", kind: null, reason: "auth", ...about };
    const run = runOf([
      page("update", 1_000, "latency-high"),
      ...[2_000, 3_000, 4_000].map((at) => page("ring", at)),
      page("update", 4_500),
      page("update", 4_600),
      refusal,
    ]);
    expect(countRun(run)).toEqual([
      { what: "page", kind: "ring", reason: "check-failing", count: 3 },
      { what: "page", kind: "update", reason: "check-failing", count: 2 },
      { what: "page", kind: "update", reason: "latency-high", count: 1 },
      { what: "refusal", kind: null, reason: "auth", count: 1 },
    ]);
    expect(countRun(runOf([]))).toEqual([]);
  });
});
