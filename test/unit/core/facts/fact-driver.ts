// Drives one rule over facts as the engine does: facts at offsets from the start, judgements at offsets, with what time makes
// irrelevant forgotten first.
import type { Fact } from "@countersign/shared/wire/fact";
import type { Finding, FactRule, Judgement } from "../../../../control-plane/src/core/facts/rule.ts";
import type { ShardFact } from "../../../../control-plane/src/core/facts/shard-fact.ts";
import type { Subject } from "../../../../control-plane/src/core/words/subject.ts";
import { policyWith, START_AT, WEB_1 } from "../shard/shard-driver.ts";

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

type WithoutBase<F> = F extends Fact ? Omit<F, "at" | "service"> : never;
/** A fact without when and about whom. */
export type FactBody = WithoutBase<Fact>;

/** What only a shard says, or a host: without when and about whom. */
export type ShardFactBody = ShardFact extends infer F
  ? F extends ShardFact
    ? Omit<F, "at" | "service">
    : never
  : never;

function instantOf(offsetMs: number | null): number | null {
  return offsetMs === null ? null : START_AT + offsetMs;
}

/** A rule with its slice; `bounds` are the rule's own settings, durations as in a policy file. */
export function driveRule<Slice>(rule: FactRule<Slice>, bounds: Record<string, unknown> = {}) {
  const policy = policyWith({ rules: { [rule.reason]: bounds } });
  const sceneAt = (offsetMs: number) => ({
    now: START_AT + offsetMs,
    policy,
    subject: about,
    ...(seenSinceAt === undefined ? {} : { seenSinceAt }),
    ...(isAiling ? { isAiling } : {}),
    ...(levelOf === undefined ? {} : { levelOf }),
    ...(wellSinceAt === undefined ? {} : { wellSinceAt }),
    ...(unitRunsSinceAt === undefined ? {} : { unitRunsSinceAt }),
  });
  let slice = rule.initial;
  let isAiling = false;
  let levelOf: ((action: string) => number | null) | undefined;
  let about: Subject = { kind: "service", hostId: WEB_1, hostName: "web-1", service: "web" };
  let seenSinceAt: number | null | undefined;
  let wellSinceAt: number | null | undefined;
  let unitRunsSinceAt: number | null | undefined;

  function prunedAt(offsetMs: number): Slice {
    return rule.prune === undefined ? slice : rule.prune(slice, sceneAt(offsetMs));
  }

  function judgedAt(offsetMs: number) {
    const pruned = prunedAt(offsetMs);
    return pruned === rule.initial ? { finding: null, nextAt: null } : rule.judge(pruned, sceneAt(offsetMs));
  }

  return {
    slice: () => slice,
    /** takes in one fact that is about now, or as late as `lateMs` after it happened */
    take(offsetMs: number, body: FactBody | ShardFactBody, lateMs = 0): void {
      const fact = { ...body, at: START_AT + offsetMs, service: "web" } as Fact;
      slice = rule.absorb(slice, fact, sceneAt(offsetMs + lateMs));
    },
    /** levels of the catalogue's actions */
    catalogue: (levels: Readonly<Record<string, number>>) =>
      void (levelOf = (action) => new Map(Object.entries(levels)).get(action) ?? null),
    /** another rule has found that the service does not work, or does so no longer */
    ails: (is: boolean) => void (isAiling = is),
    /** whom the facts from now on are about */
    about: (subject: Subject) => void (about = subject),
    /** since when the host has been up; null: it is not */
    hostUpSince: (offsetMs: number | null) =>
      void (seenSinceAt = offsetMs === null ? null : START_AT + offsetMs),
    /** what time has made irrelevant is forgotten, as at a judgement by time */
    prune: (offsetMs: number) => void (slice = prunedAt(offsetMs)),
    /** since when its checks pass; null: one fails */
    wellSince: (offsetMs: number | null) => void (wellSinceAt = instantOf(offsetMs)),
    /** since when its unit runs; null: it does not */
    unitRunsSince: (offsetMs: number | null) => void (unitRunsSinceAt = instantOf(offsetMs)),
    /** taken up from a row: what was learned since may be lost */
    resumed: () => void (slice = rule.learned?.resume(slice) ?? slice),
    findingAt: (offsetMs: number): Finding | null => judgedAt(offsetMs).finding,
    /** all of them, of a rule over the whole shard */
    findingsAt(offsetMs: number): readonly Finding[] {
      const { finding, also = [] }: Judgement = judgedAt(offsetMs);
      return finding === null ? [] : [finding, ...also];
    },
    /** when it wants to be judged again, as an offset */
    nextAt(offsetMs: number): number | null {
      const { nextAt } = judgedAt(offsetMs);
      return nextAt === null ? null : nextAt - START_AT;
    },
    /** nothing noteworthy is left: a healthy host would store nothing */
    isForgottenAt: (offsetMs: number): boolean => prunedAt(offsetMs) === rule.initial,
    textsAt: (offsetMs: number): readonly string[] =>
      (judgedAt(offsetMs).finding?.evidence ?? []).map(({ text }) => text),
  };
}
