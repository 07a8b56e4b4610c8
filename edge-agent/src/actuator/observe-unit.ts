// Looks at a service: its systemd unit through `systemctl show` (which needs no privilege), or the process its pid file names.
// Never throws: what cannot be seen is `unknown`.
import { constants } from "node:fs";
import { open, readFile, stat } from "node:fs/promises";
import { execa } from "execa";
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

const OBSERVE_TIMEOUT_MS = 3_000;

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

/** What `parseUnitShow` reads. */
export function showArgvOf(unit: string): readonly [string, ...string[]] {
  return [SYSTEMCTL_PATH, "show", `--property=${UNIT_PROPERTIES.join(",")}`, "--", unit];
}

/** Instants are printed in this zone, words in this language. */
export const SHOW_ENVIRONMENT = { TZ: "UTC", LC_ALL: "C" } as const;

async function observeSystemdUnit(unit: string): Promise<SeenUnit> {
  const shown = await show(showArgvOf(unit));
  if (shown === null) return { state: UNKNOWN_UNIT_STATE, omitted: [] };
  const seen = parseUnitShow(shown, unit);
  const starters = startersToAsk(seen);
  if (starters.length === 0) return seen;
  const states = await show([SYSTEMCTL_PATH, "show", "--property=ActiveState", "--", ...starters]);
  return states === null ? seen : withStarters(seen, states);
}

/** What systemctl prints; null: it could not say. */
async function show([command, ...rest]: readonly [string, ...string[]]): Promise<string | null> {
  const { stdout, exitCode } = await execa(command, rest, {
    env: { ...SHOW_ENVIRONMENT, PATH: "/usr/bin:/bin", SYSTEMD_PAGER: "" },
    extendEnv: false,
    stdin: "ignore",
    timeout: OBSERVE_TIMEOUT_MS,
    maxBuffer: 65_536,
    reject: false,
    cleanup: false,
  });
  return exitCode === 0 ? stdout : null;
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
  // The command's name may hold spaces and parentheses: fields count from after the last one (proc_pid_stat(5)).
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state] = fields;
  return state === "Z" || state === "X" ? null : (fields[19] ?? null);
}

async function readProcessStartByPs(pid: number): Promise<string | null> {
  const { stdout, exitCode } = await execa("/bin/ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
    env: { LC_ALL: "C", TZ: "UTC" },
    extendEnv: false,
    stdin: "ignore",
    timeout: OBSERVE_TIMEOUT_MS,
    reject: false,
    cleanup: false,
  });
  const line = stdout.trim();
  if (exitCode !== 0 || line === "" || line.startsWith("Z")) return null;
  return line.slice(line.indexOf(" ")).trim();
}
