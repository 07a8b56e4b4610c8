// Stores a drill in the state under decision. Pure.
import type { Drill } from "../records/pages/drill.ts";
import type { DeskChange } from "../state/desk-change.ts";

/** Keeps what became of one. */
export function putDrill(change: DeskChange, drill: Drill): DeskChange {
  const drills = change.state.drills.with(drill.drillKey, drill);
  return { ...change, state: { ...change.state, drills } };
}
