// Reads the hosts that D1 lists: the worst first, then by name; found by words in the names of hosts and services; or by their ids. Each host
// comes with what is wrong with its services, in one statement, so that a list costs one call. Nothing is decided from it: D1 may be
// behind, and whoever shows a host asks the desk who is down (http/host-list.ts).
import { and, count, inArray, isNotNull, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { LIST_ROWS_MAX } from "@countersign/shared/values/limits";
import { type HostRow, LISTED_STATUSES, type ServiceRow } from "../listed-host.ts";
import { HOST_CONDITIONS } from "../rows.ts";
import { hosts } from "../schema.ts";
import { searchWordsOf } from "../search-words.ts";
import { type Part, partOf, placeIn } from "./cursor.ts";

/** What is asked of the list; `after` is the `next` of the part before, null: the first part. */
export interface HostsAsked {
  readonly search: string;
  readonly after: string | null;
  readonly limit: number;
}

/** Part of the list; an `after` that is no cursor reads as the first part. */
export async function readHosts(database: D1Database, asked: HostsAsked): Promise<Part<HostRow>> {
  const limit = Math.min(LIST_ROWS_MAX, Math.max(1, asked.limit));
  const found = await select(database)
    .where(and(isNotNull(hosts.urgency), ...searchWordsOf(asked.search).map(hasWord), isAfter(asked.after)))
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

/** How many hosts D1 lists. */
export async function countListed(database: D1Database): Promise<number> {
  const [found] = await drizzle(database)
    .select({ count: count() })
    .from(hosts)
    .where(isNotNull(hosts.urgency));
  return found?.count ?? 0;
}

// Written out: of a column in a select of one table drizzle leaves out which table it is of.
const SAID = sql<string>`(SELECT json_group_array(json_array(services.service, services.status, services.names))
  FROM services WHERE services.host_id = hosts.host_id AND services.status NOT IN ('gone', 'healthy'))`;

function select(database: D1Database) {
  const { condition, hostId, liveness, name, services, shard, sinceAt, urgency } = hosts;
  return drizzle(database)
    .select({ condition, hostId, liveness, name, shard, sinceAt, urgency, listed: services, said: SAID })
    .from(hosts)
    .$dynamic();
}

type Selected = Awaited<ReturnType<typeof select>>[number];

function hasWord(word: string): SQL {
  return sql`instr(lower(${hosts.name} || ' ' || ${hosts.services}), ${word}) > 0`;
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
  const { condition, hostId, liveness, listed, name, said, shard, sinceAt } = row;
  if (!isText(hostId)) return [];
  return [
    {
      hostId,
      shard: isText(shard) ? shard : "",
      name: isText(name) ? name : hostId,
      liveness: liveness === "down" || liveness === "up" ? liveness : "unknown",
      sinceAt: Number.isSafeInteger(sinceAt) ? sinceAt : null,
      condition: HOST_CONDITIONS.find((each) => each === condition) ?? "",
      services: servicesIn(listed, said),
    },
  ];
}

function servicesIn(listed: unknown, said: unknown): readonly ServiceRow[] {
  const known = new Map(
    listIn(said).flatMap((each) => {
      const [service, given, names] = Array.isArray(each) ? (each as readonly unknown[]) : [];
      if (!isText(service)) return [];
      const status = LISTED_STATUSES.find((listable) => listable === given) ?? "unknown";
      return [[service, { service, status, names: textsIn(names) }] as const];
    }),
  );
  const names = [...new Set([...textsIn(listed), ...known.keys()])].toSorted();
  return names.map((service) => known.get(service) ?? { service, status: "healthy", names: [] });
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
