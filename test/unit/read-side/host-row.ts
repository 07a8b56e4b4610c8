// A host of the read side, as a shard projects it; for tests of both runtimes.
import type { ProjectionRow } from "../../../control-plane/src/read-side/rows.ts";

export type HostGiven = { readonly hostId: string } & Partial<
  Extract<ProjectionRow, { table: "hosts" }>["row"]
>;

export function hostRow(given: HostGiven): ProjectionRow {
  const said = { condition: "", services: "[]", liveness: "up", sinceAt: null, urgency: 3 };
  return { table: "hosts", row: { shard: "shard-0", name: given.hostId, ...said, ...given } };
}
