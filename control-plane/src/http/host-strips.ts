// The lines of 24 hours of some hosts that a list shows, from D1, with the desk's word on who is not heard over them.
import type { HostRow } from "../read-side/listed-host.ts";
import type { HostStrips, StripsAsked } from "../read-side/queries/strip-rows.ts";
import type { Lists } from "./lists.ts";

/** By host; null: they cannot be read now. */
export async function readStripsOf(
  { lists }: { readonly lists: Pick<Lists, "stripsOf"> },
  rows: readonly HostRow[],
  now: number,
): Promise<ReadonlyMap<string, HostStrips> | null> {
  if (rows.length === 0) return new Map();
  const hosts = rows.map(({ hostId, liveness, services, sinceAt }) => ({
    hostId,
    services: services.map(({ service }) => service),
    silentSinceAt: liveness === "up" ? null : sinceAt,
  }));
  return lists.stripsOf({ hosts, now });
}

/** Of one host in its own view, by service; null: they cannot be read now. */
export async function readOwnStrips(
  { lists }: { readonly lists: Pick<Lists, "stripsOf"> },
  host: StripsAsked["hosts"][number],
  now: number,
): Promise<HostStrips | null> {
  return (await lists.stripsOf({ hosts: [host], now }))?.get(host.hostId) ?? null;
}
