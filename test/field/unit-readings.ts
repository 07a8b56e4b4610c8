// The table of the units of the field: what must be read of each, as systemd says it once all were started.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { UnitState } from "@countersign/shared/wire/service-report";

export interface UnitReading {
  /** part of the state that is told */
  readonly reads: Partial<UnitState>;
  /** whether a unit that starts it is active; absent: it does not wait to be started */
  readonly starters?: "active" | "inactive";
  readonly status: "pass" | "fail";
  /** absent: as the check declares */
  readonly severity?: "warning";
  /** stands in its summary */
  readonly says: string;
  readonly why: string;
}

export const UNITS_FOLDER = join(import.meta.dirname, "units");

export const UNIT_READINGS = JSON.parse(
  readFileSync(join(UNITS_FOLDER, "readings.json"), "utf8"),
) as Readonly<Record<string, UnitReading>>;
