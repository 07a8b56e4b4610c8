// Which signals a replay records as a no, by the data that they carry.
import { expect, it } from "vitest";
import { refusalIn } from "../../../../control-plane/replay/recorded/record-decisions.ts";
import type { ProposalRefusal, Signal } from "../../../../control-plane/src/core/words/signal.ts";
import { SERVICE } from "../../core/desk/desk-fixtures.ts";

const base = { key: "shard-0:e:1", happenedAt: 1_000, noticedAt: 1_000, subject: SERVICE };
const firing = (fields: Partial<Extract<Signal, { kind: "firing" }>>): Signal => ({
  ...base,
  kind: "firing",
  reason: "check-failing",
  severity: "error",
  title: "demo is failing",
  evidence: [],
  proposalRequestId: null,
  restarts: null,
  ...fields,
});

it.each<[ProposalRefusal, string | undefined]>([
  [{ reason: "no-action", isTried: true }, "no-action"],
  [{ reason: "frozen", by: "config-thrash" }, "frozen"],
  [{ reason: "asked-too-often", count: 2, windowMs: 60_000, askAt: 90_000 }, "asked-too-often"],
  [{ reason: "in-shadow", action: "restart" }, undefined],
])("what fires and is refused for %j is recorded as %s", (refusal, reason) => {
  expect(refusalIn(firing({ refusal }))?.reason).toBe(reason);
});

it("evidence is not looked at, whatever it says", () => {
  const evidence = [{ at: base.noticedAt, text: "not proposed: a service's own words" }];
  expect(refusalIn(firing({ evidence }))).toBeNull();
});

it("the host's own no has the host's own code", () => {
  const refusal = { reason: "host-refused", code: "budget-exhausted", detail: "3 of 3" } as const;
  const askedBy = { kind: "rule", reason: "check-failing" } as const;
  const asked = { requestId: "prq_1", reason: "check-failing", askedBy } as const;
  const signal = { ...base, ...asked, kind: "proposal-refused", refusal } as const;
  expect(refusalIn(signal)).toMatchObject({ by: "actuator", reason: "budget-exhausted" });
});
