// What an invariant is: a sentence of DESIGN §7, and what it looks at. Each hook answers with what is wrong, or null. It keeps a record of
// its own and does not ask the core whether the core is right.
import type { Execution } from "../world/rebooting-actuator.ts";
import type { DeskStepSeen, PageArrival, ShardStepSeen } from "../world/observer.ts";
import type { KeyedRow } from "../world/read-side.ts";
import type { Simulation } from "../simulation.ts";

export interface Invariant {
  readonly sentence: string;
  readonly onShard?: (step: ShardStepSeen, simulation: Simulation) => string | null;
  readonly onDesk?: (step: DeskStepSeen, simulation: Simulation) => string | null;
  readonly onExecution?: (execution: Execution, simulation: Simulation) => string | null;
  readonly onPage?: (arrival: PageArrival, simulation: Simulation, isSeen: boolean) => string | null;
  /** a row for the read side became true, in a storage step */
  readonly onRowStored?: (row: KeyedRow) => void;
  /** the read side took it */
  readonly onRowTaken?: (row: KeyedRow) => string | null;
  /** every WATCH_EVERY_MS of simulated time */
  readonly onWatch?: (simulation: Simulation) => string | null;
  /** after everything was well for long */
  readonly atRest?: (simulation: Simulation) => string | null;
}

export const WATCH_EVERY_MS = 30_000;
