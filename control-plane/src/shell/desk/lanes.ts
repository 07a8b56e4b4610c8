// How many attempts at providers are under way at once, and what waits begins next. In memory alone: what a crash
// takes, the desk's rows bring again. What a reader would get wrong: the bounds are not for speed. Cloudflare lets an
// invocation have six connections that wait for response headers, and queues the seventh
// (https://developers.cloudflare.com/workers/platform/limits/#simultaneous-open-connections), and all that a Durable
// Object does at once shares them; without lanes six attempts at one provider that hangs would keep everybody's pages
// waiting.
import { PAGE_UNCONFIRMED_AFTER_MS } from "../../core/desk/outbox/page-outbox.ts";

/** Attempts that are under way at once, over all channels. */
export const UNDER_WAY_MAX = 6;
/** … on one channel: a slow one never takes more. */
export const LANE_MAX = 2;
/** Follow-ups among them, over all channels and on one: a page always finds a place that no question holds. */
export const FOLLOW_UPS_MAX = 3;
export const LANE_FOLLOW_UPS_MAX = 1;

/** What goes first: rings, then other pages, then what a provider is asked or told about a page that it took. */
export type Urgency = "ring" | "page" | "follow-up";

const IN_ORDER: readonly Urgency[] = ["ring", "page", "follow-up"];

/** One attempt that wants to begin. */
export interface Attempt {
  /** the channel that it goes by */
  readonly lane: string;
  readonly urgency: Urgency;
  /** asked when its turn comes; false: it is dropped */
  readonly isWanted: () => boolean;
  /** its turn has come: whoever begins says when it has ended */
  readonly begin: (leave: () => void) => void;
  /** called once: it has ended, it was dropped, or nobody hears of it any more */
  readonly over: () => void;
}

interface Waiting {
  readonly attempt: Attempt;
  /** in which order they came */
  readonly number: number;
}

interface UnderWay {
  readonly attempt: Attempt;
  readonly since: number;
}

/** Lets attempts begin, each channel's in their order. */
export class Lanes {
  readonly #now: () => number;
  readonly #waiting = new Map<Urgency, Map<string, Waiting[]>>(IN_ORDER.map((one) => [one, new Map()]));
  readonly #underWay = new Set<UnderWay>();
  #number = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Begins an attempt at once, or when its turn comes. */
  enter(attempt: Attempt): void {
    const lanes = this.#lanesOf(attempt.urgency);
    const waiting = { attempt, number: ++this.#number };
    const lane = lanes.get(attempt.lane);
    if (lane === undefined) lanes.set(attempt.lane, [waiting]);
    else lane.push(waiting);
    this.move();
  }

  /** Begins what can begin; call now and then, so that an attempt of which nobody hears does not stand in the way. */
  move(): void {
    this.#forgetUnheard();
    for (let next = this.#takeNext(); next !== null; next = this.#takeNext()) {
      if (next.isWanted()) this.#begin(next);
      else next.over();
    }
  }

  #begin(attempt: Attempt): void {
    const underWay = { attempt, since: this.#now() };
    this.#underWay.add(underWay);
    attempt.begin(() => {
      this.#leave(underWay);
      this.move();
    });
  }

  #leave(underWay: UnderWay): void {
    if (this.#underWay.delete(underWay)) underWay.attempt.over();
  }

  /** The desk does not wait longer for a page either. A clock that was set back must not make it longer. */
  #forgetUnheard(): void {
    const now = this.#now();
    for (const underWay of this.#underWay)
      if (Math.abs(now - underWay.since) >= PAGE_UNCONFIRMED_AFTER_MS) this.#leave(underWay);
  }

  /** Takes the first of those that may begin out of their queue; null: none may. */
  #takeNext(): Attempt | null {
    if (this.#underWay.size >= UNDER_WAY_MAX) return null;
    for (const urgency of IN_ORDER) {
      const lanes = this.#lanesOf(urgency);
      const first = this.#firstOf(lanes);
      if (first === null) continue;
      const lane = lanes.get(first.attempt.lane);
      lane?.shift();
      if (lane?.length === 0) lanes.delete(first.attempt.lane);
      return first.attempt;
    }
    return null;
  }

  #firstOf(lanes: ReadonlyMap<string, readonly Waiting[]>): Waiting | null {
    let first: Waiting | null = null;
    for (const [head] of lanes.values()) {
      if (head === undefined || (first !== null && first.number < head.number)) continue;
      if (this.#hasPlaceFor(head.attempt)) first = head;
    }
    return first;
  }

  #hasPlaceFor({ lane, urgency }: Attempt): boolean {
    const underWay = [...this.#underWay].map(({ attempt }) => attempt);
    const inLane = underWay.filter((one) => one.lane === lane);
    if (inLane.length >= LANE_MAX) return false;
    if (urgency !== "follow-up") return true;
    return followUpsIn(inLane) < LANE_FOLLOW_UPS_MAX && followUpsIn(underWay) < FOLLOW_UPS_MAX;
  }

  #lanesOf(urgency: Urgency): Map<string, Waiting[]> {
    const lanes = this.#waiting.get(urgency) ?? new Map<string, Waiting[]>();
    this.#waiting.set(urgency, lanes);
    return lanes;
  }
}

function followUpsIn(attempts: readonly Attempt[]): number {
  return attempts.filter(({ urgency }) => urgency === "follow-up").length;
}
