// Which rows of the read side a shard's decision changes. Pure. Rows are compared as they would be written, so what only moves in
// memory (a keepalive, a latency) projects nothing.
import { hasNamed, namesOf, valuesOf } from "@countersign/shared/values/named";
import { changesBetween } from "@countersign/shared/values/records";
import { isSameButSeen } from "../../core/shard/host/same-host.ts";
import { lookChangesOf, looksAnew } from "../../core/shard/host/service-look.ts";
import type { HostState, ShardState } from "../../core/shard/host/shard-state.ts";
import { changeRowOf } from "../../read-side/change-rows.ts";
import {
  goneServiceRowOf,
  hostRowOf,
  type ProjectionRow,
  retiredRowsOf,
  serviceRowOf,
} from "../../read-side/rows.ts";

/** The rows that differ between two states; `now`: when the later one was decided. */
export function planShardProjection(
  before: ShardState,
  after: ShardState,
  now: number,
): readonly ProjectionRow[] {
  return changesBetween(before.hosts, after.hosts).flatMap(({ before: previous, after: host }) => {
    if (host === undefined) return previous === undefined ? [] : retiredRowsOf(after.shard, previous);
    // Nearly all hosts of a sweep have a newer keepalive and nothing else.
    if (previous !== undefined && isSameButSeen(previous, host)) return [];
    const known = new Set((previous === undefined ? [] : rowsOf(after.shard, previous)).map(textOf));
    const turned = lookChangesOf(previous, host, now).map((change) => changeRowOf(host.hostId, change));
    const changed = [...rowsOf(after.shard, host).filter((row) => !known.has(textOf(row))), ...turned];
    return previous === undefined ? changed : [...changed, ...goneRows(previous, host)];
  });
}

/** All rows of how things are now, for a read side that may know them otherwise. */
export function knownShardRows({ hosts, shard }: ShardState, now: number): readonly ProjectionRow[] {
  return hosts
    .values()
    .flatMap((host) => [
      ...rowsOf(shard, host),
      ...looksAnew(host, now).map((change) => changeRowOf(host.hostId, change)),
    ]);
}

function goneRows(previous: HostState, host: HostState): readonly ProjectionRow[] {
  return namesOf(previous.services)
    .filter((name) => !hasNamed(host.services, name))
    .map((name) => goneServiceRowOf(host.hostId, name));
}

function rowsOf(shard: string, host: HostState): readonly ProjectionRow[] {
  return [hostRowOf(shard, host), ...valuesOf(host.services).map((service) => serviceRowOf(host, service))];
}

function textOf(row: ProjectionRow): string {
  return JSON.stringify(row);
}
