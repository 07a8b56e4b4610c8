// The frame of the story: named steps, each with a bounded wait, a duration and evidence. The first step that fails ends the story
// with its reason; nothing after it is claimed.
import { setTimeout as sleep } from "node:timers/promises";

export type Evidence = Readonly<Record<string, unknown>>;

export interface StepRecord {
  readonly name: string;
  readonly ok: boolean;
  /** ISO instant at which it was done or given up */
  readonly at: string;
  readonly durationMs: number;
  readonly evidence: Evidence;
}

/** Steps are recorded in order; `run` throws when its step fails, after recording it. */
export interface Steps {
  readonly records: readonly StepRecord[];
  readonly run: <T extends Evidence>(name: string, work: () => Promise<T>) => Promise<T>;
}

/** Makes an empty record; `onStep` sees each step as it ends. */
export function newSteps(onStep: (record: StepRecord) => void): Steps {
  const records: StepRecord[] = [];
  const add = (startedAt: number, step: Pick<StepRecord, "name" | "ok" | "evidence">) => {
    const record = { ...step, at: new Date().toISOString(), durationMs: Date.now() - startedAt };
    records.push(record);
    onStep(record);
  };
  return {
    records,
    run: async (name, work) => {
      const startedAt = Date.now();
      try {
        const evidence = await work();
        add(startedAt, { name, ok: true, evidence });
        return evidence;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        add(startedAt, { name, ok: false, evidence: { reason } });
        throw error;
      }
    },
  };
}

/** Asks again and again until it is not null; throws in words when that takes too long. */
export async function waitFor<T>(
  what: string,
  timeoutMs: number,
  ask: () => Promise<T | null> | T | null,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await ask();
    if (found !== null) return found;
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs / 1_000} s for ${what}, in vain`);
    await sleep(100);
  }
}

/** Throws in words when a claim of the story is not true. */
export function expect(condition: boolean, claim: string): void {
  if (!condition) throw new Error(`Expected that ${claim}`);
}
