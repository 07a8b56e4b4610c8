// Which rows of the read side a shard's decision changes. Pure. Rows are compared as they would be written, so what only moves in
// memory (a keepalive, a latency) projects nothing.
import { hasNamed, namedAt, namesOf, valuesOf } from "@countersign/shared/values/named";
import { isSameButSeen } from "../../core/shard/host/same-host.ts";
import type { HostState, ShardState } from "../../core/shard/host/shard-state.ts";
import {
  goneServiceRowOf,
  hostRowOf,
  type ProjectionRow,
  retiredRowsOf,
  serviceRowOf,
} from "../../db/rows.ts";

/** The rows that differ between two states. */
export function planShardProjection(before: ShardState, after: ShardState): readonly ProjectionRow[] {
  const retired = namesOf(after.hosts).length < namesOf(before.hosts).length ? goneIn(before, after) : [];
  const differing = valuesOf(after.hosts).flatMap((host) => {
    const previous = namedAt(before.hosts, host.hostId);
    // Nearly all hosts of a sweep have a newer keepalive and nothing else.
    if (previous === host || (previous !== undefined && isSameButSeen(previous, host))) return [];
    const known = new Set((previous === undefined ? [] : rowsOf(after.shard, previous)).map(textOf));
    const changed = rowsOf(after.shard, host).filter((row) => !known.has(textOf(row)));
    return previous === undefined ? changed : [...changed, ...goneRows(previous, host)];
  });
  return [...differing, ...retired.flatMap((host) => retiredRowsOf(after.shard, host))];
}

function goneIn(before: ShardState, after: ShardState): readonly HostState[] {
  return valuesOf(before.hosts).filter(({ hostId }) => !hasNamed(after.hosts, hostId));
}

function goneRows(previous: HostState, host: HostState): readonly ProjectionRow[] {
  return namesOf(previous.services)
    .filter((name) => !hasNamed(host.services, name))
    .map((name) => goneServiceRowOf(host.hostId, name));
}

function rowsOf(shard: string, host: HostState): readonly ProjectionRow[] {
  return [
    hostRowOf(shard, host),
    ...valuesOf(host.services).map((service) => serviceRowOf(host.hostId, service)),
  ];
}

function textOf(row: ProjectionRow): string {
  return JSON.stringify(row);
}
