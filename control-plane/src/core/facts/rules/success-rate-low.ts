// Rule `success-rate-low`: too few sessions end well although everything is "up": under the policy's floor, or under what is
// usual for the service at this hour once that is known. Pure. Sessions that stay away where some are expected are failure
// too.
// What a reader would get wrong: the floor never adapts, the usual does. And a low rate is over only when sessions prove it:
// a service that starts none any more has not recovered. One that runs and has lived since the last bad end proves it as
// well; what ended before it is then past, and counts no more.
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
  isTaught,
  isUnderUsual,
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
import { followRuns, livedAt, RUN_KINDS, type Runs, runsIn } from "../lived-run.ts";
import { missingDueAt } from "../missing-data.ts";
import type { FactRule, Finding, Judgement, RuleScene } from "../rule.ts";
import {
  addToWindow,
  EMPTY_WINDOW,
  forgetOld,
  type SlidingWindow,
  sumsWithin,
  sumWithin,
  windowChangesAt,
} from "../sliding-window.ts";

interface Sessions {
  readonly lastAt: number;
  /** sums: all sessions, those that ended well */
  readonly recent: SlidingWindow;
  readonly hour: HourlyTally;
  /** share that ends well, by hour of the day */
  readonly rates: Baseline;
  /** how many there are, by hour of the day */
  readonly counts: Baseline;
  /** good ones in a row, up to the newest */
  readonly goodRun: number;
  /** since when the rate is too low; null: it is not */
  readonly lowSinceAt: number | null;
  /** when the last one ended badly; absent: none did */
  readonly badAt?: number;
  /** what runs; absent: nothing was followed yet */
  readonly runs?: Runs;
}

type Session = Extract<Fact, { kind: "session" }>;

const NO_SESSIONS: Sessions = {
  lastAt: 0,
  recent: EMPTY_WINDOW,
  hour: EMPTY_TALLY,
  rates: EMPTY_BASELINE,
  counts: EMPTY_BASELINE,
  goodRun: 0,
  lowSinceAt: null,
};

function absorb(sessions: Sessions, fact: Fact, scene: RuleScene): Sessions {
  if (fact.kind === "session") return withSession(sessions, fact, scene);
  if (sessions === NO_SESSIONS) return sessions;
  const runs = runsOf(sessions, fact, scene);
  return runs === sessions.runs ? sessions : { ...sessions, runs };
}

function withSession(sessions: Sessions, fact: Session, scene: RuleScene): Sessions {
  const { window, sessionsMin } = scene.policy.rules["success-rate-low"];
  const added = { at: fact.at, amounts: [1, fact.class === null ? 1 : 0] };
  const { tally, closed } = addToHour(sessions.hour, added, QUIET_HOURS_MAX);
  const learned = closed === null ? sessions : learn(sessions, closed, sessionsMin);
  const taken: Sessions = {
    ...learned,
    lastAt: Math.max(sessions.lastAt, fact.at),
    recent: addToWindow(sessions.recent, added, window),
    hour: tally,
    goodRun: fact.class === null ? sessions.goodRun + 1 : 0,
    runs: runsOf(sessions, fact, scene),
    ...(fact.class === null ? {} : { badAt: Math.max(sessions.badAt ?? 0, fact.at) }),
  };
  return weigh(taken, scene);
}

function runsOf({ runs }: Sessions, fact: Fact, scene: RuleScene): Runs {
  return followRuns(runs ?? runsIn(scene), fact);
}

// A whole hour teaches how many sessions there are, and, with as many of them as a judgement takes, how many end well.
function learn(sessions: Sessions, closed: ClosedHour, sessionsMin: number): Sessions {
  const { hourAt, isWhole } = closed;
  const [all = 0, good = 0] = closed.sums;
  const counts = learnCounts(sessions.counts, closed, all);
  const isTelling = isWhole && all >= sessionsMin;
  const rates = isTelling ? learnHour(sessions.rates, hourAt, good / all) : sessions.rates;
  return { ...sessions, counts, rates };
}

// Sets or ends `lowSinceAt`. With too few sessions to tell, it stays as it was until enough good ones in a row say otherwise.
function weigh(sessions: Sessions, scene: RuleScene): Sessions {
  const { now, policy } = scene;
  const { window, sessionsMin, floor } = policy.rules["success-rate-low"];
  if (now >= (provenAt(sessions, scene) ?? Infinity))
    return { ...sessions, recent: EMPTY_WINDOW, lowSinceAt: null };
  const all = sumWithin(sessions.recent, { now, windowMs: window }, 0);
  if (all < sessionsMin)
    return sessions.lowSinceAt !== null && sessions.goodRun >= sessionsMin
      ? { ...sessions, lowSinceAt: null }
      : sessions;
  const good = sumWithin(sessions.recent, { now, windowMs: window }, 1);
  const isLow = good / all < floor || isUnderUsual(sessions.rates, now, good / all);
  if (isLow === (sessions.lowSinceAt !== null)) return sessions;
  return { ...sessions, lowSinceAt: isLow ? now : null };
}

// When the run that began after the last bad end will have lived; null: none runs, or the rate is not low.
function provenAt({ badAt = 0, lowSinceAt, runs }: Sessions, scene: RuleScene): number | null {
  if (runs === undefined || lowSinceAt === null) return null;
  return livedAt(runs, { fromAt: badAt, lifetimeMs: scene.policy.rules["startup-death"].lifetime }, scene);
}

function prune(sessions: Sessions, scene: RuleScene): Sessions {
  const recent = forgetOld(sessions.recent, scene.now, scene.policy.rules["success-rate-low"].window);
  return weigh(recent === sessions.recent ? sessions : { ...sessions, recent }, scene);
}

function judge(sessions: Sessions, scene: RuleScene): Judgement {
  const { window, sessionsMin } = scene.policy.rules["success-rate-low"];
  const changesAt = windowChangesAt(sessions.recent, window);
  if (sessions.lowSinceAt !== null)
    return {
      finding: lowFinding(sessions, sessions.lowSinceAt, scene),
      nextAt: earliest(changesAt, provenAt(sessions, scene)),
    };
  const missingAt = missingDueAt(sessions.lastAt, Math.max(window, HOUR_MS), scene);
  const isMissing = scene.now >= missingAt && expectsSome(sessions.counts, scene.now - HOUR_MS / 2);
  if (isMissing) return { finding: missingFinding(sessions, scene), nextAt: null };
  const lookAt = isTaught(sessions.counts) ? Math.max(missingAt, hourStartOf(scene.now) + HOUR_MS) : null;
  // Too few to tell stay too few while time passes.
  const all = sumWithin(sessions.recent, { now: scene.now, windowMs: window }, 0);
  return { finding: null, nextAt: all < sessionsMin ? lookAt : earliest(changesAt, lookAt) };
}

function earliest(left: number | null, right: number | null): number | null {
  if (left === null || right === null) return left ?? right;
  return Math.min(left, right);
}

function lowFinding(sessions: Sessions, sinceAt: number, scene: RuleScene): Finding {
  return {
    severity: "error",
    title: `Too few sessions of ${nameOf(scene.subject)} end well`,
    evidence: rateEvidence(sessions, scene),
    happenedAt: sinceAt,
    isRestartPointless: false,
    freezes: false,
  };
}

function rateEvidence(sessions: Sessions, { now, policy }: RuleScene): readonly Evidence[] {
  const { window, floor } = policy.rules["success-rate-low"];
  const [all = 0, good = 0] = sumsWithin(sessions.recent, now, window);
  const usual = usualAt(sessions.rates, now);
  const usually =
    usual === null ? "what is usual at this hour is not known yet" : `usual at this hour: ${percent(usual)}`;
  return [
    { at: now, text: `${good} of ${all} sessions ended well within ${formatDuration(window)}` },
    { at: now, text: `floor: ${percent(floor)}; ${usually}` },
  ];
}

function missingFinding(sessions: Sessions, { now, subject }: RuleScene): Finding {
  const usual = usualAt(sessions.counts, now - HOUR_MS / 2);
  const expected = usual === null ? "some" : String(Math.round(usual));
  return {
    severity: "error",
    title: `No session of ${nameOf(subject)} ends any more, well or badly`,
    evidence: [
      { at: sessions.lastAt, text: "the last session that ended" },
      { at: now, text: `usual at this hour: ${expected} sessions` },
    ],
    happenedAt: sessions.lastAt,
    isRestartPointless: false,
    freezes: false,
  };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

export const successRateLow: FactRule<Sessions> = {
  reason: "success-rate-low",
  scope: "service",
  kinds: ["session", ...RUN_KINDS],
  initial: NO_SESSIONS,
  absorb,
  judge,
  prune,
  // An hour of which a part was lost must teach nothing.
  learned: {
    keeps: ({ lowSinceAt, runs }) => (lowSinceAt === null ? null : { lowSinceAt, runs }),
    resume: (sessions) => ({ ...sessions, hour: EMPTY_TALLY }),
  },
};
