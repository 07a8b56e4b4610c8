// Reads the signs of a unit (core/watching/unit-signs.ts) from what systemd and the kernel show to everybody. No process is started, and nothing here
// waits: these are files of the kernel and of a tmpfs, so they are read at once, which costs less than to be called back. Not pure.
import { existsSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { processStartIn } from "../core/watching/process-stat.ts";
import type { UnitSigns } from "../core/watching/unit-signs.ts";

export interface SignPlaces {
  /** where systemd keeps the links */
  readonly units: string;
  /** the hierarchy of cgroups that systemd uses */
  readonly cgroups: string;
  readonly processes: string;
}

const CGROUP_ROOT = "/sys/fs/cgroup";

/** Where they are on this machine: cgroup v2, or the old hierarchy's own for systemd. */
export function signPlaces(): SignPlaces {
  const isUnified = existsSync(`${CGROUP_ROOT}/cgroup.controllers`);
  return {
    units: "/run/systemd/units",
    cgroups: isUnified ? CGROUP_ROOT : `${CGROUP_ROOT}/systemd`,
    processes: "/proc",
  };
}

export interface SignsAsked {
  /** the unit's own name; null: not of the machine's own systemd */
  readonly unit: string | null;
  readonly controlGroup: string | null;
  /** 0: none known */
  readonly mainPid: number;
}

/** The signs that a unit gives now. */
export function readSigns(asked: SignsAsked, places: SignPlaces): UnitSigns {
  const { controlGroup, mainPid, unit } = asked;
  return {
    invocation: unit === null ? null : textOf(() => readlinkSync(`${places.units}/invocation:${unit}`)),
    unitsChangedAt: unit === null ? null : textOf(() => String(statSync(places.units, NANOSECONDS).mtimeNs)),
    isPopulated: controlGroup === null || mainPid !== 0 ? null : isPopulated(controlGroup, places),
    mainStart: readMainStart(mainPid, places),
  };
}

/** When a process started, as a text to compare; null: it is not alive. */
export function readMainStart(pid: number, { processes }: SignPlaces): string | null {
  if (pid === 0) return null;
  const stat = textOf(() => readFileSync(`${processes}/${pid}/stat`, "utf8"));
  return stat === null ? null : processStartIn(stat);
}

const NANOSECONDS = { bigint: true } as const;

function isPopulated(controlGroup: string, { cgroups }: SignPlaces): boolean | null {
  if (!controlGroup.startsWith("/") || controlGroup.includes("..")) return null;
  const processes = textOf(() => readFileSync(`${cgroups}${controlGroup}/cgroup.procs`, "utf8"));
  return processes === null ? null : processes !== "";
}

/** Null: it is not there, or nothing for us; then there is no such sign. */
function textOf(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}
