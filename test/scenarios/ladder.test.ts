// Stories about the ladder: what is tried by itself, what a person is asked for next, yes in advance, and taking back.
import { expect } from "vitest";
import { minutes, seconds, story, type World } from "./world.ts";

const RETRY = { reason: "check-failing", action: "retry", unattended: true };
const RESTART = { reason: "check-failing", action: "restart" };
const CLIMBS = {
  policy: { remediations: [RETRY, RESTART] },
  actions: [
    { action: "restart", level: 4 },
    { action: "retry", level: 2 },
  ],
};

function fail(world: World) {
  world.host("web-1").service("demo").fails();
  world.advance(seconds(25));
}

/** The restart that stood approved ran, helped and was verified. */
function expectRun(world: World) {
  world.expectAction("web-1", "demo restart");
  world.advance(minutes(11));
  world.expectAudit("approved-by-standing", "outcome-succeeded", "approval-verified", "incident-resolved");
}

story(
  "a retry at level 2 runs by itself and helps: nobody is woken, and it is on record",
  (world) => {
    fail(world);
    world.expectAction("web-1", "demo retry");
    world.advance(minutes(11));
    world.expectNoPage();
    world.expectAudit("approved-unattended", "outcome-succeeded", "approval-verified", "incident-resolved");
    world.expectAuditSays("approved-unattended", "level 2");
  },
  CLIMBS,
);

story(
  "a retry that does not help: then a person is asked for the restart",
  (world) => {
    world.host("web-1").service("demo").idleActions = ["retry"];
    fail(world);
    world.expectAction("web-1", "demo retry");
    world.advance(minutes(2) + seconds(10));
    // One ring, the first about it: what was tried did not help, and the question that follows from it.
    const page = world.expectPage("alice", {
      reason: "remediation-ineffective",
      to: "approval",
      says: "restart",
    });
    world.expectAudit("approved-unattended", "outcome-succeeded", "approval-failed");
    expect(world.approves("alice", page)).toBe("ok");
    world.advance(seconds(10));
    world.expectAction("web-1", "demo restart");
    world.expectAudit("approval-approved", "outcome-succeeded");
  },
  CLIMBS,
);

story(
  "the policy lets a restart run unattended: a person is asked all the same",
  (world) => {
    fail(world);
    world.expectPage("alice", { reason: "check-failing", to: "approval" });
  },
  { policy: { remediations: [{ ...RESTART, unattended: true }] } },
);

story("a standing approval is used twice, then somebody is asked", (world) => {
  world.host("web-1");
  const given = { host: "web-1", action: "restart", usesMax: 2, forMs: minutes(600) };
  expect(world.givesStanding("alice", given)).toBe("ok");
  for (let count = 0; count < 2; count += 1) {
    fail(world);
    expectRun(world);
    world.advance(minutes(60));
  }
  fail(world);
  world.expectPage("alice", { reason: "check-failing", to: "approval" });
  world.expectAudit("standing-given");
  world.expectAuditSays("approved-by-standing", "use 2 of 2");
});

story("a standing approval that was revoked, or has ended, asks", (world) => {
  world.host("web-1");
  const given = { host: "web-1", action: "restart", usesMax: 2, forMs: minutes(30) };
  world.givesStanding("alice", given);
  world.advance(minutes(30));
  world.givesStanding("alice", given);
  world.revokesStanding("bob");
  fail(world);
  world.expectPage("alice", { reason: "check-failing", to: "approval" });
  world.expectAudit("standing-given", "standing-given", "standing-expired", "standing-revoked");
});

story("a standing approval runs nothing while automation is frozen", (world) => {
  world.host("web-1");
  world.givesStanding("alice", { host: "web-1", action: "restart", usesMax: 2, forMs: minutes(30) });
  expect(world.freezes("bob", "web-1")).toBe("ok");
  fail(world);
  world.expectPage("alice", { reason: "check-failing", to: "incident" });
  world.expectPage("alice", { reason: "automation-frozen", kind: "update" });
  world.expectAudit("standing-given", "automation-frozen", "proposal-ignored");
});

story(
  "an action that did not help is taken back before the next rung",
  (world) => {
    world.host("web-1").service("demo").idleActions = ["failover", "failback"];
    fail(world);
    world.expectAction("web-1", "demo failover");
    world.advance(seconds(75));
    world.expectAction("web-1", "demo failback");
    world.expectPage("alice", { reason: "remediation-ineffective", says: "failover of demo on web-1" });
    world.expectNoPage();
    world.advance(minutes(2) + seconds(30));
    world.expectPage("alice", { reason: "check-failing", to: "approval", says: "restart" });
    world.expectAudit("approved-unattended", "outcome-succeeded", "approval-failed");
    world.expectAudit("approved-unattended", "outcome-succeeded", "approval-failed");
  },
  {
    policy: { remediations: [{ ...RETRY, action: "failover" }, RESTART] },
    actions: [
      { action: "restart", level: 4 },
      { action: "failover", level: 3, undo: "failback" },
      { action: "failback", level: 3 },
    ],
  },
);

story(
  "the taking back of a restart is asked of a person",
  (world) => {
    world.host("web-1").service("demo").idleActions = ["restart"];
    fail(world);
    const page = world.expectPage("alice", { reason: "check-failing", to: "approval", says: "restart" });
    world.approves("alice", page);
    world.advance(seconds(75));
    world.expectAction("web-1", "demo restart");
    // One ring: that it did not help, and the question that follows from it.
    world.expectPage("alice", { reason: "remediation-ineffective", to: "approval", says: "roll-back" });
    world.expectAudit("approval-approved", "outcome-succeeded", "approval-failed");
  },
  {
    policy: { remediations: [{ ...RESTART, unattended: true }] },
    actions: [
      { action: "restart", level: 4, undo: "roll-back" },
      { action: "roll-back", level: 4 },
    ],
  },
);

story(
  "the budget is used up by retries that helped for a while: nothing runs any more",
  (world) => {
    for (let count = 0; count < 2; count += 1) {
      fail(world);
      world.expectAction("web-1", "demo retry");
      world.advance(minutes(12));
      world.expectAudit("approved-unattended", "outcome-succeeded", "approval-verified", "incident-resolved");
    }
    fail(world);
    world.expectPage("alice", { reason: "check-failing", to: "incident", says: "budget" });
  },
  { ...CLIMBS, policy: { ...CLIMBS.policy, restartBudget: { restartsMax: 2 } } },
);

story("a 401 is never answered by a restart, not even one approved in advance", (world) => {
  world.host("web-1");
  world.givesStanding("alice", { host: "web-1", action: "restart", usesMax: 2, forMs: minutes(60) });
  for (let count = 0; count < 3; count += 1) {
    const at = world.now;
    const session = { kind: "session", at, service: "demo", startedAt: at - 2_000, class: "auth" } as const;
    world.tells("web-1", [{ ...session, detail: "401 from the provider" }]);
    world.advance(seconds(20));
  }
  world.expectPage("alice", { reason: "startup-death" });
  fail(world);
  world.expectPage("alice", { reason: "check-failing", to: "incident", says: "class is auth" });
  world.expectAudit("standing-given");
});

story(
  "no work is done although all checks pass: a person is asked for the restart, and work proves that it helped",
  (world) => {
    let total = 100;
    const works = (count: number) => {
      total += count;
      const fact = { kind: "work", counter: "jobs", value: total, at: world.now, service: "demo" } as const;
      world.tells("web-1", [fact]);
      world.advance(minutes(1));
    };
    world.host("web-1");
    works(1);
    for (let count = 0; count < 10; count += 1) works(0);
    const page = world.expectPage("alice", { reason: "no-progress", to: "approval", says: "may this run?" });
    expect(world.approves("alice", page)).toBe("ok");
    world.advance(seconds(10));
    world.expectAction("web-1", "demo restart");
    for (let count = 0; count < 12; count += 1) works(5);
    world.expectPage("alice", { kind: "recovered", says: "stayed well for as long as it must" });
    world.expectAudit("approval-approved", "outcome-succeeded", "approval-verified", "incident-resolved");
  },
  {
    policy: {
      remediations: [{ reason: "no-progress", action: "restart" }],
      rules: { "no-progress": { window: "10m" } },
    },
  },
);

story(
  "an agent answers with another act than was asked: nothing runs, and it is asked anew when a person has looked",
  (world) => {
    const { actuator } = world.host("web-1");
    expect(
      world.givesStanding("alice", { host: "web-1", action: "restart", usesMax: 2, forMs: minutes(600) }),
    ).toBe("ok");
    actuator.answersWith = "restart";
    fail(world);
    world.expectPage("alice", { reason: "host-untrustworthy", says: "retry of demo" });
    world.expectPage("alice", { reason: "check-failing", to: "incident" });
    world.advance(minutes(2));
    world.expectAudit("standing-given", "automation-frozen", "proposal-refused");
    actuator.answersWith = null;
    expect(world.liftsFreeze("alice", "web-1")).toBe("ok");
    world.advance(seconds(20));
    world.expectAction("web-1", "demo retry");
    world.expectAudit("freeze-lifted", "approved-unattended", "outcome-succeeded", "incident-resolved");
  },
  CLIMBS,
);
