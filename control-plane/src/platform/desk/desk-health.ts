// What the desk answers when somebody asks how it is. The database is looked at, at most once in ten seconds and not longer than two, by
// the smallest read there is; everything else the desk knows. A reason tells an outsider nothing but itself.
import type { RouteWarning } from "../../core/desk/paging/route-warning.ts";
import { type ShardWord, UNCONFIRMED_AFTER_MS } from "../../core/desk/shard-unreachable.ts";
import type { DeskState } from "../../core/desk/state/desk-state.ts";
import { readLayout } from "../../read-side/layout.ts";
import { otherLayoutSentence } from "../../stored/layout.ts";
import { bounded } from "../bounded.ts";
import type { DeskHealthReason } from "../rpc.ts";

const KEPT_MS = 10_000;
const DATABASE_TIMEOUT_MS = 2_000;

/** What is asked of the desk. */
interface Asked {
  readonly state: DeskState;
  readonly routeWarnings: () => readonly RouteWarning[];
  readonly policies: { readonly problem: () => string | null };
}

export class DeskHealth {
  readonly #desk: Asked;
  readonly #database: () => D1Database;
  #words: readonly ShardWord[] = [];
  #looked: { readonly at: number; readonly found: Promise<readonly DeskHealthReason[]> } | null = null;

  /** `database` is asked each time: the binding may be replaced. */
  constructor(desk: Asked, database: () => D1Database) {
    this.#desk = desk;
    this.#database = database;
  }

  /** Every reason that holds now. */
  async reasons(now: number): Promise<readonly DeskHealthReason[]> {
    const ofDatabase = await this.#ofDatabase(now);
    return [...this.#own(), ...ofDatabase, ...this.#shards(now)];
  }

  /** The last words, also when they could not be stored: a desk that can store nothing says so at least. */
  noteShards(words: readonly ShardWord[]): void {
    this.#words = words;
  }

  /** Since when the read side may lack what a shard knows, by the last visits; null: as far as is known it lacks nothing. */
  shardsUnprojectedSinceAt(): number | null {
    const stored = this.#desk.state.shardTroubles.values();
    const instants = [
      ...stored.flatMap(({ silentSinceAt, unprojectedSinceAt }) => [silentSinceAt, unprojectedSinceAt]),
      ...this.#words.map(({ answer }) => answer?.unprojectedSinceAt ?? null),
    ];
    return instants.reduce<number | null>(
      (oldest, at) => (at === null ? oldest : Math.min(oldest ?? at, at)),
      null,
    );
  }

  /** What was stored outlives an eviction; what was only heard is fresher. */
  #shards(now: number): readonly DeskHealthReason[] {
    const stored = this.#desk.state.shardTroubles.values();
    const isSilent =
      stored.some(({ silentSinceAt }) => silentSinceAt !== null) ||
      this.#words.some(({ answer }) => answer === null);
    const waitSince = [...stored, ...this.#words.flatMap(({ answer }) => answer ?? [])];
    const isUnconfirmed = waitSince.some(
      ({ unconfirmedSinceAt: at }) => at !== null && now - at >= UNCONFIRMED_AFTER_MS,
    );
    return [
      ...(isSilent ? ["shard-unreachable" as const] : []),
      ...(isUnconfirmed ? ["desk-unconfirmed" as const] : []),
    ];
  }

  #own(): readonly DeskHealthReason[] {
    try {
      const problem = this.#desk.policies.problem();
      const isNobody = this.#desk.routeWarnings().some(({ reason }) => reason === "no-channel");
      return [
        ...(problem === null ? [] : ["policy-invalid" as const]),
        ...(isNobody ? ["no-channel" as const] : []),
      ];
    } catch (error) {
      console.error("Judge health:", error);
      return ["policy-invalid"];
    }
  }

  #ofDatabase(now: number): Promise<readonly DeskHealthReason[]> {
    const looked = this.#looked;
    if (looked !== null && now >= looked.at && now - looked.at < KEPT_MS) return looked.found;
    const found = this.#look().catch((error: unknown): readonly DeskHealthReason[] => {
      console.error("Look at D1:", error);
      return ["database-down"];
    });
    this.#looked = { at: now, found };
    return found;
  }

  async #look(): Promise<readonly DeskHealthReason[]> {
    const layout = await bounded(readLayout(this.#database()), DATABASE_TIMEOUT_MS, "Read D1");
    switch (layout.kind) {
      case "ours":
        return [];
      case "none":
        throw new Error("Read D1: its migrations never ran");
      case "other":
        console.error("Look at D1:", otherLayoutSentence("D1", layout));
        return ["state-of-another-version"];
    }
  }
}
