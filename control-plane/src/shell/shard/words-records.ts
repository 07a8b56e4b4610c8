// The last words that a shard keeps, a row for each service of a host that had any; none is held in memory. What cannot be read is dropped: it
// is told again with the next failure, and nothing is decided by it.
import { SERVICES_PER_HOST_MAX } from "@countersign/shared/values/limits";
import type { LastWords } from "@countersign/shared/wire/last-words";
import { type ToldWords, withNewer, wordsWithin } from "../../core/shard/kept/told-words.ts";
import type { Rows } from "../ports.ts";
import type { ShardRecords } from "./shard-ports.ts";

/** Rows that one look for old ones reads. */
const LOOKED_AT_MAX = 64;

export class WordsRecords {
  readonly #rows: Rows<ShardRecords>;
  /** where the next look for old ones goes on */
  #lookedAt: string | null = null;

  constructor(rows: Rows<ShardRecords>) {
    this.#rows = rows;
  }

  keep(hostId: string, words: LastWords, toldAt: number): void {
    const id = idOf(hostId, words.service);
    const found = this.#rows.get("words", id);
    const known = found?.isReadable === true ? found.record : null;
    this.#rows.put("words", id, withNewer(known, hostId, { ...words, toldAt }));
  }

  /** Of one host, of these services (null: of all), by service and the newest first. */
  of(hostId: string, services: readonly string[] | null, now: number): readonly ToldWords[] {
    if (!this.#rows.exists()) return [];
    return this.#ofHost(hostId).flatMap((found) =>
      found.isReadable && (services === null || services.includes(found.record.service))
        ? wordsWithin(found.record, now)
        : [],
    );
  }

  /** Drops those of services that the host does not list; call inside the storage step that takes its list. */
  keepOnly(hostId: string, services: readonly string[]): void {
    const listed = new Set(services.map((service) => idOf(hostId, service)));
    for (const { id } of this.#ofHost(hostId)) if (!listed.has(String(id))) this.#rows.drop("words", id);
  }

  dropAll(hostId: string): void {
    this.keepOnly(hostId, []);
  }

  /** Drops what is too old or cannot be read, a part of all rows with each call. */
  expire(now: number): void {
    if (!this.#rows.exists()) return;
    const page = { limit: LOOKED_AT_MAX, ...(this.#lookedAt === null ? {} : { after: this.#lookedAt }) };
    const rows = this.#rows.list("words", page);
    this.#lookedAt = rows.length < LOOKED_AT_MAX ? null : String(rows.at(-1)?.id);
    for (const found of rows)
      if (!found.isReadable || wordsWithin(found.record, now).length === 0)
        this.#rows.drop("words", found.id);
  }

  #ofHost(hostId: string) {
    const after = idOf(hostId, "");
    // One more than it may list: those of its last list are dropped with the next one.
    const rows = this.#rows.list("words", { after, limit: SERVICES_PER_HOST_MAX + 1 });
    return rows.filter(({ id }) => String(id).startsWith(after));
  }
}

function idOf(hostId: string, service: string): string {
  return `${hostId}/${service}`;
}
