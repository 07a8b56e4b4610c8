// Rule remediation-ineffective: an act that ran and did not help, and when that is over.
import { expect, it } from "vitest";
import { isFiring } from "../../../../../control-plane/src/core/facts/fact-book.ts";
import { driveFailingService, outcomeWith, WEB_1 } from "../shard-driver.ts";

const STABILITY_MS = 600_000;

it.each([
  { heldMs: STABILITY_MS - 1, isCleared: false },
  { heldMs: STABILITY_MS, isCleared: true },
])("clears after health held for $heldMs ms: $isCleared", ({ heldMs, isCleared }) => {
  const shard = driveFailingService();
  shard.send({ kind: "outcome", hostId: WEB_1, outcome: outcomeWith() });
  shard.advance(60_000);
  expect(shard.service().verification).toBeNull();
  expect(isFiring(shard.service().book, "remediation-ineffective")).toBe(true);
  shard.report();
  shard.advance(heldMs);
  const cleared = shard.signals("cleared").map(({ reason }) => reason);
  expect(cleared.includes("remediation-ineffective")).toBe(isCleared);
});

it("one green sample does not clear it", () => {
  const shard = driveFailingService();
  shard.send({ kind: "outcome", hostId: WEB_1, outcome: outcomeWith() });
  shard.advance(60_000);
  shard.report();
  shard.advance(420_000);
  shard.report({ status: "fail" });
  shard.advance(STABILITY_MS);
  expect(isFiring(shard.service().book, "remediation-ineffective")).toBe(true);
});
