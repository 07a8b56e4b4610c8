// Rule `shard-unreachable`: a shard did not answer for `after`, so nothing is known of its hosts and none of them can be paged about. Pure.
// The cron watch visits every shard and brings its last word as `shards-watched`; a shard that answers leaves no record, so a healthy
// fleet costs no row, and a desk that was evicted blames nobody it has not seen fail.
import { sameBy } from "@countersign/shared/values/same-by";
import { BY_DESK } from "../words/actor.ts";
import { partSubject } from "../words/subject.ts";
import { forgetCensuses, takeCensus } from "./census.ts";
import type { DeskEvent } from "./desk-event.ts";
import type { DeskRule } from "./desk-rule.ts";
import type { ShardTrouble } from "./records/shard-trouble.ts";
import { addAudit, type DeskChange } from "./state/desk-change.ts";
import type { DeskContext } from "./state/desk-events.ts";

/** A signal that waits longer for the desk's word than this is said to be unconfirmed; likewise a row for the read side. */
export const UNCONFIRMED_AFTER_MS = 60_000;

/** What one visit of a shard brought: no answer, or what it still owes. */
export type ShardWord = Extract<DeskEvent, { kind: "shards-watched" }>["words"][number];

export const shardUnreachable: DeskRule = {
  reason: "shard-unreachable",
  judge: (state, context) =>
    state.shardTroubles
      .values()
      .filter((trouble) => isDue(trouble, context))
      .map(({ shard, silentSinceAt }) => ({
        subject: partSubject(shard),
        severity: "critical",
        title: `${shard} cannot be reached: nothing is known of its hosts`,
        happenedAt: silentSinceAt ?? context.now,
        evidence: [
          { at: silentSinceAt ?? context.now, text: "did not answer the watch, and again each minute since" },
        ],
      })),
  dueAt: ({ shardTroubles }, context) => {
    const dueAt = shardTroubles
      .values()
      .flatMap(({ silentSinceAt }) => (silentSinceAt === null ? [] : [silentSinceAt + afterMsOf(context)]))
      .filter((at) => at > context.now);
    return dueAt.length === 0 ? null : Math.min(...dueAt);
  },
  endsBecause: "The shard answers again.",
};

/** Takes the words of one round; the same words again change nothing. A shard that holds no host any more is forgotten. */
export function takeShardWords(
  change: DeskChange,
  context: DeskContext,
  { words }: Extract<DeskEvent, { kind: "shards-watched" }>,
): DeskChange {
  const gone = change.state.shardTroubles
    .ids()
    .filter((shard) => !words.some((word) => word.shard === shard));
  const kept = gone.reduce((before, shard) => putTrouble(before, context, { shard, trouble: null }), change);
  const counted = forgetCensuses(
    kept,
    words.map(({ shard }) => shard),
  );
  return words.reduce((before, word) => takeWord(before, context, word), counted);
}

/** A shard that sent signals lives, whatever the watch met. */
export function hearShard(change: DeskChange, context: DeskContext, shard: string): DeskChange {
  const before = change.state.shardTroubles.get(shard);
  return before === undefined || before.silentSinceAt === null
    ? change
    : putTrouble(change, context, { shard, trouble: null });
}

function takeWord(change: DeskChange, context: DeskContext, { shard, answer }: ShardWord): DeskChange {
  const { connected, late = 0 } = answer ?? {};
  const told = connected === undefined ? change : takeCensus(change, { shard, connected, late });
  return takeTrouble(told, context, { shard, answer });
}

function takeTrouble(change: DeskChange, context: DeskContext, { shard, answer }: ShardWord): DeskChange {
  const before = change.state.shardTroubles.get(shard);
  const trouble =
    answer === null
      ? {
          shard,
          silentSinceAt: before?.silentSinceAt ?? context.now,
          unconfirmedSinceAt: before?.unconfirmedSinceAt ?? null,
          unprojectedSinceAt: before?.unprojectedSinceAt ?? null,
        }
      : {
          shard,
          silentSinceAt: null,
          unconfirmedSinceAt: ifLong(answer.unconfirmedSinceAt, context),
          unprojectedSinceAt: ifLong(answer.unprojectedSinceAt, context),
        };
  const isWell =
    answer !== null && trouble.unconfirmedSinceAt === null && trouble.unprojectedSinceAt === null;
  return putTrouble(change, context, { shard, trouble: isWell ? null : trouble });
}

/** What waits for a moment is on its way, and no trouble. */
function ifLong(sinceAt: number | null, { now }: DeskContext): number | null {
  return sinceAt !== null && now - sinceAt >= UNCONFIRMED_AFTER_MS ? sinceAt : null;
}

const isSameTrouble = sameBy<ShardTrouble>({
  shard: true,
  silentSinceAt: true,
  unconfirmedSinceAt: true,
  unprojectedSinceAt: true,
});

function putTrouble(
  change: DeskChange,
  context: DeskContext,
  { shard, trouble }: { readonly shard: string; readonly trouble: ShardTrouble | null },
): DeskChange {
  const known = change.state.shardTroubles;
  const before = known.get(shard) ?? null;
  if (isSameTrouble(before, trouble)) return change;
  const shardTroubles = trouble === null ? known.without(shard) : known.with(shard, trouble);
  const next = { ...change, state: { ...change.state, shardTroubles } };
  if ((before?.silentSinceAt ?? null) === (trouble?.silentSinceAt ?? null)) return next;
  const isSilent = (trouble?.silentSinceAt ?? null) !== null;
  return addAudit(next, context, {
    actor: BY_DESK,
    act: isSilent ? "shard-silent" : "shard-answers",
    refs: [{ kind: "subject", subject: partSubject(shard) }],
    why: isSilent ? "It did not answer the watch." : "It was heard of again.",
  });
}

function isDue({ silentSinceAt }: ShardTrouble, context: DeskContext): boolean {
  return silentSinceAt !== null && context.now - silentSinceAt >= afterMsOf(context);
}

function afterMsOf({ policy }: DeskContext): number {
  return policy.rules["shard-unreachable"].after;
}
