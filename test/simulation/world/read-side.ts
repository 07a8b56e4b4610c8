// D1 as the actors meet it: it takes a batch or it does not, or takes it and the answer is lost.
import { projectionKeyOf, type QueuedProjection } from "../../../control-plane/src/read-side/rows.ts";

export interface KeyedRow {
  readonly key: string;
  readonly text: string;
}

interface RevisedRow extends KeyedRow {
  readonly revision: number;
}

export class ReadSide {
  readonly rows = new Map<string, string>();
  readonly #revisions = new Map<string, number>();
  readonly #highest = new Map<string, number>();
  isDown = false;
  onRow: (row: KeyedRow) => void = () => {};

  take(batch: readonly RevisedRow[]): boolean {
    if (this.isDown) return false;
    for (const { revision, key, text } of batch) {
      if (revision <= (this.#revisions.get(key) ?? 0)) continue;
      this.#revisions.set(key, revision);
      this.rows.set(key, text);
      this.onRow({ key, text });
    }
    return true;
  }

  /** Takes rows of a writer; false: it is down. */
  project(writer: string, rows: readonly QueuedProjection[]): boolean {
    const isTaken = this.take(
      rows.map(({ projection, revision }) => ({
        key: projectionKeyOf(projection),
        text: JSON.stringify(projection.row),
        revision,
      })),
    );
    const highest = rows.reduce(
      (known, { revision }) => Math.max(known, revision),
      this.#highest.get(writer) ?? 0,
    );
    if (isTaken) this.#highest.set(writer, highest);
    return isTaken;
  }

  /** The highest revision that it took from a writer; null: it is down. */
  highestOf(writer: string): number | null {
    return this.isDown ? null : (this.#highest.get(writer) ?? 0);
  }
}

/** The row in a stored projection, as the read side holds it. */
export function rowIn(text: string): string {
  const { projection } = JSON.parse(text) as { readonly projection: { readonly row: object } };
  return JSON.stringify(projection.row);
}
