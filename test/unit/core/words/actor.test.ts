// Actors: what they are called, and that a name makes nobody else of a person.
import { expect, it } from "vitest";
import {
  type Actor,
  actorNameOf,
  BY_DESK,
  BY_UNKNOWN,
  byAdmin,
  byHost,
  byPart,
  byPerson,
  byRule,
  isPerson,
} from "../../../../control-plane/src/core/words/actor.ts";
import { readActor } from "../../../../control-plane/src/stored/actor-shape.ts";

const ALL: readonly Actor[] = [
  byPerson("alice"),
  byRule("host-silent"),
  BY_DESK,
  byPart("shard-0"),
  byHost("host_a"),
  byAdmin(),
  byAdmin("ada"),
  BY_UNKNOWN,
];

it("is called so in texts, and in a signed grant", () => {
  expect(ALL.map(actorNameOf)).toEqual([
    "alice",
    "rule:host-silent",
    "desk",
    "shard-0",
    "host:host_a",
    "admin",
    "admin (ada)",
    "unknown",
  ]);
});

it.each(ALL)("as JSON is read as itself: %o", (actor) => {
  expect(readActor(JSON.stringify(actor))).toEqual(actor);
});

it.each(["", "alice", "null", '{"kind":"person"}', '{"kind":"boss"}', '{"kind":"rule","reason":"x"}'])(
  "is nobody known where it cannot be read: %s",
  (text) => {
    expect(readActor(text)).toEqual(BY_UNKNOWN);
  },
);

it("is a person by kind, whatever somebody else is called", () => {
  expect(isPerson(byPerson("desk"), "desk")).toBe(true);
  expect(isPerson(BY_DESK, "desk")).toBe(false);
  expect(isPerson(byAdmin("alice"), "alice")).toBe(false);
  expect(isPerson(null, "alice")).toBe(false);
});
