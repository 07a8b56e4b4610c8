// All examiners, in the order in which people read what they found: the host first, then what each service needs. One more is a file and a
// line here.
import { trustExaminer } from "./believed-trust.ts";
import { checksExaminer } from "./checks.ts";
import { containersExaminer } from "./containers.ts";
import { countersExaminer } from "./counters.ts";
import { credentialsExaminer } from "./credentials.ts";
import { actuatorDiskExaminer, agentDiskExaminer } from "./disk.ts";
import type { Examiner } from "./examiner.ts";
import { actuatorExaminer, ageExaminer, freezeExaminer } from "./host-state.ts";
import { installedUnitsExaminer } from "./installed-units.ts";
import { journalExaminer } from "./journal.ts";
import { userManagersExaminer } from "./linger.ts";
import { privilegesExaminer, programsExaminer, sudoersExaminer } from "./privileges.ts";
import { reachExaminer } from "./reach.ts";
import { managersExaminer } from "./rivals.ts";
import { startLimitsExaminer } from "./start-limits.ts";
import { timeoutsExaminer, undoExaminer } from "./timeouts.ts";
import { unitsExaminer, userUnitsExaminer } from "./units.ts";
import { watchedPathsExaminer } from "./watched-paths.ts";

export const EXAMINERS: readonly Examiner[] = [
  trustExaminer,
  freezeExaminer,
  actuatorExaminer,
  reachExaminer,
  agentDiskExaminer,
  actuatorDiskExaminer,
  journalExaminer,
  ageExaminer,
  installedUnitsExaminer,
  sudoersExaminer,
  privilegesExaminer,
  programsExaminer,
  userManagersExaminer,
  unitsExaminer,
  userUnitsExaminer,
  containersExaminer,
  startLimitsExaminer,
  managersExaminer,
  timeoutsExaminer,
  undoExaminer,
  checksExaminer,
  watchedPathsExaminer,
  credentialsExaminer,
  countersExaminer,
];
