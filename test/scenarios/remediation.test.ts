// Stories about a failing service, the approval of its restart, and everything that keeps the restart from happening.
import { expect } from "vitest";
import { minutes, seconds, story, type World } from "./world.ts";

/** The service fails; Alice gets one page with the approval's link. */
function failAndPage(world: World) {
  world.host("web-1").service("demo").fails();
  world.advance(seconds(25));
  return world.expectPage("alice", { reason: "check-failing", to: "approval", says: "may this run?" });
}

story("fails, is approved, restarts, is verified, is resolved", (world) => {
  const page = failAndPage(world);
  expect(world.approves("alice", page)).toBe("ok");
  world.advance(seconds(2));
  world.expectAction("web-1", "demo restart");
  world.advance(minutes(9));
  world.expectNoPage();
  world.advance(minutes(2));
  world.expectPage("alice", {
    reason: "check-failing",
    kind: "recovered",
    says: "stayed well for as long as it must",
  });
  world.expectAudit("approval-approved", "outcome-succeeded", "approval-verified", "incident-resolved");
  expect(world.approves("bob", page)).toBe("approval-used");
  world.expectAudit("approval-refused");
});

story("denied: nothing runs, and the incident goes on", (world) => {
  const page = failAndPage(world);
  expect(world.denies("alice", page)).toBe("ok");
  expect(world.approves("bob", page)).toBe("approval-denied");
  // Somebody has answered, so it is in their hands for as long as an acknowledgement lasts; it is never silent for good.
  world.advance(minutes(59));
  world.expectNoPage();
  world.advance(minutes(2));
  world.expectPage("bob", { reason: "check-failing", to: "incident" });
  world.expectAudit("approval-denied", "approval-refused");
  world.expectAuditsOf("proposal-ignored");
});

story(
  "denied: the no holds when the host proposes anew, until the service was well and fails again",
  (world) => {
    const page = failAndPage(world);
    world.denies("alice", page);
    world.acknowledges("bob", page);
    world.advance(minutes(45));
    world.expectNoPage();
    world.expectAudit("approval-denied", "incident-acknowledged", "proposal-ignored");
    world.expectAuditSays("proposal-ignored", "alice said no to restart");
    world.host("web-1").service("demo").recovers();
    world.advance(minutes(11));
    world.expectPage("alice", { kind: "recovered" });
    world.expectAudit("incident-resolved");
    world.host("web-1").service("demo").fails();
    world.advance(seconds(25));
    world.expectPage("alice", { reason: "check-failing", to: "approval" });
  },
);

story("nobody answers: expired, not denied, and the question is renewed without a page", (world) => {
  const page = failAndPage(world);
  world.advance(minutes(6));
  world.expectPage("bob", { reason: "check-failing", to: "approval" });
  world.advance(minutes(15));
  // That nobody answered is a line of the next page of its incident.
  world.expectPage("alice", { reason: "approval-unanswered", to: "approval", says: "Still firing" });
  world.advance(minutes(5));
  world.expectPage("bob", { reason: "check-failing", to: "approval", says: "Still firing" });
  world.advance(minutes(9));
  world.expectNoPage();
  world.expectAudit("approval-expired");
  // The first page's link leads to the proposal that stands now, and that reads as the first one did.
  expect(world.approves("alice", page)).toBe("ok");
  world.advance(seconds(10));
  world.expectAction("web-1", "demo restart");
  world.expectNoPage();
  world.expectAudit("page-seen", "approval-approved", "outcome-succeeded");
});

story("it recovers by itself: the approval lapses and runs nothing", (world) => {
  const page = failAndPage(world);
  world.host("web-1").service("demo").recovers();
  world.advance(seconds(10));
  expect(world.approves("alice", page)).toBe("approval-superseded");
  world.advance(minutes(11));
  world.expectPage("alice", { reason: "check-failing", kind: "recovered" });
  // The question has lapsed, and Alice has seen her page all the same.
  world.expectAudit("approval-superseded", "page-seen", "approval-refused", "incident-resolved");
});

story("a yes in the very moment of recovery: the host refuses, the person is told", (world) => {
  const page = failAndPage(world);
  world.host("web-1").service("demo").isRestartedBySomebody();
  expect(world.approves("alice", page)).toBe("ok");
  world.advance(minutes(11));
  world.expectPage("alice", { reason: "check-failing", says: "The host refused the grant" });
  world.expectPage("alice", { kind: "recovered" });
  world.expectAudit("approval-approved", "outcome-refused", "approval-failed", "incident-resolved");
  world.expectAuditSays("outcome-refused", "precondition-changed");
});

story("it holds for seven minutes only: ineffective, said so, and not offered again", (world) => {
  const page = failAndPage(world);
  world.host("web-1").service("demo").restartHelpsForMs = minutes(7);
  world.approves("alice", page);
  world.advance(minutes(7) + seconds(30));
  world.expectAction("web-1", "demo restart");
  // One ring tells the result and what follows from it; what did not help is not offered again in the episode.
  world.expectPage("alice", { reason: "remediation-ineffective", to: "incident", says: "did not help" });
  world.expectAudit("approval-approved", "outcome-succeeded", "approval-failed", "finding-again");
});

story("a restart that does not help at all is said so within two minutes", (world) => {
  const page = failAndPage(world);
  world.host("web-1").service("demo").restartHelpsForMs = 0;
  world.approves("alice", page);
  world.advance(minutes(1) + seconds(20));
  world.expectAction("web-1", "demo restart");
  world.expectPage("alice", { reason: "remediation-ineffective" });
  world.expectAudit("approval-approved", "outcome-succeeded", "approval-failed");
});

story("the restart budget is used up, by whomever: nothing is proposed", (world) => {
  for (let count = 0; count < 3; count += 1) {
    world.host("web-1").service("demo").isRestartedBySomebody();
    world.advance(minutes(2));
  }
  world.expectPage("alice", { reason: "restart-loop-suspected" });
  world.host("web-1").service("demo").fails();
  world.advance(seconds(30));
  world.expectPage("alice", { reason: "check-failing", to: "incident", says: "The budget is used up" });
});

story("the part of a host that acts is away for a minute: the question follows when it is back", (world) => {
  const { actuator } = world.host("web-1");
  actuator.refusesProposalsFor = "actuator-unreachable";
  world.host("web-1").service("demo").fails();
  world.advance(seconds(25));
  world.expectPage("alice", { reason: "check-failing", to: "incident" });
  world.advance(seconds(60));
  // However often it was asked, its no is told once.
  world.expectAudit("proposal-refused");
  world.expectNothingElse();
  actuator.refusesProposalsFor = null;
  world.advance(minutes(4));
  // It is no news of its own: the next ring carries it.
  const page = world.expectPage("bob", { reason: "check-failing", to: "approval" });
  expect(world.approves("bob", page)).toBe("ok");
  world.advance(seconds(10));
  world.expectAction("web-1", "demo restart");
  world.expectAudit("approval-approved", "outcome-succeeded");
});

story("the host refuses to propose: the page comes without an approval", (world) => {
  world.host("web-1").actuator.refusesProposalsFor = "frozen";
  world.host("web-1").service("demo").fails();
  world.advance(seconds(25));
  world.expectPage("alice", { reason: "check-failing", to: "incident" });
  world.expectAudit("proposal-refused");
});

story("the host is late: the grant waits for it, and is used when it is back", (world) => {
  const page = failAndPage(world);
  world.host("web-1").isCutOff();
  world.advance(seconds(20));
  expect(world.approves("alice", page)).toBe("ok");
  world.advance(seconds(20));
  world.host("web-1").returns();
  world.advance(seconds(15));
  world.expectAction("web-1", "demo restart");
  world.expectAudit("approval-approved", "outcome-succeeded");
});

// A new proposal is not asked for after that return: the shard forgets the expired grant while the host is silent.
story("the host stays away: the grant runs out, and nothing runs when it is back", (world) => {
  const page = failAndPage(world);
  world.host("web-1").isCutOff();
  world.advance(seconds(20));
  world.approves("alice", page);
  world.advance(minutes(4));
  world.expectPage("alice", { reason: "host-silent" });
  world.expectPage("alice", { reason: "check-failing", says: "No word came from the host" });
  world.host("web-1").returns();
  world.advance(seconds(30));
  world.expectAudit("approval-approved", "incident-merged", "approval-failed");
});

story(
  "whoever has the incident is rung when the approved act did not help, and goes on to have it",
  (world) => {
    const page = failAndPage(world);
    world.acknowledges("bob", page);
    world.host("web-1").service("demo").restartHelpsForMs = 0;
    expect(world.approves("alice", page)).toBe("ok");
    world.advance(minutes(1) + seconds(20));
    world.expectAction("web-1", "demo restart");
    for (const responder of ["alice", "bob"])
      world.expectPage(responder, {
        reason: "remediation-ineffective",
        says: "no proof came that it helped",
      });
    world.advance(minutes(55));
    world.expectNoPage();
    world.expectAudit("incident-acknowledged", "approval-approved", "outcome-succeeded", "approval-failed");
  },
);

story("a lost outcome is told as lost and is never run again", (world) => {
  const page = failAndPage(world);
  world.host("web-1").actuator.diesDuringNextExecution = true;
  world.approves("alice", page);
  world.advance(minutes(12));
  world.expectAction("web-1", "demo restart");
  world.expectPage("alice", { reason: "check-failing", says: "nobody knows whether it ran" });
  world.expectAudit("approval-approved", "outcome-lost", "approval-failed");
  world.expectPage("alice", { kind: "recovered" });
  world.expectAudit("incident-resolved");
});
