// Who is not up, as the desk knows it without asking a shard: hosts whose silence fires, in earnest or in shadow, and shards that see, or say,
// nothing of their hosts now. Pure. Lists of the read side are laid beneath it, so that a host that is down is never shown as up however old they are.
// Weakness: where the policy turns `host-silent` off, no shard tells the desk of a silence, and the read side alone knows of it.
import type { PageReason } from "../words/signal.ts";
import type { Subject } from "../words/subject.ts";
import { shadowsOf } from "./findings/shadow.ts";
import type { DeskState } from "./state/desk-state.ts";
import { openFindingsBy } from "./state/finding-index.ts";

const SILENCE_REASONS: readonly PageReason[] = ["host-silent", "host-late-return"];

/** A host that is down. */
export interface DownHost {
  readonly hostId: string;
  readonly name: string;
  /** its last sign of life */
  readonly sinceAt: number;
}

/** A silence that fires. */
export interface FiringSilence extends Pick<DownHost, "hostId" | "name"> {
  /** the last sign of life before it fired for the first time */
  readonly happenedAt: number;
  /** when the desk heard of it last, after it had been over or for the first time */
  readonly firedAt: number;
  /** it had been over before */
  readonly isAgain: boolean;
}

export interface HostsNotUp {
  /** by name */
  readonly down: readonly DownHost[];
  /** by name: of their hosts it is not known which are up */
  readonly blindShards: readonly string[];
  /** since when each of them is */
  readonly blindSince: readonly { readonly shard: string; readonly at: number }[];
}

/** The silences of hosts that fire. */
export function silencesIn(state: DeskState): readonly FiringSilence[] {
  return SILENCE_REASONS.flatMap((reason) => firing(state, reason)).flatMap(({ subject, ...at }) =>
    subject.kind === "host" ? [{ hostId: subject.hostId, name: subject.hostName, ...at }] : [],
  );
}

/** Everything that is known not to be up. */
export function hostsNotUp(state: DeskState): HostsNotUp {
  const down = silencesIn(state).map(
    ({ happenedAt, hostId, name }) => [hostId, { hostId, name, sinceAt: happenedAt }] as const,
  );
  const silent = state.shardTroubles
    .values()
    .flatMap(({ shard, silentSinceAt }) => (silentSinceAt === null ? [] : [{ shard, at: silentSinceAt }]));
  const gaps = firing(state, "control-plane-gap").flatMap(({ happenedAt, subject }) =>
    subject.kind === "fleet" && subject.shard !== null ? [{ shard: subject.shard, at: happenedAt }] : [],
  );
  const blind = [...silent, ...gaps].toSorted((left, right) => left.at - right.at);
  const blindShards = [...new Set(blind.map(({ shard }) => shard))].toSorted();
  return {
    down: [...new Map(down).values()].toSorted(byName),
    blindShards,
    blindSince: blindShards.flatMap((shard) => blind.find((each) => each.shard === shard) ?? []),
  };
}

/** What was told and has not cleared. */
function firing(
  state: DeskState,
  reason: PageReason,
): readonly ({ readonly subject: Subject } & Omit<FiringSilence, "hostId" | "name">)[] {
  return [
    ...openFindingsBy(state, reason)
      .filter(({ clearedAt }) => clearedAt === null)
      .map(({ beganAt, beginningsAt, happenedAt, subject }) => {
        const firedAt = beginningsAt.at(-1) ?? beganAt;
        return { subject, happenedAt, firedAt, isAgain: firedAt > beganAt };
      }),
    ...shadowsOf(state, reason).map(({ firedAt, signal: { happenedAt, subject } }) => {
      return { subject, happenedAt, firedAt, isAgain: false };
    }),
  ];
}

function byName(left: DownHost, right: DownHost): number {
  if (left.name !== right.name) return left.name < right.name ? -1 : 1;
  return left.hostId < right.hostId ? -1 : 1;
}
