// Which rows of the read side a shard's decision changes. Pure. Rows are compared as they would be written, so what only moves in
// memory (a keepalive, a latency) projects nothing.
import { hasNamed, namesOf, valuesOf } from "@countersign/shared/values/named";
import { changesBetween } from "@countersign/shared/values/records";
import { isSameButSeen } from "../../core/shard/host/same-host.ts";
import type { HostState, ShardState } from "../../core/shard/host/shard-state.ts";
import {
  goneServiceRowOf,
  hostRowOf,
  type ProjectionRow,
  retiredRowsOf,
  serviceRowOf,
} from "../../read-side/rows.ts";

/** The rows that differ between two states. */
export function planShardProjection(before: ShardState, after: ShardState): readonly ProjectionRow[] {
  return changesBetween(before.hosts, after.hosts).flatMap(({ before: previous, after: host }) => {
    if (host === undefined) return previous === undefined ? [] : retiredRowsOf(after.shard, previous);
    // Nearly all hosts of a sweep have a newer keepalive and nothing else.
    if (previous !== undefined && isSameButSeen(previous, host)) return [];
    const known = new Set((previous === undefined ? [] : rowsOf(after.shard, previous)).map(textOf));
    const changed = rowsOf(after.shard, host).filter((row) => !known.has(textOf(row)));
    return previous === undefined ? changed : [...changed, ...goneRows(previous, host)];
  });
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
