// What the logs of services said last, asked of their hosts' shards when somebody opens a view. A shard that does not answer costs the view this
// part alone. What a reader would get wrong: the lines are a host's own text, redacted there and believed by nobody.
import type { Incident } from "../core/desk/records/incident.ts";
import type { HostWords } from "../core/shard/kept/told-words.ts";
import { bounded } from "../platform/bounded.ts";
import type { RegisteredHost } from "../platform/desk/desk-hosts.ts";
import type { HostShardRpc } from "../platform/rpc.ts";
import type { FoundIncident } from "./post-mortem.ts";
import type { Reads } from "./reads.ts";

const TIMEOUT_MS = 1_500;
/** Hosts of one incident that are asked, and services shown of them: of a wide one the first say enough. */
const HOSTS_ASKED_MAX = 3;
const SERVICES_ASKED_MAX = 4;
/** A log may say its last before anybody notices that something is wrong. */
const BEFORE_MS = 10 * 60_000;
const AFTER_MS = 10 * 60_000;

type ShardOf = (name: string) => Pick<HostShardRpc, "lastWords">;

/** Those of these services of a host (null: of all). */
export async function wordsOfHost(
  shardOf: ShardOf,
  { hostId, name, shard }: RegisteredHost,
  services: readonly string[] | null,
): Promise<HostWords> {
  try {
    const asked = shardOf(shard).lastWords(hostId, services);
    return { hostName: name, words: await bounded(asked, TIMEOUT_MS, `Ask ${shard} for last words`) };
  } catch (error) {
    console.error(`Ask ${shard} for last words:`, error);
    return { hostName: name, words: null };
  }
}

/** Those of one service of a host that were told while an incident went on; null: the desk knows no such host any more. */
export async function wordsInIncident(
  { desk, shard }: Pick<Reads, "desk" | "shard">,
  { hostId, service }: { readonly hostId: string; readonly service: string },
  incident: Incident,
): Promise<HostWords | null> {
  const [host] = await desk.registered([hostId]);
  return host === undefined ? null : within(await wordsOfHost(shard, host, [service]), incident);
}

/** Those of the services that an incident is about, while it went on. */
export async function wordsOfIncident(
  { desk, shard }: Pick<Reads, "desk" | "shard">,
  { findings, incident }: Pick<FoundIncident, "findings" | "incident">,
): Promise<readonly HostWords[]> {
  const services = new Map<string, Set<string>>();
  for (const { subject } of findings) {
    if (subject.kind !== "service") continue;
    const known = services.get(subject.hostId) ?? new Set<string>();
    if (known.size < SERVICES_ASKED_MAX) known.add(subject.service);
    if (services.size < HOSTS_ASKED_MAX) services.set(subject.hostId, known);
  }
  if (services.size === 0) return [];
  const hosts = await desk.registered([...services.keys()]);
  const asked = hosts.map((host) => wordsOfHost(shard, host, [...(services.get(host.hostId) ?? [])]));
  return (await Promise.all(asked)).map((told) => within(told, incident));
}

function within(told: HostWords, { happenedAt, openedAt, resolvedAt }: Incident): HostWords {
  const fromAt = Math.min(happenedAt, openedAt) - BEFORE_MS;
  const toAt = resolvedAt === null ? Number.POSITIVE_INFINITY : resolvedAt + AFTER_MS;
  const words = told.words?.filter(({ toldAt }) => toldAt >= fromAt && toldAt <= toAt) ?? null;
  return { ...told, words };
}
