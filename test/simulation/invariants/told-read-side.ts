// The read side may be behind, for as long as it is down; it never goes back, loses nothing, and ends as the actors are.
import { hostRowOf, incidentRowOf, projectionKeyOf } from "../../../control-plane/src/read-side/rows.ts";
import type { SimulatedFleet } from "../world/simulated-fleet.ts";
import type { Invariant } from "./invariant.ts";

interface KeptOf {
  /** values that were stored since the newest that was taken, that one first */
  values: string[];
}

export const readSideLosesNothing = (): Invariant => {
  const byKey = new Map<string, KeptOf>();
  return {
    sentence: "The read side loses no row and never goes back",
    onRowStored: ({ key, text }) => {
      const kept = byKey.get(key);
      if (kept === undefined) byKey.set(key, { values: [text] });
      else if (kept.values.at(-1) !== text) kept.values.push(text);
    },
    onRowTaken: ({ key, text }) => {
      const kept = byKey.get(key);
      const index = kept?.values.indexOf(text) ?? -1;
      if (kept === undefined || index < 0)
        return `${key} became ${text}, which is older than what it was, or never was`;
      kept.values = kept.values.slice(index);
      return null;
    },
    atRest: (simulation) => {
      const { rows } = simulation.readSide;
      for (const [key, { values }] of byKey)
        if (rows.get(key) !== values.at(-1)) return `${key} is not as it was stored last`;
      return missingIn(simulation);
    },
  };
};

// Not by what was queued, but by what the actors know and how many audit rows they wrote.
function missingIn({ desk, readSide, shards }: SimulatedFleet): string | null {
  const states = [
    ...shards.flatMap(({ name, state }) => state.hosts.values().map((host) => hostRowOf(name, host))),
    ...desk.state.incidents.values().map(incidentRowOf),
  ];
  for (const row of states) {
    const key = projectionKeyOf(row);
    if (readSide.rows.get(key) !== JSON.stringify(row.row)) return `${key} is not what its actor knows`;
  }
  for (let sequence = 1; sequence <= desk.auditCount; sequence += 1)
    if (!readSide.rows.has(`audit:${sequence}`)) return `the audit row ${sequence} is missing`;
  return null;
}
