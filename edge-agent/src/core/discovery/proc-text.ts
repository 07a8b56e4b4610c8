// What /proc says of sockets and control groups, as ports and holders. Pure.
// What a reader would get wrong: an address of /proc/net/tcp is in the machine's own byte order, each 32 bits of it.
import type { FoundPort, Holder } from "./observations.ts";

export interface ListeningSocket {
  readonly port: number;
  readonly reach: FoundPort["reach"];
  readonly inode: string;
}

const LISTENING = "0A";
const LOOPBACKS: ReadonlySet<string> = new Set([
  "0100007F",
  "00000000000000000000000001000000",
  "0000000000000000FFFF00000100007F",
]);

/** The listening sockets of /proc/net/tcp or tcp6. What listens on IPv6's loopback alone is reached as `other`: it is asked nothing on 127.0.0.1. */
export function listeningIn(table: string): readonly ListeningSocket[] {
  return table
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
      const [address = "", port = ""] = local.split(":");
      if (state !== LISTENING || !/^[0-9A-F]{4}$/.test(port)) return [];
      return [{ port: Number.parseInt(port, 16), reach: reachOf(address), inode }];
    });
}

function reachOf(address: string): FoundPort["reach"] {
  if (/^0+$/.test(address) || address === "0000000000000000FFFF000000000000") return "all";
  // ::1 is loopback, and 127.0.0.1 does not lead there
  if (address === "00000000000000000000000001000000") return "other";
  return LOOPBACKS.has(address) ? "loopback" : "other";
}

/** Whose process this is, by its /proc/PID/cgroup; `userOf` names a user by its number. */
export function holderIn(cgroup: string, userOf: (uid: number) => string | null): Holder {
  const path = /^(?:0:|\d+:name=systemd):(\/.*)$/m.exec(cgroup)?.[1] ?? "";
  const container = /(?:docker|libpod)[-/]([0-9a-f]{64})(?:\.scope)?(?:\/|$)/.exec(path)?.[1];
  if (container !== undefined) return { kind: "container", id: container };
  const parts = path.split("/");
  const manager = parts.findIndex((part) => /^user@\d+\.service$/.test(part));
  const owner = manager === -1 ? null : userOf(Number(/\d+/.exec(parts[manager] ?? "")?.[0]));
  if (manager !== -1 && owner === null) return null;
  const unit = parts.slice(manager + 1).find((part) => /\.(?:service|scope)$/.test(part));
  return unit === undefined ? null : { kind: "unit", owner, unit };
}

/** Containers whose control groups these are, each once. */
export function containersIn(
  cgroups: readonly string[],
): readonly { readonly id: string; readonly engine: "docker" | "podman" }[] {
  const found = new Map<string, "docker" | "podman">();
  for (const cgroup of cgroups)
    for (const [, engine, id = ""] of cgroup.matchAll(/(docker|libpod)[-/]([0-9a-f]{64})/g))
      found.set(id, engine === "docker" ? "docker" : "podman");
  return [...found]
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([id, engine]) => ({ id, engine }));
}

/** What `docker ps --no-trunc --format '{{.ID}}\t{{.Names}}\t{{.Image}}\t{{.Ports}}'` printed. */
export function listedContainersIn(text: string): readonly {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly ports: readonly number[];
}[] {
  return text.split("\n").flatMap((line) => {
    const [id = "", names = "", image = "", ports = ""] = line.split("\t");
    const [name = ""] = names.split(",");
    if (!/^[0-9a-f]{12,64}$/.test(id) || name === "") return [];
    const published = [...ports.matchAll(/:(\d{1,5})->\d+\/tcp/g)].map(([, port]) => Number(port));
    return [{ id, name, image, ports: [...new Set(published)] }];
  });
}

/** Names of counters of a page in Prometheus' text format that may count work. */
export function countersIn(page: string): readonly string[] {
  const names = [...page.matchAll(/^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]{0,100}) counter$/gm)].map(
    ([, name = ""]) => name,
  );
  const own = names.filter((name) => !/^(?:process_|go_|nodejs_|python_|promhttp_|scrape_)/.test(name));
  return [...new Set(own)].toSorted();
}
