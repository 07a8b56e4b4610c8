// Stories about one incident as one stream of pages: who is told what, once, and by which channels. What a replay cannot say: how often an end is
// told, what a channel carried, and what a silence of something without a host holds.
import { expect } from "vitest";
import { minutes, seconds, story, type World } from "./world.ts";

/** The service fails, and its first ring is out. */
function fails(world: World) {
  world.host("web-1").service("demo").fails();
  world.advance(seconds(25));
  return world.expectPage("alice", { reason: "check-failing" });
}

story("the end is told once, to who was rung and to nobody else", (world) => {
  fails(world);
  world.host("web-1").service("demo").recovers();
  world.advance(minutes(30));
  world.expectPage("alice", { reason: "check-failing", kind: "recovered" });
  world.expectAudit("approval-superseded", "incident-resolved");
});

story("of what was silenced from its beginning nobody is told the end", (world) => {
  world.host("web-1");
  expect(world.silences("alice", "host-silent", minutes(60))).toBe("ok");
  world.host("web-1").fallsSilent();
  world.advance(minutes(10));
  world.host("web-1").returns();
  world.advance(minutes(90));
  world.expectNoPage();
  world.expectAudit("silence-added", "silence-ended", "incident-resolved");
});

story(
  "planned maintenance holds what begins in it, and rings at its end for what it left behind",
  (world) => {
    world.host("web-1");
    expect(world.silences("alice", "host-silent", minutes(30), minutes(60))).toBe("ok");
    world.advance(minutes(61));
    world.host("web-1").fallsSilent();
    world.advance(minutes(28));
    world.expectNoPage();
    world.advance(minutes(2));
    world.expectPage("alice", { reason: "host-silent" });
    world.expectAudit("silence-added", "silence-ended");
  },
);

story("a provider has no host: a silence of its reason holds it all the same", (world) => {
  world.host("web-1");
  expect(world.silences("alice", "provider-failing", minutes(60))).toBe("ok");
  for (let count = 0; count < 5; count += 1) {
    const fact = { kind: "provider", at: world.now, provider: "models", isOk: false, class: null } as const;
    world.tells(
      "web-1",
      ["bob", "alice"].map((service) => ({ ...fact, service })),
    );
    world.advance(minutes(1));
  }
  world.expectNoPage();
  world.expectAudit("silence-added");
});

story(
  "one channel rings first, the round after it begins at the next, and from the second repeat on all ring at once",
  (world) => {
    world.host("web-1").fallsSilent();
    world.advance(seconds(70));
    const rings = [["push"], ["text"], ["push", "text"], ["push", "text"]];
    for (const channels of rings) {
      const page = world.expectPage("alice", { reason: "host-silent" });
      expect(world.channelsOf(page).toSorted()).toEqual(channels);
      world.expectNoPage();
      world.advance(minutes(15));
    }
    world.expectPage("alice", { reason: "host-silent" });
  },
  { policy: { escalation: { steps: [{ notify: ["alice"], after: "0s" }], repeat: "15m" } } },
);

story("opening the link stops nothing: the next step rings", (world) => {
  world.opens("alice", fails(world));
  world.advance(minutes(5));
  world.expectPage("bob", { reason: "check-failing" });
});

story("what joins an incident that somebody else took is told to both, quietly", (world) => {
  const page = fails(world);
  expect(world.acknowledges("bob", page)).toBe("ok");
  world.advance(minutes(10));
  for (let count = 0; count < 3; count += 1) {
    world.host("web-1").service("demo").isStartedAnew({ isCounted: true });
    world.advance(seconds(30));
  }
  for (const name of ["alice", "bob"])
    world.expectPage(name, { kind: "update", reason: "restart-loop-suspected" });
  world.expectAudit("incident-acknowledged");
  world.expectAuditsOf("approval-superseded");
});
