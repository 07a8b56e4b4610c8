// What can be wrong with a service beyond its unit and its checks, as a host tells it: facts while it lasts, and what is told when it is
// over. Each names the page reason that it must have when it was told for long enough.
import type { Fact } from "@countersign/shared/wire/fact";
import type { PageReason } from "../../../control-plane/src/core/words/signal.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
/** delivery of the facts and of the signal, and a look of ours */
const SLACK_MS = 120_000;

type WithoutBase<F> = F extends Fact ? Omit<F, "at" | "service"> : never;
/** A fact without when and about whom. */
type FactBody = WithoutBase<Fact>;

interface Moment {
  /** by the host's clock */
  readonly at: number;
  readonly beganAt: number;
  /** how many times it was told before */
  readonly count: number;
}

export interface Ailment {
  readonly reason: PageReason;
  readonly everyMs: number;
  readonly boundMs: number;
  readonly worse: (moment: Moment) => FactBody;
  /** null: it is over when it is not told any more */
  readonly better: ((moment: Moment) => FactBody) | null;
  /** told that often, every two minutes; absent: once */
  readonly betterCount?: number;
  /** it is wrong by what it was before, which is told once, at first: a control plane that misses that cannot know */
  readonly isJudgedByChange?: boolean;
  /** a start of the service ends it, whoever starts it */
  readonly isEndedByRestart?: boolean;
}

const GOOD_LINK = { fileKind: "symlink", owner: "app", linkTarget: "/run/key" } as const;

export const AILMENTS = {
  "sessions-die": {
    reason: "startup-death",
    everyMs: 20 * SECOND_MS,
    boundMs: MINUTE_MS + SLACK_MS,
    worse: ({ at }) => ({ kind: "session", startedAt: at - 3_000, class: "auth", detail: "401" }),
    better: ({ at }) => ({ kind: "session", startedAt: at - 3_000, class: null, detail: "" }),
    // A service whose sessions have ceased is not well: they go on.
    betterCount: 40,
  },
  "credential-is-rejected": {
    reason: "credential-rejected",
    everyMs: 30 * SECOND_MS,
    boundMs: 90 * SECOND_MS + SLACK_MS,
    worse: () => ({ kind: "credential-use", credential: "key", isAccepted: false, detail: "401" }),
    better: () => ({ kind: "credential-use", credential: "key", isAccepted: true, detail: "" }),
  },
  "credential-drifts": {
    reason: "credential-drift",
    everyMs: MINUTE_MS,
    boundMs: MINUTE_MS + SLACK_MS,
    worse: ({ count }) => ({
      kind: "credential",
      credential: "token",
      expiresAt: null,
      ...GOOD_LINK,
      ...(count === 0 ? {} : { fileKind: "file", linkTarget: null }),
    }),
    // Where nobody heard how it was, the use of it proves that it is good.
    better: ({ count }) =>
      count === 0
        ? { kind: "credential", credential: "token", expiresAt: null, ...GOOD_LINK }
        : { kind: "credential-use", credential: "token", isAccepted: true, detail: "" },
    betterCount: 2,
    isJudgedByChange: true,
  },
  "runs-on-fallback": {
    reason: "fallback-overdue",
    everyMs: MINUTE_MS,
    boundMs: 10 * MINUTE_MS + SLACK_MS,
    worse: () => ({ kind: "fallback", fallback: "cache", isActive: true }),
    better: () => ({ kind: "fallback", fallback: "cache", isActive: false }),
  },
  "code-is-old": {
    reason: "stale-code",
    everyMs: MINUTE_MS,
    boundMs: 10 * MINUTE_MS + SLACK_MS,
    worse: ({ beganAt }) => ({ kind: "code", diskChangedAt: beganAt, runningSinceAt: beganAt - 1 }),
    better: ({ at, beganAt }) => ({ kind: "code", diskChangedAt: beganAt, runningSinceAt: at }),
    isEndedByRestart: true,
  },
  "config-thrashes": {
    reason: "config-thrash",
    everyMs: MINUTE_MS,
    boundMs: 4 * MINUTE_MS + SLACK_MS,
    worse: ({ count }) => ({
      kind: "config-changed",
      path: "/etc/app.yaml",
      by: count % 7 === 6 ? "watchdog" : "person",
    }),
    better: null,
  },
  "memory-is-short": {
    reason: "memory-pressure",
    everyMs: 30 * SECOND_MS,
    boundMs: SLACK_MS,
    worse: ({ count }) =>
      count % 5 === 4
        ? { kind: "oom-kill", by: "kernel" }
        : { kind: "pressure", resource: "memory", someAvg10: 60, fullAvg10: 45 },
    better: null,
  },
  "privilege-is-missing": {
    reason: "privilege-gap",
    everyMs: MINUTE_MS,
    boundMs: SLACK_MS,
    worse: () => ({ kind: "privilege", action: "restart", isExecutable: false, command: "sudo -n -l" }),
    better: () => ({ kind: "privilege", action: "restart", isExecutable: true, command: "" }),
  },
  "automation-is-stuck": {
    reason: "remediation-stuck",
    everyMs: 30 * SECOND_MS,
    boundMs: 150 * SECOND_MS + SLACK_MS,
    worse: () => ({ kind: "attempt", action: "heal", by: "watchdog", outcome: "denied", isHelpful: false }),
    better: () => ({ kind: "attempt", action: "heal", by: "watchdog", outcome: "done", isHelpful: true }),
  },
} as const satisfies Readonly<Record<string, Ailment>>;

export type AilmentKind = keyof typeof AILMENTS;

/** A dependency fails, as those who suffer tell it; the incident is the fleet's. */
export const PROVIDER_AILMENT: Ailment = {
  reason: "provider-failing",
  everyMs: 30 * SECOND_MS,
  boundMs: MINUTE_MS + SLACK_MS,
  worse: () => ({ kind: "provider", provider: "upstream", isOk: false, class: "provider" }),
  better: () => ({ kind: "provider", provider: "upstream", isOk: true, class: null }),
};
