// The world's own promise: whatever a story did not expect fails it, be it a page, an action on a host or an audit row.
import { expect, test } from "vitest";
import { minutes, seconds, World } from "./world.ts";

test("a page that nobody expected fails the story", () => {
  const world = new World();
  world.host("web-1").fallsSilent();
  world.advance(minutes(2));
  expect(() => world.expectNothingElse()).toThrow(/pages that nobody expected/);
});

test("an action that nobody expected fails the story", () => {
  const world = new World();
  world.host("web-1").service("demo").fails();
  world.advance(seconds(25));
  world.approves("alice", world.expectPage("alice", { reason: "check-failing" }));
  world.advance(seconds(20));
  world.expectAudit("approval-approved", "outcome-succeeded");
  expect(() => world.expectNothingElse()).toThrow(/actions on web-1/);
});

test("an audit row that nobody expected fails the story", () => {
  const world = new World();
  world.host("web-1").service("demo").fails();
  world.advance(seconds(25));
  world.denies("alice", world.expectPage("alice", { reason: "check-failing" }));
  expect(() => world.expectNothingElse()).toThrow(/audit rows that nobody expected/);
});

test("an expected page that did not come fails the story, and says what came instead", () => {
  const world = new World();
  world.host("web-1").fallsSilent();
  world.advance(minutes(2));
  expect(() => world.expectPage("bob", { reason: "host-silent" })).toThrow(
    /alice by push: ring host-silent began/,
  );
});
