// Subjects: keys that names from outside cannot make equal, sameness by ids alone, the names that people read.
import { describe, expect, it } from "vitest";
import {
  FLEET,
  hostedSubject,
  isSameSubject,
  nameOf,
  partSubject,
  personSubject,
  placeNameOf,
  serviceOf,
  type Subject,
  subjectKeyOf,
} from "../../../../control-plane/src/core/words/subject.ts";

const at = (hostId: string, service: string | null) => hostedSubject({ hostId, hostName: "web-1" }, service);
const alice = personSubject({ id: "alice", name: "Alice" });

/** Names that would make two keys one, were they put together as they are. */
const NAMES = ["", "a", "a/b", "b", "a%2Fb", "a%b", "%", "/", "fleet", "host", "desk", "__proto__", "\uD800"];

const ALL: readonly Subject[] = [
  FLEET,
  partSubject("desk"),
  ...NAMES.flatMap((name): Subject[] => [
    at(name, null),
    ...NAMES.map((service) => at(name, service)),
    { kind: "fleet", shard: name },
    ...NAMES.flatMap((shared): Subject[] => [
      { kind: "provider", shard: name, name: shared },
      { kind: "identity", shard: name, name: shared },
    ]),
    personSubject({ id: name, name: "Alice" }),
    { kind: "channel", channel: name },
    { kind: "part", shard: name },
    { kind: "external", name },
  ]),
];

describe("the key of a subject", () => {
  it("is no other subject's, whatever names contain", () => {
    expect(new Set(ALL.map(subjectKeyOf)).size).toBe(ALL.length);
  });
});

describe("two subjects", () => {
  it("are the same by their ids, whatever they are called", () => {
    expect(isSameSubject(at("h", "x"), { ...at("h", "x"), hostName: "renamed" })).toBe(true);
    expect(isSameSubject(alice, personSubject({ id: "alice", name: "A." }))).toBe(true);
  });

  it.each([
    [at("h", "x"), at("h", "y")],
    [at("h", "x"), at("i", "x")],
    [at("h", null), at("h", "x")],
    [FLEET, { kind: "fleet", shard: "shard-0" }],
    [partSubject("desk"), partSubject("shard-0")],
    [alice, { kind: "external", name: "alice" }],
  ] as const)("%o and %o are not the same", (left, right) => {
    expect(isSameSubject(left, right)).toBe(false);
  });
});

it.each([
  { subject: at("h", "demo"), name: "demo on web-1", place: "web-1", service: "demo" },
  { subject: at("h", null), name: "web-1", place: "web-1", service: null },
  { subject: { kind: "fleet", shard: "shard-0" }, name: "the fleet", place: "the fleet", service: null },
  { subject: partSubject("desk"), name: "the desk", place: "the desk", service: null },
  { subject: partSubject("shard-0"), name: "shard-0", place: "shard-0", service: null },
] as const)("$subject.kind is called $name", ({ subject, name, place, service }) => {
  expect([nameOf(subject), placeNameOf(subject), serviceOf(subject)]).toEqual([name, place, service]);
});
