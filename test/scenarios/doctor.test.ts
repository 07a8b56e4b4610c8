// Stories about what a host's own doctor finds: it works now, and will not when it is needed.
import { expect } from "vitest";
import type { ExaminedFinding } from "@countersign/shared/wire/examined";
import { minutes, seconds, story } from "./world.ts";

const LINGER: ExaminedFinding = {
  check: "linger: bob",
  service: null,
  status: "wrong",
  detail: "their units stop when they sign out",
  mend: "sudo loginctl enable-linger bob",
};
const UNSEEN: ExaminedFinding = { ...LINGER, check: "clock", status: "unknown" };

story(
  "doctor finds something wrong: it is told once, in words and not in commands, until it is mended",
  (world) => {
    const host = world.host("web-1");
    world.advance(minutes(1));
    host.isExamined([LINGER, UNSEEN]);
    world.advance(seconds(10));
    const page = world.expectPage("alice", {
      reason: "host-misconfigured",
      says: "web-1: misconfigured",
    });
    expect(page.kind).toBe("ring");
    expect(`${page.title} ${page.body}`).toContain("linger: bob");
    expect(`${page.title} ${page.body}`).not.toContain("loginctl");
    world.acknowledges("alice", page);
    // It looks again, and finds the same.
    world.advance(minutes(30));
    host.isExamined([LINGER, UNSEEN]);
    world.advance(minutes(10));
    world.expectNoPage();
    host.isExamined([UNSEEN]);
    world.advance(minutes(15));
    world.expectPage("alice", { reason: "host-misconfigured", kind: "recovered" });
    world.expectAudit("incident-acknowledged", "incident-resolved");
  },
);

story("doctor could not see something: nobody is told", (world) => {
  const host = world.host("web-1");
  world.advance(minutes(1));
  host.isExamined([UNSEEN]);
  world.advance(minutes(30));
  world.expectNoPage();
});
