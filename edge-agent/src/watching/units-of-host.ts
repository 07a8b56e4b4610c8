// The observer of units as an agent has it: this machine's systemd, its kernel's files and the actuator. Not pure.
import { readFileSync } from "node:fs";
import { lookAtUnit, show } from "../actuator/observe-unit.ts";
import type { SeenUnit } from "../core/evidence/unit-state.ts";
import { signPlaces } from "./read-signs.ts";
import { createShowUnits } from "./show-units.ts";
import { createUnitWatch, type WatchTarget } from "./watch-units.ts";

/** `observeExactly` asks the actuator. */
export function watchUnits(
  observeExactly: (service: string) => Promise<SeenUnit>,
): (target: WatchTarget) => Promise<SeenUnit> {
  return createUnitWatch({
    showUnits: createShowUnits(show),
    observeExactly,
    lookAtPidFile: (pidFile) => lookAtUnit({ pidFile }),
    places: signPlaces(),
    passwd: () => readFileSync("/etc/passwd", "utf8"),
    now: () => performance.now(),
  });
}
