// Rows in memory: the order of their ids whatever the order in which they came, pages of them, and steps that are taken back.
import { expect, it } from "vitest";
import { MemoryRows } from "../../../control-plane/replay/ports/memory-rows.ts";

interface Kept {
  readonly word: string;
}

const idsOf = (rows: MemoryRows<Kept>, page = {}) => rows.list("word", page).map(({ id }) => id);

function rowsOf(...ids: readonly (string | number)[]): MemoryRows<Kept> {
  const rows = new MemoryRows<Kept>();
  for (const id of ids) rows.put("word", id, `of ${id}`);
  return rows;
}

it("are listed numbers first, each in its order", () => {
  const rows = rowsOf("b", 10, 9, "a");
  expect(idsOf(rows)).toEqual([9, 10, "a", "b"]);
  rows.put("word", 1, "first");
  rows.put("word", 10, "again");
  rows.drop("word", "a");
  expect(idsOf(rows)).toEqual([1, 9, 10, "b"]);
  expect(rows.get("word", 10)).toMatchObject({ record: "again" });
});

it("are listed by pages, from either end", () => {
  const rows = rowsOf(1, 2, 3, 4);
  expect(idsOf(rows, { after: 1, limit: 2 })).toEqual([2, 3]);
  expect(idsOf(rows, { limit: 2, isNewestFirst: true })).toEqual([4, 3]);
});

it("are as they were before a step that throws", () => {
  const rows = rowsOf(1, 2);
  const step = () =>
    rows.atomically(() => {
      rows.put("word", 1, "changed");
      rows.drop("word", 2);
      rows.put("word", 0, "new");
      throw new Error("no");
    });
  expect(step).toThrow("no");
  expect(rows.list("word")).toMatchObject([
    { id: 1, record: "of 1" },
    { id: 2, record: "of 2" },
  ]);
});
