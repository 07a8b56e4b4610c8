// Indexes of records: they find what looking at all would find, whichever value of the records is asked, and judge a record again only when it
// is another one.
import { describe, expect, it } from "vitest";
import { DueList } from "@countersign/shared/values/due-list";
import { type Records, recordsFrom } from "@countersign/shared/values/records";
import { dueBy, groupedBy } from "@countersign/shared/values/records-index";

interface Task {
  readonly id: string;
  readonly kind: string | null;
  readonly dueAt: number | null;
}

const TASKS: readonly Task[] = [
  { id: "a", kind: "x", dueAt: 30 },
  { id: "b", kind: "y", dueAt: null },
  { id: "c", kind: "x", dueAt: 10 },
  { id: "d", kind: null, dueAt: 20 },
];

function tasks(): Records<Task> {
  return recordsFrom(TASKS.map((task) => [task.id, task]));
}

function put(records: Records<Task>, id: string, changed: Partial<Task>): Records<Task> {
  const task = records.get(id) ?? { id, kind: null, dueAt: null };
  return records.with(id, { ...task, ...changed });
}

const idsOf = (found: readonly Task[]) => found.map(({ id }) => id).join("");

describe("records grouped by a key", () => {
  it("are found in the order of the records, from one value to the next and back", () => {
    const byKind = groupedBy<Task>(({ kind }) => kind);
    const first = tasks();
    const next = put(put(put(first, "b", { kind: "x" }), "e", { kind: "x" }), "c", { kind: null });
    const last = next.without("a");
    const found = [first, next, last, first, next].map((records) => idsOf(byKind(records, "x")));
    expect(found).toEqual(["ac", "abe", "be", "ac", "abe"]);
    expect(byKind(last, "none")).toEqual([]);
  });

  it("are judged once each, and again only when they are changed", () => {
    let judged = 0;
    const byKind = groupedBy<Task>(({ kind }) => ((judged += 1), kind));
    const first = tasks();
    byKind(first, "x");
    expect(judged).toBe(4);
    byKind(put(first, "b", { kind: "x" }), "x");
    byKind(first, "y");
    expect(judged).toBe(6);
  });

  it("are made anew where judging one has thrown", () => {
    let throws = true;
    const byKind = groupedBy<Task>(({ kind, id }) => {
      if (throws && id === "c") throw new Error("no kind");
      return kind;
    });
    const records = tasks();
    expect(() => byKind(records, "x")).toThrow("no kind");
    throws = false;
    expect(idsOf(byKind(records, "x"))).toBe("ac");
  });
});

describe("records that are due", () => {
  const due = dueBy<Task, { readonly laterMs: number }>(({ dueAt }, { laterMs }) =>
    dueAt === null ? null : dueAt + laterMs,
  );
  const [soon, late] = [{ laterMs: 0 }, { laterMs: 100 }];

  it("are found in the order of the records, and the first instant with them", () => {
    const first = tasks();
    const next = put(first.without("c"), "b", { dueAt: 5 });
    expect([due.earliestAt(first, soon), idsOf(due.dueAt(first, soon, 20))]).toEqual([10, "cd"]);
    expect([due.earliestAt(next, soon), idsOf(due.dueAt(next, soon, 30))]).toEqual([5, "abd"]);
    expect([due.earliestAt(first, soon), idsOf(due.dueAt(first, soon, 9))]).toEqual([10, ""]);
  });

  it("are judged anew when what is given is another value", () => {
    const records = tasks();
    expect(due.earliestAt(records, late)).toBe(110);
    expect(due.earliestAt(put(records, "a", { dueAt: 1 }), late)).toBe(101);
    expect(due.earliestAt(records, soon)).toBe(10);
  });
});

describe("a list of what is due", () => {
  it("finds what a search through all finds, whatever is set anew, and looks at few", () => {
    const list = new DueList();
    const known = new Map<string, number>();
    for (let step = 0; step < 3_000; step += 1) {
      const [id, at] = [`${(step * 7) % 97}`, (step * 7919) % 1_009];
      const isOff = step % 5 === 0;
      list.set(id, isOff ? null : at);
      if (isOff) known.delete(id);
      else known.set(id, at);
      const due = [...known].filter(([, dueAt]) => dueAt <= 300).map(([due]) => due);
      expect([list.earliestAt(), list.dueAt(300).toSorted()]).toEqual([
        known.size === 0 ? null : Math.min(...known.values()),
        due.toSorted(),
      ]);
    }
  });
});
