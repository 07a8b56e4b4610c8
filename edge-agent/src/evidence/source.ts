// One source of evidence: something of the catalogue that is read on its own period. Not pure.
import { type Reading, NOTHING_READ } from "../core/evidence/evidence-book.ts";
import { explainReading } from "./reading-failure.ts";

/** What a reading may take before it counts as stuck; a file that answers at all answers sooner. */
export const READING_TIMEOUT_MS = 5_000;

export interface Source {
  /** unique on the host */
  readonly source: string;
  /** null: it is about the host itself, or about several services */
  readonly service: string | null;
  readonly everyMs: number;
  readonly read: () => Promise<Reading>;
}

/** A reading that failed on one path, told as what it is. `missing` says what it means that there is nothing. */
export async function failedReading(
  path: string,
  error: unknown,
  missing: Reading = { ...NOTHING_READ, problems: [`${path} is not there`] },
): Promise<Reading> {
  const failure = await explainReading(path, error);
  switch (failure.kind) {
    case "missing":
      return missing;
    case "denied":
      return { ...NOTHING_READ, remedies: [failure.remedy] };
    case "problem":
      return { ...NOTHING_READ, problems: [failure.text] };
  }
}

/** Several readings of one source as one. */
export function joinReadings(readings: readonly Reading[]): Reading {
  return {
    events: readings.flatMap(({ events }) => events),
    states: readings.flatMap(({ states }) => states),
    problems: readings.flatMap(({ problems }) => problems),
    losses: readings.flatMap(({ losses = [] }) => losses),
    remedies: readings.flatMap(({ remedies }) => remedies),
  };
}
