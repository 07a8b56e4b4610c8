// What the actuator's journal says of the fleet's trust, read beside it: for commands, which only look.
import { readFile } from "node:fs/promises";
import { parseJournalLine } from "../actuator/journal-record.ts";
import type { TrustRecord } from "../core/actuator/journal-state.ts";

/** Which versions were believed, oldest first; the last one must be reached again. */
export async function readTrustRecords(path: string): Promise<readonly TrustRecord[]> {
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return "";
    throw new Error(`Read journal ${path}`, { cause });
  });
  return text.split("\n").flatMap((line) => {
    const record = line.includes('"trust"') ? parseJournalLine(line)?.record : undefined;
    return record?.type === "trust" ? [record] : [];
  });
}
