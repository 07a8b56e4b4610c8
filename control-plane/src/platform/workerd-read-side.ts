// D1 as the shells' outboxes know it: a writer is taken up where D1 stands with it, and rows are taken in one step, or each alone where that is
// refused, so that one bad row holds up no other.
import { refuseOtherLayout } from "../read-side/layout.ts";
import { projectRows } from "../read-side/project.ts";
import { projectionKeyOf, type QueuedProjection } from "../read-side/rows.ts";
import { markUnknown, readWriter } from "../read-side/writers.ts";
import type { Answered } from "../shell/ports.ts";
import type { ReadSide } from "../shell/projection-outbox.ts";
import type { WorkerdCalls } from "./workerd-ports.ts";

const CALL = { what: "Project to D1", timeoutMs: 10_000 };

export class WorkerdReadSide implements ReadSide {
  readonly #calls: WorkerdCalls;
  readonly #database: () => D1Database;

  /** `database` is asked each time: the binding may be replaced. */
  constructor(calls: WorkerdCalls, database: () => D1Database) {
    this.#calls = calls;
    this.#database = database;
  }

  takeUp(writer: string, above: number, answered: Answered<number>): void {
    this.#calls.answer(CALL, () => takeUp(this.#database(), { writer, above }), answered);
  }

  project(
    writer: string,
    rows: readonly QueuedProjection[],
    answered: Answered<{ readonly refused: readonly string[] }>,
  ): void {
    this.#calls.answer(CALL, () => project(this.#database(), writer, rows), answered);
  }
}

async function takeUp(
  database: D1Database,
  { writer, above }: { readonly writer: string; readonly above: number },
): Promise<number> {
  await refuseOtherLayout(database);
  const through = await readWriter(database, writer);
  if (through > above) await markUnknown(database, writer, { above, through });
  return through;
}

async function project(
  database: D1Database,
  writer: string,
  rows: readonly QueuedProjection[],
): Promise<{ readonly refused: readonly string[] }> {
  try {
    await projectRows(database, writer, rows);
    return { refused: [] };
  } catch {
    return { refused: await refusedAlone(database, writer, rows) };
  }
}

/** Each row by itself; throws where D1 does not answer at all. */
async function refusedAlone(
  database: D1Database,
  writer: string,
  rows: readonly QueuedProjection[],
): Promise<readonly string[]> {
  await database.prepare("SELECT 1").first();
  const tried = await Promise.allSettled(rows.map((row) => projectRows(database, writer, [row])));
  return rows.flatMap(({ projection }, index) =>
    tried[index]?.status === "rejected" ? [projectionKeyOf(projection)] : [],
  );
}
