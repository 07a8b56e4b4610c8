// The desk's register of enrolled hosts: which shard holds which host, and under which name it is shown. Identity is the key; names
// are for people, so a second host of the same hostname gets a number.
import { HOSTS_PER_SHARD_MAX } from "@countersign/shared/limits";
import type { CountedSql } from "./counted-sql.ts";

const CREATE = `CREATE TABLE IF NOT EXISTS hosts (
  host_id TEXT PRIMARY KEY, shard_index INTEGER NOT NULL, name TEXT NOT NULL UNIQUE, enrolled_at INTEGER NOT NULL
) WITHOUT ROWID`;
const NAME_CHARS_MAX = 80;

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
  }

  find(hostId: string): RegisteredHost | null {
    const rows = this.#sql.read<{ shard_index: number; name: string }>(
      "SELECT shard_index, name FROM hosts WHERE host_id = ?",
      hostId,
    );
    const [row] = rows.filter(isReadable);
    return row === undefined ? null : { hostId, shard: `shard-${row.shard_index}`, name: row.name };
  }

  /** Registers a host in the first shard with room; one that is known keeps its place. */
  register(hostId: string, hostname: string, now: number): RegisteredHost {
    const known = this.find(hostId);
    if (known !== null) return known;
    const shardIndex = this.#shardWithRoom();
    const name = this.#freeName(hostname.slice(0, NAME_CHARS_MAX));
    this.#sql.write("INSERT INTO hosts VALUES (?, ?, ?, ?)", hostId, shardIndex, name, now);
    return { hostId, shard: `shard-${shardIndex}`, name };
  }

  shards(): readonly string[] {
    return this.#sql
      .read<{ shard_index: number }>(
        "SELECT DISTINCT shard_index FROM hosts WHERE typeof(shard_index) = 'integer' ORDER BY shard_index",
      )
      .map(({ shard_index: index }) => `shard-${index}`);
  }

  #shardWithRoom(): number {
    const rows = this.#sql.read<{ shard_index: number; count: number }>(
      `SELECT shard_index, count(*) AS count FROM hosts WHERE typeof(shard_index) = 'integer'
       GROUP BY shard_index ORDER BY shard_index`,
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
