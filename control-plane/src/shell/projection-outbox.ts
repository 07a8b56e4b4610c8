// Rows that D1 has not confirmed yet. A newer row of the same key replaces an undelivered older one, so D1 may be down for a day and
// the outbox stays as large as what changed, not as how often.
// A revision is an instant of ours, and always above the one before it, also where the clock steps back. D1 takes a row only when its
// revision is newer than what is there, and remembers the highest of each actor. Where that is above all that we know to have sent, we were
// set back in time: then our revisions go on above it, all that we know is told again, and what we know no more is marked as unknown.
import { ok, refuse } from "@countersign/shared/values/result";
import {
  isRevision,
  PROJECTION_BATCH_MAX,
  projectionKeyOf,
  type ProjectionRow,
  type QueuedProjection,
} from "../read-side/rows.ts";
import { attempted } from "./attempted.ts";
import type { Answered, Clock, Found, Rows } from "./ports.ts";
import type { PutAside } from "./put-aside.ts";

/** The longest pause between two attempts to reach D1. */
export const PROJECTION_RETRY_MAX_MS = 60_000;

/** A row that D1 refused so often, while it took others, is put aside. */
const REFUSALS_MAX = 3;

/** What an actor keeps of these: the rows by their key, and under `SENT` the highest revision that was ever on its way. */
export interface ProjectionRecords {
  /** `waitsSinceAt`: since when D1 lacks what is said of it, however often that changed meanwhile */
  readonly projection: QueuedProjection & { readonly waitsSinceAt?: number };
  readonly sent: number;
}
const SENT = 0;

/** D1, as far as outboxes know it. */
export interface ReadSide {
  /**
   * Takes up where it stands with a writer, of which all revisions up to `above` are known to have been sent; answers the highest that it took.
   * What it took beyond is marked as unknown there.
   */
  takeUp(writer: string, above: number, answered: Answered<number>): void;
  /** Takes rows, in one step where it can; answers the keys of those that it refuses while it works otherwise. */
  project(
    writer: string,
    rows: readonly QueuedProjection[],
    answered: Answered<{ readonly refused: readonly string[] }>,
  ): void;
}

/** The actor whose rows these are. */
interface Owner {
  readonly rows: Rows<ProjectionRecords>;
  readonly clock: Clock;
  readonly aside: Pick<PutAside, "note">;
  readonly readSide: ReadSide;
  readonly writer: () => string;
  /** all rows of how things are now, for when D1 knows it otherwise */
  readonly knownRows: () => readonly ProjectionRow[];
}

export class ProjectionOutbox {
  readonly #owner: Owner;
  /** how often D1 refused a row alone while it took others, by key */
  readonly #refusals = new Map<string, number>();
  /** the last key of those that D1 took none of; empty: begin with the first */
  #after = "";
  /** null: not looked up in this life */
  #lastRevision: number | null = null;
  #isTakenUp = false;
  /** undefined: to be looked up */
  #waitsSinceAt: number | null | undefined;

  constructor(owner: Owner) {
    this.#owner = owner;
  }

  /** Queues rows; call inside the storage step that made them true. */
  put(projections: readonly ProjectionRow[]): void {
    if (projections.length === 0) return;
    const { clock, rows } = this.#owner;
    const revision = Math.max(clock.now, (this.#lastRevision ?? this.#highest()) + 1);
    this.#lastRevision = revision;
    // To be looked up again: the step may yet be taken back.
    if (this.#waitsSinceAt === null) this.#waitsSinceAt = undefined;
    for (const projection of projections) {
      const key = projectionKeyOf(projection);
      const before = rows.get("projection", key);
      const waitsSinceAt = (before?.isReadable === true ? before.record.waitsSinceAt : null) ?? clock.now;
      rows.put("projection", key, { projection, revision, waitsSinceAt });
    }
  }

  /** Since when D1 lacks something that was queued here; null: it has taken all. */
  waitsSinceAt(): number | null {
    if (this.#waitsSinceAt === undefined) this.#waitsSinceAt = this.#oldest();
    return this.#waitsSinceAt;
  }

  /** Delivers one batch. A row that changed while it was on its way stays queued; one that D1 refuses holds up no other. */
  deliverBatch(answered: Answered<"empty" | "delivered">): void {
    const { rows, readSide, writer } = this.#owner;
    if (rows.list("projection", { limit: 1 }).length === 0) return answered(ok("empty"));
    if (this.#isTakenUp) return this.#project(answered);
    const above = this.#sent();
    readSide.takeUp(writer(), above, (answer) => {
      const taken = answer.ok ? attempted(() => this.#goOnAbove(above, answer.value)) : answer;
      if (!taken.ok) return answered(taken);
      this.#project(answered);
    });
  }

  /** Once a life: whether D1 took something from us that we know nothing of. */
  #goOnAbove(above: number, through: number): void {
    const { knownRows, rows } = this.#owner;
    this.#isTakenUp = true;
    if (through <= above) return;
    rows.atomically(() => {
      for (const { id, revision, ...waiting } of this.#readable(rows.list("projection")))
        if (revision <= through) rows.put("projection", id, { ...waiting, revision: through + 1 });
      this.#lastRevision = Math.max(this.#lastRevision ?? 0, through + 1);
      this.put(knownRows());
    });
  }

  #project(answered: Answered<"empty" | "delivered">): void {
    const queued = this.#next();
    if (queued.length === 0) return answered(ok("empty"));
    const { readSide, writer } = this.#owner;
    const noted = attempted(() => this.#noteSent(Math.max(...queued.map(({ revision }) => revision))));
    if (!noted.ok) return answered(noted);
    readSide.project(writer(), queued, (answer) => {
      if (!answer.ok) return answered(answer);
      const settled = attempted(() => this.#settle(queued, new Set(answer.value.refused)));
      if (!settled.ok) return answered(settled);
      if (settled.value.length === 0) return answered(ok("delivered"));
      answered(refuse({ reason: "call-failed", cause: `D1 refuses ${settled.value.join(", ")}` }));
    });
  }

  // Where D1 takes some rows and refuses others, again and again, it is those rows. Where it takes none, it is D1: they stay, and the
  // next attempt begins behind them, so that they cannot stand before all others.
  #settle(queued: readonly Queued[], refusedKeys: ReadonlySet<string>): readonly string[] {
    const refused = queued.filter(({ id }) => refusedKeys.has(id));
    this.#forget(queued.filter(({ id }) => !refusedKeys.has(id)));
    if (refused.length < queued.length) for (const row of refused) this.#refuse(row);
    else this.#after = queued.at(-1)?.id ?? "";
    return refused.map(({ id }) => id);
  }

  /** Before it is on its way: else we could not tell a batch of ours from one of a life that we lost. */
  #noteSent(revision: number): void {
    if (revision > this.#sent()) this.#owner.rows.put("sent", SENT, revision);
  }

  #sent(): number {
    const found = this.#owner.rows.get("sent", SENT);
    return found?.isReadable === true ? revisionOf(found.record) : 0;
  }

  #oldest(): number | null {
    const instants = this.#readable(this.#owner.rows.list("projection")).map(
      ({ revision, waitsSinceAt }) => waitsSinceAt ?? revision,
    );
    return instants.reduce<number | null>((oldest, at) => Math.min(oldest ?? at, at), null);
  }

  #highest(): number {
    const revisions = this.#readable(this.#owner.rows.list("projection")).map(({ revision }) => revision);
    return revisions.reduce((highest, revision) => Math.max(highest, revision), this.#sent());
  }

  /** What is queued, from the beginning again after its end. */
  #next(): readonly Queued[] {
    const found = this.#owner.rows.list("projection", { after: this.#after, limit: PROJECTION_BATCH_MAX });
    const isFromStart = this.#after === "";
    this.#after = "";
    if (found.length === 0) return isFromStart ? [] : this.#next();
    return this.#readable(found);
  }

  /** Those that can be read; the others are noted to be put aside. */
  #readable(found: readonly Found<QueuedProjection>[]): readonly Queued[] {
    return found.flatMap((row) => {
      const key = String(row.id);
      if (row.isReadable) {
        return [{ ...row.record, id: key, revision: revisionOf(row.record.revision) }];
      }
      this.#note(key, row.problem, row.text);
      return [];
    });
  }

  #refuse({ id, projection, revision }: Queued): void {
    const count = (this.#refusals.get(id) ?? 0) + 1;
    this.#refusals.set(id, count);
    if (count >= REFUSALS_MAX)
      this.#note(id, "the database refuses it", JSON.stringify({ projection, revision }));
  }

  #note(key: string, problem: string, text: string): void {
    const remove = () => this.#owner.rows.drop("projection", key);
    this.#owner.aside.note({ record: { kind: "projection", id: key, problem }, text, remove });
  }

  #forget(queued: readonly Queued[]): void {
    const { rows } = this.#owner;
    this.#waitsSinceAt = undefined;
    rows.atomically(() => {
      for (const { id, revision } of queued) {
        this.#refusals.delete(id);
        const now = rows.get("projection", id);
        if (now?.isReadable === true && revisionOf(now.record.revision) === revision)
          rows.drop("projection", id);
      }
    });
  }
}

type Queued = ProjectionRecords["projection"] & { readonly id: string };

// What is no revision counts as none: the first look at D1 then says where to go on.
function revisionOf(revision: unknown): number {
  return isRevision(revision) ? revision : 0;
}
