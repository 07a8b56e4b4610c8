// The bounds of each rule, as a policy sets them: one key per page reason; every rule can be turned off, or run in shadow (it decides
// and is recorded, and pages nobody). Durations are written `15m` and kept in milliseconds under the same key, which therefore does not end
// in `Ms`. Defaults are right for a small fleet.
import * as z from "zod";
import { Duration, formatDuration } from "@countersign/shared/values/duration";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const enabled = z.boolean().default(true);
/** decide and record, page nobody and propose nothing */
const shadow = z.boolean().default(false);
const Count = z.int().min(1).max(10_000);

function duration(defaultMs: number) {
  return Duration.prefault(formatDuration(defaultMs));
}

/** Settings of every rule, by its page reason. */
export const RuleSettings = z
  .strictObject({
    /** no result of a check within its own time to live plus `slack` */
    "check-stale": z.strictObject({ enabled, shadow, slack: duration(30_000) }).prefault({}),
    /** a reading of declared evidence never worked, or does so no longer, for `after` */
    "evidence-unreadable": z.strictObject({ enabled, shadow, after: duration(15 * MINUTE_MS) }).prefault({}),
    /** k sessions in a row end within `lifetime` of their start with the same class */
    "startup-death": z
      .strictObject({ enabled, shadow, sessionsMin: Count.default(3), lifetime: duration(MINUTE_MS) })
      .prefault({}),
    /** sessions that end well, as a share of all in `window`, fall under `floor`, or under the service's own baseline once it is known */
    "success-rate-low": z
      .strictObject({
        enabled,
        shadow,
        window: duration(HOUR_MS),
        sessionsMin: Count.default(10),
        floor: z.number().min(0).max(1).default(0.5),
      })
      .prefault({}),
    /** the median of the latencies in `window` reaches `ceiling`, or is an outlier above the service's own usual, `factor` times it and `slack` more */
    "latency-high": z
      .strictObject({
        enabled,
        shadow,
        window: duration(15 * MINUTE_MS),
        samplesMin: Count.default(10),
        factor: z.number().min(1).max(1_000).default(2),
        slack: duration(100),
        ceiling: duration(MINUTE_MS),
        /** passing HTTP and TCP checks count as samples too */
        checks: z.boolean().default(false),
      })
      .prefault({}),
    /** the work counter stands still, or runs under its baseline, for `window` */
    "no-progress": z.strictObject({ enabled, shadow, window: duration(HOUR_MS) }).prefault({}),
    /** a declared heartbeat did not come; period and grace stand in the catalogue */
    "heartbeat-missed": z.strictObject({ enabled, shadow }).prefault({}),
    "restart-loop-suspected": z
      .strictObject({ enabled, shadow, restartsMin: Count.default(3), window: duration(HOUR_MS) })
      .prefault({}),
    /** so many identical outcomes in a row; or one doer, act and outcome on `hostsMin` hosts within `window` */
    "remediation-stuck": z
      .strictObject({
        enabled,
        shadow,
        identicalMin: Count.default(5),
        hostsMin: Count.default(3),
        window: duration(HOUR_MS),
      })
      .prefault({}),
    /** a failure that begins within `window` after our own action or an automatic config change */
    "self-inflicted": z.strictObject({ enabled, shadow, window: duration(5 * MINUTE_MS) }).prefault({}),
    "privilege-gap": z.strictObject({ enabled, shadow }).prefault({}),
    /** on the fallback longer than `after`; severity rises each further `after` */
    "fallback-overdue": z.strictObject({ enabled, shadow, after: duration(4 * HOUR_MS) }).prefault({}),
    "fallback-untested": z.strictObject({ enabled, shadow, period: duration(30 * DAY_MS) }).prefault({}),
    /** its expiry is nearer than `before`, or than a tenth of its life where that is known and shorter */
    "credential-expiring": z.strictObject({ enabled, shadow, before: duration(3 * DAY_MS) }).prefault({}),
    /** so often in a row, at any pace; what is older than `window` counts no more (facts reach back a year) */
    "credential-rejected": z
      .strictObject({ enabled, shadow, rejectionsMin: Count.default(3), window: duration(365 * DAY_MS) })
      .prefault({}),
    "credential-drift": z.strictObject({ enabled, shadow }).prefault({}),
    "stale-code": z.strictObject({ enabled, shadow, after: duration(30 * MINUTE_MS) }).prefault({}),
    "duplicate-supervisor": z.strictObject({ enabled, shadow, window: duration(HOUR_MS) }).prefault({}),
    /** two holders of one identity seen within `window` */
    "identity-conflict": z.strictObject({ enabled, shadow, window: duration(10 * MINUTE_MS) }).prefault({}),
    "memory-pressure": z
      .strictObject({
        enabled,
        shadow,
        fullAvg10Max: z.number().min(0).max(100).default(20),
        window: duration(30 * MINUTE_MS),
      })
      .prefault({}),
    "config-thrash": z
      .strictObject({
        enabled,
        shadow,
        changesMax: Count.default(3),
        window: duration(HOUR_MS),
        /**
         * how long after a person's change automation may still take it back: the next configuration run may be a day away
         */
        takenBackWithin: duration(DAY_MS),
      })
      .prefault({}),
    "provider-failing": z
      .strictObject({ enabled, shadow, servicesMin: Count.default(2), window: duration(10 * MINUTE_MS) })
      .prefault({}),
    "check-failing": z.strictObject({ enabled, shadow }).prefault({}),
    "host-silent": z.strictObject({ enabled, shadow }).prefault({}),
    "host-late-return": z.strictObject({ enabled, shadow }).prefault({}),
    /** a host answers with another act than it was asked for */
    "host-untrustworthy": z.strictObject({ enabled, shadow }).prefault({}),
    /** a host refuses a version of the fleet's trust or believes a strange one, or a passkey's own count of signatures goes back */
    "signature-doubtful": z.strictObject({ enabled, shadow }).prefault({}),
    /** many hosts at once: at least `hostsMin` and this share of all, within the fast window or, in a fleet of thirty and more, the slow one */
    "fleet-silent": z
      .strictObject({
        enabled,
        shadow,
        hostsMin: Count.default(3),
        share: z.number().min(0).max(1).default(0.1),
        fastWindow: duration(2 * MINUTE_MS),
        slowWindow: duration(30 * MINUTE_MS),
      })
      .prefault({}),
    /** a host sends more than its budget (limits.ts) */
    "host-flooding": z.strictObject({ enabled, shadow }).prefault({}),
    /** a host's own doctor found what will not work when it is needed */
    "host-misconfigured": z.strictObject({ enabled, shadow }).prefault({}),
    "remediation-ineffective": z.strictObject({ enabled, shadow }).prefault({}),
    "approval-unanswered": z.strictObject({ enabled, shadow, after: duration(15 * MINUTE_MS) }).prefault({}),
    "page-undelivered": z.strictObject({ enabled, shadow }).prefault({}),
    /** a shard of the control plane did not answer for `after` */
    "shard-unreachable": z.strictObject({ enabled, shadow, after: duration(3 * MINUTE_MS) }).prefault({}),
    "route-missing": z.strictObject({ enabled, shadow }).prefault({}),
    "control-plane-gap": z.strictObject({ enabled, shadow, min: duration(2 * MINUTE_MS) }).prefault({}),
    "automation-frozen": z.strictObject({ enabled, shadow }).prefault({}),
    "record-unreadable": z.strictObject({ enabled, shadow }).prefault({}),
  })
  .prefault({});
export type RuleSettings = z.infer<typeof RuleSettings>;
