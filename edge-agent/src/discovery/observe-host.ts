// Everything that `discover` sees of this host. Reads only: no file is written, nothing is started, and nobody but this machine's own loopback is asked.
import { readFile } from "node:fs/promises";
import { knownAgentOf } from "../core/discovery/known-agents.ts";
import type { FoundContainer, FoundPort, FoundUnit, Observations } from "../core/discovery/observations.ts";
import { worthOf } from "../core/discovery/worth-watching.ts";
import { probePort } from "./probe-port.ts";
import { readContainers } from "./read-containers.ts";
import { type Home, readFiles } from "./read-files.ts";
import { type HeldSocket, readProcesses } from "./read-processes.ts";
import { lingeringUsers, readUnits } from "./read-units.ts";

const PORTS_ASKED_MAX = 32;
const ASKED_AT_ONCE = 8;

interface Account extends Home {
  readonly uid: number;
}

/** Looks at the host. */
export async function observeHost(isRoot: boolean): Promise<Observations> {
  const accounts = accountsIn(await readFile("/etc/passwd", "utf8").catch(() => ""));
  const userOf = (uid: number) => accounts.find((account) => account.uid === uid)?.user ?? null;
  const lingering = await lingeringUsers();
  const [machine, ...ofUsers] = await Promise.all([
    readUnits(null),
    ...(isRoot ? lingering : []).map((user) => readUnits(user)),
  ]);
  const units = [machine, ...ofUsers].flatMap((read) => read.units);
  const { sockets, processes, containers: seen } = await readProcesses(userOf);
  const containers = await readContainers(seen);
  const users = new Set([
    ...lingering,
    ...units.map(({ user }) => user),
    ...processes.map(({ user }) => user),
    "root",
  ]);
  return {
    units,
    containers,
    ports: await portsOf(sockets, units, containers),
    processes,
    files: await readFiles(accounts.filter(({ user }) => users.has(user))),
    unseen: [
      ...(isRoot
        ? []
        : [
            "units of users' own systemds, the files in their homes, and which service holds which port. Run it as root (sudo) to see them.",
          ]),
      ...(machine.problem === null ? [] : [`this machine's services: systemd says: ${machine.problem}`]),
      ...ofUsers.flatMap(({ problem }, index) =>
        problem === null ? [] : [`services of user ${lingering[index] ?? ""}: systemd says: ${problem}`],
      ),
    ],
  };
}

// Only what is to be proposed is asked anything.
async function portsOf(
  sockets: readonly HeldSocket[],
  units: readonly FoundUnit[],
  containers: readonly FoundContainer[],
): Promise<readonly FoundPort[]> {
  const published = new Set(containers.flatMap(({ ports }) => ports));
  const isWanted = ({ holder, port }: HeldSocket) => {
    if (published.has(port) || holder?.kind === "container") return true;
    const unit = units.find(
      (found) => holder?.kind === "unit" && found.unit === holder.unit && found.owner === holder.owner,
    );
    return unit !== undefined && ["own", "packaged"].includes(worthOf(unit));
  };
  const known = new Map<string, HeldSocket>();
  for (const socket of sockets) {
    const key = `${socket.port} ${JSON.stringify(socket.holder)}`;
    // one that listens on both families is one port
    if (known.get(key)?.reach !== "all") known.set(key, socket);
  }
  const ports = [...known.values()].toSorted((left, right) => left.port - right.port);
  const asked = ports
    .filter((socket) => socket.reach !== "other" && isWanted(socket))
    .slice(0, PORTS_ASKED_MAX);
  const probed = new Map<number, Awaited<ReturnType<typeof probePort>>>();
  for (let index = 0; index < asked.length; index += ASKED_AT_ONCE)
    await Promise.all(
      asked.slice(index, index + ASKED_AT_ONCE).map(async ({ port, holder }) => {
        const agent = holder?.kind === "unit" ? knownAgentOf(holder.unit) : null;
        probed.set(port, await probePort(port, agent?.healthPaths ?? []));
      }),
    );
  return ports.map(({ port, reach, holder }) => ({
    port,
    reach,
    holder,
    healthPath: probed.get(port)?.healthPath ?? null,
    counters: probed.get(port)?.counters ?? [],
  }));
}

function accountsIn(passwd: string): readonly Account[] {
  return passwd.split("\n").flatMap((line) => {
    const [user = "", , uid = "", , , home = ""] = line.split(":");
    return /^\d+$/.test(uid) && home.startsWith("/") && home !== "/"
      ? [{ user, uid: Number(uid), home }]
      : [];
  });
}
