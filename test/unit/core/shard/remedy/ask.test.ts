// One place asks for a proposal: what stands in the way of a question does so whatever it is for, and is said in the same words.
import { describe, expect, it } from "vitest";
import { type DrivenShard, driveUpHost, grantWith, policyWith, START_AT, WEB_1 } from "../shard-driver.ts";

const MINUTE_MS = 60_000;

/** What fires, and with what the host's own words make it fire. */
const CAUSES: Readonly<Record<string, (shard: DrivenShard) => void>> = {
  "check-failing": (shard) => {
    for (let count = 0; count < 3; count += 1) {
      shard.advance(5_000);
      shard.report({ status: "fail", invocationId: shard.service().lastInvocationId });
    }
  },
  "stale-code": (shard) => {
    const code = { diskChangedAt: shard.now() - 31 * MINUTE_MS, runningSinceAt: START_AT - 86_400_000 };
    const fact = { kind: "code", service: "web", at: shard.now(), ...code } as const;
    shard.send({ kind: "facts", hostId: WEB_1, facts: [fact] });
  },
};

const OBSTACLES: readonly {
  readonly refusal: string;
  readonly policy: (reason: string) => Record<string, unknown>;
  readonly before?: (shard: DrivenShard) => void;
}[] = [
  { refusal: "not-observed", policy: () => ({ ladder: { observeFirst: "1d" } }) },
  {
    refusal: "budget-used-up",
    policy: () => ({ restartBudget: { restartsMax: 1 } }),
    before: (shard) => void shard.report({ invocationId: "inv-2" }),
  },
  {
    refusal: "under-way",
    policy: () => ({}),
    before: (shard) =>
      void shard.send({
        kind: "grant-issued",
        grant: grantWith({ expiresAt: shard.now() + 10 * MINUTE_MS }),
      }),
  },
  { refusal: "in-shadow", policy: (reason) => ({ rules: { [reason]: { shadow: true } } }) },
];

function drive(reason: string, changes: Record<string, unknown>): DrivenShard {
  const shard = driveUpHost(policyWith({ remediations: [{ reason, action: "restart" }], ...changes }));
  shard.report({}, true);
  shard.advance(MINUTE_MS);
  return shard;
}

function refusals(shard: DrivenShard): readonly (string | undefined)[] {
  const withFiring = shard.signals("firing").flatMap(({ refusal }) => refusal?.reason ?? []);
  return [...withFiring, ...shard.signals("proposal-refused").map(({ refusal }) => refusal.reason)];
}

describe.each(Object.keys(CAUSES))("a question for %s", (reason) => {
  it("is put when nothing stands in its way", () => {
    const shard = drive(reason, {});
    CAUSES[reason]?.(shard);
    expect([shard.sent("propose").length, refusals(shard)]).toEqual([1, []]);
  });

  it.each(OBSTACLES)("is not put, and why is said once: $refusal", ({ before, policy, refusal }) => {
    const shard = drive(reason, policy(reason));
    before?.(shard);
    CAUSES[reason]?.(shard);
    shard.advance(MINUTE_MS);
    expect([shard.sent("propose"), refusals(shard)]).toEqual([[], [refusal]]);
  });
});
