// What turned on a host, as rows of the read side. Pure. A look has one row in each slot of five minutes: a service that
// flaps a thousand times a day, or a host that lies, leaves at most three rows a slot, and the last one of a slot says how
// it went on.
import type { LookChange } from "../core/shard/host/service-look.ts";
import type { ProjectionRow } from "./rows.ts";

/** The length of a slot. */
export const CHANGE_SLOT_MS = 5 * 60_000;

/** The row of a turn; the empty service is the whole host. */
export function changeRowOf(hostId: string, { at, look, service, was }: LookChange): ProjectionRow {
  const slot = Math.floor(at / CHANGE_SLOT_MS);
  return { table: "service_changes", row: { hostId, service: service ?? "", slot, look, was, at } };
}
