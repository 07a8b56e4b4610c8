// Short lists of named things in a rule's memory, bounded: the one that was touched longest ago makes room. Pure.
// Lists and not records: names come from hosts, and `constructor` is a name too.
import { listText } from "@countersign/shared/values/list-text";

export interface Named {
  readonly name: string;
}

/** The entry of that name. */
export function namedIn<T extends Named>(list: readonly T[], name: string): T | undefined {
  return list.find((entry) => entry.name === name);
}

/** The list with the entry put in, as its newest, at most `max` long. */
export function withNamed<T extends Named>(list: readonly T[], entry: T, max: number): readonly T[] {
  const newest = list.length - 1;
  if (list[newest]?.name === entry.name && list.length <= max) return list.with(newest, entry);
  return [...list.filter(({ name }) => name !== entry.name), entry].slice(-max);
}

/** Up to three names in words: `a`, `a and b`, `a, b, c and 2 more`. */
export function namesInWords(list: readonly Named[]): string {
  const names = list.map(({ name }) => name);
  if (names.length > 3) return `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
  return listText(names);
}

/** What a finding about some of them is alike in with those of other hosts: the first by name. Nothing, where there is none. */
export function alikeIn(list: readonly Named[]): { readonly alike?: string } {
  const [first] = list.map(({ name }) => name).toSorted();
  return first === undefined ? {} : { alike: first };
}
