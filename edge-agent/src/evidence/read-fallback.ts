// Looks for the marker file of a fallback: while it is there, the service runs on it, since the file was made. The file is the service's:
// where its time is no instant, the fallback counts from when it was first seen. Not pure.
import { lstat } from "node:fs/promises";
import { NOTHING_READ, type Reading } from "../core/evidence/evidence-book.ts";
import { wireInstant } from "../core/instant-text.ts";
import { failedReading } from "./source.ts";

/** Looks for one marker now. */
export async function readFallback(
  { name, marker }: { readonly name: string; readonly marker: string },
  service: string,
): Promise<Reading> {
  const base = { kind: "fallback", service, fallback: name } as const;
  const now = Date.now();
  try {
    const { mtimeMs } = await lstat(marker);
    const madeAt = wireInstant(mtimeMs);
    const losses = madeAt === null ? [`the time of ${marker} is no instant`] : [];
    const at = Math.min(now, madeAt ?? now);
    return { ...NOTHING_READ, states: [{ ...base, at, isActive: true }], losses };
  } catch (error) {
    const inactive = { ...NOTHING_READ, states: [{ ...base, at: now, isActive: false }] };
    return failedReading(marker, error, inactive);
  }
}
