// Whether two values of one type are the same in the fields that count: made from a list of all fields of the type, so that a field which
// is added to the type and forgotten in the list does not compile. Pure.
// What a reader would get wrong: fields are compared by identity, for states are values whose parts keep theirs while they do not change;
// and in the order of the list, so what changes most often belongs first.

/** Of each field whether it counts. */
export type CountedFields<T> = { readonly [Field in keyof Required<T>]: boolean };

type Maybe<T> = T | null | undefined;

/** Makes the comparison. No value at all is the same as no value. */
export function sameBy<T extends object>(
  counted: CountedFields<T>,
): (left: Maybe<T>, right: Maybe<T>) => boolean {
  const fields = (Object.keys(counted) as (keyof T)[]).filter((field) => counted[field]);
  return (left, right) => {
    if (left === right) return true;
    if (left === null || left === undefined || right === null || right === undefined)
      return (left ?? null) === (right ?? null);
    // Asked of a thousand hosts in a sweep: no iterators.
    for (let index = 0; index < fields.length; index += 1) {
      const field = fields[index] as keyof T;
      if (left[field] !== right[field]) return false;
    }
    return true;
  };
}
