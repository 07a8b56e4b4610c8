// Records drills of the way to people: their pages as they arrive, and that somebody said so. A test page that somebody
// asked for is none.
import type { TestPage } from "../../src/core/desk/records/pages/test-page.ts";
import type { DeskState } from "../../src/core/desk/state/desk-state.ts";
import { changed } from "../desk-seen.ts";
import type { RecordedDrill, RecordedPage, ReplayRecord } from "../printed/replay-record.ts";

type TestPages = Pick<DeskState, "testPages">;

export class DrillRecorder {
  readonly #record: ReplayRecord;
  /** what arrived and is not confirmed, by its test */
  readonly #sent = new Map<string, RecordedDrill>();

  constructor(record: ReplayRecord) {
    this.#record = record;
  }

  /** A page has arrived. */
  arrived({ at, body, incidentId: testId, title, to }: RecordedPage, { testPages }: TestPages): void {
    if (testPages.get(testId)?.isDrill !== true) return;
    const drill = { at, testId, to, state: "sent", title, body } as const;
    this.#sent.set(testId, drill);
    this.#record.drills.push(drill);
  }

  /** Somebody may have said that one came. */
  look({ testPages }: TestPages, at: number): void {
    for (const testId of testPagesChanged(testPages).take()) {
      const drill = this.#sent.get(testId);
      if (drill === undefined || (testPages.get(testId)?.receipt ?? null) === null) continue;
      this.#sent.delete(testId);
      this.#record.drills.push({ ...drill, at, state: "confirmed" });
    }
  }
}

const testPagesChanged = changed<TestPage>();
