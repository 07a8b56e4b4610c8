// Reads every source of evidence on its own period. A reading that does not come to an end (a dead network file system) blocks its
// source, and by that the keepalive, as a stuck check does; a file that is not there ends its reading at once and blocks nothing.
// Not pure.
import type { CheckRun } from "@countersign/shared/host/earned-keepalive";
import { repeat, type Repeated } from "../checks/repeat.ts";
import { NOTHING_READ, type Reading } from "../core/evidence/evidence-book.ts";
import { READING_TIMEOUT_MS, type Source } from "./source.ts";

export interface EvidenceLoop {
  /** for `isKeepaliveEarned` */
  readonly runs: () => readonly CheckRun[];
  readonly stop: () => void;
}

/** Starts to read; `onReading` gets the end of each reading. */
export function startEvidenceLoop(
  sources: readonly Source[],
  onReading: (source: Source, reading: Reading) => void,
): EvidenceLoop {
  const stopping = new AbortController();
  const jobs = sources.map((source): Repeated & { readonly source: Source } => ({
    source,
    everyMs: source.everyMs,
    timeoutMs: READING_TIMEOUT_MS,
    completedAt: performance.now(),
  }));
  for (const job of jobs)
    void repeat(job, stopping.signal, async () => {
      const reading = await job.source.read().catch(failed);
      if (!stopping.signal.aborted) onReading(job.source, reading);
    });
  return { runs: () => jobs, stop: () => stopping.abort() };
}

function failed(error: unknown): Reading {
  return {
    ...NOTHING_READ,
    problems: [`could not be read: ${error instanceof Error ? error.message : String(error)}`],
  };
}
