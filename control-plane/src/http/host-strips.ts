// The lines of 24 hours of some hosts that a list shows, from D1, with the desk's word over them on who is not heard, and on
// how far D1 holds what was told: from there on nothing is known, and nothing is drawn as well.
import type { IncidentDeskRpc } from "../platform/rpc.ts";
import { CHANGE_SLOT_MS } from "../read-side/change-rows.ts";
import { type HostList, type HostRow, isFresh } from "../read-side/listed-host.ts";
import type { HostStrips } from "../read-side/queries/strip-rows.ts";
import type { Lists } from "./lists.ts";

/** Of whom nothing is known since nobody knows when: the desk would have noticed what is older. */
const UNNOTICED_MS = CHANGE_SLOT_MS;

/** Of these hosts of a list, by host; null: they cannot be read now. */
export async function readStripsOf(
  { lists }: { readonly lists: Pick<Lists, "stripsOf"> },
  { asOf, hosts }: Pick<HostList, "asOf" | "hosts">,
  now: number,
): Promise<ReadonlyMap<string, HostStrips> | null> {
  if (hosts.length === 0) return new Map();
  const behindSinceAt = behindSince(asOf, now);
  const asked = hosts.map((host) => ({
    hostId: host.hostId,
    services: host.services.map(({ service }) => service),
    silentSinceAt: earliestOf([notHeardSince(host, now), behindSinceAt]),
  }));
  return lists.stripsOf({ hosts: asked, now });
}

function notHeardSince({ liveness, sinceAt }: HostRow, now: number): number | null {
  return liveness === "up" ? null : (sinceAt ?? now - UNNOTICED_MS);
}

/** One host in its own view. */
export interface OwnHost {
  readonly hostId: string;
  readonly shard: string;
  readonly services: readonly string[];
  /** since when it is down, as its shard says, or as it is listed; null: it is not, as far as is known */
  readonly downSinceAt: number | null;
  /** its shard says how it is now */
  readonly isTold: boolean;
}

/** Of one host in its own view, by service; null: they cannot be read now. */
export async function readOwnStrips(
  reads: {
    readonly desk: Pick<IncidentDeskRpc, "hostsNow">;
    readonly lists: Pick<Lists, "stripsOf">;
  },
  host: OwnHost,
  now: number,
): Promise<HostStrips | null> {
  const { downSinceAt, hostId, isTold, services, shard } = host;
  const { blindSince, unprojectedSinceAt } = await reads.desk.hostsNow();
  const blindAt = blindSince.find((blind) => blind.shard === shard)?.at ?? null;
  const untoldAt = isTold || blindAt !== null || downSinceAt !== null ? null : now - UNNOTICED_MS;
  const behindSinceAt = behindSince(unprojectedSinceAt ?? now, now);
  const silentSinceAt = earliestOf([downSinceAt, blindAt, untoldAt, behindSinceAt]);
  const strips = await reads.lists.stripsOf({ hosts: [{ hostId, services, silentSinceAt }], now });
  return strips?.get(hostId) ?? null;
}

function behindSince(asOf: number | null, now: number): number | null {
  return isFresh(asOf, now) ? null : asOf;
}

function earliestOf(instants: readonly (number | null)[]): number | null {
  const known = instants.filter((at) => at !== null);
  return known.length === 0 ? null : Math.min(...known);
}
