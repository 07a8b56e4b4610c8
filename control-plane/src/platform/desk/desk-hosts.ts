// The desk's register of enrolled hosts: which shard holds which host, and under which name it is shown. Identity is the key; names
// are for people, so a second host of the same hostname gets a number.
import { HOSTS_PER_SHARD_MAX } from "@countersign/shared/values/limits";
import type { CountedSql } from "../counted-sql.ts";

const CREATE = `CREATE TABLE hosts (
  host_id TEXT PRIMARY KEY, shard_index INTEGER NOT NULL, name TEXT NOT NULL UNIQUE
) WITHOUT ROWID`;
/** Hosts that were retired: their keys are refused from then on, and a new key may take the name. */
const CREATE_RETIRED = `CREATE TABLE retired_hosts (
  host_id TEXT PRIMARY KEY, shard_index INTEGER NOT NULL
) WITHOUT ROWID`;
const NAME_CHARS_MAX = 80;

/** A shard whose hosts were all retired is still one: it holds their keys. */
const SHARD_INDEXES = `SELECT shard_index FROM hosts WHERE typeof(shard_index) = 'integer'
  UNION SELECT shard_index FROM retired_hosts WHERE typeof(shard_index) = 'integer'`;

/** Where an enrolled host lives. */
export interface RegisteredHost {
  readonly hostId: string;
  readonly shard: string;
  readonly name: string;
}

export class DeskHosts {
  readonly #sql: CountedSql;

  constructor(sql: CountedSql) {
    this.#sql = sql;
  }

  create(): void {
    this.#sql.write(CREATE);
    this.#sql.write(CREATE_RETIRED);
  }

  find(hostId: string): RegisteredHost | null {
    return this.#read("host_id = ?", hostId)[0] ?? null;
  }

  /** The shard of a host, also of one that was retired; null: it was never enrolled. */
  shardOf(hostId: string): string | null {
    const rows = this.#sql.read<{ shard_index: number }>(
      `SELECT shard_index FROM hosts WHERE host_id = ?1
       UNION ALL SELECT shard_index FROM retired_hosts WHERE host_id = ?1`,
      hostId,
    );
    const found = rows.find(({ shard_index: index }) => Number.isInteger(index));
    return found === undefined ? null : `shard-${found.shard_index}`;
  }

  /** Those of them that are enrolled, and not retired. */
  findAll(hostIds: readonly string[]): readonly RegisteredHost[] {
    return this.#read("host_id IN (SELECT value FROM json_each(?))", JSON.stringify(hostIds));
  }

  /** Enrolled hosts whose name has every one of these words, in small letters, in it; by name. */
  search(words: readonly string[], limit: number): readonly RegisteredHost[] {
    const hasAll = words.map(() => "instr(lower(name), ?) > 0").join(" AND ");
    return this.#read(`${hasAll || "true"} ORDER BY name LIMIT ${limit}`, ...words);
  }

  count(): number {
    return this.#sql.read<{ count: number }>("SELECT count(*) AS count FROM hosts")[0]?.count ?? 0;
  }

  isRetired(hostId: string): boolean {
    return this.#sql.read("SELECT 1 FROM retired_hosts WHERE host_id = ?", hostId).length > 0;
  }

  /** Moves a host to the retired ones; call inside the storage step that records it. */
  retire(hostId: string): void {
    this.#sql.write(
      "INSERT OR IGNORE INTO retired_hosts SELECT host_id, shard_index FROM hosts WHERE host_id = ?",
      hostId,
    );
    this.#sql.write("DELETE FROM hosts WHERE host_id = ?", hostId);
  }

  /** Registers a host in the first shard with room; one that is known keeps its place. */
  register(hostId: string, hostname: string): RegisteredHost {
    const known = this.find(hostId);
    if (known !== null) return known;
    const shardIndex = this.#shardWithRoom();
    const name = this.#freeName(hostname.slice(0, NAME_CHARS_MAX));
    this.#sql.write("INSERT INTO hosts VALUES (?, ?, ?)", hostId, shardIndex, name);
    return { hostId, shard: `shard-${shardIndex}`, name };
  }

  shards(): readonly string[] {
    return this.#sql
      .read<{ shard_index: number }>(`${SHARD_INDEXES} ORDER BY shard_index`)
      .map(({ shard_index: index }) => `shard-${index}`);
  }

  #read(condition: string, ...bound: readonly string[]): readonly RegisteredHost[] {
    return this.#sql
      .read<{ host_id: string; shard_index: number; name: string }>(
        `SELECT host_id, shard_index, name FROM hosts WHERE ${condition}`,
        ...bound,
      )
      .filter(isReadable)
      .map(({ host_id: hostId, name, shard_index: index }) => ({ hostId, shard: `shard-${index}`, name }));
  }

  #shardWithRoom(): number {
    const rows = this.#sql.read<{ shard_index: number; count: number }>(
      `SELECT shard_index, (SELECT count(*) FROM hosts WHERE hosts.shard_index = known.shard_index) AS count
       FROM (${SHARD_INDEXES}) AS known ORDER BY shard_index`,
    );
    const withRoom = rows.find(({ count }) => count < HOSTS_PER_SHARD_MAX);
    return withRoom?.shard_index ?? rows.length;
  }

  #freeName(hostname: string): string {
    const isTaken = (name: string) => this.#sql.read("SELECT 1 FROM hosts WHERE name = ?", name).length > 0;
    if (!isTaken(hostname)) return hostname;
    let number = 2;
    while (isTaken(`${hostname}-${number}`)) number += 1;
    return `${hostname}-${number}`;
  }
}

function isReadable(row: { readonly shard_index: unknown; readonly name: unknown }): boolean {
  return Number.isInteger(row.shard_index) && typeof row.name === "string";
}
