// Takes in what shards tell of how many hosts they have, and how many are late. Pure. A shard tells it when it changes; each
// minute's watch brings it too, so that what was lost here, or was set back there, is known again.
import type { Census } from "./records/census.ts";
import type { DeskChange } from "./state/desk-change.ts";

/** The same count again changes nothing; a shard without hosts has no record. */
export function takeCensus(change: DeskChange, { connected, late = 0, shard }: Census): DeskChange {
  const { censuses } = change.state;
  const before = censuses.get(shard);
  if ((before?.connected ?? 0) === connected && (before?.late ?? 0) === late) return change;
  const counted =
    connected === 0
      ? censuses.without(shard)
      : censuses.with(shard, { shard, connected, ...(late === 0 ? {} : { late }) });
  return { ...change, state: { ...change.state, censuses: counted } };
}

/** Shards that hold no host any more, whether or not they could say so themselves. */
export function forgetCensuses(change: DeskChange, shards: readonly string[]): DeskChange {
  const gone = change.state.censuses.ids().filter((shard) => !shards.includes(shard));
  return gone.reduce((before, shard) => takeCensus(before, { shard, connected: 0, late: 0 }), change);
}
