// Rule `heartbeat-missed`: a heartbeat that the catalogue declares (a cron job's, a push monitor's) did not come for its
// period and grace, counted from the last one or, before the first, from when it was first expected. Pure. It ends when one
// comes, or when none is expected any more.
// What a reader would get wrong: an absence of the host does not begin the wait anew, or a night with one lost connection
// would hide a missed job. What waited on the host arrives with its own instants as soon as it is back; a job that could not
// run gets as long as the host was away.
import { formatDuration } from "@countersign/shared/values/duration";
import type { Fact } from "@countersign/shared/wire/fact";
import { nameOf } from "../../words/subject.ts";
import { alikeIn, type Named, namedIn, namesInWords } from "../named-list.ts";
import type { FactRule, Finding, Judgement, RuleScene } from "../rule.ts";

/** What waited on the host has arrived this long after the host was seen again. */
export const RETURN_SETTLES_MS = 60_000;
/** A heartbeat that comes no more often than this is stored at once; of a more frequent one our memory may lose the last. */
export const STORED_EVERY_MS_MIN = 3_600_000;

/** One heartbeat; its name is its source. */
interface Expected extends Named {
  readonly everyMs: number;
  readonly graceMs: number;
  /** when the last one came; null: none since it is expected */
  readonly lastAt: number | null;
  /** the wait counts from then; null: that is lost, and it counts from the next look */
  readonly fromAt: number | null;
  /** it did not come in time. absent: it is not missed */
  readonly isMissed?: true;
}

/** An absence of the host: it lasts, or its end is known by when the host was up again. */
type Absence = { readonly sinceAt: number } | { readonly returnedAt: number; readonly lastedMs: number };

interface Heartbeats {
  readonly expected: readonly Expected[];
  readonly absence: Absence | null;
}

type ExpectedFact = Extract<Fact, { kind: "heartbeats-expected" }>;

const NONE_EXPECTED: Heartbeats = { expected: [], absence: null };

function absorb(beats: Heartbeats, fact: Fact, { now }: RuleScene): Heartbeats {
  if (fact.kind === "heartbeats-expected") return expect(beats, fact, now);
  if (fact.kind !== "heartbeat") return beats;
  const before = namedIn(beats.expected, fact.source);
  if (before === undefined || fact.at <= (before.lastAt ?? 0)) return beats;
  const fromAt = Math.max(before.fromAt ?? 0, fact.at);
  const come = judgedAnew({ ...before, lastAt: fact.at, fromAt }, now);
  return { ...beats, expected: beats.expected.map((one) => (one === before ? come : one)) };
}

function expect(beats: Heartbeats, { heartbeats }: ExpectedFact, now: number): Heartbeats {
  const names = heartbeats.map(({ source }) => source);
  const told = heartbeats.filter(({ source }, index) => names.indexOf(source) === index);
  if (told.length === 0) return NONE_EXPECTED;
  const expected = told.map(({ source, everyMs, graceMs }) => {
    const before = namedIn(beats.expected, source);
    if (before === undefined) return { name: source, everyMs, graceMs, lastAt: null, fromAt: now };
    if (before.everyMs === everyMs && before.graceMs === graceMs) return before;
    return onOtherTerms(before, { ...before, everyMs, graceMs }, now);
  });
  const isSame =
    expected.length === beats.expected.length && expected.every((one, at) => one === beats.expected[at]);
  return isSame ? beats : { ...beats, expected };
}

// A wait that was made shorter must not be over before anybody could have kept it.
function onOtherTerms(before: Expected, after: Expected, now: number): Expected {
  const isOverdueByThese = (after.fromAt ?? now) + waitMsOf(after) <= now;
  if (isOverdueByThese && before.isMissed !== true) return { ...after, fromAt: now };
  return judgedAnew(after, now);
}

// What was missed is not missed any more, unless what came is itself too old.
function judgedAnew({ isMissed, ...one }: Expected, now: number): Expected {
  const isStill = isMissed === true && (one.fromAt ?? now) + waitMsOf(one) <= now;
  return isStill ? { ...one, isMissed } : one;
}

// What was missed stays so while the host is away: its return brings the heartbeat, or does not.
function prune(beats: Heartbeats, scene: RuleScene): Heartbeats {
  const absence = absenceOf(beats.absence, scene);
  const expected = beats.expected.map((one) => {
    const known = one.fromAt === null ? { ...one, fromAt: scene.now } : one;
    const dueAt = dueAtOf(known, absence, scene);
    return known.isMissed !== true && dueAt !== null && scene.now >= dueAt
      ? { ...known, isMissed: true as const }
      : known;
  });
  const isSame = absence === beats.absence && expected.every((one, at) => one === beats.expected[at]);
  return isSame ? beats : { expected, absence };
}

function absenceOf(before: Absence | null, { now, seenSinceAt }: RuleScene): Absence | null {
  const isAway = before !== null && "sinceAt" in before;
  if (seenSinceAt === null) return isAway ? before : { sinceAt: now };
  if (!isAway || seenSinceAt === undefined) return before;
  return { returnedAt: seenSinceAt, lastedMs: Math.max(0, seenSinceAt - before.sinceAt) };
}

// From when it is missed; null: its host is away, and nobody can say.
function dueAtOf(one: Expected, absence: Absence | null, { now, seenSinceAt }: RuleScene): number | null {
  if (seenSinceAt === null) return null;
  const waitMs = waitMsOf(one);
  const dueAt = (one.fromAt ?? now) + waitMs;
  if (seenSinceAt === undefined) return dueAt;
  const isThisReturn = absence !== null && "returnedAt" in absence && absence.returnedAt === seenSinceAt;
  const settlesMs = Math.max(RETURN_SETTLES_MS, isThisReturn ? absence.lastedMs : 0);
  return Math.max(dueAt, seenSinceAt + Math.min(waitMs, settlesMs));
}

function waitMsOf({ everyMs, graceMs }: Pick<Expected, "everyMs" | "graceMs">): number {
  return everyMs + graceMs;
}

function judge({ expected, absence }: Heartbeats, scene: RuleScene): Judgement {
  const missed = expected.filter(({ isMissed }) => isMissed === true);
  // Nobody says when a host is back: it is looked for.
  const dueAts = expected
    .filter(({ isMissed }) => isMissed !== true)
    .map((one) => dueAtOf(one, absence, scene) ?? scene.now + RETURN_SETTLES_MS);
  const nextAt = dueAts.length === 0 ? null : dueAts.reduce((left, right) => Math.min(left, right));
  return { finding: missed.length === 0 ? null : findingOf(missed, scene), nextAt };
}

function findingOf(missed: readonly Expected[], { now, subject }: RuleScene): Finding {
  const byInstant = missed.toSorted((left, right) => overdueAtOf(left, now) - overdueAtOf(right, now));
  const [first] = byInstant;
  const what = missed.length === 1 ? "misses a heartbeat" : "misses heartbeats";
  return {
    severity: "error",
    ...alikeIn(missed),
    title: `${nameOf(subject)} ${what}: ${namesInWords(byInstant)}`,
    evidence: byInstant
      .slice(0, 10)
      .map((one) => ({ at: one.lastAt ?? one.fromAt ?? now, text: lineOf(one) })),
    happenedAt: first === undefined ? now : overdueAtOf(first, now),
    isRestartPointless: false,
    freezes: false,
  };
}

function overdueAtOf(one: Expected, now: number): number {
  return (one.fromAt ?? now) + waitMsOf(one);
}

function lineOf({ everyMs, graceMs, lastAt, name }: Expected): string {
  const terms = `expected every ${formatDuration(everyMs)}, with a grace of ${formatDuration(graceMs)}`;
  return lastAt === null ? `${name} never came since it is ${terms}` : `${name} came last; ${terms}`;
}

export const heartbeatMissed: FactRule<Heartbeats> = {
  reason: "heartbeat-missed",
  scope: "service",
  kinds: ["heartbeats-expected", "heartbeat"],
  initial: NONE_EXPECTED,
  absorb,
  judge,
  prune,
  // A job that runs each minute writes no row each minute, and where its last run is lost the wait begins anew: an hour at
  // most. That of a nightly job must not be lost: deploys of ours every day would put off its finding for ever.
  learned: {
    keeps: ({ absence, expected }) => ({ absence, expected: expected.map(keptOf) }),
    resume: ({ absence, expected }) => ({
      absence,
      expected: expected.map((one) =>
        isStored(one) || one.isMissed === true ? one : { ...one, fromAt: null },
      ),
    }),
  },
};

function keptOf(one: Expected): unknown {
  return isStored(one) ? one : { ...one, fromAt: null, lastAt: one.lastAt === null };
}

function isStored({ everyMs }: Expected): boolean {
  return everyMs >= STORED_EVERY_MS_MIN;
}
