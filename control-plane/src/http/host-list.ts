// The list of hosts as views and the API show it: the rows of D1, with what the desk knows laid over them. Who is down by the desk stands
// first, and is down, whatever D1 says; who was retired is gone at once. What a reader would get wrong: D1 may be an hour behind or not
// answer at all, and then the desk alone says who is down and how many hosts there are.
import type { DownHost } from "../core/desk/hosts-not-up.ts";
import type { HostsNow, IncidentDeskRpc } from "../platform/rpc.ts";
import type { HostList, HostRow } from "../read-side/listed-host.ts";
import type { HostsAsked } from "../read-side/queries/host-rows.ts";
import { searchWordsOf } from "../read-side/search-words.ts";
import type { Lists } from "./lists.ts";

/** Who is asked. */
interface Reads {
  readonly desk: Pick<IncidentDeskRpc, "hostsNow" | "registered">;
  readonly lists: Pick<Lists, "hosts" | "hostsById" | "hostCount">;
}

/** Part of the list. */
export async function listHosts({ desk, lists }: Reads, asked: HostsAsked, now: number): Promise<HostList> {
  const known = await desk.hostsNow();
  const top = known.down.filter(({ name }) => hasWords(name, asked.search)).slice(0, asked.limit);
  const isFirst = asked.after === null;
  const onTop = isFirst ? top : [];
  const limit = Math.max(1, asked.limit - onTop.length);
  const [part, topRows, count] = await Promise.all([
    lists.hosts({ ...asked, limit }),
    onTop.length === 0 ? [] : lists.hostsById(onTop.map(({ hostId }) => hostId)),
    lists.hostCount(),
  ]);
  const { blindShards, enrolledCount } = known;
  const overlaid = overlayOf(known);
  const down = onTop.map((host) => topRows?.find(({ hostId }) => hostId === host.hostId) ?? bareRow(host));
  if (part === null || count === null) {
    const hosts = down.map(overlaid);
    return { hosts, next: null, enrolledCount, missingCount: 0, blindShards, asOf: null };
  }
  const shown = new Set(top.map(({ hostId }) => hostId));
  const rows = part.rows.filter(({ hostId }) => !shown.has(hostId));
  const registered = await desk.registered(rows.map(({ hostId }) => hostId));
  const enrolled = new Map(registered.map((host) => [host.hostId, host]));
  // What a host is called, and which shard sees it, is the register's to say.
  const listed = rows.flatMap((row) => {
    const host = enrolled.get(row.hostId);
    return host === undefined ? [] : [{ ...row, ...host }];
  });
  return {
    hosts: [...down, ...listed].map(overlaid),
    next: part.next,
    enrolledCount,
    missingCount: Math.max(0, enrolledCount - count),
    blindShards,
    asOf: known.unprojectedSinceAt ?? now,
  };
}

/** One host as the lists hold it, where its shard does not answer; null: they cannot be read, or lack it. */
export async function listedHost({ desk, lists }: Reads, hostId: string): Promise<HostRow | null> {
  const [known, rows] = await Promise.all([desk.hostsNow(), lists.hostsById([hostId])]);
  const silent = known.down.find((host) => host.hostId === hostId);
  const [row = silent === undefined ? null : bareRow(silent)] = rows ?? [];
  if (row === null) return null;
  const { liveness, ...rest } = overlayOf(known)(row);
  // Its shard alone could say that it is up now.
  return { ...rest, liveness: liveness === "up" ? "unknown" : liveness };
}

/** Rows of D1 as they may be shown: never up where the desk knows better. */
export function overlayOf({ blindShards, down }: Pick<HostsNow, "blindShards" | "down">) {
  const silent = new Map(down.map((host) => [host.hostId, host]));
  return (row: HostRow): HostRow => {
    const { sinceAt } = silent.get(row.hostId) ?? {};
    if (sinceAt !== undefined) return row.liveness === "down" ? row : { ...row, liveness: "down", sinceAt };
    if (row.liveness !== "up" || !blindShards.includes(row.shard)) return row;
    return { ...row, liveness: "unknown", sinceAt: null };
  };
}

function bareRow({ hostId, name, sinceAt }: DownHost): HostRow {
  return { hostId, shard: "", name, liveness: "down", sinceAt, condition: "", services: [] };
}

function hasWords(name: string, search: string): boolean {
  const small = name.toLowerCase();
  return searchWordsOf(search).every((word) => small.includes(word));
}
