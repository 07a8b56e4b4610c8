// An allowance that fills up again: so many at once, so many a second for good. Pure; the clock is an argument.
// What a reader would get wrong: what is over is not drawn, so whoever goes on asking is given the rate and no less. A debt (drawn after the
// fact, when what it cost is known) is paid back before anything is given again.

/** The bounds of an allowance. */
export interface Allowance {
  readonly burstMax: number;
  readonly perSecond: number;
}

/** What is left of an allowance at an instant; below zero it is a debt. */
export interface Left {
  readonly count: number;
  readonly at: number;
}

/** What is left now. A clock that went back gives nothing. */
export function leftNow({ count, at }: Left, { burstMax, perSecond }: Allowance, now: number): Left {
  const gained = (Math.max(0, now - at) / 1_000) * perSecond;
  return { count: Math.min(burstMax, count + gained), at: Math.max(now, at) };
}

/** Takes an amount if all of it is there; null: it is not, and nothing is taken. */
export function drawn(left: Left, amount: number): Left | null {
  return left.count < amount ? null : { ...left, count: left.count - amount };
}

/** Takes an amount that was spent already, into debt if need be; the debt is never deeper than one burst. */
export function charged(left: Left, amount: number, { burstMax }: Allowance): Left {
  return { ...left, count: Math.max(-burstMax, left.count - amount) };
}
