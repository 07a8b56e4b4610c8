// Stories about what hosts tell beyond checks: slow answers, providers, identities; and clocks that are wrong.
import { expect } from "vitest";
import type { SimulatedService } from "../../control-plane/replay/world/simulated-service.ts";
import { minutes, seconds, story, type World } from "./world.ts";

/** A request of the service every ten seconds, each as slow as this. */
function answers(world: World, latencyMs: number, count: number) {
  for (let index = 0; index < count; index += 1) {
    world.tells("web-1", [{ kind: "latency", at: world.now, service: "demo", latencyMs }]);
    world.advance(seconds(10));
  }
}

story("a service that answers slowly warns once, and is over when its answers are fast again", (world) => {
  world.host("web-1");
  answers(world, 90, 12);
  world.expectNoPage();
  answers(world, 75_000, 13);
  const page = world.expectPage("alice", { reason: "latency-high", says: "answers slowly" });
  world.acknowledges("alice", page);
  // no word for a while is no recovery
  world.advance(minutes(20));
  answers(world, 90, 10);
  world.advance(minutes(11));
  world.expectPage("alice", { kind: "recovered" });
  world.expectAudit("incident-acknowledged", "incident-resolved");
});

/** Both services of the host say how a provider answered them. */
function asked(world: World, provider: string, isOk: boolean) {
  const fact = { kind: "provider", at: world.now, provider, isOk, class: isOk ? null : "provider" } as const;
  world.tells(
    "web-1",
    ["bob", "alice"].map((service) => ({ ...fact, service })),
  );
}

story("two providers that fail at once are two incidents; one recovers, the other goes on", (world) => {
  world.host("web-1");
  asked(world, "anthropic", false);
  world.advance(minutes(1));
  asked(world, "openai", false);
  world.advance(minutes(1));
  const first = world.expectPage("alice", { reason: "provider-failing", says: "anthropic" });
  const second = world.expectPage("alice", { reason: "provider-failing", says: "openai" });
  world.acknowledges("alice", first);
  world.acknowledges("alice", second);
  asked(world, "anthropic", true);
  for (let count = 0; count < 12; count += 1) {
    asked(world, "openai", false);
    world.advance(minutes(1));
  }
  world.expectPage("alice", { kind: "recovered", says: "anthropic" });
  world.expectNoPage();
  asked(world, "openai", true);
  world.advance(minutes(11));
  world.expectPage("alice", { kind: "recovered", says: "openai" });
  world.expectAudit(
    "incident-acknowledged",
    "incident-acknowledged",
    "incident-resolved",
    "incident-resolved",
  );
});

/** Some automation tries the same in vain, every 21 minutes: 205 times in three days, as in seed 000. */
function attempts(world: World, count: number) {
  for (let index = 0; index < count; index += 1) {
    world.advance(minutes(20));
    const tried = { action: "restart_service", by: "watchdog", outcome: "denied", isHelpful: false } as const;
    world.tells("web-1", [{ kind: "attempt", at: world.now, service: "demo", ...tried }]);
    world.advance(minutes(1));
  }
}

story(
  "the incident of 205 attempts in three days shows all of them, and pages for the first and the worse",
  (world) => {
    world.host("web-1");
    attempts(world, 5);
    const page = world.expectPage("alice", { reason: "remediation-stuck", says: "5 attempts" });
    world.acknowledges("alice", page);
    attempts(world, 15);
    world.expectPage("alice", { reason: "remediation-stuck", says: "20 attempts" });
    world.acknowledges("alice", page);
    attempts(world, 185);
    expect(world.evidenceOf("remediation-stuck").join("\n")).toContain("205 attempts");
    // nobody was paged, and the acknowledgement stands
    world.expectNoPage();
    world.expectAudit("incident-acknowledged", "acknowledgement-outgrown", "incident-acknowledged");
  },
  { policy: { incident: { acknowledgement: "7d" } } },
);

/** A job of the service that is to run every hour. */
const HOURLY = [{ source: "hourly", everyMs: minutes(60), graceMs: minutes(10) }] as const;

/** The catalogue is another one; how things stand is told after each welcome. */
function expects(world: World, heartbeats: SimulatedService["heartbeats"]) {
  world.host("web-1").service("demo").heartbeats = heartbeats;
  isDeployed(world);
  world.advance(seconds(10));
}

function isDeployed(world: World) {
  world.controlPlaneStops();
  world.advance(seconds(3));
  world.controlPlaneStarts();
}

story("a heartbeat that is missed is over when the catalogue expects it no more", (world) => {
  expects(world, HOURLY);
  world.advance(minutes(71));
  const page = world.expectPage("alice", { reason: "heartbeat-missed", says: "hourly" });
  world.acknowledges("alice", page);
  expects(world, []);
  world.advance(minutes(11));
  world.expectPage("alice", { kind: "recovered" });
  world.advance(minutes(80));
  world.expectNoPage();
  world.expectAudit("incident-acknowledged", "incident-resolved");
});

story("a heartbeat that comes each hour, and one each minute, page nobody over our own deploys", (world) => {
  expects(world, [...HOURLY, { source: "often", everyMs: minutes(1), graceMs: minutes(1) }]);
  for (let minute = 0; minute < 150; minute += 1) {
    const sources = minute % 60 === 0 ? ["hourly", "often"] : ["often"];
    for (const source of sources)
      world.tells("web-1", [{ kind: "heartbeat", at: world.now, service: "demo", source }]);
    if (minute % 25 === 7) isDeployed(world);
    world.advance(seconds(57));
  }
  world.expectNoPage();
  world.advance(minutes(2));
  world.expectPage("alice", { reason: "heartbeat-missed", says: "often" });
});
