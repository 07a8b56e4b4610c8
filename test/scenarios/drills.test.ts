// Stories about drills of the way to people. The clock begins on a Sunday, 22 November 2026, at 02:00 UTC; Alice lives
// in Berlin, where it is an hour later.
import { expect } from "vitest";
import type { Page } from "../../control-plane/src/core/desk/records/pages/page.ts";
import { minutes, seconds, story, type World } from "./world.ts";

const hours = (count: number): number => minutes(60 * count);
const days = (count: number): number => hours(24 * count);

const POLICY = {
  drills: [{ path: "paging", every: "30d" }],
  responders: [{ id: "alice", name: "Alice", channels: ["push", "text"], timeZone: "Europe/Berlin" }],
  escalation: { steps: [{ notify: ["alice"], after: "0s" }] },
};
const ALONE = { policy: POLICY };
const DRILL = { kind: "test", says: "DRILL: nothing is wrong" } as const;

/** The desk looks at its channels as it starts, and it becomes Monday, a moment before nine in Berlin. */
function untilMonday(world: World): void {
  world.routeChecked("push", null);
  world.advance(days(1) + hours(6) - 1_000);
  world.expectNoPage();
}

story(
  "a drill comes at nine by her own clock, she says so, and the next one comes after thirty days",
  (world) => {
    untilMonday(world);
    world.advance(minutes(1));
    const drill = world.expectPage("alice", { ...DRILL, channel: "push" });
    expect(world.saysItCame("alice", drill)).toBe("ok");
    world.expectAudit("drill-sent", "test-page-seen", "drill-proven");
    world.advance(days(30) - 1_000);
    world.expectNoPage();
    world.advance(minutes(1));
    world.expectPage("alice", DRILL);
    world.expectAudit("drill-sent");
  },
  ALONE,
);

story(
  "nobody answers the drill nor its repeat: that the way is not exercised is a finding, until a drill is answered",
  (world) => {
    untilMonday(world);
    world.advance(minutes(1));
    world.expectPage("alice", DRILL);
    world.advance(days(1));
    world.expectPage("alice", { ...DRILL, says: "this is its repeat" });
    world.advance(days(29));
    world.expectNoPage();
    world.expectAudit("drill-sent", "drill-unanswered", "drill-sent", "drill-unanswered");
    // Declared on a Sunday at two: thirty days, and two in which a drill and its repeat have their time.
    world.advance(hours(18));
    world.expectNoPage();
    world.advance(hours(6));
    // The next period's drill goes out the same morning.
    world.expectPage("alice", DRILL);
    world.expectAudit("drill-sent");
    const ring = world.expectPage("alice", {
      reason: "fallback-untested",
      says: "Paging Alice was not exercised",
    });
    // She takes it from the page that says so, which shows what no drill did.
    world.acknowledges("alice", ring);
    world.advance(minutes(1));
    world.expectPage("alice", { reason: "fallback-untested", kind: "recovered" });
    world.expectAudit("incident-acknowledged", "drill-proven", "incident-resolved");
  },
  ALONE,
);

story(
  "the channel is dead: the drill goes on to the next, and what answered is what is proven",
  (world) => {
    world.channel("push", "fails");
    untilMonday(world);
    world.advance(minutes(1));
    world.saysItCame("alice", world.expectPage("alice", { ...DRILL, channel: "text" }));
    world.expectAudit("drill-sent", "page-failed", "test-page-seen", "drill-proven");
    world.expectAuditSays("drill-proven", "came by text");
  },
  ALONE,
);

/** Five minutes before nine in Berlin demo fails, and Alice is rung. */
function ringsBeforeNine(world: World): Page {
  world.routeChecked("push", null);
  world.advance(days(1) + hours(6) - minutes(6));
  world.host("web-1").service("demo").fails();
  world.advance(seconds(25));
  return world.expectPage("alice", { reason: "check-failing" });
}

story(
  "something rings her at nine: the drill waits by hours until it is over",
  (world) => {
    ringsBeforeNine(world);
    world.advance(minutes(6));
    world.expectNoPage();
    world.host("web-1").service("demo").recovers();
    world.advance(minutes(45));
    world.expectPage("alice", { reason: "check-failing", kind: "recovered" });
    world.expectNoPage();
    world.advance(minutes(15));
    world.expectPage("alice", DRILL);
    world.expectAudit("approval-superseded", "incident-resolved", "drill-sent");
  },
  ALONE,
);

story(
  "she takes what rang: that is as good as a drill, and none is sent for thirty days",
  (world) => {
    world.acknowledges("alice", ringsBeforeNine(world));
    world.host("web-1").service("demo").recovers();
    world.advance(days(29));
    world.expectPage("alice", { reason: "check-failing", kind: "recovered" });
    world.expectAudit("incident-acknowledged", "drill-proven", "approval-superseded", "incident-resolved");
    world.expectAuditSays("drill-proven", "took an incident after its page had come by push");
  },
  ALONE,
);

story(
  "what is not declared is not drilled, and nothing is found of it",
  (world) => {
    untilMonday(world);
    world.advance(days(60));
    world.expectNoPage();
  },
  { policy: { ...POLICY, drills: [] } },
);
