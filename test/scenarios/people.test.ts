// Stories about the brake, silences, and a human path that fails itself.
import { expect } from "vitest";
import { minutes, seconds, story, type World } from "./world.ts";

story(
  "a person pulls the brake: told once, nothing is proposed, and nothing but a person lifts it",
  (world) => {
    world.host("web-1");
    expect(world.freezes("bob", "web-1")).toBe("ok");
    world.advance(seconds(4));
    // One quiet update to the others; who pulled it is not told of it.
    world.expectPage("alice", { reason: "automation-frozen", kind: "update", says: "frozen by bob" });
    world.expectNoPage();
    world.host("web-1").service("demo").fails();
    world.advance(seconds(25));
    world.expectPage("alice", { reason: "check-failing", to: "incident", says: "is frozen by bob" });
    world.expectAudit("automation-frozen", "proposal-ignored");
    world.controlPlaneStops();
    world.controlPlaneStarts();
    world.host("web-1").service("demo").recovers();
    world.advance(minutes(11));
    world.expectPage("alice", { reason: "check-failing", kind: "recovered" });
    expect(world.liftsFreeze("rule:host-silent", "web-1")).toBe("people-only");
    expect(world.liftsFreeze("alice", "web-1", " ")).toBe("reason-missing");
    expect(world.liftsFreeze("alice", "web-1")).toBe("ok");
    world.advance(minutes(30));
    // Nobody was rung about the brake, so nobody is told its end.
    world.expectNoPage();
    world.expectAudit("freeze-lift-refused", "freeze-lift-refused", "freeze-lifted");
    world.expectAudit("incident-resolved", "incident-resolved");
  },
);

for (const scope of ["web-1", null])
  story(
    `who pulls the brake on ${scope ?? "the fleet"} is never paged for it, not at the next step either, nor by a day`,
    (world) => {
      world.host("web-1");
      expect(world.freezes("alice", scope)).toBe("ok");
      world.advance(seconds(4));
      world.expectPage("bob", { reason: "automation-frozen", kind: "update", says: "frozen by alice" });
      world.advance(minutes(24 * 60));
      world.expectNoPage();
      expect(world.liftsFreeze("alice", scope)).toBe("ok");
      world.advance(minutes(30));
      world.expectNoPage();
      world.expectAudit("automation-frozen", "freeze-lifted", "incident-resolved");
    },
  );

story("a brake pulled while a request is open takes the request away", (world) => {
  world.host("web-1").service("demo").fails();
  world.advance(seconds(25));
  const page = world.expectPage("alice", { reason: "check-failing", to: "approval" });
  world.freezes("bob", null);
  expect(world.approves("alice", page)).toBe("approval-superseded");
  world.advance(seconds(4));
  world.expectPage("alice", { reason: "automation-frozen", kind: "update", says: "the fleet" });
  world.expectAudit("automation-frozen", "approval-superseded", "page-seen", "approval-refused");
});

story(
  "a silence holds pages and nothing else; when it ends and it still fails, the page goes out",
  (world) => {
    world.host("web-1");
    expect(world.silences("alice", "host-silent", minutes(10))).toBe("ok");
    world.host("web-1").fallsSilent();
    world.advance(minutes(9));
    world.expectNoPage();
    world.expectAuditSays("incident-opened", "web-1 is silent");
    world.advance(minutes(2));
    world.expectPage("alice", { reason: "host-silent" });
    world.expectAudit("silence-added", "silence-ended");
  },
);

story("Alice's only phone is dead: everybody else is told, and told again when it works", (world) => {
  world.channel("push", "fails");
  world.channel("text", "fails");
  world.host("web-1").fallsSilent();
  world.advance(minutes(3));
  world.expectNoPage();
  world.channel("text", "works");
  world.advance(minutes(3));
  world.expectPage("alice", { reason: "host-silent", channel: "text" });
  world.expectPage("bob", { reason: "page-undelivered", says: "Pages to Alice are not delivered" });
  world.advance(minutes(3));
  world.acknowledges("bob", world.expectPage("bob", { reason: "host-silent" }));
  // A page reached her a while ago: that is the end of it, and bob was told at once.
  world.expectPage("bob", { reason: "page-undelivered", kind: "recovered", says: "A page reached them" });
  for (const person of ["alice", "bob"])
    world.expectPage(person, { reason: "page-undelivered", says: "Channel push takes no pages" });
  world.advance(minutes(8));
  world.expectNoPage();
  world.expectAudit("incident-acknowledged", "incident-resolved");
  world.expectAuditsOf("page-failed");
});

story("a person whom no channel can reach is found before a page needs them", (world) => {
  world.routeChecked("push", "the binding CHANNEL_NTFY_TOKEN is not set");
  world.advance(seconds(1));
  world.expectNoPage();
  world.routeChecked("text", "the binding SMS_TOKEN is not set");
  world.advance(seconds(4));
  world.expectPage("bob", { reason: "route-missing", says: "Alice cannot be paged" });
  world.expectPage("alice", { reason: "route-missing", says: "Bob cannot be paged" });
  world.routeChecked("text", null);
  world.advance(seconds(1));
  world.expectPage("bob", { reason: "route-missing", kind: "recovered" });
  world.expectPage("alice", { reason: "route-missing", kind: "recovered" });
  world.expectAudit("route-broken", "route-broken", "route-works", "incident-resolved", "incident-resolved");
});

/** Alice approves while the host is out of reach, so that its shard holds the grant; then Bob freezes. */
function freezeOverHeldGrant(world: World, scope: string | null): void {
  world.host("web-1").service("demo").fails();
  world.advance(seconds(25));
  const page = world.expectPage("alice", { reason: "check-failing", to: "approval" });
  world.host("web-1").isCutOff();
  world.advance(seconds(15));
  expect(world.approves("alice", page)).toBe("ok");
  world.advance(seconds(2));
  world.expectAudit("approval-approved");
  expect(world.freezes("bob", scope)).toBe("ok");
  world.expectAudit("automation-frozen", "grant-recalled");
  world.advance(seconds(4));
  world.expectPage("alice", { reason: "automation-frozen", kind: "update", says: "frozen by bob" });
  world.expectPage("alice", {
    reason: "check-failing",
    says: "restart of demo on web-1: frozen by bob before it ran",
  });
  world.expectAudit("approval-failed");
  world.expectAuditSays("approval-failed", '"restart" was not run: automation was frozen by bob');
}

for (const scope of ["web-1", null])
  story(
    `a brake pulled on ${scope ?? "the fleet"} while a grant waits for its host: it never runs`,
    (world) => {
      freezeOverHeldGrant(world, scope);
      world.host("web-1").returns();
      world.advance(seconds(60));
      world.expectAudit("noted");
    },
  );

story("a grant that was recalled does not come back when the brake is lifted within its time", (world) => {
  freezeOverHeldGrant(world, "web-1");
  expect(world.liftsFreeze("alice", "web-1")).toBe("ok");
  world.host("web-1").returns();
  world.advance(seconds(60));
  world.expectAudit("freeze-lifted", "incident-resolved", "noted");
});

story("a brake pulled after the host was sent its grant comes too late for that one run", (world) => {
  world.host("web-1").service("demo").fails();
  world.advance(seconds(25));
  const page = world.expectPage("alice", { reason: "check-failing", to: "approval" });
  world.approves("alice", page);
  world.advance(150);
  expect(world.freezes("bob", null)).toBe("ok");
  world.advance(seconds(6));
  world.expectAction("web-1", "demo restart");
  world.expectPage("alice", { reason: "automation-frozen", kind: "update" });
  world.expectAudit("approval-approved", "automation-frozen", "grant-recalled", "outcome-succeeded");
});
