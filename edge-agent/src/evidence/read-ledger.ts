// Reads what was appended to a service's ledger since the last reading (core/evidence/ledger.ts). The file is the service's: a symlink, a pipe or
// a line of nonsense is said and changes nothing else. Not pure.
import {
  beginSession,
  endSession,
  NONE_OPEN,
  type OpenSessions,
  runningSinceOf,
} from "@countersign/shared/host/open-sessions";
import type { Fact } from "@countersign/shared/wire/fact";
import { NOTHING_READ, type Reading } from "../core/evidence/evidence-book.ts";
import {
  LEDGER_CHUNK_BYTES,
  type LedgerPosition,
  type LedgerScene,
  nextPosition,
  NO_LEDGER_YET,
  parseLedgerLine,
  takeLines,
} from "../core/evidence/ledger.ts";
import { withFile } from "./read-bounded.ts";
import { failedReading } from "./source.ts";

/** What happened, and which sessions run after that; `open` null: no start and no end of one was read yet. */
interface Sorted {
  readonly events: readonly Fact[];
  readonly open: OpenSessions | null;
}

/** How long refused lines stay in the result after the last one. */
const REFUSED_SAID_MS = 60 * 60_000;
/** So many in a row, or all that there were so far, are a ledger that cannot be read; fewer are lines that are lost. */
export const REFUSED_IN_A_ROW_MAX = 3;

interface Refused {
  readonly count: number;
  readonly reason: string;
  readonly at: number;
}

/**
 * Makes a reader that goes on from `position`; null: from the end of what is there. `bootedAt`: the host was booted since it
 * was read to there, so whatever ran before is told to run no longer.
 */
export function createLedgerReader(options: {
  readonly path: string;
  readonly scene: Omit<LedgerScene, "now">;
  readonly position: LedgerPosition | null;
  readonly bootedAt?: number;
}): () => Promise<Reading> {
  const { path, scene, bootedAt } = options;
  let { position } = options;
  let refused: Refused | null = null;
  // Lost with the agent: the control plane knows what it was told. Lost with the host it is over, and nobody writes its end.
  let open: OpenSessions | null = bootedAt === undefined ? null : NONE_OPEN;
  let refusedInARow = 0;
  let isAnyTaken = false;

  const take = (lines: readonly string[], isTooLong: boolean, now: number): Reading["events"] => {
    const refuse = (reason: string) => {
      refused = { count: (refused?.count ?? 0) + 1, reason, at: now };
      refusedInARow += 1;
    };
    if (isTooLong) refuse("a line has no end");
    return lines.flatMap((line) => {
      const parsed = parseLedgerLine(line, { ...scene, now });
      if (!parsed.ok) {
        refuse(parsed.error.reason);
        return [];
      }
      refusedInARow = 0;
      isAnyTaken = true;
      return parsed.value;
    });
  };

  return async () => {
    const now = Date.now();
    try {
      return await withFile(path, "refuse", async (file, stats) => {
        const from = nextPosition(position, { inode: String(stats.ino), size: stats.size });
        const length = Math.min(LEDGER_CHUNK_BYTES, stats.size - from.offset);
        const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from.offset);
        const taken = takeLines(from, buffer.subarray(0, bytesRead));
        const sorted = sortSessions(take(taken.lines, taken.isTooLong, now), { open, bootedAt });
        open = sorted.open;
        const isMoved = position === null || JSON.stringify(position) !== JSON.stringify(taken.position);
        position = taken.position;
        const isBlind = refusedInARow >= REFUSED_IN_A_ROW_MAX || (refusedInARow > 0 && !isAnyTaken);
        if (refused !== null && !isBlind && now - refused.at > REFUSED_SAID_MS) refused = null;
        const said = refused === null ? [] : [describe(path, refused)];
        return {
          ...NOTHING_READ,
          events: sorted.events,
          states: open === null ? [] : [runningFact(scene.service, open, now)],
          ...(isBlind ? { problems: said } : { losses: said }),
          ...(isMoved ? { ledger: { path, position } } : {}),
        };
      });
    } catch (error) {
      // Before the first session there is no file, and that is well.
      const reading = await failedReading(path, error, NOTHING_READ);
      if (reading === NOTHING_READ) position = NO_LEDGER_YET;
      return reading;
    }
  };
}

/**
 * Which sessions run is how things stand, and no event: of those that began and ended between two readings only the end is
 * told.
 */
function sortSessions(
  facts: readonly Fact[],
  before: { readonly open: OpenSessions | null; readonly bootedAt: number | undefined },
): Sorted {
  let { open } = before;
  // Lines from before the boot may not have been read yet.
  const isOfThisBoot = (startedAt: number | null) =>
    startedAt === null || startedAt >= (before.bootedAt ?? 0);
  for (const fact of facts) {
    if (fact.kind === "session-running") {
      if (isOfThisBoot(fact.startedAt)) open = beginSession(open ?? NONE_OPEN, fact.startedAt);
    } else if (fact.kind === "session") open = endSession(open ?? NONE_OPEN, fact.startedAt);
  }
  return { events: facts.filter(({ kind }) => kind !== "session-running"), open };
}

function runningFact(service: string, open: OpenSessions, now: number): Fact {
  return { kind: "session-running", service, at: now, startedAt: runningSinceOf(open) };
}

function describe(path: string, { count, reason }: Refused): string {
  return `${count} ${count === 1 ? "line" : "lines"} of ${path} could not be taken, the last because ${reason}`;
}
