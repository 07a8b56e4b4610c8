// Stories about hosts that fall silent, and about hosts that only seem to.
import { expect } from "vitest";
import { minutes, seconds, story } from "./world.ts";

story("a host dies: one page within the bound, worded by the second opinion; it returns", (world) => {
  world.host("web-1").fallsSilent();
  world.advance(seconds(59));
  world.expectNoPage();
  // No other host is late, so the ring waits for no like.
  world.advance(seconds(2));
  const page = world.expectPage("alice", { reason: "host-silent", says: "host dead", to: "incident" });
  expect(page.severity).toBe("critical");
  world.host("web-1").returns();
  world.advance(minutes(10));
  world.expectNoPage();
  world.advance(seconds(30));
  world.expectPage("alice", { reason: "host-silent", kind: "recovered", says: "stayed well since, for 10m" });
  world.expectAudit("incident-resolved");
});

story("only the agent dies: the page says that the host is up", (world) => {
  world.host("web-1").agentDies();
  world.advance(seconds(65));
  world.expectPage("alice", { reason: "host-silent", says: "agent dead and host up" });
});

story("nobody answers: the next person is paged, then all again", (world) => {
  world.host("web-1").fallsSilent();
  world.advance(seconds(65));
  world.expectPage("alice", { reason: "host-silent" });
  world.advance(minutes(5));
  world.expectPage("bob", { reason: "host-silent" });
  world.advance(minutes(15));
  world.expectPage("alice", { reason: "host-silent", says: "Still firing" });
});

story("a host that is late and comes back pages nobody", (world) => {
  world.host("web-1").isCutOff();
  world.advance(seconds(40));
  world.host("web-1").returns();
  world.advance(minutes(10));
  world.expectAuditSays("noted", "late → up");
});

story("it flaps: one incident, one page, and recovered only when it stays", (world) => {
  world.host("web-1").isCutOff();
  world.advance(seconds(65));
  world.expectPage("alice", { reason: "host-silent" });
  world.host("web-1").returns();
  world.advance(seconds(30));
  world.host("web-1").isCutOff();
  world.advance(seconds(90));
  world.expectAudit("finding-again");
  world.host("web-1").returns();
  world.advance(minutes(10) + seconds(30));
  world.expectPage("alice", { reason: "host-silent", kind: "recovered" });
  world.expectAudit("incident-resolved");
});

// Each of three returns looked like a recovery (seed 003: "exactly seven minutes").
story("seven good minutes, three times: nobody is told that it recovered", (world) => {
  for (let turn = 0; turn < 3; turn += 1) {
    world.host("web-1").service("demo").fails();
    world.advance(minutes(1));
    if (turn === 0) world.acknowledges("alice", world.expectPage("alice", { reason: "check-failing" }));
    world.host("web-1").service("demo").recovers();
    world.advance(minutes(7));
  }
  world.expectNoPage();
  world.expectAudit("incident-acknowledged", "finding-again", "finding-again");
  world.expectAuditsOf("approval-superseded");
});

story("a deploy of ours pages nobody", (world) => {
  world.host("web-1");
  world.host("web-2");
  world.controlPlaneStops();
  world.advance(seconds(30));
  world.controlPlaneStarts();
  world.advance(minutes(10));
  world.expectAuditSays("noted", "no data");
});

story("a host that does not return after our gap is paged", (world) => {
  world.host("web-1");
  world.host("web-2");
  world.controlPlaneStops();
  world.host("web-2").fallsSilent();
  world.advance(minutes(10));
  world.controlPlaneStarts();
  world.advance(seconds(19));
  world.expectPage("alice", { reason: "control-plane-gap", says: "saw nothing for 10m" });
  world.expectNoPage();
  world.advance(seconds(62));
  world.expectPage("alice", { reason: "host-silent", says: "web-2" });
});

story("a reboot too fast to be seen pages nobody", (world) => {
  world.host("web-1").rebootsFast();
  world.advance(minutes(30));
});

story("two machines with one key: refused and reported, until the second one goes", (world) => {
  const clone = world.host("web-1").clone();
  clone.starts();
  world.advance(seconds(20));
  const page = world.expectPage("alice", { reason: "identity-conflict", says: "two machines use one key" });
  world.acknowledges("alice", page);
  clone.fallsSilent();
  world.advance(minutes(31));
  world.expectPage("alice", { reason: "identity-conflict", kind: "recovered" });
  world.expectAudit("incident-acknowledged", "incident-resolved");
});

story(
  "nobody wants to hear of this host's silence: its state is on record, and nobody is paged",
  (world) => {
    world.host("web-1").fallsSilent();
    world.advance(minutes(30));
    world.expectNoPage();
    world.expectAuditSays("noted", "late → down");
  },
  { policy: { overrides: [{ match: { hosts: ["web-*"] }, rules: { "host-silent": { enabled: false } } }] } },
);
