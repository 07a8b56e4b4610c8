// Looks at code and configuration files: when their content changed (core/evidence/watched-file.ts). A digest is made only when a file moved,
// and stays on the host. Not pure.
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { INSTANT_MAX } from "@countersign/shared/values/limits";
import type { Fact } from "@countersign/shared/wire/fact";
import type { UnitState } from "@countersign/shared/wire/service-report";
import { NOTHING_READ, type Reading } from "../core/evidence/evidence-book.ts";
import { type FileLook, needsDigest, takeLook, type WatchedFile } from "../core/evidence/watched-file.ts";
import { wireInstant } from "../core/instant-text.ts";
import { withFile } from "./read-bounded.ts";
import { failedReading, joinReadings } from "./source.ts";

/** Of a larger file the time alone decides. */
export const DIGEST_BYTES_MAX = 32 * 1024 * 1024;
const DIGEST_CHUNK_BYTES = 64 * 1024;
/** systemd tells ActiveEnterTimestamp in whole seconds: the code may have been written in the same one, before the start. */
const START_PRECISION_MS = 999;

interface WatchedLook {
  readonly reading: Reading;
  /** null: nothing is known of its content's age */
  readonly contentChangedAt: number | null;
  readonly isChanged: boolean;
  /** null: its content is not known, or did not change */
  readonly isReturned: boolean | null;
}

const NO_LOOK = { contentChangedAt: null, isChanged: false, isReturned: null } as const;

/** Makes a look that remembers the file between readings. */
function watchFile(path: string): () => Promise<WatchedLook> {
  let known: WatchedFile | null = null;
  return async () => {
    const now = Date.now();
    try {
      const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return null;
        throw error;
      });
      const changedAt = stats === null ? null : wireInstant(stats.ctimeMs);
      if (stats !== null && changedAt === null) return unknownTimeOf(path);
      const isToBeRead = stats?.isFile() === true && needsDigest(known, changedAt);
      const digest = isToBeRead ? await digestOf(path, stats.size) : null;
      const look: FileLook = { changedAt, digest };
      const { file, isChanged, isReturned } = takeLook(known, look, now);
      known = file;
      const problems = changedAt === null ? [`${path} is not there`] : [];
      const { contentChangedAt } = file;
      return { reading: { ...NOTHING_READ, problems }, contentChangedAt, isChanged, isReturned };
    } catch (error) {
      return { ...NO_LOOK, reading: await failedReading(path, error) };
    }
  };
}

/** What changed, and when, cannot be said of a file without an instant; what is known of it stays. */
function unknownTimeOf(path: string): WatchedLook {
  const problems = [`the time of ${path} is no instant`];
  return { ...NO_LOOK, reading: { ...NOTHING_READ, problems } };
}

/** Null where the content is too large or not open to us: then the time decides. */
function digestOf(path: string, size: number): Promise<string | null> {
  if (size > DIGEST_BYTES_MAX) return Promise.resolve(null);
  return withFile(path, "follow", async (file) => {
    const hash = createHash("sha256");
    const chunk = Buffer.alloc(DIGEST_CHUNK_BYTES);
    for (let total = 0; total <= DIGEST_BYTES_MAX;) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, total);
      if (bytesRead === 0) return hash.digest("hex");
      hash.update(chunk.subarray(0, bytesRead));
      total += bytesRead;
    }
    return null;
  }).catch(() => null);
}

/** Makes a reader of configuration files: each change of content is an event. Who changed it, the file does not say. */
export function createConfigReader(paths: readonly string[], service: string): () => Promise<Reading> {
  const watched = paths.map((path) => ({ path, look: watchFile(path) }));
  return async () => {
    const readings: Reading[] = [];
    for (const { path, look } of watched) {
      const { reading, isChanged, isReturned, contentChangedAt } = await look();
      const at = contentChangedAt ?? Date.now();
      const content = isReturned === null ? {} : { isReturned };
      const event: Fact = { kind: "config-changed", service, at, path, by: "unknown", ...content };
      readings.push(isChanged ? { ...reading, events: [event] } : reading);
    }
    return joinReadings(readings);
  };
}

/** Makes a reader of code: its newest change against the start of the process that runs. Says nothing while none runs. */
export function createCodeReader(
  paths: readonly string[],
  about: {
    readonly service: string;
    readonly isUnit: boolean;
    readonly unitNow: () => UnitState | null;
  },
): () => Promise<Reading> {
  const watched = paths.map(watchFile);
  return async () => {
    const looks: WatchedLook[] = [];
    for (const look of watched) looks.push(await look());
    const joined = joinReadings(looks.map(({ reading }) => reading));
    const changes = looks.flatMap(({ contentChangedAt }) => contentChangedAt ?? []);
    const unit = about.unitNow();
    const isRunning = unit?.activeState === "active" || unit?.activeState === "reloading";
    if (!isRunning || unit.activeEnterAt === null || changes.length === 0) return joined;
    const code: Fact = {
      kind: "code",
      service: about.service,
      at: Date.now(),
      diskChangedAt: Math.max(...changes),
      runningSinceAt: Math.min(INSTANT_MAX, unit.activeEnterAt + (about.isUnit ? START_PRECISION_MS : 0)),
    };
    return { ...joined, states: [code] };
  };
}
