// Why a unit failed, by class: systemd's own verdict on its last run. Pure. The agent tells it, and so do the hosts of a
// replay.
import type { FailureClass } from "../wire/failure-class.ts";

/** The class by systemd's own verdict on the last run (`Result=` of systemctl(1)); null: it says nothing. */
export function classOfUnitResult(result: string): FailureClass | null {
  switch (result) {
    case "success":
    case "":
      return null;
    case "oom-kill":
      return "memory";
    case "core-dump":
    case "signal":
    case "watchdog":
      return "crash";
    case "timeout":
      return "timeout";
    default:
      return "other";
  }
}
