// The ladder in the shard: which rung is asked for, when the next one is, and what takes an action back.
import { describe, expect, it } from "vitest";
import { type DrivenShard, driveUpHost, outcomeWith, policyWith, WEB_1 } from "../shard-driver.ts";

const RUNGS = { remediations: [rung("restart"), rung("retry", true), rung("fallback", true)] };
const ACTIONS = [
  { action: "restart", level: 4 },
  { action: "retry", level: 2 },
  { action: "fallback", level: 5, undo: "primary" },
  { action: "primary", level: 3 },
];

function rung(action: string, unattended?: boolean) {
  return { reason: "check-failing", action, ...(unattended === undefined ? {} : { unattended }) };
}

function driveLadder(changes: { readonly policy?: object; readonly actions?: typeof ACTIONS } = {}) {
  const shard = driveUpHost(policyWith({ ...RUNGS, ...changes.policy }));
  const actions = changes.actions ?? ACTIONS;
  shard.connect(WEB_1, { catalogue: [{ service: "web", title: "Web", unit: "web.service", actions }] });
  shard.report();
  fail(shard);
  return shard;
}

function fail(shard: DrivenShard, times = 3) {
  for (let count = 0; count < times; count += 1) {
    shard.advance(5_000);
    shard.report({ status: "fail" });
  }
}

/** Passes for so long that what failed before is no more than a few of its last ten. */
function recover(shard: DrivenShard) {
  for (let count = 0; count < 8; count += 1) shard.report();
}

function end(shard: DrivenShard, action: string, status: "succeeded" | "failed" | "refused" = "succeeded") {
  const grantId = `grt_${shard.sent("propose").length}`;
  shard.mint();
  const envelope = JSON.stringify({});
  const expiresAt = shard.now() + 60_000;
  shard.send({
    kind: "grant-issued",
    grant: { grantId, hostId: WEB_1, service: "web", expiresAt, envelope },
  });
  const outcome = outcomeWith({ grantId, action, status, sequence: shard.sent("propose").length });
  shard.send({ kind: "outcome", hostId: WEB_1, outcome: { ...outcome, service: "web" } });
}

const asked = (shard: DrivenShard) => shard.sent("propose").map(({ action }) => action);

describe("a rung", () => {
  it("is the lowest level first, whatever the policy's order", () => {
    expect(asked(driveLadder())).toEqual(["retry"]);
  });

  it("follows when the one below it ran and did not help", () => {
    const shard = driveLadder();
    end(shard, "retry");
    fail(shard, 14);
    expect(asked(shard)).toEqual(["retry", "restart"]);
    end(shard, "restart");
    fail(shard, 14);
    expect(asked(shard)).toEqual(["retry", "restart", "fallback"]);
  });

  it("does not follow before the one below it was verified", () => {
    const shard = driveLadder();
    end(shard, "retry");
    fail(shard, 10);
    expect(asked(shard)).toEqual(["retry"]);
  });

  it("follows a run that failed, and nothing follows a refusal", () => {
    const failed = driveLadder();
    end(failed, "retry", "failed");
    fail(failed, 2);
    expect(asked(failed)).toEqual(["retry", "restart"]);
    const refused = driveLadder();
    end(refused, "retry", "refused");
    fail(refused, 14);
    expect(asked(refused)).toEqual(["retry"]);
  });

  it.each([
    { title: "the default", policy: {}, wellMs: 600_000 },
    { title: "a longer episode", policy: { incident: { resolveAfter: "30m" } }, wellMs: 1_800_000 },
    { title: "a longer stability window", policy: { verify: { stability: "20m" } }, wellMs: 1_200_000 },
  ])("begins at the bottom again once the episode is over: $title", ({ policy, wellMs }) => {
    const after = (passingMs: number) => {
      const shard = driveLadder({ policy });
      end(shard, "retry", "failed");
      shard.report();
      shard.advance(passingMs - 1);
      fail(shard);
      return asked(shard);
    };
    expect(after(wellMs - 5_000).at(-1)).toBe("restart");
    expect(after(wellMs + 251).at(-1)).toBe("retry");
  });

  it("that was tried is not tried again after a recovery of seven minutes", () => {
    const shard = driveLadder();
    end(shard, "retry");
    shard.report();
    shard.advance(420_000);
    fail(shard);
    expect(asked(shard)).toEqual(["retry", "restart"]);
  });

  it.each([3, 4, 5])("of level %i that did not help is not asked for again in the episode", (level) => {
    const shard = driveLadder({ actions: [{ action: "restart", level }] });
    end(shard, "restart");
    for (let time = 0; time < 3; time += 1) {
      shard.report();
      shard.advance(420_000);
      fail(shard);
    }
    expect(asked(shard)).toEqual(["restart"]);
    expect(lastRefusal(shard)).toBe("no-action");
  });

  it("that did not help is not asked for because of another finding either", () => {
    const rungs = [rung("restart"), { ...rung("restart"), reason: "startup-death" }];
    const actions = [{ action: "restart", level: 4 }];
    const shard = driveLadder({ policy: { remediations: rungs }, actions });
    end(shard, "restart");
    fail(shard, 14);
    for (let time = 0; time < 3; time += 1)
      shard.send({
        kind: "facts",
        hostId: WEB_1,
        facts: [
          {
            kind: "session",
            service: "web",
            at: shard.now(),
            startedAt: shard.now() - 1_000,
            class: "crash",
            detail: "",
          },
        ],
      });
    fail(shard, 2);
    expect(asked(shard)).toEqual(["restart"]);
  });
});

describe("before a baseline", () => {
  it.each([
    { observeFirst: "15s", askedFor: ["retry"] },
    { observeFirst: "15001ms", askedFor: [] },
  ])("of $observeFirst, fifteen seconds after the hello: $askedFor", ({ observeFirst, askedFor }) => {
    const shard = driveLadder({ policy: { ladder: { observeFirst } } });
    expect(asked(shard)).toEqual(askedFor);
    shard.advance(251);
    expect(asked(shard)).toEqual(["retry"]);
  });
});

describe("without a person", () => {
  it.each([
    { level: 1, unattended: true, signalled: "retry" },
    { level: 3, unattended: true, signalled: "retry" },
    { level: 3, unattended: false, signalled: undefined },
    { level: 4, unattended: true, signalled: undefined },
    { level: 5, unattended: true, signalled: undefined },
  ])("level $level, named $unattended: $signalled", ({ level, unattended, signalled }) => {
    const policy = { remediations: [rung("retry", unattended)] };
    const shard = driveLadder({ policy, actions: [{ action: "retry", level }] });
    shard.mint();
    expect(shard.signals("proposed")[0]?.unattended?.action).toBe(signalled);
  });

  it("runs count in the budget, and at it nothing is asked for", () => {
    const shard = driveLadder({ policy: { restartBudget: { restartsMax: 1 } } });
    end(shard, "retry");
    fail(shard, 14);
    expect(asked(shard)).toEqual(["retry"]);
    expect(shard.signals("firing").map(({ refusal }) => refusal?.reason)).toContain("budget-used-up");
  });
});

describe("an undo", () => {
  const policy = { remediations: [rung("fallback", true)] };

  it("is asked for when its action did not help, and is not undone itself", () => {
    const shard = driveLadder({ policy });
    end(shard, "fallback");
    fail(shard, 14);
    expect(asked(shard)).toEqual(["fallback", "primary"]);
    shard.mint();
    expect(shard.signals("proposed").at(-1)?.unattended).toEqual({ action: "fallback", tags: [] });
    end(shard, "primary");
    fail(shard, 14);
    expect(asked(shard)).toEqual(["fallback", "primary"]);
  });

  it("of restart class is never unattended", () => {
    const actions = ACTIONS.map((action) => (action.action === "primary" ? { ...action, level: 4 } : action));
    const shard = driveLadder({ policy, actions });
    end(shard, "fallback");
    fail(shard, 14);
    shard.mint();
    expect(asked(shard)).toEqual(["fallback", "primary"]);
    expect(shard.signals("proposed").at(-1)?.unattended).toBeUndefined();
  });

  it("is not asked for when its action helped", () => {
    const shard = driveLadder({ policy });
    end(shard, "fallback");
    shard.report();
    shard.advance(600_001);
    expect(asked(shard)).toEqual(["fallback"]);
  });
});

/** Fails on, with a report every five seconds, for so long. */
function failFor(shard: DrivenShard, minutes: number) {
  fail(shard, minutes * 12);
}

const lastRefusal = (shard: DrivenShard) => shard.signals("firing").at(-1)?.refusal?.reason;

describe("what held a question back is over", () => {
  it("memory pressure: asked once when it clears, though nothing else happened", () => {
    const shard = driveLadder({ policy: { remediations: [rung("restart")] } });
    shard.send({
      kind: "facts",
      hostId: WEB_1,
      facts: [{ kind: "oom-kill", at: shard.now(), service: "web", by: "kernel" }],
    });
    const before = asked(shard).length;
    expect(shard.service()).toMatchObject({ proposal: null, ladder: { isHeldBack: true } });
    failFor(shard, 29);
    expect(asked(shard)).toHaveLength(before);
    failFor(shard, 2);
    expect(asked(shard)).toHaveLength(before + 1);
    expect(shard.service().ladder?.isHeldBack).toBeUndefined();
    failFor(shard, 20);
    expect(asked(shard)).toHaveLength(before + 1);
  });

  it("a full restart budget: asked once when a restart has left its window", () => {
    const shard = driveLadder({
      policy: { remediations: [rung("restart")], restartBudget: { restartsMax: 1 } },
    });
    shard.mint();
    shard.advance(5_000);
    shard.report({ status: "fail", invocationId: "inv-2" });
    expect(lastRefusal(shard)).toBe("budget-used-up");
    const fillAt = shard.now();
    shard.advance(60 * 60_000 - 1);
    expect(asked(shard)).toHaveLength(1);
    shard.advance(251);
    expect(asked(shard)).toHaveLength(2);
    expect(shard.service().proposal?.requestedAt).toBeLessThanOrEqual(fillAt + 60 * 60_000 + 250);
    shard.advance(20 * 60_000);
    expect(asked(shard)).toHaveLength(2);
  });

  it("is nothing to a service that is well again: it waits for no time, and is forgotten", () => {
    const shard = driveLadder({
      policy: { remediations: [rung("restart")], restartBudget: { restartsMax: 1 } },
    });
    shard.mint();
    shard.report({ status: "fail", invocationId: "inv-2" });
    expect(shard.service().ladder?.askAt).not.toBeNull();
    shard.report({ invocationId: "inv-2" });
    expect(shard.service().ladder?.askAt).toBeNull();
    shard.advance(61 * 60_000);
    expect(shard.service().ladder).toBeUndefined();
  });
});

describe("proposals that come to nothing", () => {
  it.each([
    { rounds: 2, proposals: 2, refusal: undefined },
    { rounds: 3, proposals: 2, refusal: "asked-too-often" },
  ])(
    "of $rounds failures within the window $proposals are proposed for",
    ({ rounds, proposals, refusal }) => {
      const policy = { remediations: [rung("restart")], ladder: { proposalsMax: 2 } };
      const shard = driveLadder({ policy });
      for (let round = 1; round < rounds; round += 1) {
        shard.mint();
        shard.advance(60_000);
        recover(shard);
        fail(shard);
      }
      expect(asked(shard)).toHaveLength(proposals);
      expect(lastRefusal(shard)).toBe(refusal);
    },
  );

  it("are asked for again when the window has room, and never more than it holds", () => {
    const shard = driveLadder({ policy: { remediations: [rung("restart")], ladder: { proposalsMax: 2 } } });
    const startedAt = shard.now();
    for (let round = 0; round < 40; round += 1) {
      shard.mint();
      shard.advance(120_000);
      recover(shard);
      fail(shard);
    }
    const hours = Math.ceil((shard.now() - startedAt) / 3_600_000);
    expect(asked(shard).length).toBeGreaterThan(2);
    expect(asked(shard).length).toBeLessThanOrEqual(2 * hours);
  });

  it("are remembered in bounded number, whatever the policy allows", () => {
    const policy = { remediations: [rung("restart")], ladder: { proposalsMax: 100, proposalsWindow: "7d" } };
    const shard = driveLadder({ policy });
    for (let round = 0; round < 110; round += 1) {
      shard.mint();
      shard.advance(1_000);
      recover(shard);
      fail(shard);
    }
    expect(asked(shard)).toHaveLength(100);
    expect(shard.service().ladder?.askedAt).toHaveLength(100);
  });
});
