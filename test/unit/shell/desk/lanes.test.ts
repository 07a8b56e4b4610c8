// Lanes: how many attempts are under way at once, in which order the others begin, and that a provider that hangs
// delays nobody else.
import { expect, it } from "vitest";
import { PAGE_UNCONFIRMED_AFTER_MS } from "../../../../control-plane/src/core/desk/outbox/page-outbox.ts";
import { Lanes, type Urgency } from "../../../../control-plane/src/shell/desk/lanes.ts";

/** Lanes that a test looks into. */
class Road {
  now = 1_000_000;
  readonly began: string[] = [];
  readonly over: string[] = [];
  readonly unwanted = new Set<string>();
  readonly lanes = new Lanes(() => this.now);
  readonly #leave = new Map<string, () => void>();

  enters(lane: string, name: string, urgency: Urgency = "ring"): void {
    this.lanes.enter({
      lane,
      urgency,
      isWanted: () => !this.unwanted.has(name),
      begin: (leave) => {
        this.began.push(name);
        this.#leave.set(name, leave);
      },
      over: () => this.over.push(name),
    });
  }

  ends(name: string): void {
    this.#leave.get(name)?.();
  }

  /** What began since this was asked last. */
  takeBegan(): readonly string[] {
    return this.began.splice(0);
  }
}

it("a channel has two attempts under way, and the others begin in their order", () => {
  const road = new Road();
  for (const name of ["a", "b", "c", "d"]) road.enters("slow", name);
  expect(road.takeBegan()).toEqual(["a", "b"]);
  road.ends("b");
  expect(road.takeBegan()).toEqual(["c"]);
  road.ends("b");
  expect(road.takeBegan()).toEqual([]);
  road.ends("a");
  expect(road.takeBegan()).toEqual(["d"]);
  expect(road.over).toEqual(["b", "a"]);
});

it("a channel that hangs keeps nobody else waiting", () => {
  const road = new Road();
  for (let index = 0; index < 100; index += 1) road.enters("hangs", `h${index}`);
  for (let index = 0; index < 100; index += 1) {
    road.enters("works", `w${index}`);
    road.ends(`w${index}`);
  }
  expect(road.takeBegan().filter((name) => name.startsWith("w"))).toHaveLength(100);
});

it("six are under way over all channels, and the seventh begins when one of them ends", () => {
  const road = new Road();
  for (const lane of ["a", "b", "c", "d"]) for (const number of [1, 2]) road.enters(lane, `${lane}${number}`);
  expect(road.takeBegan()).toEqual(["a1", "a2", "b1", "b2", "c1", "c2"]);
  road.ends("c1");
  expect(road.takeBegan()).toEqual(["d1"]);
});

it("rings begin before other pages, and pages before what is asked and told about them", () => {
  const road = new Road();
  for (const name of ["a", "b"]) road.enters("way", name);
  road.enters("way", "asked", "follow-up");
  road.enters("way", "update", "page");
  road.enters("way", "ring", "ring");
  road.takeBegan();
  road.ends("a");
  road.ends("b");
  road.ends("ring");
  expect(road.takeBegan()).toEqual(["ring", "update", "asked"]);
});

it("questions and settlings leave a place on each channel and three of all to pages", () => {
  const road = new Road();
  for (const lane of ["a", "b", "c", "d"])
    for (const number of [1, 2]) road.enters(lane, `${lane}${number}`, "follow-up");
  expect(road.takeBegan()).toEqual(["a1", "b1", "c1"]);
  for (const lane of ["a", "d", "e"]) road.enters(lane, `${lane} ring`);
  expect(road.takeBegan()).toEqual(["a ring", "d ring", "e ring"]);
  road.ends("b1");
  expect(road.takeBegan()).toEqual(["b2"]);
});

it("what nobody wants any more is dropped when its turn comes, and takes no place", () => {
  const road = new Road();
  for (const name of ["a", "b", "gone", "d"]) road.enters("way", name);
  road.unwanted.add("gone");
  road.takeBegan();
  road.ends("a");
  expect([road.takeBegan(), road.over]).toEqual([["d"], ["a", "gone"]]);
});

it("an attempt of which nobody hears stands in the way no longer than the desk waits for a page", () => {
  const road = new Road();
  for (const name of ["a", "b", "c"]) road.enters("way", name);
  road.takeBegan();
  road.now += PAGE_UNCONFIRMED_AFTER_MS - 1;
  road.lanes.move();
  expect(road.takeBegan()).toEqual([]);
  road.now += 1;
  road.lanes.move();
  expect([road.takeBegan(), road.over]).toEqual([["c"], ["a", "b"]]);
  road.ends("a");
  expect(road.over).toEqual(["a", "b"]);
});

it("a clock that is set back keeps no place taken for longer", () => {
  const road = new Road();
  for (const name of ["a", "b", "c"]) road.enters("way", name);
  road.now -= PAGE_UNCONFIRMED_AFTER_MS;
  road.lanes.move();
  expect(road.began).toEqual(["a", "b", "c"]);
});
