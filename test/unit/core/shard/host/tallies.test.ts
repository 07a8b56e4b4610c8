// How many of a check's last ten results failed, as the host counts them and as they are counted here; what makes it fail of
// ten, and that little is remembered of it, whatever is told.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RESULTS_COUNTED_MAX } from "@countersign/shared/values/limits";
import { namedAt, namesOf, NONE_NAMED } from "@countersign/shared/values/named";
import type { CheckResult } from "@countersign/shared/wire/service-report";
import {
  applyReport,
  isBoring,
  isFailing,
  isWell,
  unreportedService,
} from "../../../../../control-plane/src/core/shard/host/services.ts";
import type { ServiceState } from "../../../../../control-plane/src/core/shard/host/shard-state.ts";
import { forgiven, hasPassedTen } from "../../../../../control-plane/src/core/shard/host/tallies.ts";
import { policyWith, resultWith, START_AT } from "../shard-driver.ts";

const POLICY = policyWith();
const EVERY_MS = 30_000;
const DIGEST_MS = 15 * 60_000;

function told(service: ServiceState, run: number, changes: Partial<CheckResult> = {}): ServiceState {
  const finishedAt = START_AT + run * EVERY_MS;
  const { status = "pass" } = changes;
  const ttlMs = 2 * EVERY_MS + (status === "pass" ? DIGEST_MS : 0);
  const report = {
    service: "web",
    unit: null,
    results: [resultWith({ finishedAt, ttlMs, ...changes })],
  };
  return applyReport(service, { report, digest: false, now: finishedAt, policy: POLICY });
}

/** `F` and `P`, one a run; `.`: a run whose result is not told. */
function after(runs: string, from: ServiceState = unreportedService("web"), start = 1): ServiceState {
  return runs
    .split("")
    .reduce(
      (service, what, index) =>
        what === "." ? service : told(service, start + index, { status: what === "F" ? "fail" : "pass" }),
      from,
    );
}

const tallyOf = (service: ServiceState) => namedAt(service.tallies, "http");

describe("counted here", () => {
  it.each([
    ["P", undefined, true],
    ["F", 1, false],
    ["FFP", 2, true],
    ["FPFPFPFP", 4, true],
    ["FPFPFPFPF", 5, false],
    ["FPFPFPFPFP", 5, false],
    ["FPFPFPFPFPPP", 4, true],
    ["FFPFFPFFP", 6, false],
    // one run that has ended is the end of an outage
    ["FFFFFFFP", 7, true],
    ["FFFFFFFPF", 8, false],
    ["FFFFFFFPFP", 8, false],
    ["FPPPPPPPPP", 1, true],
    ["FPPPPPPPPPP", undefined, true],
  ])("%s: %s failed, well: %s", (runs, failed, well) => {
    const service = after(runs);
    expect([tallyOf(service)?.failed, isWell(service), isFailing(service)]).toEqual([failed, well, !well]);
  });

  it("what passed without a word is counted by the time that it took", () => {
    expect(tallyOf(after("FP.......F"))).toMatchObject({ failed: 2, of: 10 });
    expect(tallyOf(after("FP........F"))).toMatchObject({ failed: 1, of: 10 });
    // what fails is told each time: such a gap is no pass
    expect(tallyOf(after("F.........F"))).toMatchObject({ failed: 2, of: 2 });
  });

  it("a result that is told again is counted once", () => {
    const once = after("FPF");
    expect(tallyOf(told(once, 3, { status: "fail" }))).toEqual(tallyOf(once));
  });
});

describe("counted by the host", () => {
  it.each([
    { last: { failed: 4, of: 10 }, well: true },
    { last: { failed: 5, of: 10 }, well: false },
    // what was not told here: nothing is known of its order
    { last: { failed: 10, of: 10 }, well: false },
  ])("$last.failed of $last.of and a pass: well $well", ({ last, well }) => {
    expect(isWell(told(after("F"), 9, { last }))).toBe(well);
  });

  it("goes on here when the agent begins anew, and one pass is not ten of ten", () => {
    const before = after("FPFPFPFPF");
    const anew = told(before, 10, { last: { failed: 0, of: 1 } });
    expect([tallyOf(anew)?.failed, isWell(anew), hasPassedTen(anew)]).toEqual([5, false, false]);
    const fresh = told(unreportedService("web"), 1, { last: { failed: 0, of: 1 } });
    expect([isWell(fresh), hasPassedTen(fresh)]).toEqual([true, false]);
    expect(hasPassedTen(told(fresh, 10, { last: { failed: 0, of: 10 } }))).toBe(true);
  });

  it("after an act only what failed later counts, and the host's count says when all passed", () => {
    const before = after("FPFPFPFPF");
    const late = forgiven(before.tallies);
    const begun = late === undefined ? before : { ...before, tallies: late };
    const passed = told(begun, 10, { last: { failed: 5, of: 10 } });
    expect([tallyOf(passed)?.failed, isWell(passed)]).toEqual([0, true]);
    const failed = told(passed, 11, { status: "fail", last: { failed: 5, of: 10 } });
    expect(tallyOf(failed)).toMatchObject({ failed: 1, sinceAt: START_AT + 11 * EVERY_MS });
    expect(tallyOf(told(failed, 12, { last: { failed: 0, of: 10 } }))).toBeUndefined();
  });
});

it("the class is that of the newest failure", () => {
  const auth = told(unreportedService("web"), 1, { status: "fail", class: "auth" });
  expect(tallyOf(told(auth, 2))?.class).toBe("auth");
  expect(tallyOf(told(auth, 2, { status: "fail", class: "crash" }))?.class).toBe("crash");
  expect(tallyOf(told(auth, 2, { status: "fail" }))).not.toHaveProperty("class");
});

const result = fc.record({
  check: fc.constantFrom("a", "b", "constructor", "__proto__"),
  status: fc.constantFrom("pass" as const, "fail" as const),
  severity: fc.constantFrom("warning" as const, "error" as const, "critical" as const),
  waitMs: fc.integer({ min: 0, max: 3_600_000 }),
  last: fc.option(
    fc.nat(RESULTS_COUNTED_MAX).chain((failed) =>
      fc.record({
        failed: fc.constant(failed),
        of: fc.integer({ min: Math.max(1, failed), max: RESULTS_COUNTED_MAX }),
      }),
    ),
    { nil: undefined },
  ),
  isForgiven: fc.boolean(),
});

it("whatever is told, at most ten results of a check are remembered, and of ten that passed nothing", () => {
  fc.assert(
    fc.property(fc.array(result, { maxLength: 60 }), (results) => {
      let service = unreportedService("web");
      let now = START_AT;
      for (const { check, isForgiven, last, severity, status, waitMs } of results) {
        now += 1 + waitMs;
        const ttlMs = 2 * EVERY_MS + (status === "pass" ? DIGEST_MS : 0);
        const counted = last === undefined ? {} : { last };
        const reported = resultWith({ check, status, severity, finishedAt: now, ttlMs, ...counted });
        const report = { service: "web", unit: null, results: [reported] };
        service = applyReport(service, { report, digest: false, now, policy: POLICY });
        const tallies = isForgiven ? forgiven(service.tallies) : undefined;
        if (tallies !== undefined) service = { ...service, tallies };
        for (const name of namesOf(service.tallies ?? NONE_NAMED)) {
          const tally = namedAt(service.tallies, name);
          expect(tally?.recent.length).toBeLessThanOrEqual(RESULTS_COUNTED_MAX);
          expect(tally?.failed).toBeLessThanOrEqual(tally?.of ?? 0);
        }
        expect(isWell(service)).toBe(!isFailing(service));
        if (service.passingSinceAt !== undefined) expect(isFailing(service)).toBe(true);
      }
      for (const check of ["a", "b", "constructor", "__proto__"])
        for (let run = 0; run < RESULTS_COUNTED_MAX; run += 1) {
          now += EVERY_MS;
          const last = { failed: 0, of: RESULTS_COUNTED_MAX };
          const report = {
            service: "web",
            unit: null,
            results: [resultWith({ check, finishedAt: now, last })],
          };
          service = applyReport(service, { report, digest: false, now, policy: POLICY });
        }
      expect(service.tallies).toBeUndefined();
      expect(isBoring(service)).toBe(true);
    }),
  );
});
