// By which channels what goes out: at once or in order, and what a channel carries.
import { describe, expect, test } from "vitest";
import { aliceBy, deskWith, RING, ringing, takes, whyOf, withSureWay } from "./sure-way.ts";

withSureWay();

const AT_ONCE = aliceBy(["push", "text"], { send: "at-once" });

describe("at once", () => {
  test("a ring goes by all of a person's channels, as one page with one key", () => {
    const desk = ringing(AT_ONCE);
    expect(desk.attempts()).toEqual([`${RING} push`, `${RING} text`]);
    expect(desk.state.pages.size).toBe(1);
  });

  test("what is quiet goes in order", () => {
    const desk = ringing(AT_ONCE);
    takes(desk, RING, "push");
    desk.clear();
    desk.tickAfter(desk.policy.incident.resolveAfterMs);
    expect(desk.attempts().slice(2)).toEqual(["inc_1:recovered:0:alice push"]);
  });

  test.each([
    [null, ["push", "text"]],
    ["text", ["text"]],
  ])("a test by %s goes by %j", (channel, expected) => {
    const desk = deskWith(AT_ONCE);
    desk.act("alice", { kind: "send-test-page", testId: "tst_1", responder: "alice", channel });
    expect(desk.attempts()).toEqual(expected.map((name) => `tst_1:test:0:alice ${name}`));
  });
});

describe("a channel that carries rings alone", () => {
  test("is left out of what is quiet", () => {
    const desk = ringing(aliceBy(["phone", "feed"]));
    takes(desk, RING, "phone");
    desk.clear();
    desk.tickAfter(desk.policy.incident.resolveAfterMs);
    expect(desk.attempts()).toEqual([`${RING} phone`, "inc_1:recovered:0:alice feed"]);
  });

  test("and where there is no other nothing is sent, which is on record", () => {
    const desk = ringing(aliceBy(["phone"]));
    takes(desk, RING, "phone");
    desk.clear();
    desk.tickAfter(desk.policy.incident.resolveAfterMs);
    expect(desk.attempts()).toEqual([`${RING} phone`]);
    expect(whyOf(desk, "page-withdrawn")).toContain("No channel of alice carries");
  });
});
