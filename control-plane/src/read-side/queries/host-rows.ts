// Reads the hosts that D1 lists: the worst first, then by name; cut down by words in the names of host, services and tags,
// by a tag and by how they are; or by their ids; or how many there are of each. Each host comes with what is wrong with its
// services, in one statement, so that a list costs one call. Nothing is decided from it: D1 may be behind, and whoever shows
// a host asks the desk who is down (http/host-list.ts).
import { and, inArray, isNotNull, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { LIST_ROWS_MAX } from "@countersign/shared/values/limits";
import { visibleJson } from "@countersign/shared/values/visible-text";
import {
  type HostRow,
  LISTED_STATES,
  LISTED_STATUSES,
  type ListedState,
  type ServiceRow,
} from "../listed-host.ts";
import { HOST_CONDITIONS, URGENCY } from "../rows.ts";
import { hosts } from "../schema.ts";
import { searchWordsOf } from "../search-words.ts";
import { type Part, partOf, placeIn } from "./cursor.ts";

/** What is asked of the list; `after` is the `next` of the part before, null: the first part. */
export interface HostsAsked {
  readonly search: string;
  /** null: whatever their tags */
  readonly tag: string | null;
  /** null: however they are */
  readonly state: ListedState | null;
  readonly after: string | null;
  readonly limit: number;
}

/**
 * Part of the list; an `after` that is no cursor reads as the first part. Of the hosts of `blindShards` it is not known
 * which are up. A walk of the index in its order: a state is a part of it, words and tag are looked for on the way.
 */
export async function readHosts(
  database: D1Database,
  asked: HostsAsked & { readonly blindShards?: readonly string[] },
): Promise<Part<HostRow>> {
  const limit = Math.min(LIST_ROWS_MAX, Math.max(1, asked.limit));
  const found = await select(database)
    .where(
      and(
        isNotNull(hosts.urgency),
        asked.state === null ? undefined : isIn(asked.state, asked.blindShards ?? []),
        asked.tag === null ? undefined : hasTag(asked.tag),
        ...searchWordsOf(asked.search).map(hasWord),
        isAfter(asked.after),
      ),
    )
    .orderBy(hosts.urgency, hosts.name, hosts.hostId)
    .limit(limit + 1);
  const { next } = partOf(found, limit, ({ hostId, name, urgency }) => ({
    number: urgency ?? 0,
    key: `${hostId}:${name}`,
  }));
  return { rows: found.slice(0, limit).flatMap(hostRowOf), next };
}

/** Those that D1 lists of these, at most `LIST_ROWS_MAX`, in no order. */
export async function readHostsById(
  database: D1Database,
  hostIds: readonly string[],
): Promise<readonly HostRow[]> {
  const asked = JSON.stringify(hostIds.slice(0, LIST_ROWS_MAX));
  const found = await select(database).where(
    and(isNotNull(hosts.urgency), inArray(hosts.hostId, sql`(SELECT value FROM json_each(${asked}))`)),
  );
  return found.flatMap(hostRowOf);
}

/** How many hosts of a shard D1 lists as being so. */
export interface HostGroup {
  readonly shard: string;
  readonly state: ListedState;
  readonly count: number;
}

const GROUPS_MAX = 4_000;

/** How many hosts D1 lists, by shard and by how they are. */
export async function readHostGroups(database: D1Database): Promise<readonly HostGroup[]> {
  const { results } = await database
    .prepare(
      `SELECT shard, ${STATE} AS state, count(*) AS count FROM hosts WHERE urgency IS NOT NULL GROUP BY 1, 2 LIMIT ?1`,
    )
    .bind(GROUPS_MAX)
    .all();
  return results.flatMap((row) => {
    const state = LISTED_STATES.find((known) => known === row["state"]);
    return state === undefined ? [] : [{ shard: String(row["shard"]), state, count: Number(row["count"]) }];
  });
}

/** The hosts of one tag: how many, how many of them are down or fail, and of how many it is not known. */
export interface TagGroup {
  readonly tag: string;
  readonly count: number;
  readonly illCount: number;
  readonly unknownCount: number;
}

/** The tags of most hosts, and how many tags there are besides. */
export interface TagList {
  readonly groups: readonly TagGroup[];
  readonly moreCount: number;
}

/** Tags that are answered at most. */
export const TAGS_MAX = 60;

/**
 * The tags of the hosts that D1 lists, the largest first: who has many tags, and is ill, puts no other one out. Of the hosts
 * of `blindShards` it is not known how they are, and `downIds` are down by the desk.
 */
export async function readTags(
  database: D1Database,
  known: { readonly blindShards: readonly string[]; readonly downIds: readonly string[] },
): Promise<TagList> {
  const { results } = await database
    .prepare(
      `SELECT value AS tag, count(*) AS count, sum(state IN ('down', 'failing')) AS ill, sum(state = 'unknown') AS unknown,
         count(*) OVER () AS all_tags
       FROM (SELECT tags, ${STATE_BY_DESK} AS state FROM hosts WHERE urgency IS NOT NULL),
         json_each(CASE WHEN json_valid(tags) THEN tags ELSE '[]' END)
       GROUP BY value ORDER BY count DESC, ill DESC, value LIMIT ?1`,
    )
    .bind(TAGS_MAX, JSON.stringify(known.downIds), JSON.stringify(known.blindShards))
    .all();
  const groups = results.map(({ count, ill, tag, unknown }) => ({
    tag: String(tag),
    count: Number(count),
    illCount: Number(ill),
    unknownCount: Number(unknown),
  }));
  return { groups, moreCount: Math.max(0, Number(results[0]?.["all_tags"] ?? 0) - groups.length) };
}

// It answers, and how it is is not known. The index holds what is gone or unknown alone: few rows, and none of a fleet that
// tells all.
const NOT_TOLD = `(hosts.condition = 'not-understood' OR hosts.host_id IN (SELECT host_id FROM services INDEXED BY services_gone
  WHERE status IN ('gone', 'unknown') AND status = 'unknown' AND revision >= 0))`;

// As `listedStateOf` says it of a row, before the desk's word.
const STATE = `CASE WHEN liveness = 'down' THEN 'down' WHEN liveness <> 'up' THEN 'unknown'
  WHEN urgency = ${URGENCY.trouble} THEN 'failing' WHEN ${NOT_TOLD} THEN 'unknown' ELSE 'well' END`;

// The same with the desk's word over it: who is down (?2), and the shards of which nothing is known (?3).
const STATE_BY_DESK = `CASE WHEN liveness = 'down' OR host_id IN (SELECT value FROM json_each(?2)) THEN 'down'
  WHEN shard IN (SELECT value FROM json_each(?3)) THEN 'unknown' ELSE ${STATE} END`;

// Written out: of a column in a select of one table drizzle leaves out which table it is of.
const SAID = sql<string>`(SELECT json_group_array(json_array(services.service, services.status, services.names, services.title))
  FROM services WHERE services.host_id = hosts.host_id AND services.status <> 'gone'
  AND (services.status <> 'healthy' OR services.title <> ''))`;

function select(database: D1Database) {
  const { condition, hostId, liveness, name, services, shard, sinceAt, tags, urgency } = hosts;
  return drizzle(database)
    .select({
      condition,
      hostId,
      liveness,
      name,
      shard,
      sinceAt,
      tags,
      urgency,
      listed: services,
      said: SAID,
    })
    .from(hosts)
    .$dynamic();
}

type Selected = Awaited<ReturnType<typeof select>>[number];

function hasWord(word: string): SQL {
  return sql`instr(lower(${hosts.name} || ' ' || ${hosts.services} || ' ' || ${hosts.tags}), ${word}) > 0`;
}

// As it stands in the JSON, quotes and all: no tag is part of another one.
function hasTag(tag: string): SQL {
  return sql`instr(${hosts.tags}, ${visibleJson(JSON.stringify(tag))}) > 0`;
}

function isIn(state: ListedState, blindShards: readonly string[]): SQL {
  const isBlind = sql`${hosts.shard} IN (SELECT value FROM json_each(${JSON.stringify(blindShards)}))`;
  const notTold = sql.raw(NOT_TOLD);
  const seen = blindShards.length === 0 ? sql`` : sql` AND NOT ${isBlind}`;
  switch (state) {
    case "down":
      return sql`${hosts.urgency} = ${URGENCY.down}`;
    case "failing":
      return sql`${hosts.urgency} = ${URGENCY.trouble} AND ${hosts.liveness} = 'up'${seen}`;
    case "unknown":
      return sql`${hosts.urgency} <> ${URGENCY.down} AND (${hosts.liveness} = 'unknown' OR (${hosts.liveness} = 'up' AND
        (${isBlind} OR (${hosts.urgency} <> ${URGENCY.trouble} AND ${notTold}))))`;
    case "well":
      return sql`${hosts.urgency} = ${URGENCY.up} AND ${hosts.liveness} = 'up' AND NOT ${notTold}${seen}`;
  }
}

function isAfter(cursor: string | null): SQL | undefined {
  const place = cursor === null ? null : placeIn(cursor);
  if (place === null) return undefined;
  const colonAt = place.key.indexOf(":");
  const [hostId, name] = [place.key.slice(0, colonAt), place.key.slice(colonAt + 1)];
  return sql`(${hosts.urgency}, ${hosts.name}, ${hosts.hostId}) > (${place.number}, ${name}, ${hostId})`;
}

// What somebody wrote into D1 by hand costs the row what cannot be read, and the list the row that has no id.
function hostRowOf(row: Selected): readonly HostRow[] {
  const { condition, hostId, liveness, listed, name, said, shard, sinceAt, tags } = row;
  if (!isText(hostId)) return [];
  return [
    {
      hostId,
      shard: isText(shard) ? shard : "",
      name: isText(name) ? name : hostId,
      liveness: liveness === "down" || liveness === "up" ? liveness : "unknown",
      sinceAt: Number.isSafeInteger(sinceAt) ? sinceAt : null,
      condition: HOST_CONDITIONS.find((each) => each === condition) ?? "",
      tags: textsIn(tags),
      services: servicesIn(listed, said),
    },
  ];
}

function servicesIn(listed: unknown, said: unknown): readonly ServiceRow[] {
  const known = new Map(
    listIn(said).flatMap((each) => {
      const [service, given, names, title] = Array.isArray(each) ? (each as readonly unknown[]) : [];
      if (!isText(service)) return [];
      const status = LISTED_STATUSES.find((listable) => listable === given) ?? "unknown";
      const said = { title: isText(title) ? title : "", status, names: textsIn(names) };
      return [[service, { service, ...said }] as const];
    }),
  );
  const names = [...new Set([...textsIn(listed), ...known.keys()])].toSorted();
  return names.map((service) => known.get(service) ?? { service, title: "", status: "healthy", names: [] });
}

/** SQLite keeps a value of any type in any column. */
function isText(value: unknown): value is string {
  return typeof value === "string";
}

function textsIn(json: unknown): readonly string[] {
  return listIn(json).filter(isText);
}

function listIn(json: unknown): readonly unknown[] {
  try {
    const found: unknown = JSON.parse(String(json));
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}
