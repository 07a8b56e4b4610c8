// Looks at a service: its systemd unit through `systemctl show` (which needs no privilege), or the process its pid file names.
// Never throws: what cannot be seen is `unknown`.
import { constants } from "node:fs";
import { open, readFile, stat } from "node:fs/promises";
import { SYSTEMCTL_PATH } from "@countersign/shared/host/action-argv";
import type { ServiceSpec } from "@countersign/shared/host/catalogue";
import { sha256Hex } from "@countersign/shared/values/digest";
import type { UnitState } from "@countersign/shared/wire/service-report";
import {
  parseUnitShow,
  type SeenUnit,
  startersToAsk,
  takeUnit,
  UNKNOWN_UNIT_STATE,
  withStarters,
} from "../core/evidence/unit-state.ts";
import { UNIT_PROPERTIES } from "../core/unit-properties.ts";
import { processStartIn } from "../core/watching/process-stat.ts";
import { runBriefly } from "../run-briefly.ts";

/** What systemctl prints of a unit has some 1 KB, and a host has at most 32 services. */
const SHOWN_BYTES_MAX = 512 * 1_024;

/**
 * Observes a service's unit or process now, with the names of what was seen and is left out because it is no value that can
 * be told. A unit of a user's own systemd is unknown here: by its name alone the machine's would be seen (look-exactly.ts).
 */
export async function lookAtUnit(
  service: Pick<ServiceSpec, "unit" | "pidFile" | "manager">,
): Promise<SeenUnit> {
  try {
    if (service.manager === "user") return { state: UNKNOWN_UNIT_STATE, omitted: [] };
    if (service.unit !== undefined) return await observeSystemdUnit(service.unit);
    if (service.pidFile !== undefined) return takeUnit(await observePidFile(service.pidFile));
  } catch {
    // Nothing is known, and that is what is said.
  }
  return { state: UNKNOWN_UNIT_STATE, omitted: [] };
}

/** What `parseUnitShow` reads, of each unit. */
export function showArgvOf(
  units: readonly string[],
  properties = UNIT_PROPERTIES.join(","),
): readonly [string, ...string[]] {
  return [SYSTEMCTL_PATH, "show", `--property=${properties}`, "--", ...units];
}

/** Instants are printed in this zone, words in this language. */
export const SHOW_ENVIRONMENT = { TZ: "UTC", LC_ALL: "C" } as const;

async function observeSystemdUnit(unit: string): Promise<SeenUnit> {
  const shown = await show(showArgvOf([unit]));
  if (shown === null) return { state: UNKNOWN_UNIT_STATE, omitted: [] };
  const seen = parseUnitShow(shown, unit);
  const starters = startersToAsk(seen);
  if (starters.length === 0) return seen;
  const states = await show(showArgvOf(starters, "ActiveState"));
  return states === null ? seen : withStarters(seen, states);
}

/** What systemctl prints; null: it could not say. */
export function show(argv: readonly [string, ...string[]]): Promise<string | null> {
  return runBriefly({
    argv,
    environment: { ...SHOW_ENVIRONMENT, PATH: "/usr/bin:/bin", SYSTEMD_PAGER: "" },
    outputBytesMax: SHOWN_BYTES_MAX,
  });
}

/** Active: the file names a living process. Failed: it names a dead one. Inactive: there is no file. */
async function observePidFile(path: string): Promise<UnitState> {
  const pid = await readPid(path);
  if (pid === null)
    return { ...UNKNOWN_UNIT_STATE, activeState: "inactive", subState: "dead", result: "success" };
  // Said as what it is: a part that cannot be told.
  if (Number.isNaN(pid)) return { ...UNKNOWN_UNIT_STATE, mainPid: pid };
  const start = await readProcessStart(pid);
  if (start === null)
    return { ...UNKNOWN_UNIT_STATE, activeState: "failed", subState: "failed", result: "process-gone" };
  const { mtimeMs } = await stat(path);
  return {
    activeState: "active",
    subState: "running",
    result: "success",
    restartCount: 0,
    // Made from pid and start time, so a reused pid is another invocation.
    invocationId: sha256Hex(`${pid} ${start}`).slice(0, 32),
    mainPid: pid,
    activeEnterAt: Math.round(mtimeMs),
    memoryCurrentBytes: null,
  };
}

/** Null when there is no file; NaN when it holds no pid. */
async function readPid(path: string): Promise<number | null> {
  // Non-blocking: the file belongs to the service, which may have put a pipe there.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(
    (cause: NodeJS.ErrnoException) => {
      if (cause.code === "ENOENT") return null;
      throw new Error(`Open ${path}`, { cause });
    },
  );
  if (file === null) return null;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
    const text = buffer.toString("utf8", 0, bytesRead).trim();
    return /^[1-9][0-9]{0,9}$/.test(text) ? Number(text) : Number.NaN;
  } finally {
    await file.close();
  }
}

/**
 * When a process started, as text to compare (ticks since boot on Linux, what `ps` prints elsewhere); null when it is not
 * alive. A zombie counts as dead: it serves nobody.
 */
export async function readProcessStart(pid: number): Promise<string | null> {
  if (process.platform !== "linux") return readProcessStartByPs(pid);
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  if (text === null) return null;
  return processStartIn(text);
}

async function readProcessStartByPs(pid: number): Promise<string | null> {
  const printed = await runBriefly({
    argv: ["/bin/ps", "-o", "stat=,lstart=", "-p", String(pid)],
    environment: { LC_ALL: "C", TZ: "UTC" },
    outputBytesMax: SHOWN_BYTES_MAX,
  });
  const line = printed?.trim() ?? "";
  if (line === "" || line.startsWith("Z")) return null;
  return line.slice(line.indexOf(" ")).trim();
}
