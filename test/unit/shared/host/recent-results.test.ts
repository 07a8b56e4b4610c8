// What of a check's last ten results counts as a failure, and how many are remembered.
import { expect, test } from "vitest";
import { isFailure, lastOf, type RecentResults, withResult } from "@countersign/shared/host/recent-results";
import { RESULTS_COUNTED_MAX } from "@countersign/shared/values/limits";

test.each([
  { status: "pass", severity: "critical", isCounted: false },
  { status: "fail", severity: "info", isCounted: false },
  { status: "fail", severity: "warning", isCounted: false },
  { status: "fail", severity: "error", isCounted: true },
  { status: "fail", severity: "critical", isCounted: true },
] as const)("$status of severity $severity counts: $isCounted", ({ status, severity, isCounted }) => {
  expect(isFailure({ status, severity })).toBe(isCounted);
});

test("the eleventh result takes the place of the first", () => {
  let recent: RecentResults = withResult([], { status: "fail", severity: "error" });
  expect(lastOf(recent)).toEqual({ failed: 1, of: 1 });
  for (let count = 1; count < RESULTS_COUNTED_MAX; count += 1)
    recent = withResult(recent, { status: "pass", severity: "error" });
  expect(lastOf(recent)).toEqual({ failed: 1, of: RESULTS_COUNTED_MAX });
  recent = withResult(recent, { status: "pass", severity: "error" });
  expect(lastOf(recent)).toEqual({ failed: 0, of: RESULTS_COUNTED_MAX });
});
