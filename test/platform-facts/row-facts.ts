// Facts of the rows of an actor: their order, what is read back, and that a step is one.
import { expect } from "vitest";
import type { ToldPolicy } from "../../control-plane/src/core/words/shard-word.ts";
import type { Page, RecordId } from "../../control-plane/src/shell/ports.ts";
import type { PlatformFact, Ports } from "./platform.ts";

type Rows = Ports["rows"];

/** The kind that the facts write: texts by any id. */
const KIND = "proven-from";

function putAll(rows: Rows, ids: readonly RecordId[]): void {
  for (const id of ids) rows.put(KIND, id, `of ${id}`);
}

function idsIn(rows: Rows, page?: Page): readonly RecordId[] {
  return rows.list(KIND, page).map(({ id }) => id);
}

function textsIn(rows: Rows): readonly (readonly [RecordId, string | null])[] {
  return rows.list(KIND).map((found) => [found.id, found.isReadable ? found.record : null]);
}

/** Runs a step that throws in the end. */
function failsAfter(rows: Rows, write: () => void): void {
  const step = () =>
    rows.atomically(() => {
      write();
      throw new Error("The step fails");
    });
  expect(step).toThrow("The step fails");
}

const WRITTEN = [
  [1, "of 1"],
  [2, "of 2"],
] as const;

export const ROW_FACTS: readonly PlatformFact[] = [
  {
    name: "rows come by their ids: numbers, then texts, and each in their order",
    check: async (actor) => {
      const ids = await actor.event(({ rows }) => {
        rows.make();
        putAll(rows, ["b", 10, "10", "B", 9, "a", 1.5, -1, "", 1_790_000_000_000]);
        rows.put("name", 0, "of another kind");
        rows.drop(KIND, "a");
        const atFirst = idsIn(rows);
        putAll(rows, [2, 10, "c", "A"]);
        return [atFirst, idsIn(rows)];
      });
      expect(ids).toEqual([
        [-1, 1.5, 9, 10, 1_790_000_000_000, "", "10", "B", "b"],
        [-1, 1.5, 2, 9, 10, 1_790_000_000_000, "", "10", "A", "B", "b", "c"],
      ]);
    },
  },
  {
    name: "texts among ids come by their code points",
    check: async (actor) => {
      const ids = await actor.event(({ rows }) => {
        rows.make();
        putAll(rows, ["\u{1f600}", "\uff5e", "\u00e9", "z", "\u{1f600}a", "\u4e2d\u{1f600}", "\u4e2d\uff5e"]);
        return idsIn(rows);
      });
      expect(ids).toEqual([
        "z",
        "\u00e9",
        "\u4e2d\uff5e",
        "\u4e2d\u{1f600}",
        "\uff5e",
        "\u{1f600}",
        "\u{1f600}a",
      ]);
    },
  },
  {
    name: "rows come by pages, from either end, and behind an id that may be gone",
    check: async (actor) => {
      const pages = await actor.event(({ rows }) => {
        rows.make();
        putAll(rows, [1, 2, 3, "a", "b"]);
        rows.drop(KIND, 2);
        const asked: readonly Page[] = [
          { after: 1 },
          { after: 2, limit: 2 },
          { after: "a" },
          { limit: 0 },
          { isNewestFirst: true, limit: 2 },
          { isNewestFirst: true, after: 1 },
        ];
        return asked.map((page) => idsIn(rows, page));
      });
      expect(pages).toEqual([[3, "a", "b"], [3, "a"], ["b"], [], ["b", "a"], ["b", "a", 3]]);
    },
  },
  {
    name: "what was put is read back equal, as JSON",
    check: async (actor) => {
      const record: ToldPolicy & Readonly<Record<string, unknown>> = {
        version: 1,
        hash: "h",
        text: "\u0000 \u00e9 \u4e2d \u{1f600} \ud800 \u2028 \"'\\",
        gone: undefined,
        zero: -0,
        list: [undefined, null, 1e-7, 2 ** 53],
        named: JSON.parse('{"__proto__":{"isOwn":true},"constructor":1,"10":1,"9":2}') as unknown,
      };
      const found = await actor.event(({ rows }) => {
        rows.make();
        rows.put("policy", 0, record);
        return [rows.get("policy", 0), rows.list("policy")[0]];
      });
      for (const each of found) {
        expect(each).toMatchObject({ id: 0, isReadable: true });
        expect(JSON.stringify(each?.isReadable === true ? each.record : null)).toBe(JSON.stringify(record));
      }
    },
  },
  {
    name: "a record is read, replaced and dropped within the step that put it",
    check: async (actor) => {
      const [within, after] = await actor.event(({ rows }) => {
        const found: unknown[] = [];
        rows.make();
        rows.atomically(() => {
          putAll(rows, [1, 2]);
          rows.put(KIND, 1, "again");
          rows.drop(KIND, 2);
          found.push(textsIn(rows), rows.get(KIND, 2));
        });
        return [found, textsIn(rows)];
      });
      expect(within).toEqual([[[1, "again"]], null]);
      expect(after).toEqual([[1, "again"]]);
    },
  },
  {
    name: "a step that throws leaves nothing",
    check: async (actor) => {
      const found = await actor.event(({ rows }) => {
        rows.make();
        putAll(rows, [2, 1]);
        failsAfter(rows, () => {
          rows.put(KIND, 1, "changed");
          rows.put(KIND, 1, "changed again");
          rows.drop(KIND, 2);
          rows.put(KIND, 0, "new");
        });
        return textsIn(rows);
      });
      expect(found).toEqual(WRITTEN);
    },
  },
  {
    name: "a step that throws makes nothing either",
    check: async (actor) => {
      const found = await actor.event(({ rows }) => {
        const isThereAtFirst = rows.exists();
        failsAfter(rows, () => rows.make());
        const isThereAfterFailure = rows.exists();
        rows.atomically(() => rows.make());
        return [isThereAtFirst, isThereAfterFailure, rows.exists()];
      });
      expect(found).toEqual([false, false, true]);
    },
  },
  {
    name: "a nested step goes with the outer one",
    check: async (actor) => {
      const found = await actor.event(({ rows }) => {
        rows.make();
        putAll(rows, [1, 2]);
        failsAfter(rows, () => rows.atomically(() => putAll(rows, [3])));
        return textsIn(rows);
      });
      expect(found).toEqual(WRITTEN);
    },
  },
  {
    name: "a nested step that throws is taken back alone, where the outer one goes on",
    check: async (actor) => {
      const found = await actor.event(({ rows }) => {
        rows.make();
        rows.atomically(() => {
          putAll(rows, [1]);
          failsAfter(rows, () => {
            putAll(rows, [3]);
            rows.put(KIND, 1, "changed");
          });
          putAll(rows, [2]);
        });
        return textsIn(rows);
      });
      expect(found).toEqual(WRITTEN);
    },
  },
];
