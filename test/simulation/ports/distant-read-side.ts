// D1 as the shells know it, over the network of the simulation. What is on its way when its actor dies lands all the same, and may land after
// what the next life sends.
import type { QueuedProjection } from "../../../control-plane/src/read-side/rows.ts";
import type { Answered } from "../../../control-plane/src/shell/ports.ts";
import type { ReadSide as ReadSidePort } from "../../../control-plane/src/shell/projection-outbox.ts";
import type { ReadSide } from "../world/read-side.ts";

/** Calls somebody: `run` answers what was done, null: it was not; `answered` hears it as the life that asked. */
export type Ask = <T>(run: () => T | null, answered: Answered<T>) => void;

export class DistantReadSide implements ReadSidePort {
  readonly #readSide: ReadSide;
  readonly #ask: Ask;

  constructor(readSide: ReadSide, ask: Ask) {
    this.#readSide = readSide;
    this.#ask = ask;
  }

  takeUp(writer: string, _above: number, answered: Answered<number>): void {
    this.#ask(() => this.#readSide.highestOf(writer), answered);
  }

  project(
    writer: string,
    rows: readonly QueuedProjection[],
    answered: Answered<{ readonly refused: readonly string[] }>,
  ): void {
    this.#ask(() => (this.#readSide.project(writer, rows) ? { refused: [] } : null), answered);
  }
}
