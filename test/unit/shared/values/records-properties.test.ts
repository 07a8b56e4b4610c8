// Random histories of records: each value is asked again at any later time, and answers as a plain map that was copied would.
import fc from "fast-check";
import { expect, test } from "vitest";
import { changesBetween, type Records, recordsFrom } from "@countersign/shared/values/records";
import { dueBy, groupedBy } from "@countersign/shared/values/records-index";

const BY_TENS = groupedBy<number>((value) => (value % 3 === 0 ? null : `${value % 10}`));
const DUE = dueBy<number, null>((value) => (value % 2 === 0 ? value : null));

/** Something is made of one of the values so far, by its number among them; null: it is taken out. */
interface Step {
  readonly of: number;
  readonly id: number;
  readonly value: number | null;
}

const step: fc.Arbitrary<Step> = fc.record({
  of: fc.oneof(fc.constant(-1), fc.constant(-1), fc.nat(40)),
  id: fc.nat(12),
  value: fc.option(fc.nat(50), { nil: null }),
});

interface Kept {
  readonly records: Records<number>;
  readonly model: ReadonlyMap<string, number>;
}

function next({ records, model }: Kept, { id, value }: Step): Kept {
  const copy = new Map(model);
  if (value === null) copy.delete(`${id}`);
  else copy.set(`${id}`, value);
  return { records: value === null ? records.without(`${id}`) : records.with(`${id}`, value), model: copy };
}

function expectSame({ records, model }: Kept): void {
  expect(records.entries()).toEqual([...model]);
  expect(records.size).toBe(model.size);
  const values = [...model.values()];
  expect(BY_TENS(records, "4")).toEqual(values.filter((value) => value % 10 === 4 && value % 3 !== 0));
  expect(DUE.dueAt(records, null, 25)).toEqual(values.filter((value) => value % 2 === 0 && value <= 25));
}

test("records answer as a map that is copied at each change would, whichever value is asked", () => {
  const histories = fc.array(step, { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(histories, fc.array(fc.nat(60), { maxLength: 20 }), (steps, asked) => {
      const kept: Kept[] = [{ records: recordsFrom([["0", 1]]), model: new Map([["0", 1]]) }];
      for (const one of steps) kept.push(next(kept.at(one.of % kept.length)!, one));
      const values = [...asked.map((number) => kept[number % kept.length]!), ...kept];
      values.forEach(expectSame);
      for (const [index, { records, model }] of values.entries()) {
        const other = values[(index + 1) % values.length]!;
        const changed = changesBetween(records, other.records).map(({ id }) => id);
        const ids = new Set([...model.keys(), ...other.model.keys()]);
        const differing = [...ids].filter((id) => model.get(id) !== other.model.get(id));
        expect(changed.toSorted()).toEqual(differing.toSorted());
      }
    }),
  );
});
