// What processes inside a demo machine cost: memory of one, and CPU of one with its children, and of those that work for it.
import type { Machine } from "../../edge-agent/demo-host/machine.ts";

/** Kernel's unit of process times; 100 on every Linux that Node runs on. */
const TICKS_PER_S = 100;

/** MainPID of a unit; 0: it does not run. */
export async function mainPidOf(machine: Machine, unit: string): Promise<number> {
  return Number(await machine.run(["systemctl", "show", "--property=MainPID", "--value", `${unit}.service`]));
}

/** Memory that goes away with the process; 0 when the unit does not run. */
export async function privateDirtyMbOf(machine: Machine, unit: string): Promise<number> {
  const pid = await mainPidOf(machine, unit);
  if (pid === 0) return 0;
  const memory = await machine.run(["cat", `/proc/${pid}/smaps_rollup`]);
  return Number(/^Private_Dirty:\s+([0-9]+) kB/m.exec(memory)?.[1] ?? Number.NaN) / 1_024;
}

/** CPU seconds of a unit's main process and of the children it has waited for; 0 when it does not run. */
export async function cpuSecondsOf(machine: Machine, unit: string): Promise<number> {
  const pid = await mainPidOf(machine, unit);
  return pid === 0 ? 0 : await cpuOf(machine, pid, 4);
}

/** CPU seconds of systemd and of its bus, which answer whoever asks about a unit; without those of their children. */
export async function managerCpuSeconds(machine: Machine): Promise<number> {
  const bus = await mainPidOf(machine, "dbus");
  return (await cpuOf(machine, 1, 2)) + (bus === 0 ? 0 : await cpuOf(machine, bus, 2));
}

// After the name in parentheses: utime, stime, cutime and cstime are fields 14 to 17. The latter two are of children it has waited for.
async function cpuOf(machine: Machine, pid: number, fieldCount: 2 | 4): Promise<number> {
  const stat = await machine.run(["cat", `/proc/${pid}/stat`]);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = fields.slice(11, 11 + fieldCount).reduce((sum, count) => sum + Number(count), 0);
  return ticks / TICKS_PER_S;
}
