// Stories about one cause on many hosts, as people meet it by links and questions: what was asked before, a yes in advance, and one end for all.
import { expect } from "vitest";
import { minutes, seconds, story, type World } from "./world.ts";

const NAMES = ["web-1", "web-2", "web-3", "web-4"] as const;

function fleetOf(world: World): void {
  for (const name of NAMES) world.host(name);
}

function fail(world: World, ...names: readonly string[]): void {
  for (const name of names) world.host(name).service("demo").fails();
  world.advance(seconds(25));
}

story("a third host makes it wide: one ring that asks nothing, and one person takes it all", (world) => {
  fleetOf(world);
  fail(world, "web-1");
  world.expectPage("alice", { reason: "check-failing", to: "approval", says: "web-1" });
  fail(world, "web-2", "web-3");
  const page = world.expectPage("alice", {
    reason: "check-failing",
    to: "incident",
    says: "demo fails on 3 of 4 hosts",
  });
  expect(world.acknowledges("alice", page)).toBe("ok");
  world.advance(minutes(50));
  world.expectNoPage();
  world.expectAudit("incident-acknowledged", "approval-expired");
  world.expectAuditsOf("incident-merged");
  world.expectAuditsOf("proposal-ignored");
});

story("what was asked before it was wide is answered still, and runs on that host alone", (world) => {
  fleetOf(world);
  fail(world, "web-1");
  const asked = world.expectPage("alice", { reason: "check-failing", to: "approval" });
  fail(world, "web-2", "web-3", "web-4");
  world.expectPage("alice", { reason: "check-failing", to: "incident" });
  expect(world.approves("alice", asked)).toBe("ok");
  world.advance(seconds(30));
  world.expectAction("web-1", "demo restart");
  world.advance(minutes(11));
  // who answered a question of it has answered
  world.expectNoPage();
  world.expectAudit("approval-approved", "outcome-succeeded", "approval-verified");
  world.expectAuditsOf("incident-merged");
  world.expectAuditsOf("proposal-ignored");
});

story("a yes in advance is not used in it", (world) => {
  fleetOf(world);
  const given = { host: "web-1", action: "restart", usesMax: 5, forMs: minutes(600) };
  expect(world.givesStanding("alice", given)).toBe("ok");
  fail(world, "web-2", "web-3", "web-4");
  world.expectPage("alice", { reason: "check-failing" });
  fail(world, "web-1");
  world.advance(minutes(3));
  world.expectAudit("standing-given");
  world.expectAuditsOf("incident-merged");
  world.expectAuditsOf("proposal-ignored");
});

story("all are well: told once, and as one", (world) => {
  fleetOf(world);
  fail(world, ...NAMES);
  world.expectPage("alice", { reason: "check-failing", says: "4 hosts" });
  for (const name of NAMES) world.host(name).service("demo").recovers();
  world.advance(minutes(30));
  world.expectPage("alice", { reason: "check-failing", kind: "recovered" });
  world.expectAudit("incident-resolved");
  world.expectAuditsOf("incident-merged");
  world.expectAuditsOf("proposal-ignored");
});
