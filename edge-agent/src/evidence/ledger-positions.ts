// Keeps on disk how far each ledger was read and told, so that sessions that end while the agent is restarted are not lost. After a crash
// the last seconds may be told twice. In which boot that was is kept with it: no session outlives its host. Not pure.
import { renameSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import * as z from "zod";
import { BootId } from "@countersign/shared/values/ids";
import type { LedgerPosition } from "../core/evidence/ledger.ts";
import { writeDurably } from "../durable-file.ts";

/** At most one write in this time. */
const SAVE_EVERY_MS = 5_000;

const Positions = z.strictObject({
  version: z.literal(1),
  // Absent where an older agent wrote it.
  bootId: BootId.optional(),
  ledgers: z.record(
    z.string(),
    z.strictObject({ inode: z.string(), offset: z.int().min(0), isSkipping: z.boolean() }),
  ),
});

export interface LedgerPositions {
  /** when the host was booted, where that was after these were kept. absent: it was not, or nobody knows */
  readonly bootedAt?: number;
  readonly of: (path: string) => LedgerPosition | null;
  readonly settle: (settled: readonly { readonly path: string; readonly position: LedgerPosition }[]) => void;
  readonly stop: () => void;
}

/** The boot that the host is in, and when that began by its clock. */
export interface Boot {
  readonly bootId: string;
  readonly bootedAt: number;
}

/** Opens the file; what cannot be read counts as never read. `onFailure` is told what could not be saved. */
export async function openLedgerPositions(
  path: string,
  { bootId, bootedAt }: Boot,
  onFailure: (error: unknown) => void,
): Promise<LedgerPositions> {
  const kept = await loadPositions(path);
  const ledgers = new Map(Object.entries(kept?.ledgers ?? {}));
  const isOtherBoot = kept?.bootId !== undefined && kept.bootId !== bootId;
  let timer: NodeJS.Timeout | undefined;
  const content = () => `${JSON.stringify({ version: 1, bootId, ledgers: Object.fromEntries(ledgers) })}\n`;
  const save = () => {
    timer = undefined;
    writeDurably(path, content(), 0o600).catch(onFailure);
  };
  return {
    ...(isOtherBoot ? { bootedAt } : {}),
    of: (ledger) => ledgers.get(ledger) ?? null,
    settle: (settled) => {
      if (settled.length === 0) return;
      for (const { path: ledger, position } of settled) ledgers.set(ledger, position);
      timer ??= setTimeout(save, SAVE_EVERY_MS);
    },
    stop: () => {
      if (timer === undefined) return;
      clearTimeout(timer);
      // At once, because the process ends: what is not written now is lost or told twice.
      try {
        writeFileSync(`${path}.last`, content(), { mode: 0o600 });
        renameSync(`${path}.last`, path);
      } catch (error) {
        onFailure(error);
      }
    },
  };
}

async function loadPositions(path: string): Promise<z.infer<typeof Positions> | null> {
  try {
    const parsed = Positions.safeParse(JSON.parse(await readFile(path, "utf8")));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
