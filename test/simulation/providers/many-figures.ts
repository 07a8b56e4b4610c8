// What a run with many incidents comes to in figures, for people: how rings came, what came twice and after which
// fault, how long it took.
import type { Carried } from "./line.ts";
import type { Many } from "./many-incidents.ts";

export interface ManyFigures {
  incidents: number;
  lost: number;
  /** over before anything came of them, and sooner than is long enough */
  shortUntold: number;
  requests: number;
  messages: number;
  /** of those that did not go everywhere, by the place of the channel among its person's */
  readonly ringsByPlace: { first: number; second: number; later: number };
  /** rings that went everywhere at once, as they came */
  everywhere: number;
  /** what came to its person once more, by what went wrong with the request before */
  readonly duplicates: Map<string, number>;
  /** what rings on though all is over, for its provider could not be told for hours */
  givenUp: number;
  /** from a failure to the first message about it that came; milliseconds */
  readonly toldAfterMs: number[];
}

export function noFigures(): ManyFigures {
  return {
    incidents: 0,
    lost: 0,
    shortUntold: 0,
    requests: 0,
    messages: 0,
    ringsByPlace: { first: 0, second: 0, later: 0 },
    everywhere: 0,
    duplicates: new Map(),
    givenUp: 0,
    toldAfterMs: [],
  };
}

/** Adds one run. */
export function addFigures(figures: ManyFigures, { broken, followed, givenUp, pages, world }: Many): void {
  const carried = [...world.lines.values()].flatMap((line) => line.carried);
  const carriedBy = Map.groupBy(carried, ({ pageKey }) => pageKey);
  figures.incidents += followed.length;
  figures.lost += broken.filter((what) => what.startsWith("Nothing is lost")).length;
  figures.givenUp += givenUp;
  figures.requests += carried.length;
  for (const { firedAt, toldAt } of followed)
    if (toldAt === null) figures.shortUntold += 1;
    else figures.toldAfterMs.push(toldAt - firedAt);
  const came = new Set<string>();
  for (const { arrived, channel, pageKey } of world.brought()) {
    figures.messages += 1;
    const page = pages.get(pageKey);
    if (page?.isEverywhere === true) figures.everywhere += 1;
    else if (came.has(pageKey)) countDuplicate(figures, carriedBy.get(pageKey) ?? [], arrived.at);
    else if (page?.kind === "ring") {
      const place = page.channels.indexOf(channel);
      figures.ringsByPlace[place === 0 ? "first" : place === 1 ? "second" : "later"] += 1;
    }
    came.add(pageKey);
  }
}

/** By the last thing that went wrong with the page before it came once more. */
function countDuplicate({ duplicates }: ManyFigures, carried: readonly Carried[], at: number): void {
  const fault = carried.findLast((one) => one.at <= at && one.fault !== null)?.fault ?? "it rang in vain";
  duplicates.set(fault, (duplicates.get(fault) ?? 0) + 1);
}

function byName(left: string, right: string): number {
  return left < right ? -1 : 1;
}

export function figuresText(figures: ManyFigures): string {
  const { duplicates, everywhere, incidents, lost, messages, requests, ringsByPlace, shortUntold } = figures;
  const told = figures.toldAfterMs.toSorted((left, right) => left - right);
  const secondsAt = (share: number) => Math.round((told[Math.floor(share * (told.length - 1))] ?? 0) / 1_000);
  const { first, later, second } = ringsByPlace;
  const twice = [...duplicates].map(([fault, count]) => `${fault} ${count}`).toSorted(byName);
  const total = [...duplicates.values()].reduce((sum, count) => sum + count, 0);
  return [
    `${incidents} incidents, ${lost} lost (${shortUntold} were over before anything came); ${requests} requests, ${messages} messages`,
    `rings by the first channel ${first}, the second ${second}, a later one ${later}; everywhere at once ${everywhere}`,
    `rung on though all was over: none but ${figures.givenUp} whose provider could not be told for hours`,
    `duplicates, all with the same key: ${total} (${twice.join(", ")})`,
    `from failure to message: median ${secondsAt(0.5)} s, p99 ${secondsAt(0.99)} s, worst ${secondsAt(1)} s`,
  ].join("\n");
}
