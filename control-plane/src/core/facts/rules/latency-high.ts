// Rule `latency-high`: requests take far longer than is usual for the service at this hour, or longer than the policy's ceiling,
// although everything is "up". Pure. It looks at the median of a window, so a burst of slow ones moves nothing; samples that stay
// away where some are expected are a finding too.
// What a reader would get wrong: the ceiling never adapts, the usual does. And a latency is high until samples prove the contrary: a
// service that answers nobody any more has not become fast.
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
  isOverUsual,
  isTaught,
  learnHour,
  usualAt,
} from "../baseline.ts";
import {
  addToHour,
  type ClosedHour,
  EMPTY_TALLY,
  type HourlyTally,
  learnCounts,
  QUIET_HOURS_MAX,
} from "../hourly-tally.ts";
import { latencyAmounts, medianLatencyOf, samplesIn } from "../latency-histogram.ts";
import { missingDueAt } from "../missing-data.ts";
import type { FactRule, Finding, Judgement, RuleScene } from "../rule.ts";
import {
  addToWindow,
  EMPTY_WINDOW,
  forgetOld,
  type SlidingWindow,
  sumsWithin,
  windowChangesAt,
} from "../sliding-window.ts";

interface Latencies {
  readonly lastAt: number;
  /** samples by size (core/facts/latency-histogram.ts) */
  readonly recent: SlidingWindow;
  readonly hour: HourlyTally;
  /** median in ms, by hour of the day */
  readonly medians: Baseline;
  /** how many samples there are, by hour of the day */
  readonly counts: Baseline;
  /** samples in a row that were not slow, up to the newest */
  readonly calmRun: number;
  /** since when the latency is high; null: it is not */
  readonly slowSinceAt: number | null;
}

const NO_LATENCIES: Latencies = {
  lastAt: 0,
  recent: EMPTY_WINDOW,
  hour: EMPTY_TALLY,
  medians: EMPTY_BASELINE,
  counts: EMPTY_BASELINE,
  calmRun: 0,
  slowSinceAt: null,
};

function absorb(latencies: Latencies, fact: Fact, scene: RuleScene): Latencies {
  if (fact.kind !== "latency") return latencies;
  const { window } = scene.policy.rules["latency-high"];
  const added = { at: fact.at, amounts: latencyAmounts(fact.latencyMs) };
  const { tally, closed } = addToHour(latencies.hour, added, QUIET_HOURS_MAX);
  const learned = closed === null ? latencies : learn(latencies, closed, scene);
  const isCalm = !isHigh(learned.medians, fact.latencyMs, scene);
  const taken: Latencies = {
    ...learned,
    lastAt: Math.max(latencies.lastAt, fact.at),
    recent: addToWindow(latencies.recent, added, window),
    hour: tally,
    calmRun: isCalm ? latencies.calmRun + 1 : 0,
  };
  // One more calm sample makes nobody slow, and summing up the window is what costs.
  return isCalm && taken.slowSinceAt === null ? taken : weigh(taken, scene);
}

// A whole hour teaches how many samples there are, and, with as many of them as a judgement takes, their median. What reached the
// ceiling teaches nothing: an outage must not become the usual.
function learn(latencies: Latencies, closed: ClosedHour, { policy }: RuleScene): Latencies {
  const { samplesMin, ceiling } = policy.rules["latency-high"];
  const count = samplesIn(closed.sums);
  const counts = learnCounts(latencies.counts, closed, count);
  const median = medianLatencyOf(closed.sums);
  const isTelling = closed.isWhole && count >= samplesMin && median !== null && median < ceiling;
  const medians = isTelling ? learnHour(latencies.medians, closed.hourAt, median) : latencies.medians;
  return { ...latencies, counts, medians };
}

function isHigh(medians: Baseline, latencyMs: number, { now, policy }: RuleScene): boolean {
  const { ceiling, factor, slack } = policy.rules["latency-high"];
  if (latencyMs >= ceiling) return true;
  const usual = usualAt(medians, now);
  if (usual === null || latencyMs < Math.max(usual * factor, usual + slack)) return false;
  return isOverUsual(medians, now, latencyMs);
}

// Sets or ends `slowSinceAt`. With too few samples to tell, it stays as it was until enough calm ones in a row say otherwise.
function weigh(latencies: Latencies, scene: RuleScene): Latencies {
  const { window, samplesMin } = scene.policy.rules["latency-high"];
  const sums = sumsWithin(latencies.recent, scene.now, window);
  const median = medianLatencyOf(sums);
  if (median === null || samplesIn(sums) < samplesMin)
    return latencies.slowSinceAt !== null && latencies.calmRun >= samplesMin
      ? { ...latencies, slowSinceAt: null }
      : latencies;
  const isSlow = isHigh(latencies.medians, median, scene);
  if (isSlow === (latencies.slowSinceAt !== null)) return latencies;
  return { ...latencies, slowSinceAt: isSlow ? scene.now : null };
}

function prune(latencies: Latencies, scene: RuleScene): Latencies {
  const recent = forgetOld(latencies.recent, scene.now, scene.policy.rules["latency-high"].window);
  if (recent === latencies.recent && latencies.slowSinceAt === null) return latencies;
  return weigh({ ...latencies, recent }, scene);
}

function judge(latencies: Latencies, scene: RuleScene): Judgement {
  const { window, samplesMin } = scene.policy.rules["latency-high"];
  const changesAt = windowChangesAt(latencies.recent, window);
  if (latencies.slowSinceAt !== null)
    return { finding: slowFinding(latencies, latencies.slowSinceAt, scene), nextAt: changesAt };
  const missingAt = missingDueAt(latencies.lastAt, Math.max(window, HOUR_MS), scene);
  const isMissing = scene.now >= missingAt && expectsSome(latencies.counts, scene.now - HOUR_MS / 2);
  if (isMissing) return { finding: missingFinding(latencies, scene), nextAt: null };
  const lookAt = isTaught(latencies.counts) ? Math.max(missingAt, hourStartOf(scene.now) + HOUR_MS) : null;
  // Too few to tell stay too few while time passes.
  const isTelling = samplesIn(sumsWithin(latencies.recent, scene.now, window)) >= samplesMin;
  return { finding: null, nextAt: isTelling ? earliest(changesAt, lookAt) : lookAt };
}

function earliest(left: number | null, right: number | null): number | null {
  if (left === null || right === null) return left ?? right;
  return Math.min(left, right);
}

// A warning: it answers, only slowly. Where that is as bad as no answer, a check with a time limit says so.
function slowFinding(latencies: Latencies, sinceAt: number, scene: RuleScene): Finding {
  return {
    severity: "warning",
    title: `${nameOf(scene.subject)} answers slowly`,
    evidence: latencyEvidence(latencies, scene),
    happenedAt: sinceAt,
    isRestartPointless: false,
    freezes: false,
  };
}

function latencyEvidence(latencies: Latencies, { now, policy }: RuleScene): readonly Evidence[] {
  const { window, ceiling } = policy.rules["latency-high"];
  const sums = sumsWithin(latencies.recent, now, window);
  const median = medianLatencyOf(sums);
  const usual = usualAt(latencies.medians, now);
  const usually =
    usual === null ? "what is usual at this hour is not known yet" : `usual at this hour: ${inWords(usual)}`;
  const within = formatDuration(window);
  const text =
    median === null
      ? `no sample within ${within}: nothing says that it is over`
      : `half of ${samplesIn(sums)} requests within ${within} took longer than ${inWords(median)}`;
  return [
    { at: now, text },
    { at: now, text: `ceiling: ${formatDuration(ceiling)}; ${usually}` },
  ];
}

function missingFinding(latencies: Latencies, { now, subject }: RuleScene): Finding {
  const usual = usualAt(latencies.counts, now - HOUR_MS / 2);
  const expected = usual === null ? "some" : String(Math.round(usual));
  return {
    severity: "warning",
    title: `Nothing is told any more of how fast ${nameOf(subject)} answers`,
    evidence: [
      { at: latencies.lastAt, text: "the last request that was timed" },
      { at: now, text: `usual at this hour: ${expected} of them` },
    ],
    happenedAt: latencies.lastAt,
    isRestartPointless: false,
    freezes: false,
  };
}

function inWords(latencyMs: number): string {
  const kept = Number(latencyMs.toPrecision(2));
  return kept < 1_000 ? `${kept} ms` : `${kept / 1_000} s`;
}

export const latencyHigh: FactRule<Latencies> = {
  reason: "latency-high",
  scope: "service",
  kinds: ["latency"],
  initial: NO_LATENCIES,
  absorb,
  judge,
  prune,
  // An hour of which a part was lost must teach nothing.
  learned: {
    keeps: ({ slowSinceAt }) => slowSinceAt,
    resume: (latencies) => ({ ...latencies, hour: EMPTY_TALLY }),
  },
};
