// Stories about how often one thing is told: more when it grows worse, less when nobody answers, and never not at all.
import { expect } from "vitest";
import { minutes, seconds, story, type World } from "./world.ts";

const hours = (count: number): number => minutes(60) * count;

function entersFallback(world: World): void {
  world.host("web-1");
  world.tells("web-1", [
    { kind: "fallback", at: world.now, service: "demo", fallback: "other-providers", isActive: true },
  ]);
  world.advance(hours(4) + seconds(5));
}

story(
  "the fallback that masks the failure: told anew at each rise, though it was acknowledged for a week (seed 000)",
  (world) => {
    entersFallback(world);
    for (const [severity, says] of [
      ["warning", "demo on web-1 still runs on its fallback"],
      ["error", "Now error: demo on web-1 still runs"],
      ["critical", "Now critical: demo on web-1 still runs"],
    ] as const) {
      const page = world.expectPage("alice", { reason: "fallback-overdue", says });
      expect(page.severity).toBe(severity);
      expect(world.acknowledges("alice", page)).toBe("ok");
      world.expectNoPage();
      world.advance(hours(4));
    }
    // Nothing is worse than critical: the last acknowledgement stands.
    world.advance(hours(8));
    world.expectAudit("incident-acknowledged", "incident-acknowledged", "incident-acknowledged");
    world.expectAudit("acknowledgement-outgrown", "acknowledgement-outgrown");
    world.expectAuditSays("acknowledgement-outgrown", "the acknowledgement by alice was for warning");
  },
  { policy: { incident: { acknowledgement: "7d" } } },
);

story(
  "nobody answers for a day: ten pages to each and not 72, further and further apart, and they go on",
  (world) => {
    world.host("web-1").fallsSilent();
    world.advance(hours(24));
    const count = { alice: 0, bob: 0 };
    for (const name of ["alice", "bob"] as const)
      for (; count[name] < 10; count[name] += 1)
        world.expectPage(name, {
          reason: "host-silent",
          ...(count[name] === 0 ? {} : { says: "Still firing" }),
        });
    world.expectNoPage();
    world.advance(hours(10));
    world.expectPage("alice", { reason: "host-silent" });
    world.expectPage("bob", { reason: "host-silent" });
  },
);
