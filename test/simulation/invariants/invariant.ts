// What an invariant is: a sentence that is promised (docs/simulation.md), and what it looks at. Each hook answers with what is wrong,
// or null. It keeps a record of its own and does not ask the core whether the core is right.
import type { DeskDecisionSeen, PageArrival, ShardDecisionSeen } from "../world/observer.ts";
import type { KeyedRow } from "../world/read-side.ts";
import type { Execution } from "../world/rebooting-actuator.ts";
import type { SimulatedFleet } from "../world/simulated-fleet.ts";

export interface Invariant {
  readonly sentence: string;
  readonly onShard?: (decision: ShardDecisionSeen, simulation: SimulatedFleet) => string | null;
  readonly onDesk?: (decision: DeskDecisionSeen, simulation: SimulatedFleet) => string | null;
  readonly onExecution?: (execution: Execution, simulation: SimulatedFleet) => string | null;
  readonly onPage?: (arrival: PageArrival, simulation: SimulatedFleet, isSeen: boolean) => string | null;
  /** a row for the read side became true, in a storage step */
  readonly onRowStored?: (row: KeyedRow) => void;
  /** the read side took it */
  readonly onRowTaken?: (row: KeyedRow) => string | null;
  /** every WATCH_EVERY_MS of simulated time */
  readonly onWatch?: (simulation: SimulatedFleet) => string | null;
  /** after everything was well for long */
  readonly atRest?: (simulation: SimulatedFleet) => string | null;
}

export const WATCH_EVERY_MS = 30_000;
