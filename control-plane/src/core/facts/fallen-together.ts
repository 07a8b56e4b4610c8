// Which hosts fell silent together: so many, and such a share of all, that what they have in common has failed. Pure.
// What a reader would get wrong: they are compared with each other and not with the present instant, so it makes no difference how late
// anybody heard of them. Over the slow window chance alone brings three hosts of a small fleet together: there only the fast one counts.

/** From so many hosts on, those that fell silent over the slow window count too. */
export const SLOW_FLEET_MIN = 30;

/** A host that gives no sign of life. */
export interface Fallen {
  /** since when */
  readonly fellAt: number;
}

/** The settings of `fleet-silent`, as far as they say who is together. */
export interface TogetherBounds {
  readonly hostsMin: number;
  readonly share: number;
  readonly fastWindow: number;
  readonly slowWindow: number;
}

/** Those of the silent ones that fell together, the first first; empty: too few did. `fleetCount` is how many could. */
export function fallenTogether<F extends Fallen>(
  silent: readonly F[],
  fleetCount: number,
  bounds: TogetherBounds,
): readonly F[] {
  const countMin = togetherMinOf(fleetCount, bounds);
  if (silent.length < countMin) return [];
  const inOrder = silent.toSorted((left, right) => left.fellAt - right.fellAt);
  const fast = mostWithin(inOrder, bounds.fastWindow);
  if (fast.length >= countMin) return fast;
  const slow = fleetCount < SLOW_FLEET_MIN ? [] : mostWithin(inOrder, bounds.slowWindow);
  return slow.length >= countMin ? slow : [];
}

/** How many it takes. A share is no exact number: a tenth of seventy are seven, and not the one more that floating point makes of it. */
export function togetherMinOf(fleetCount: number, { hostsMin, share }: TogetherBounds): number {
  return Math.max(hostsMin, Math.ceil(Number((share * fleetCount).toFixed(6))));
}

/** The most of them that lie within one window; of several such, the last. */
function mostWithin<F extends Fallen>(inOrder: readonly F[], windowMs: number): readonly F[] {
  let [from, to] = [0, 0];
  let first = 0;
  for (const [last, { fellAt }] of inOrder.entries()) {
    while ((inOrder[first]?.fellAt ?? fellAt) < fellAt - windowMs) first += 1;
    if (last + 1 - first >= to - from) [from, to] = [first, last + 1];
  }
  return inOrder.slice(from, to);
}
