// Stories about who must sign: two people, not the one who asked, a yes in advance; and about hosts and passkeys of which something is doubtful.
import { expect } from "vitest";
import { minutes, seconds, story, type World } from "./world.ts";

function fail(world: World) {
  world.host("web-1").service("demo").fails();
  world.advance(seconds(25));
}

story("two people must sign: one is not enough, and the other is still rung", (world) => {
  world.demands("web-1", { people: 2 });
  fail(world);
  const page = world.expectPage("alice", { reason: "check-failing", to: "approval" });
  expect(world.approves("alice", page)).toBe("ok");
  expect(world.approves("alice", page)).toBe("signed-already");
  world.expectAudit("approval-signed", "approval-refused");
  world.expectAuditSays("approval-signed", "1 of 2: 1 more person must sign");
  world.advance(minutes(5));
  const bobs = world.expectPage("bob", { reason: "check-failing", to: "approval" });
  expect(world.approves("bob", bobs)).toBe("ok");
  world.advance(seconds(10));
  world.expectAction("web-1", "demo restart");
  world.expectAudit("page-seen", "approval-approved", "outcome-succeeded");
  world.expectAuditSays("approval-approved", "Approved by alice and bob");
});

story("two people must sign: with the unit's state the first signature is void, and it is said", (world) => {
  world.demands("web-1", { people: 2 });
  fail(world);
  const page = world.expectPage("alice", { reason: "check-failing", to: "approval" });
  expect(world.approves("alice", page)).toBe("ok");
  world.host("web-1").service("demo").isStartedAnew({ isCounted: false });
  world.advance(seconds(30));
  world.expectAuditSays("approval-superseded", "The signature of alice is void with it.");
  world.expectAudit("approval-signed", "approval-superseded");
  expect(world.approvesNewest("bob")).toBe("ok");
  world.expectAudit("approval-signed");
  world.expectAuditSays("approval-signed", "1 of 2");
});

story("who asked may not sign where the host says so; somebody else may", (world) => {
  world.demands("web-1", { mayAskerSign: false });
  fail(world);
  const page = world.expectPage("alice", { reason: "check-failing", to: "approval" });
  expect(world.denies("alice", page)).toBe("ok");
  expect(world.asksFor("alice", "web-1", "restart")).toBe("ok");
  world.advance(seconds(5));
  expect(world.approvesNewest("alice")).toBe("asker-cannot-sign");
  expect(world.approvesNewest("bob")).toBe("ok");
  world.advance(seconds(10));
  world.expectAction("web-1", "demo restart");
  world.expectAudit("approval-denied", "asked-for", "approval-refused", "approval-approved");
  world.expectAudit("outcome-succeeded");
});

story(
  "a host whose agent is of version 1 is watched, and nothing is asked of it",
  (world) => {
    fail(world);
    world.expectPage("alice", { reason: "check-failing", to: "incident", says: "install again" });
    expect(world.asksFor("alice", "web-1", "restart")).toBe("ok");
    world.advance(seconds(5));
    world.expectAudit("asked-for", "proposal-refused");
    world.expectAuditSays("proposal-refused", "install again");
  },
  { agents: "version-1" },
);

story("a level that the host's root has closed: why is said, and nothing can be signed", (world) => {
  world.closes("web-1");
  fail(world);
  world.expectPage("alice", { reason: "check-failing", to: "incident" });
  world.expectAudit("proposal-refused");
  world.expectAuditSays("proposal-refused", "level-closed");
});

story("a host that refuses a version of the trust is told of once, until it believes the newest", (world) => {
  const host = world.host("web-1");
  const believed = { version: 1, hash: "1".padStart(64, "0") };
  host.answersTrust(believed, null);
  world.publishesTrust(2);
  world.advance(seconds(5));
  for (let round = 0; round < 3; round += 1) {
    host.answersTrust(believed, "trust-unsigned");
    world.advance(minutes(1));
  }
  world.expectPage("alice", { reason: "signature-doubtful", says: "refuses the fleet's newest list" });
  host.answersTrust({ version: 2, hash: "2".padStart(64, "0") }, null);
  world.advance(minutes(15));
  world.expectPage("alice", { reason: "signature-doubtful", kind: "recovered" });
  world.expectAudit("incident-resolved");
});

story("a passkey's count that goes back is told, and what it signed has run", (world) => {
  const signer = { scheme: "webauthn", person: "alice", credentialId: "stand-in-alice", counter: 2 } as const;
  world.host("web-1").actuator.signers = [{ ...signer, counterBefore: 9 }];
  fail(world);
  const page = world.expectPage("alice", { reason: "check-failing", to: "approval" });
  expect(world.approves("alice", page)).toBe("ok");
  world.advance(seconds(30));
  world.expectAction("web-1", "demo restart");
  world.expectAudit("approval-approved", "outcome-succeeded");
  world.expectPage("alice", { reason: "signature-doubtful", says: "whose count went back" });
});

story("a yes in advance by a passkey covers one person's yes, and not two people's", (world) => {
  world.demands("web-1", { people: 2 });
  const given = { host: "web-1", action: "restart", usesMax: 2, forMs: minutes(600) };
  expect(world.givesStanding("alice", given)).toBe("ok");
  fail(world);
  world.expectPage("alice", { reason: "check-failing", to: "approval" });
  world.host("web-1").service("demo").recovers();
  world.advance(minutes(20));
  world.expectPage("alice", { reason: "check-failing", kind: "recovered" });
  world.demands("web-1", { people: 1 });
  fail(world);
  world.expectAction("web-1", "demo restart");
  world.advance(minutes(11));
  world.expectAudit("standing-given", "approval-superseded", "incident-resolved");
  world.expectAudit("approved-by-standing", "outcome-succeeded", "approval-verified", "incident-resolved");
});
