// Looks through /proc: who listens where, in which unit or container each process is, and the processes that are told by their name. Of a process only its
// short name, its user and its control group are read, never its arguments or environment. What a reader would get wrong: whose a socket is, root alone sees.
import { readdir, readFile, readlink, stat } from "node:fs/promises";
import { KNOWN_AGENTS } from "../core/discovery/known-agents.ts";
import type { Holder, NamedProcess } from "../core/discovery/observations.ts";
import { containersIn, holderIn, type ListeningSocket, listeningIn } from "../core/discovery/proc-text.ts";

const PROCESSES_MAX = 5_000;
const SOCKETS_MAX = 256;

export interface HeldSocket extends ListeningSocket {
  readonly holder: Holder;
}

export interface ReadProcesses {
  readonly sockets: readonly HeldSocket[];
  readonly processes: readonly NamedProcess[];
  readonly containers: ReturnType<typeof containersIn>;
}

/** Looks at all processes once. */
export async function readProcesses(userOf: (uid: number) => string | null): Promise<ReadProcesses> {
  const tables = await Promise.all(["/proc/net/tcp", "/proc/net/tcp6"].map(textOf));
  const sockets = tables.flatMap(listeningIn).slice(0, SOCKETS_MAX);
  const wanted = new Set(sockets.map(({ inode }) => inode));
  const holders = new Map<string, Holder>();
  const processes: NamedProcess[] = [];
  const cgroups: string[] = [];
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).slice(0, PROCESSES_MAX);
  for (const pid of pids) {
    const [cgroup, comm] = await Promise.all([textOf(`/proc/${pid}/cgroup`), textOf(`/proc/${pid}/comm`)]);
    const holder = holderIn(cgroup, userOf);
    cgroups.push(cgroup);
    const name = comm.trim();
    if (KNOWN_AGENTS.some(({ process }) => process?.test(name) === true)) {
      const owner = await stat(`/proc/${pid}`).catch(() => null);
      processes.push({ name, user: userOf(owner?.uid ?? -1) ?? "", holder });
    }
    for (const inode of await socketsOf(pid)) if (wanted.has(inode)) holders.set(inode, holder);
  }
  return {
    sockets: sockets.map((socket) => ({ ...socket, holder: holders.get(socket.inode) ?? null })),
    processes,
    containers: containersIn(cgroups),
  };
}

async function socketsOf(pid: string): Promise<readonly string[]> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const links = await Promise.all(
    descriptors.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => "")),
  );
  return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []);
}

function textOf(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
