// What an agent observes about services: structured facts, never a grep in a log. Instants are epoch milliseconds by the
// host's clock (which may be wrong: the shard stamps `noticedAt` itself). Field names of `UnitState` follow systemctl show(1).
// An agent from before 2026-11-29 sends no field that has an *absent* here.
import * as z from "zod";
import { ItemName } from "../values/ids.ts";
import { Instant } from "../values/instant.ts";
import {
  CHECKS_PER_SERVICE_MAX,
  RESULTS_COUNTED_MAX,
  SUMMARY_CHARS_MAX,
  TOLD_SPAN_MS_MAX,
} from "../values/limits.ts";
import { FailureClass } from "./failure-class.ts";

const Count = z.int().min(0);

export const Severity = z.enum(["info", "warning", "error", "critical"]);
export type Severity = z.infer<typeof Severity>;

/** Failures of these severities make a service unhealthy; info and warning are shown only. */
export function isSevere(severity: Severity): boolean {
  return severity === "error" || severity === "critical";
}

/** State of a unit, or of a process named by a pid file (then `invocationId` is made from pid and start time). */
export const UnitState = z.strictObject({
  activeState: z.enum(["active", "activating", "reloading", "deactivating", "inactive", "failed", "unknown"]),
  subState: z.string().max(40),
  result: z.string().max(40),
  /** NRestarts: restarts by systemd itself since the unit was loaded */
  restartCount: Count,
  /** changes whenever the unit is started, by anyone; empty when it never ran */
  invocationId: z.string().max(80),
  /** 0 when nothing runs */
  mainPid: Count,
  activeEnterAt: Instant.nullable(),
  memoryCurrentBytes: Count.nullable(),
  /** Id: the unit's own name, where the catalogue names an alias; absent: it is as the catalogue names it */
  id: z.string().max(200).optional(),
  /** LoadState; absent: it is loaded */
  loadState: z.enum(["loaded", "not-found", "masked", "bad-setting", "error", "stub", "merged"]).optional(),
  /** Type of a service, such as `oneshot`; absent: not known, or no service */
  type: z.string().max(20).optional(),
  /** TriggeredBy: units that start it, such as `backup.timer`; absent: not known */
  triggeredBy: z.array(z.string().max(200)).max(4).optional(),
  /** TimeoutStartUSec; null: infinity; absent: not known, taken as 90 s (systemd's own default) */
  startTimeoutMs: Count.max(TOLD_SPAN_MS_MAX).nullable().optional(),
  /** InactiveExitTimestamp: when it last began to start; absent: not known */
  inactiveExitAt: Instant.optional(),
  /** ControlGroup; absent: it has none now, or it is not known. By it the agent sees whether a unit without a main process has any */
  controlGroup: z.string().max(300).optional(),
});
export type UnitState = z.infer<typeof UnitState>;

export const CheckResult = z.strictObject({
  check: ItemName,
  kind: z.enum(["unit", "http", "tcp", "plugin", "evidence"]),
  status: z.enum(["pass", "fail"]),
  severity: Severity,
  summary: z.string().max(SUMMARY_CHARS_MAX),
  latencyMs: z.number().min(0).nullable(),
  finishedAt: Instant,
  /** how long the result stays valid */
  ttlMs: Count.max(TOLD_SPAN_MS_MAX),
  /** why it failed, by class; absent: it passed, or the class is not known */
  class: FailureClass.optional(),
  /**
   * how many of its last results failed with severity error or critical, this one included; fewer than ten: the agent has
   * not run for longer. absent: the receiver counts what it is told
   */
  last: z
    .strictObject({
      failed: z.int().min(0).max(RESULTS_COUNTED_MAX),
      of: z.int().min(1).max(RESULTS_COUNTED_MAX),
    })
    .refine(({ failed, of }) => failed <= of, "no more can have failed than there are")
    .optional(),
  /** since when its next result is overdue: it hangs, or it is skipped; absent: it is not */
  overdueSinceAt: Instant.optional(),
});
export type CheckResult = z.infer<typeof CheckResult>;

export const ServiceReport = z.strictObject({
  service: ItemName,
  /** absent unit: the service is not run by a unit or pid file that the host can observe */
  unit: UnitState.nullable(),
  results: z.array(CheckResult).max(CHECKS_PER_SERVICE_MAX),
});
export type ServiceReport = z.infer<typeof ServiceReport>;
