// The present silence of the fleet, or the last one: which hosts belong to it, and which of them hold it. Pure.
import { isRule } from "../../words/actor.ts";
import { FLEET, subjectKeyOf } from "../../words/subject.ts";
import type { FleetHost } from "../records/fleet-host.ts";
import type { Incident } from "../records/incident.ts";
import type { DeskState } from "./desk-state.ts";

/** What an incident of a silent fleet shows of it. */
export interface SilentFleet {
  /** who fell silent; none: it is no such incident, or one that is long over */
  readonly hosts: readonly FleetHost[];
  /** the freeze that it set still holds */
  readonly isFrozen: boolean;
}

/** Its hosts, in the order in which they were counted to it; none: there was no such silence, or its incident is long over. */
export function fleetHostsOf({ fleetHosts }: Pick<DeskState, "fleetHosts">): readonly FleetHost[] {
  const all = fleetHosts.values();
  const startedAt = all.reduce((latest, host) => Math.max(latest, host.startedAt), 0);
  return all.filter((host) => host.startedAt === startedAt);
}

/** Away, and nobody looks after it apart from the others: while there is one, the fleet is silent. */
export function isHolding({ backAt, setAside }: FleetHost): boolean {
  return backAt === null && setAside === null;
}

/** Says whether a host's silence is a part of the fleet's, and no trouble of its own. */
export function isOfSilentFleet({ fleetHosts }: Pick<DeskState, "fleetHosts">, hostId: string): boolean {
  const host = fleetHosts.get(hostId);
  return host !== undefined && isHolding(host);
}

/** What belongs to an incident: of its own silence, and of no later one. */
export function silentFleetOf(
  state: Pick<DeskState, "fleetHosts" | "freezes">,
  { openedAt, reason, resolvedAt }: Pick<Incident, "openedAt" | "reason" | "resolvedAt">,
): SilentFleet {
  const freeze = state.freezes.get(subjectKeyOf(FLEET));
  const isFrozen = freeze !== undefined && isRule(freeze.by, "fleet-silent");
  const hosts = reason === "fleet-silent" ? fleetHostsOf(state) : [];
  const startedAt = hosts[0]?.startedAt ?? 0;
  const isItsOwn = startedAt >= openedAt && startedAt <= (resolvedAt ?? Number.POSITIVE_INFINITY);
  return { hosts: isItsOwn ? hosts : [], isFrozen };
}
