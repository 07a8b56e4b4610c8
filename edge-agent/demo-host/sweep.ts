// Clears what a demo host left behind that was killed before it could clean up. It touches only folders below its own root-owned
// /run/countersign-demo, and of these only such whose recorded owner (pid and start time) no longer lives.
import { mkdir, readdir, readFile, rmdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { removeLink } from "./link.ts";
import { tryCommand } from "./run-command.ts";

export const MACHINES_FOLDER = "/run/countersign-demo";
const RECORD = "owner.json";

interface Owned {
  readonly pid: number;
  readonly startTime: string;
}

interface Record {
  readonly owner: Owned;
  readonly namespace: string;
  /** the machine's init, once it is known */
  readonly machine?: Owned;
}

/** Kernel start time of a process; with the pid it names one process for all time of this boot. Empty when it is gone. */
export async function startTimeOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // the name in parentheses may hold spaces; start time is field 22
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

/** Writes down whose machine this is. */
export async function ownRecord(folder: string, what: Omit<Record, "owner">): Promise<void> {
  const owner = { pid: process.pid, startTime: await startTimeOf(process.pid) };
  await writeFile(join(folder, RECORD), JSON.stringify({ owner, ...what }), { mode: 0o600 });
}

/** Removes every machine whose owner is gone. */
export async function sweepMachines(): Promise<void> {
  await mkdir(MACHINES_FOLDER, { recursive: true, mode: 0o700 });
  for (const name of await readdir(MACHINES_FOLDER)) {
    const folder = join(MACHINES_FOLDER, name);
    const record = await readRecord(folder);
    if (record === null || (await isAlive(record.owner))) continue;
    if (record.machine !== undefined && (await isAlive(record.machine))) {
      process.kill(record.machine.pid, "SIGKILL");
      await sleep(500);
    }
    await removeMounts(folder);
    await removeLink(record.namespace);
  }
}

/** Unmounts and removes one machine's folder; what is busy is detached and goes when its last user goes. */
export async function removeMounts(folder: string): Promise<void> {
  if (!folder.startsWith(`${MACHINES_FOLDER}/`)) return;
  for (const path of [join(folder, "root"), folder]) {
    if ((await tryCommand(["mountpoint", "-q", path])).code !== 0) continue;
    const { code } = await tryCommand(["umount", path]);
    if (code !== 0) await tryCommand(["umount", "--lazy", path]);
  }
  // Only the record is left below the mount; never a recursive removal here, in case an unmount failed.
  await rm(join(folder, RECORD), { force: true });
  await rmdir(folder).catch(() => {});
}

async function readRecord(folder: string): Promise<Record | null> {
  try {
    return JSON.parse(await readFile(join(folder, RECORD), "utf8")) as Record;
  } catch {
    return null;
  }
}

async function isAlive({ pid, startTime }: Owned): Promise<boolean> {
  return startTime !== "" && (await startTimeOf(pid)) === startTime;
}
