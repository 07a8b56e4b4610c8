// The bounds of each rule, as a policy sets them: one key per page reason; every rule can be turned off. Durations are written
// `15m` and kept in milliseconds, so a key ends without `Ms` in the file and with it in the code's words only where it is read.
// Defaults are right for a small fleet.
import { z } from "zod";
import { Duration } from "./duration.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const enabled = z.boolean().default(true);
const Count = z.int().min(1).max(10_000);

function duration(defaultMs: number) {
  return Duration.default(defaultMs);
}

/** Settings of every rule over facts. */
export const RuleSettings = z
  .strictObject({
    /** no result of a check within its own time to live plus `slack` */
    "check-stale": z.strictObject({ enabled, slack: duration(30_000) }).prefault({}),
    /** k sessions in a row end within `lifetime` of their start with the same class */
    "startup-death": z
      .strictObject({ enabled, sessionsMin: Count.default(3), lifetime: duration(MINUTE_MS) })
      .prefault({}),
    /** sessions that end well, as a share of all in `window`, fall under `floor` and under the service's own baseline */
    "success-rate-low": z
      .strictObject({
        enabled,
        window: duration(HOUR_MS),
        sessionsMin: Count.default(10),
        floor: z.number().min(0).max(1).default(0.5),
      })
      .prefault({}),
    /** the work counter stands still, or runs under its baseline, for `window` */
    "no-progress": z.strictObject({ enabled, window: duration(HOUR_MS) }).prefault({}),
    "restart-loop-suspected": z
      .strictObject({ enabled, restartsMin: Count.default(3), window: duration(HOUR_MS) })
      .prefault({}),
    "remediation-stuck": z.strictObject({ enabled, identicalMin: Count.default(5) }).prefault({}),
    /** a failure that begins within `window` after our own action or an automatic config change */
    "self-inflicted": z.strictObject({ enabled, window: duration(5 * MINUTE_MS) }).prefault({}),
    "privilege-gap": z.strictObject({ enabled }).prefault({}),
    /** on the fallback longer than `after`; severity rises each further `after` */
    "fallback-overdue": z.strictObject({ enabled, after: duration(4 * HOUR_MS) }).prefault({}),
    "fallback-untested": z.strictObject({ enabled, period: duration(30 * DAY_MS) }).prefault({}),
    "credential-expiring": z.strictObject({ enabled, before: duration(3 * DAY_MS) }).prefault({}),
    "credential-rejected": z
      .strictObject({ enabled, rejectionsMin: Count.default(3), window: duration(15 * MINUTE_MS) })
      .prefault({}),
    "credential-drift": z.strictObject({ enabled }).prefault({}),
    "stale-code": z.strictObject({ enabled, after: duration(30 * MINUTE_MS) }).prefault({}),
    "duplicate-supervisor": z.strictObject({ enabled, window: duration(HOUR_MS) }).prefault({}),
    /** two holders of one identity seen within `window` */
    "identity-conflict": z.strictObject({ enabled, window: duration(10 * MINUTE_MS) }).prefault({}),
    "memory-pressure": z
      .strictObject({
        enabled,
        fullAvg10Max: z.number().min(0).max(100).default(20),
        window: duration(30 * MINUTE_MS),
      })
      .prefault({}),
    "config-thrash": z
      .strictObject({ enabled, changesMax: Count.default(3), window: duration(HOUR_MS) })
      .prefault({}),
    "provider-failing": z
      .strictObject({ enabled, servicesMin: Count.default(2), window: duration(10 * MINUTE_MS) })
      .prefault({}),
    "check-failing": z.strictObject({ enabled }).prefault({}),
    "host-silent": z.strictObject({ enabled }).prefault({}),
    "host-late-return": z.strictObject({ enabled }).prefault({}),
    /** many hosts at once: at least `hostsMin` and this share of all, within the fast or the slow window */
    "fleet-silent": z
      .strictObject({
        enabled,
        hostsMin: Count.default(3),
        share: z.number().min(0).max(1).default(0.3),
        fastWindow: duration(2 * MINUTE_MS),
        slowWindow: duration(30 * MINUTE_MS),
      })
      .prefault({}),
    "remediation-ineffective": z.strictObject({ enabled }).prefault({}),
    "approval-unanswered": z.strictObject({ enabled, after: duration(15 * MINUTE_MS) }).prefault({}),
    "page-undelivered": z.strictObject({ enabled }).prefault({}),
    "route-missing": z.strictObject({ enabled }).prefault({}),
    "control-plane-gap": z.strictObject({ enabled, min: duration(2 * MINUTE_MS) }).prefault({}),
    "automation-frozen": z.strictObject({ enabled }).prefault({}),
  })
  .prefault({});
export type RuleSettings = z.infer<typeof RuleSettings>;
