// Stories about many hosts at once, announced absences, and what is not paged because it is said already.
import { minutes, seconds, story, type World } from "./world.ts";

const NAMES = ["web-1", "web-2", "web-3", "web-4", "web-5"] as const;

function fleetOf(world: World, count: number): readonly string[] {
  const names = NAMES.slice(0, count);
  for (const name of names) world.host(name);
  return names;
}

story(
  "the whole fleet goes at once: one page, automation is frozen, hosts are followed under it",
  (world) => {
    const names = fleetOf(world, 5);
    for (const name of names) {
      world.host(name).isCutOff();
      world.advance(seconds(2));
    }
    world.advance(seconds(62));
    world.expectPage("alice", { reason: "fleet-silent", says: "fell silent together" });
    world.expectAudit("automation-frozen");
    for (const name of names) world.host(name).returns();
    world.advance(minutes(11));
    world.expectPage("alice", { reason: "fleet-silent", kind: "recovered" });
    world.expectAudit("incident-resolved");
    world.expectAuditsOf("incident-merged");
    world.host("web-1").service("demo").fails();
    world.advance(seconds(30));
    world.expectPage("alice", { reason: "check-failing", to: "incident" });
    world.expectAudit("proposal-ignored");
  },
);

story("most of the fleet is back: it is the fleet's trouble until the last one is", (world) => {
  const names = fleetOf(world, 5);
  for (const name of names.slice(0, 4)) world.host(name).isCutOff();
  world.advance(seconds(65));
  world.acknowledges("alice", world.expectPage("alice", { reason: "fleet-silent", says: "4 of 5" }));
  world.expectAudit("automation-frozen", "incident-acknowledged");
  for (const name of names.slice(1, 4)) world.host(name).returns();
  world.advance(minutes(40));
  world.expectNoPage();
  world.host("web-1").returns();
  world.advance(minutes(11));
  world.expectPage("alice", { reason: "fleet-silent", kind: "recovered" });
  world.expectAudit("incident-resolved");
  world.expectAuditsOf("incident-merged");
});

story(
  "the last one is set aside: it is over for the fleet, and the host is a trouble of its own",
  (world) => {
    const names = fleetOf(world, 5);
    for (const name of names.slice(0, 4)) world.host(name).isCutOff();
    world.advance(seconds(65));
    world.expectPage("alice", { reason: "fleet-silent" });
    for (const name of names.slice(1, 4)) world.host(name).returns();
    world.advance(seconds(10));
    world.setsAside("alice", "web-1");
    world.advance(minutes(1));
    world.acknowledges("alice", world.expectPage("alice", { reason: "host-silent", says: "web-1" }));
    world.advance(minutes(11));
    world.expectPage("alice", { reason: "fleet-silent", kind: "recovered" });
    world.expectAudit("automation-frozen", "host-set-aside", "incident-acknowledged");
    world.expectAudit("incident-resolved");
    world.expectAuditsOf("incident-merged");
  },
);

story("two hosts of a small fleet are two pages, and freeze nothing", (world) => {
  fleetOf(world, 4);
  world.host("web-1").fallsSilent();
  world.host("web-2").fallsSilent();
  world.advance(seconds(65));
  world.expectPage("alice", { reason: "host-silent", says: "web-1" });
  world.expectPage("alice", { reason: "host-silent", says: "web-2" });
});

story("an announced reboot that does not come back says so, and not that the host is silent", (world) => {
  world.host("web-1");
  world.announcesReboot("web-1", minutes(5));
  world.host("web-1").isCutOff();
  world.advance(minutes(5));
  world.expectNoPage();
  world.advance(seconds(15));
  world.expectPage("alice", { reason: "host-late-return", says: "as announced" });
  world.host("web-1").returns();
  world.advance(minutes(10) + seconds(30));
  world.expectPage("alice", { reason: "host-late-return", kind: "recovered" });
  world.expectAudit("incident-resolved");
});

story(
  "a failing service of a host that dies is not paged beside it, and goes on when the host is back",
  (world) => {
    world.host("web-1").service("demo").fails();
    world.advance(seconds(25));
    world.expectPage("alice", { reason: "check-failing" });
    world.host("web-1").isCutOff();
    world.advance(seconds(65));
    world.acknowledges("alice", world.expectPage("alice", { reason: "host-silent" }));
    world.advance(minutes(10));
    world.expectNoPage();
    world.host("web-1").returns();
    world.advance(seconds(45));
    // Thirty seconds after the host was seen again: it rings anew, whoever had taken the host, and the link of before leads on.
    world.expectPage("alice", { reason: "check-failing" });
    world.expectAudit("incident-acknowledged", "incident-merged");
  },
);

story(
  "it flaps: the third page says so, and it stays one incident until it is quiet",
  (world) => {
    world.host("web-1");
    for (let turn = 0; turn < 8; turn += 1) {
      world.host("web-1").isCutOff();
      world.advance(seconds(70));
      if (turn < 2) world.expectPage("alice", { reason: "host-silent" });
      if (turn === 2)
        world.acknowledges("alice", world.expectPage("alice", { reason: "host-silent", says: "Flapping" }));
      world.host("web-1").returns();
      world.advance(minutes(4));
      if (turn < 2) world.expectPage("alice", { reason: "host-silent", kind: "recovered" });
    }
    world.expectNoPage();
    world.expectAudit(...Array.from({ length: 5 }, () => "finding-again"));
    world.advance(minutes(27));
    world.expectPage("alice", { reason: "host-silent", kind: "recovered" });
    world.expectAudit("incident-acknowledged", "incident-resolved", "incident-resolved", "incident-resolved");
  },
  { policy: { incident: { resolveAfter: "2m" } } },
);
