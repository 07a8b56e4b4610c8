// Who is not up, as the desk knows it without asking a shard: hosts whose silence fires, in earnest or in shadow, and shards that see, or say,
// nothing of their hosts now. Pure. Lists of the read side are laid beneath it, so that a host that is down is never shown as up however old they are.
// Weakness: where the policy turns `host-silent` off, no shard tells the desk of a silence, and the read side alone knows of it.
import type { PageReason } from "../words/signal.ts";
import type { Subject } from "../words/subject.ts";
import { openIncidentsOf } from "./state/desk-index.ts";
import type { DeskState } from "./state/desk-state.ts";

const SILENCE_REASONS: readonly PageReason[] = ["host-silent", "host-late-return"];

/** A host that is down. */
export interface DownHost {
  readonly hostId: string;
  readonly name: string;
  /** its last sign of life */
  readonly sinceAt: number;
}

export interface HostsNotUp {
  /** by name */
  readonly down: readonly DownHost[];
  /** by name: of their hosts it is not known which are up */
  readonly blindShards: readonly string[];
}

/** Everything that is known not to be up. */
export function hostsNotUp(state: DeskState): HostsNotUp {
  const down = SILENCE_REASONS.flatMap((reason) => firing(state, reason)).flatMap(({ happenedAt, subject }) =>
    subject.kind === "host"
      ? [[subject.hostId, { hostId: subject.hostId, name: subject.hostName, sinceAt: happenedAt }] as const]
      : [],
  );
  const silent = state.shardTroubles.values().filter(({ silentSinceAt }) => silentSinceAt !== null);
  const gaps = firing(state, "control-plane-gap").flatMap(({ subject }) =>
    subject.kind === "fleet" && subject.shard !== null ? [subject.shard] : [],
  );
  return {
    down: [...new Map(down).values()].toSorted(byName),
    blindShards: [...new Set([...silent.map(({ shard }) => shard), ...gaps])].toSorted(),
  };
}

/** What was told and has not cleared. */
function firing(
  state: DeskState,
  reason: PageReason,
): readonly { readonly subject: Subject; readonly happenedAt: number }[] {
  const inShadow = state.shadow
    .values()
    .filter(({ endedAt, signal }) => endedAt === null && signal.reason === reason);
  return [
    ...openIncidentsOf(state, reason).filter(({ clearedAt }) => clearedAt === null),
    ...inShadow.map(({ signal }) => signal),
  ];
}

function byName(left: DownHost, right: DownHost): number {
  if (left.name !== right.name) return left.name < right.name ? -1 : 1;
  return left.hostId < right.hostId ? -1 : 1;
}
