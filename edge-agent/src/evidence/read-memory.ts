// Reads memory pressure of each unit's cgroup and of the host, and the kernel's counts of OOM kills (core/evidence/memory-signs.ts). Everybody may
// read them. A unit's own need cgroup v2; on the old hierarchy only the host's are known. Not pure.
import type { Fact } from "@countersign/shared/wire/fact";
import type { UnitState } from "@countersign/shared/wire/service-report";
import { NOTHING_READ, type Reading } from "../core/evidence/evidence-book.ts";
import {
  cgroupOfUnit,
  type OomCounts,
  oomKillsBetween,
  parseOomKills,
  parsePressure,
  PRESSURE_TOLD_MIN,
  type UnitKills,
} from "../core/evidence/memory-signs.ts";
import { readText } from "./read-bounded.ts";

const CGROUP_ROOT = "/sys/fs/cgroup";
/** `/proc/vmstat` has some 5 KB, the others less than 1 KB. */
const KERNEL_FILE_BYTES_MAX = 16 * 1024;

export interface WatchedUnit {
  readonly service: string;
  readonly unit: string;
  /** as it was last observed; null: not yet */
  readonly unitNow: () => UnitState | null;
}

/** Makes a reader for all units of a host; null in `read`: the kernel does not tell. */
export function createMemoryReader(
  units: readonly WatchedUnit[],
  read: (path: string) => Promise<string | null> = readKernelFile,
): () => Promise<Reading> {
  let before: OomCounts | null = null;
  return async () => {
    // The whole host first: a kill in between then shows in the unit, and is not told twice.
    const host = await hostKills(read);
    const hostPressure = pressureOf(
      null,
      (await read(`${CGROUP_ROOT}/memory.pressure`)) ?? (await read("/proc/pressure/memory")),
    );
    const looks = await Promise.all(units.map((unit) => lookAt(unit, read)));
    const seen: OomCounts = { host, units: looks.map(({ kills }) => kills) };
    const now = Date.now();
    const kills = oomKillsBetween(before, seen, now);
    before = seen;
    const pressure = [...hostPressure, ...looks.flatMap((look) => look.pressure)];
    return { ...NOTHING_READ, events: [...kills, ...pressure] };
  };
}

/** In a container the root's own cgroup counts; on a machine the kernel's statistics do. */
async function hostKills(read: (path: string) => Promise<string | null>): Promise<number | null> {
  const events = (await read(`${CGROUP_ROOT}/memory.events`)) ?? (await read("/proc/vmstat"));
  return events === null ? null : parseOomKills(events);
}

async function lookAt(
  { service, unit, unitNow }: WatchedUnit,
  read: (path: string) => Promise<string | null>,
): Promise<{ readonly kills: UnitKills; readonly pressure: readonly Fact[] }> {
  const state = unitNow();
  const known = {
    service,
    invocationId: state?.invocationId ?? "",
    isKnownKilled: state?.result === "oom-kill",
  };
  const pid = state?.mainPid ?? 0;
  const processCgroup = pid === 0 ? null : await read(`/proc/${pid}/cgroup`);
  const cgroup = processCgroup === null ? null : cgroupOfUnit(processCgroup, unit);
  if (cgroup === null) return { kills: { ...known, kills: null }, pressure: [] };
  const events = await read(`${CGROUP_ROOT}${cgroup}/memory.events`);
  const pressure = pressureOf(service, await read(`${CGROUP_ROOT}${cgroup}/memory.pressure`));
  return { kills: { ...known, kills: events === null ? null : parseOomKills(events) }, pressure };
}

function pressureOf(service: string | null, text: string | null): readonly Fact[] {
  const shares = text === null ? null : parsePressure(text);
  if (shares === null || shares.fullAvg10 < PRESSURE_TOLD_MIN) return [];
  return [{ kind: "pressure", service, at: Date.now(), resource: "memory", ...shares }];
}

function readKernelFile(path: string): Promise<string | null> {
  return readText(path, KERNEL_FILE_BYTES_MAX).catch(() => null);
}
