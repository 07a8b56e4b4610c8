// One actuator per state directory: two of them would each know only half of the used nonces. The lock is a directory-unique file
// naming the holder; a holder that is gone (other boot, dead pid, reused pid) is taken over. Weakness: two that start in the same
// instant after a crash may both take over the same dead holder. systemd starts one only; in process mode a person would have to.
import { open, readFile, rm } from "node:fs/promises";
import { readProcessStart } from "./observe-unit.ts";

export interface Lock {
  readonly release: () => Promise<void>;
}

/** Takes the lock, or throws naming the pid that holds it. */
export async function takeLock(path: string, bootId: string): Promise<Lock> {
  const own = `${bootId} ${process.pid} ${(await readProcessStart(process.pid)) ?? ""}\n`;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (await tryCreate(path, own)) return { release: () => rm(path, { force: true }) };
    const holder = await livingHolder(path, bootId);
    if (holder !== null) throw new Error(`Start actuator: one is running already as process ${holder}`);
    await rm(path, { force: true });
  }
  throw new Error(`Start actuator: cannot take ${path}`);
}

async function tryCreate(path: string, content: string): Promise<boolean> {
  try {
    const file = await open(path, "wx", 0o600);
    await file.writeFile(content);
    await file.close();
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw new Error(`Create ${path}`, { cause });
  }
}

async function livingHolder(path: string, bootId: string): Promise<number | null> {
  const text = await readFile(path, "utf8").catch(() => "");
  const match = /^(\S+) ([0-9]+) (.*)\n$/.exec(text);
  if (match === null || match[1] !== bootId) return null;
  const pid = Number(match[2]);
  const start = await readProcessStart(pid);
  return start !== null && start === match[3] ? pid : null;
}
