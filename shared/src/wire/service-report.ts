// What an agent observes about services: structured facts, never a grep in a log. Instants are epoch milliseconds by the
// host's clock (which may be wrong: the shard stamps `noticedAt` itself). Field names of `UnitState` follow systemctl show(1).
import * as z from "zod";
import { ItemName } from "../values/ids.ts";
import { Instant } from "../values/instant.ts";
import { CHECKS_PER_SERVICE_MAX, SUMMARY_CHARS_MAX } from "../values/limits.ts";

const Count = z.int().min(0);

export const Severity = z.enum(["info", "warning", "error", "critical"]);
export type Severity = z.infer<typeof Severity>;

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
  ttlMs: Count,
});
export type CheckResult = z.infer<typeof CheckResult>;

export const ServiceReport = z.strictObject({
  service: ItemName,
  /** absent unit: the service is not run by a unit or pid file that the host can observe */
  unit: UnitState.nullable(),
  results: z.array(CheckResult).max(CHECKS_PER_SERVICE_MAX),
});
export type ServiceReport = z.infer<typeof ServiceReport>;
