// Reads what was appended to a service's ledger since the last reading (core/evidence/ledger.ts). The file is the service's: a symlink, a pipe or
// a line of nonsense is said and changes nothing else. Not pure.
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

/** How long refused lines stay in the result after the last one. */
const REFUSED_SAID_MS = 60 * 60_000;

interface Refused {
  readonly count: number;
  readonly reason: string;
  readonly at: number;
}

/** Makes a reader that goes on from `position`; null: from the end of what is there. */
export function createLedgerReader(options: {
  readonly path: string;
  readonly scene: Omit<LedgerScene, "now">;
  readonly position: LedgerPosition | null;
}): () => Promise<Reading> {
  const { path, scene } = options;
  let { position } = options;
  let refused: Refused | null = null;

  const take = (lines: readonly string[], isTooLong: boolean, now: number): Reading["events"] => {
    const refuse = (reason: string) => {
      refused = { count: (refused?.count ?? 0) + 1, reason, at: now };
    };
    if (isTooLong) refuse("a line has no end");
    return lines.flatMap((line) => {
      const parsed = parseLedgerLine(line, { ...scene, now });
      if (!parsed.ok) refuse(parsed.error.reason);
      return parsed.ok ? parsed.value : [];
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
        const events = take(taken.lines, taken.isTooLong, now);
        const isMoved = position === null || JSON.stringify(position) !== JSON.stringify(taken.position);
        position = taken.position;
        if (refused !== null && now - refused.at > REFUSED_SAID_MS) refused = null;
        return {
          ...NOTHING_READ,
          events,
          problems: refused === null ? [] : [describe(path, refused)],
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

function describe(path: string, { count, reason }: Refused): string {
  return `${count} ${count === 1 ? "line" : "lines"} of ${path} could not be taken, the last because ${reason}`;
}
