// Signs of memory pressure: PSI of a unit's cgroup, and OOM kills by the kernel's own counts. Pure.
// What a reader would get wrong: a unit that systemd has started anew has a new cgroup, whose count begins at zero. A kill that ended
// the unit itself is therefore seen only in the count of the whole host, and is laid to the unit that went away meanwhile.
import type { Fact } from "@countersign/shared/wire/fact";

/** Under this share of `full` (per cent over 10 s) pressure is not told: a policy's bound is far above it. */
export const PRESSURE_TOLD_MIN = 5;
/** Kills of one reading that are told one by one. */
const KILLS_TOLD_MAX = 4;

export interface PressureShares {
  readonly someAvg10: number;
  readonly fullAvg10: number;
}

/** Reads `memory.pressure` (Documentation/accounting/psi.rst); null when it is something else. */
export function parsePressure(text: string): PressureShares | null {
  const share = (line: string) =>
    new RegExp(`^${line} avg10=([0-9]{1,3}(?:\\.[0-9]+)?) `, "m").exec(text)?.[1];
  const [some, full] = [share("some"), share("full")];
  if (some === undefined || full === undefined) return null;
  return { someAvg10: Math.min(100, Number(some)), fullAvg10: Math.min(100, Number(full)) };
}

/** Reads the count of `oom_kill` from `memory.events` or `/proc/vmstat`; null when it is not there. */
export function parseOomKills(text: string): number | null {
  const count = /^oom_kill ([0-9]{1,15})$/m.exec(text)?.[1];
  return count === undefined ? null : Number(count);
}

/** The cgroup of a unit from `/proc/PID/cgroup` of its main process (cgroup v2); null when the process is not in the unit's. */
export function cgroupOfUnit(procCgroup: string, unit: string): string | null {
  const path = /^0::(\/.*)$/m.exec(procCgroup)?.[1];
  if (path === undefined) return null;
  const parts = path.split("/");
  const index = parts.indexOf(unit);
  return index === -1 || parts.includes("..") ? null : parts.slice(0, index + 1).join("/");
}

/** One unit as one reading saw it. */
export interface UnitKills {
  readonly service: string;
  readonly invocationId: string;
  /** null: there is no cgroup now */
  readonly kills: number | null;
  /** systemd itself says that the unit was killed for memory, which the report tells already */
  readonly isKnownKilled: boolean;
}

/** Counts of one reading. */
export interface OomCounts {
  /** kills of the whole host since it was booted; null: not known */
  readonly host: number | null;
  readonly units: readonly UnitKills[];
}

/** The kills between two readings, as facts. The first reading tells none: what it counts is from before. */
export function oomKillsBetween(before: OomCounts | null, seen: OomCounts, now: number): readonly Fact[] {
  if (before === null) return [];
  const told: (string | null)[] = [];
  const gone: string[] = [];
  let explained = 0;
  for (const unit of seen.units) {
    const known = before.units.find(({ service }) => service === unit.service);
    if (known === undefined) continue;
    const isSameRun = known.invocationId === unit.invocationId && unit.kills !== null;
    const growth = (unit.kills ?? 0) - (isSameRun ? (known.kills ?? 0) : 0);
    explained += Math.max(0, growth - KILLS_TOLD_MAX);
    if (growth > 0)
      told.push(...Array.from({ length: Math.min(growth, KILLS_TOLD_MAX) }, () => unit.service));
    if (!isSameRun && known.kills !== null) {
      if (unit.isKnownKilled) explained += 1;
      else gone.push(unit.service);
    }
  }
  const hostGrowth = before.host === null || seen.host === null ? 0 : seen.host - before.host;
  const rest = Math.min(KILLS_TOLD_MAX, Math.max(0, hostGrowth - told.length - explained));
  const laid: readonly (string | null)[] = gone.length === 0 ? [null] : gone;
  const more = Array.from({ length: rest }, (_, index) => laid[index % laid.length] ?? null);
  return [...told, ...more].slice(0, KILLS_TOLD_MAX).map((service, index): Fact => {
    // A millisecond apart, so that two kills are not taken for one.
    return { kind: "oom-kill", service, at: now - index, by: "kernel" };
  });
}
