// What of a service's unit itself holds a question back: it is being started, or nothing can start it. Pure.
// What a reader would get wrong: a start after a failure is waited for too. It is told (core/shard/host/unit-start.ts), but
// what would be offered meanwhile only begins it anew.
import { unloadedOf } from "@countersign/shared/host/unit-run";
import type { ProposalRefusal } from "../../words/signal.ts";
import type { ServiceState } from "../host/shard-state.ts";

/** Why nothing is asked about the unit now; null: it does not stand in the way. */
export function unitHoldOf({ report, start }: ServiceState, now: number): ProposalRefusal | null {
  const loadState = report.unit === null ? null : unloadedOf(report.unit);
  if (loadState !== null) return { reason: "not-loaded", loadState };
  return start !== undefined && now < start.untilAt ? { reason: "starting", askAt: start.untilAt } : null;
}
