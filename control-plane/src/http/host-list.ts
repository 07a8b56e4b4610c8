// The list of hosts as views and the API show it: the rows of D1, with what the desk knows laid over them. Who is down by the desk stands
// first, and is down, whatever D1 says; who was retired is gone at once. What a reader would get wrong: D1 may be an hour behind or not
// answer at all, and then the desk alone says who is down and how many hosts there are.
import { LIST_ROWS_MAX } from "@countersign/shared/values/limits";
import type { DownHost } from "../core/desk/hosts-not-up.ts";
import type { HostsNow, IncidentDeskRpc } from "../platform/rpc.ts";
import { type HostList, type HostRow, listedStateOf } from "../read-side/listed-host.ts";
import type { HostsAsked, TagList } from "../read-side/queries/host-rows.ts";
import { foldedText, searchWordsOf } from "../read-side/search-words.ts";
import { countsOf } from "./host-counts.ts";
import type { Lists } from "./lists.ts";

/** Who is asked. */
interface Reads {
  readonly desk: Pick<IncidentDeskRpc, "hostsNow" | "registered">;
  readonly lists: Pick<Lists, "hosts" | "hostsById" | "hostGroups">;
}

/** Part of the list. */
export async function listHosts({ desk, lists }: Reads, asked: HostsAsked, now: number): Promise<HostList> {
  const known = await desk.hostsNow();
  const { blindShards, enrolledCount } = known;
  const silent = known.down.slice(0, LIST_ROWS_MAX);
  const mayBeOnTop = asked.state === null || asked.state === "down" ? silent : [];
  // As many as may stand above them are left out: which of these are asked for is read at the same time.
  const limit = Math.max(1, asked.limit - (asked.after === null ? mayBeOnTop.length : 0));
  const [downRows, part, groups] = await Promise.all([
    silent.length === 0 ? [] : lists.hostsById(silent.map(({ hostId }) => hostId)),
    lists.hosts({ ...asked, limit, blindShards }),
    lists.hostGroups(),
  ]);
  const top = topOf({ asked, silent: mayBeOnTop, rows: downRows });
  const overlaid = overlayOf(known);
  const onTop = asked.after === null ? top.map(overlaid) : [];
  if (part === null || groups === null)
    return {
      hosts: onTop,
      next: null,
      enrolledCount,
      counts: null,
      missingCount: 0,
      blindShards,
      asOf: null,
    };
  const shown = new Set(top.map(({ hostId }) => hostId));
  const rows = part.rows.filter(({ hostId }) => !shown.has(hostId));
  const listed = (await enrolledOf(desk, rows)).map(overlaid);
  const countedCount = groups.reduce((sum, { count }) => sum + count, 0);
  return {
    hosts: [...onTop, ...listed.filter((row) => asked.state === null || listedStateOf(row) === asked.state)],
    next: part.next,
    enrolledCount,
    counts: countsOf(known, groups, downRows ?? []),
    missingCount: Math.max(0, enrolledCount - countedCount),
    blindShards,
    asOf: known.unprojectedSinceAt ?? now,
  };
}

/** The tags of all hosts, with the desk's word on how these are; null: they cannot be read now. */
export async function listTags({
  desk,
  lists,
}: {
  readonly desk: Pick<IncidentDeskRpc, "hostsNow">;
  readonly lists: Pick<Lists, "tags">;
}): Promise<TagList | null> {
  const { blindShards, down } = await desk.hostsNow();
  return lists.tags({ blindShards, downIds: down.map(({ hostId }) => hostId) });
}

/** Those of the rows that are enrolled. What a host is called, and which shard sees it, is the register's to say. */
async function enrolledOf(desk: Reads["desk"], rows: readonly HostRow[]): Promise<readonly HostRow[]> {
  const registered = await desk.registered(rows.map(({ hostId }) => hostId));
  const enrolled = new Map(registered.map((host) => [host.hostId, host]));
  return rows.flatMap((row) => {
    const host = enrolled.get(row.hostId);
    return host === undefined ? [] : [{ ...row, ...host }];
  });
}

/** Those that are down by the desk, and are asked for. */
function topOf(known: {
  readonly asked: HostsAsked;
  readonly silent: readonly DownHost[];
  readonly rows: readonly HostRow[] | null;
}): readonly HostRow[] {
  const { asked, rows, silent } = known;
  const found = silent.map((host) => rows?.find(({ hostId }) => hostId === host.hostId) ?? bareRow(host));
  // Of what cannot be read it is not known which tags it has: it is shown, for it is down.
  const hasTag = ({ tags }: HostRow) => asked.tag === null || rows === null || tags.includes(asked.tag);
  return found.filter((row) => hasTag(row) && hasWords(row, asked.search)).slice(0, asked.limit);
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
export function overlayOf({ blindSince, down }: Pick<HostsNow, "blindSince" | "down">) {
  const blind = new Map(blindSince.map(({ at, shard }) => [shard, at]));
  const silent = new Map(down.map((host) => [host.hostId, host]));
  return (row: HostRow): HostRow => {
    const { sinceAt } = silent.get(row.hostId) ?? {};
    if (sinceAt !== undefined) return row.liveness === "down" ? row : { ...row, liveness: "down", sinceAt };
    const blindAt = blind.get(row.shard);
    if (row.liveness !== "up" || blindAt === undefined) return row;
    return { ...row, liveness: "unknown", sinceAt: blindAt };
  };
}

function bareRow({ hostId, name, sinceAt }: DownHost): HostRow {
  return { hostId, shard: "", name, liveness: "down", sinceAt, condition: "", tags: [], services: [] };
}

function hasWords({ name, services, tags }: HostRow, search: string): boolean {
  const said = foldedText([name, ...services.map(({ service }) => service), ...tags].join(" "));
  return searchWordsOf(search).every((word) => said.includes(word));
}
