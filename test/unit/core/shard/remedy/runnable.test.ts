// What a host's view says of what could run there is what the deciders would do: who is asked, for what it is proposed, and
// what is used up.
import { describe, expect, it } from "vitest";
import type { CatalogueEntry } from "../../../../../control-plane/src/core/shard/host/shard-state.ts";
import { runnablesOn } from "../../../../../control-plane/src/core/shard/remedy/runnable.ts";
import { driveUpHost, policyWith, WEB_1 } from "../shard-driver.ts";

const CATALOGUE: readonly CatalogueEntry[] = [
  {
    service: "web",
    title: "Web server",
    unit: "web.service",
    actions: [
      { action: "restart", level: 4 },
      { action: "reset", level: 2, undo: "unreset" },
      { action: "failover", level: 3 },
      { action: "fallback", level: 5 },
    ],
  },
];

function runnables(remediations: readonly unknown[], overrides: readonly unknown[] = []) {
  const policy = policyWith({ remediations, overrides });
  const shard = driveUpHost(policy);
  shard.hello(WEB_1, { catalogue: CATALOGUE });
  shard.report({});
  return { shard, all: () => runnablesOn(shard.host(), { now: shard.now(), policy }) };
}

describe("what could run on a host", () => {
  it.each([
    {
      rungs: [{ reason: "check-failing", action: "reset", unattended: true }],
      action: "reset",
      isAsked: false,
    },
    { rungs: [{ reason: "check-failing", action: "reset" }], action: "reset", isAsked: true },
    { rungs: [], action: "reset", isAsked: true },
    {
      rungs: [{ reason: "check-failing", action: "failover", unattended: true }],
      action: "failover",
      isAsked: false,
    },
    // whatever the policy says
    {
      rungs: [{ reason: "check-failing", action: "restart", unattended: true }],
      action: "restart",
      isAsked: true,
    },
    {
      rungs: [{ reason: "no-progress", action: "fallback", unattended: true }],
      action: "fallback",
      isAsked: true,
    },
  ])("$action with $rungs asks: $isAsked", ({ action, isAsked, rungs }) => {
    const found = runnables(rungs)
      .all()
      .find((each) => each.action === action);
    expect(found).toMatchObject({
      isAsked,
      title: "Web server",
      proposedFor: rungs.map(({ reason }) => reason),
    });
  });

  it("follows the settings of its own service, and names what takes an act back", () => {
    const rungs = [{ reason: "check-failing", action: "reset", unattended: true }];
    const { all } = runnables([], [{ match: { services: ["web"] }, remediations: rungs }]);
    expect(all().find(({ action }) => action === "reset")).toMatchObject({ isAsked: false, undo: "unreset" });
  });

  it("says how much was used, until when all is, and which rule froze it", () => {
    const { all, shard } = runnables([]);
    const at = shard.now();
    for (let count = 0; count < 3; count += 1) {
      shard.advance(60_000);
      shard.report({ invocationId: `inv-${count + 2}` });
      const { budget } = all()[0]!;
      expect(budget.usedCount).toBe(count + 1);
      expect(budget.freeAt).toBe(count < 2 ? null : at + 60_000 + budget.windowMs);
    }
    expect(all()[0]?.frozenBy).toBe(null);
  });

  it("is nothing that is known while the host is not connected", () => {
    const { all, shard } = runnables([]);
    shard.send({ kind: "disconnected", hostId: WEB_1, connectionId: "con_1" });
    expect(all()).toEqual([]);
  });
});
