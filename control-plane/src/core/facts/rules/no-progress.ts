// Rule `no-progress`: a work counter stands still for the window, or runs under what is usual for it at this hour, although
// the service is "up". Pure. A counter that was seen once and is told no more counts as one that stands still: missing data
// is failure.
// What a reader would get wrong: a smaller value is a reset and never negative progress (as Prometheus' increase() takes
// it), and one that stands still is no failure at an hour that is usually idle, once that is known. Where the host tells how
// much its series grew, each by itself, that counts: their sum also changes when one comes or goes.
import { formatDuration } from "@countersign/shared/values/duration";
import type { Fact } from "@countersign/shared/wire/fact";
import type { Evidence } from "../../words/signal.ts";
import { nameOf } from "../../words/subject.ts";
import {
  type Baseline,
  EMPTY_BASELINE,
  expectsSome,
  HOUR_MS,
  hourStartOf,
  isKnownAt,
  isUnderUsual,
  learnHour,
  usualAt,
} from "../baseline.ts";
import { addToHour, type ClosedHour, EMPTY_TALLY, type HourlyTally } from "../hourly-tally.ts";
import { missingDueAt } from "../missing-data.ts";
import { type Named, namedIn, withNamed } from "../named-list.ts";
import type { FactRule, Judgement, RuleScene } from "../rule.ts";
import {
  addToWindow,
  EMPTY_WINDOW,
  type SlidingWindow,
  wholeBucketsAt,
  WINDOW_BUCKETS,
} from "../sliding-window.ts";

/** One counter; its name is the fact's `counter`. */
interface Counter extends Named {
  readonly value: number;
  /** what was told with it of its growth; absent: nothing was */
  readonly gain?: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** when it last grew, or was first seen */
  readonly progressedAt: number;
  /** gains of the last hour, or of the window where that is longer */
  readonly recent: SlidingWindow;
  readonly hour: HourlyTally;
  /** gain an hour, by hour of the day */
  readonly gains: Baseline;
}

type Counters = readonly Counter[];

const NO_COUNTERS: Counters = [];
/** Counters remembered for one service. */
export const COUNTERS_MAX = 8;
/** The same fact may come again after a broken connection, its instant off by how long either was on its way. */
export const REPEATED_WITHIN_MS = 30_000;

/** What one reading may count: sums of a host that lies must stay numbers, which are stored. */
const GAIN_MAX = Number.MAX_SAFE_INTEGER;

interface Halt {
  readonly counter: Counter;
  readonly sinceAt: number;
  readonly text: string;
}

function absorb(counters: Counters, fact: Fact, scene: RuleScene): Counters {
  if (fact.kind !== "work") return counters;
  const before = namedIn(counters, fact.counter);
  if (before === undefined) return withNamed(counters, firstSeen(fact), COUNTERS_MAX);
  if (fact.at < before.lastAt || isRepeated(before, fact)) return counters;
  const grown = fact.gain ?? (fact.value >= before.value ? fact.value - before.value : fact.value);
  const gain = Math.min(grown, GAIN_MAX);
  const added = { at: fact.at, amounts: [gain] };
  const { tally, closed } = addToHour(before.hour, added, 0);
  const { gain: _told, ...known } = before;
  const counter: Counter = {
    ...known,
    value: fact.value,
    ...(fact.gain === undefined ? {} : { gain: fact.gain }),
    lastAt: fact.at,
    progressedAt: gain > 0 ? fact.at : before.progressedAt,
    recent: addToWindow(before.recent, added, recentMsOf(scene)),
    hour: tally,
    gains: closed === null ? before.gains : learn(before.gains, closed),
  };
  return withNamed(counters, counter, COUNTERS_MAX);
}

// One that grew again by as much has another sum, unless other series went meanwhile: so the instant is asked too.
function isRepeated({ gain, lastAt, value }: Counter, fact: Extract<Fact, { kind: "work" }>): boolean {
  const isAlike = gain !== undefined && gain > 0 && fact.gain === gain && fact.value === value;
  return isAlike && fact.at - lastAt < REPEATED_WITHIN_MS;
}

function firstSeen({ counter, value, at, gain }: Extract<Fact, { kind: "work" }>): Counter {
  const told = gain === undefined ? {} : { gain };
  const seen = { name: counter, value, ...told, firstAt: at, lastAt: at, progressedAt: at };
  return { ...seen, recent: EMPTY_WINDOW, hour: EMPTY_TALLY, gains: EMPTY_BASELINE };
}

// Standing still where work is usual teaches nothing: a halt of many days must not become the usual.
function learn(gains: Baseline, { hourAt, isWhole, sums }: ClosedHour): Baseline {
  const [gain = 0] = sums;
  if (!isWhole || (gain === 0 && expectsSome(gains, hourAt))) return gains;
  return learnHour(gains, hourAt, gain);
}

function judge(counters: Counters, scene: RuleScene): Judgement {
  const halts: Halt[] = [];
  let nextAt = Number.POSITIVE_INFINITY;
  for (const counter of counters) {
    const halt = haltOf(counter, scene);
    if (halt !== null) halts.push(halt);
    nextAt = Math.min(nextAt, looksAgainAt(counter, scene));
  }
  const [first] = halts.toSorted((left, right) => left.sinceAt - right.sinceAt);
  if (first === undefined) return { finding: null, nextAt };
  return {
    finding: {
      severity: "error",
      title: `${nameOf(scene.subject)} makes no progress: ${first.counter.name}`,
      evidence: halts.map(({ sinceAt, text }): Evidence => ({ at: sinceAt, text })),
      happenedAt: first.sinceAt,
      isRestartPointless: false,
      freezes: false,
    },
    nextAt,
  };
}

// Why a counter counts as halted; null: it does not.
function haltOf(counter: Counter, scene: RuleScene): Halt | null {
  const { window } = scene.policy.rules["no-progress"];
  const { name, value, lastAt, progressedAt, gains } = counter;
  if (scene.now >= missingDueAt(lastAt, window, scene))
    return {
      counter,
      sinceAt: lastAt,
      text: `nothing was told of ${name} for ${formatDuration(window)}; last ${value}`,
    };
  if (scene.now >= missingDueAt(progressedAt, window, scene) && !isIdleHour(gains, scene.now))
    return {
      counter,
      sinceAt: progressedAt,
      text: `${name} has stood still at ${value} for ${formatDuration(window)}`,
    };
  return slownessOf(counter, scene);
}

function isIdleHour(gains: Baseline, at: number): boolean {
  return isKnownAt(gains, at) && !expectsSome(gains, at);
}

// Only whole buckets count, so that the answer changes at their edges and not with every fact.
function slownessOf(counter: Counter, scene: RuleScene): Halt | null {
  const { fromAt, untilAt } = wholeBucketsAt(scene.now, recentMsOf(scene));
  const seenFromAt = Math.max(counter.firstAt, scene.seenSinceAt ?? 0);
  if (seenFromAt > fromAt || scene.seenSinceAt === null) return null;
  let gain = 0;
  for (const { startAt, sums } of counter.recent)
    if (startAt >= fromAt && startAt < untilAt) gain += sums[0] ?? 0;
  const anHour = (gain * HOUR_MS) / (untilAt - fromAt);
  const at = fromAt + (untilAt - fromAt) / 2;
  if (!isUnderUsual(counter.gains, at, anHour)) return null;
  const usual = rounded(usualAt(counter.gains, at) ?? 0);
  const text = `${counter.name} grew by ${rounded(anHour)} an hour; usual at this hour: ${usual}`;
  return { counter, sinceAt: fromAt, text };
}

function looksAgainAt(counter: Counter, scene: RuleScene): number {
  const { window } = scene.policy.rules["no-progress"];
  const haltedAt = missingDueAt(counter.progressedAt, window, scene);
  const missingAt = missingDueAt(counter.lastAt, window, scene);
  let nextAt = hourStartOf(scene.now) + HOUR_MS;
  if (haltedAt > scene.now) nextAt = Math.min(nextAt, haltedAt);
  if (missingAt > scene.now) nextAt = Math.min(nextAt, missingAt);
  return nextAt;
}

// The whole buckets in it make up the window, and an hour at least: work may come once an hour.
function recentMsOf({ policy }: RuleScene): number {
  const spanMs = Math.max(policy.rules["no-progress"].window, HOUR_MS);
  return (spanMs * WINDOW_BUCKETS) / (WINDOW_BUCKETS - 1);
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(3)));
}

export const noProgress: FactRule<Counters> = {
  reason: "no-progress",
  scope: "service",
  kinds: ["work"],
  initial: NO_COUNTERS,
  absorb,
  judge,
  // That a counter was ever seen must not be lost: from then on it is missed. An hour of which a part was lost must teach nothing.
  learned: {
    keeps: (counters) => counters.map(({ name }) => name).toSorted(),
    resume: (counters) => counters.map((counter) => ({ ...counter, hour: EMPTY_TALLY })),
  },
};
