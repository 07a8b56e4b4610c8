// Reads every source of evidence on its own period. A reading that does not come to an end (a dead network file system)
// blocks its source and nothing else, and is told, as a stuck check is; a file that is not there ends its reading at once
// and blocks nothing. Not pure.
import { EVIDENCE_CHECK } from "@countersign/shared/host/catalogue";
import type { WatchedRun } from "@countersign/shared/host/earned-keepalive";
import { notRunYet, repeat, type Repeated, watchOverdue } from "../checks/repeat.ts";
import { NOTHING_READ, type Reading } from "../core/evidence/evidence-book.ts";
import { READING_TIMEOUT_MS, type Source } from "./source.ts";

export interface EvidenceLoop {
  /** for `isKeepaliveEarned` */
  readonly runs: () => readonly WatchedRun[];
  readonly stop: () => void;
}

/** Starts to read; `onReading` gets the end of each reading, `onOverdue` the source of one that does not end. */
export function startEvidenceLoop(
  sources: readonly Source[],
  {
    onOverdue,
    onReading,
  }: {
    readonly onReading: (source: Source, reading: Reading) => void;
    readonly onOverdue: (source: Source) => void;
  },
): EvidenceLoop {
  const stopping = new AbortController();
  const jobs = sources.map((source): Repeated & { readonly source: Source } => ({
    source,
    ...notRunYet({ everyMs: source.everyMs, timeoutMs: READING_TIMEOUT_MS }),
  }));
  for (const job of jobs) {
    void repeat(job, stopping.signal, async () => {
      const reading = await job.source.read().catch(failed);
      if (!stopping.signal.aborted) onReading(job.source, reading);
    });
    watchOverdue(job, stopping.signal, () => onOverdue(job.source));
  }
  const runs = () =>
    jobs.map(({ source: { service }, ...run }) => ({ ...run, service, check: EVIDENCE_CHECK }));
  return { runs, stop: () => stopping.abort() };
}

function failed(error: unknown): Reading {
  return {
    ...NOTHING_READ,
    problems: [`could not be read: ${error instanceof Error ? error.message : String(error)}`],
  };
}
