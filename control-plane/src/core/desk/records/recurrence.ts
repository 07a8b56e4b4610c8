// When something began again and again, beyond its episodes: kept for a day after it was over the last time, so that slow flapping is seen as what it is.
import type { DeskRecord } from "./desk-record.ts";

export interface Recurrence {
  /** reason and subject, as `findingKeyOf` makes it */
  readonly findingKey: string;
  /** newest last, bounded */
  readonly beginningsAt: readonly number[];
  /** when it was over the last time */
  readonly endedAt: number;
}

export const recurrenceRecord: DeskRecord<Recurrence, "recurrence"> = {
  kind: "recurrence",
  keyOf: ({ findingKey }) => findingKey,
  whenOver: "forgotten",
  unreadable: {
    name: "note of what came back",
    severity: "warning",
    meaning: "what began often before is taken for new",
  },
};
