// Whom a freeze holds: one service, one host with all its services, or the whole fleet. Pure.
import { namedAt } from "@countersign/shared/values/named";
import type { DeskState, Freeze } from "./desk-state.ts";
import type { Subject } from "../../words/signal.ts";

/** The scope of a freeze of everything. */
export const FLEET: Subject = { hostId: "fleet", hostName: "the fleet", service: null };

/** Says whether a subject is the fleet: as a whole, or what one shard has of it. */
export function isFleet({ hostId }: Pick<Subject, "hostId">): boolean {
  return hostId === FLEET.hostId || hostId.startsWith(`${FLEET.hostId}:`);
}

/** The key of a freeze: `fleet`, `HOST`, or `HOST/SERVICE`. */
export function scopeKeyOf({ hostId, service }: Subject): string {
  return service === null ? hostId : `${hostId}/${service}`;
}

/** The freeze that holds a subject, the widest first; null: none. */
export function freezeOver(state: DeskState, subject: Subject): Freeze | null {
  const host = { ...subject, service: null };
  const keys = [FLEET, host, subject].map(scopeKeyOf);
  return keys.map((key) => namedAt(state.freezes, key)).find((freeze) => freeze !== undefined) ?? null;
}
