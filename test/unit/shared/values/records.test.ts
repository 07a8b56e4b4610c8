// Records as values: what one of them holds never changes, whatever is made of it and in whatever order they are read; and no change copies
// all, counted in steps of the maps inside.
import { describe, expect, it, vi } from "vitest";
import { changesBetween, NO_RECORDS, type Records, recordsFrom } from "@countersign/shared/values/records";

const FEW = 100;
const MANY = 10_000;

describe("records", () => {
  it("keep the order of a plain object", () => {
    const first = recordsFrom([
      ["a", 1],
      ["b", 2],
      ["a", 3],
    ]);
    expect(first.entries()).toEqual([
      ["a", 3],
      ["b", 2],
    ]);
    const next = first.with("c", 4).with("a", 5).without("b").with("b", 6);
    expect([...next]).toEqual([
      ["a", 5],
      ["c", 4],
      ["b", 6],
    ]);
    expect(first.values()).toEqual([3, 2]);
    expect(next.ids()).toEqual(["a", "c", "b"]);
  });

  it("give back in its place what an earlier value holds and a later one does not", () => {
    const first = recordsFrom(["a", "b", "c"].map((id) => [id, id]));
    const next = first.without("a").with("d", "d");
    expect([next.ids(), first.ids(), next.ids()]).toEqual([
      ["b", "c", "d"],
      ["a", "b", "c"],
      ["b", "c", "d"],
    ]);
  });

  it("stay the same value where nothing changes", () => {
    const records = recordsFrom([["a", 1]]);
    expect(records.with("a", 1)).toBe(records);
    expect(records.without("b")).toBe(records);
    expect(NO_RECORDS.without("a")).toBe(NO_RECORDS);
  });

  it("find nothing by a name that every object answers to", () => {
    const records: Records<number> = recordsFrom([["a", 1]]);
    for (const name of ["constructor", "__proto__", "toString"]) {
      expect([records.get(name), records.has(name)]).toEqual([undefined, false]);
      expect(records.with(name, 2).get(name)).toBe(2);
    }
  });

  it("go two ways from one value without meeting", () => {
    const first = recordsFrom(Array.from({ length: FEW }, (_, number) => [`${number}`, number]));
    let [left, right] = [first, first];
    for (let number = 0; number < 10 * FEW; number += 1) {
      left = left.with(`${number % FEW}`, -number);
      right = right.without(`${number}`).with(`r${number}`, number);
    }
    expect(first.values()).toEqual(Array.from({ length: FEW }, (_, number) => number));
    expect(left.size).toBe(FEW);
    expect(right.size).toBe(10 * FEW);
    expect(left.get("1")).toBe(-9 * FEW - 1);
  });

  it("begin each with a map of their own, where all begin with none", () => {
    const [left, right] = [
      (NO_RECORDS as Records<number>).with("a", 1),
      (NO_RECORDS as Records<number>).with("b", 2),
    ];
    expect([left.ids(), right.ids(), NO_RECORDS.size]).toEqual([["a"], ["b"], 0]);
  });

  it("compare, and are written, as what they hold", () => {
    const records = recordsFrom([["a", { deep: 1 }]]);
    expect(records.with("b", { deep: 2 }).without("b")).toEqual(records);
    expect(records.with("b", { deep: 2 })).not.toEqual(records);
    expect(recordsFrom([["a", { deep: 2 }]])).not.toEqual(records);
    expect(JSON.stringify(records)).toBe('{"a":{"deep":1}}');
  });
});

describe("what changed between two values", () => {
  const first = recordsFrom<number>([
    ["a", 1],
    ["b", 2],
    ["c", 3],
  ]);
  const next = first.with("d", 4).with("c", 5).with("c", 6).without("a").with("b", 9).with("b", 2);

  it("is each id once, in the order of the later value, with what is gone at the end", () => {
    expect(changesBetween(first, next)).toEqual([
      { id: "c", before: 3, after: 6 },
      { id: "d", before: undefined, after: 4 },
      { id: "a", before: 1, after: undefined },
    ]);
    expect(changesBetween(next, next)).toEqual([]);
  });

  it("is found backwards as well, and between values that have nothing to do with each other", () => {
    const back = changesBetween(next, first);
    expect(back.map(({ id, before, after }) => [id, before, after])).toEqual([
      ["a", undefined, 1],
      ["c", 6, 3],
      ["d", 4, undefined],
    ]);
    expect(changesBetween(recordsFrom(first), recordsFrom(next))).toEqual(changesBetween(first, next));
  });
});

describe("the cost in steps", () => {
  it.each([
    ["a chain of changes", (records: Records<number>) => chain(records)],
    ["decisions that are thrown away", (records: Records<number>) => thrownAway(records)],
    ["reading the values before and after each change", (records: Records<number>) => compared(records)],
    ["asking what changed", (records: Records<number>) => changesBetween(records, chain(records))],
  ])("does not grow with the number of records: %s", (_what, work) => {
    const steps = [FEW, MANY].map((count) => {
      const records = recordsFrom(Array.from({ length: count }, (_, number) => [`${number}`, number]));
      return stepsOf(() => work(records));
    });
    expect(steps[0]).toBe(steps[1]);
    expect(steps[0]).toBeGreaterThan(0);
  });

  it("is that of one copy where two lines that began together are followed by turns", () => {
    const records = recordsFrom(Array.from({ length: FEW }, (_, number) => [`${number}`, number]));
    const steps = stepsOf(() => {
      let [left, right] = [records, records];
      for (let number = 0; number < MANY; number += 1) {
        left = left.with(`${number % FEW}`, -number);
        if (number % FEW === 0) right = right.with(`${number % 7}`, number);
      }
    });
    expect(steps).toBeLessThan(10 * MANY);
  });
});

const CHANGES = 50;

function chain(records: Records<number>): Records<number> {
  let next = records;
  for (let number = 0; number < CHANGES; number += 1) next = next.with(`${number}`, -1 - number);
  return next.without("0").with("new", 1);
}

function thrownAway(records: Records<number>): void {
  for (let number = 0; number < CHANGES; number += 1) records.with("1", -1 - number).with(`n${number}`, 1);
}

function compared(records: Records<number>): void {
  let before = records;
  for (let number = 0; number < CHANGES; number += 1) {
    const after = before.with(`${number}`, -1 - number);
    expect([before.get(`${number}`), after.get(`${number}`)]).toEqual([number, -1 - number]);
    before = after;
  }
}

/** How often something is set, deleted or read in a map meanwhile. */
function stepsOf(work: () => void): number {
  const spies = (["set", "delete", "get"] as const).map((step) => vi.spyOn(Map.prototype, step));
  try {
    work();
    return spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
