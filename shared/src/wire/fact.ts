// Facts: what is known about a service (or its host) beyond the state of its unit and checks. Structured evidence, never a grep in a
// log. A host reports them in `facts` messages; the shard derives some itself (restarts, results); a replay file writes them by hand.
// Instants are epoch milliseconds. `service` null means the host itself.
import * as z from "zod";
import { ItemName } from "../values/ids.ts";
import { Instant } from "../values/instant.ts";
import { EVIDENCE_ITEMS_MAX, SUMMARY_CHARS_MAX, TOLD_SPAN_MS_MAX } from "../values/limits.ts";
import { FailureClass } from "./failure-class.ts";

const Text = z.string().max(SUMMARY_CHARS_MAX);
const Name = z.string().min(1).max(80);

/** Who did something to a unit. */
export const Doer = z.enum(["countersign", "systemd", "watchdog", "person", "self", "unknown"]);
export type Doer = z.infer<typeof Doer>;

const base = { at: Instant, service: ItemName.nullable() };

export const Fact = z.discriminatedUnion("kind", [
  /** one session or job ended; `class` null means it ended well */
  z.strictObject({
    ...base,
    kind: z.literal("session"),
    startedAt: Instant,
    class: FailureClass.nullable(),
    detail: Text.default(""),
  }),
  /** a session or job runs since `startedAt`; null: none does, as far as is known */
  z.strictObject({ ...base, kind: z.literal("session-running"), startedAt: Instant.nullable() }),
  /** cumulative count of useful work since the counter was made; a smaller value than before means a reset */
  z.strictObject({
    ...base,
    kind: z.literal("work"),
    counter: Name,
    value: z.number().min(0),
    /** by how much its series grew since the reading before, each by itself; absent: the receiver compares the values */
    gain: z.number().min(0).optional(),
  }),
  /** one latency sample of a request that matters, in ms */
  z.strictObject({ ...base, kind: z.literal("latency"), latencyMs: z.number().min(0) }),
  /** the unit was restarted, by whom */
  z.strictObject({ ...base, kind: z.literal("restart"), by: Doer, supervisor: Name.optional() }),
  /** the kernel or systemd-oomd killed it for memory */
  z.strictObject({ ...base, kind: z.literal("oom-kill"), by: z.enum(["kernel", "systemd-oomd"]) }),
  /** pressure stall information, per cent over 10 s (Documentation/accounting/psi.rst) */
  z.strictObject({
    ...base,
    kind: z.literal("pressure"),
    resource: z.enum(["memory", "cpu", "io"]),
    someAvg10: z.number().min(0).max(100),
    fullAvg10: z.number().min(0).max(100),
  }),
  /** the service began or ceased to run on its fallback */
  z.strictObject({ ...base, kind: z.literal("fallback"), fallback: Name, isActive: z.boolean() }),
  /** a credential as the host sees it */
  z.strictObject({
    ...base,
    kind: z.literal("credential"),
    credential: Name,
    fileKind: z.enum(["file", "symlink", "missing"]),
    owner: Name,
    linkTarget: z.string().max(300).nullable(),
    /** null: it has none, none is declared, or it cannot be read (`isExpiryUnread`) */
    expiresAt: Instant.nullable(),
    /** a declared expiry cannot be read now; absent: `expiresAt` says all */
    isExpiryUnread: z.literal(true).optional(),
    /** it renews itself, as is declared; absent: not declared */
    refreshes: z.literal(true).optional(),
  }),
  /** a credential was accepted or rejected by whom it is for */
  z.strictObject({
    ...base,
    kind: z.literal("credential-use"),
    credential: Name,
    isAccepted: z.boolean(),
    detail: Text.default(""),
  }),
  /** a watched config file changed */
  z.strictObject({
    ...base,
    kind: z.literal("config-changed"),
    path: z.string().max(300),
    by: Doer,
    /**
     * its content is one that it had before, as far as the teller remembers, or (false) a new one; absent: that is not known
     */
    isReturned: z.boolean().optional(),
  }),
  /** code on disk against the code that runs */
  z.strictObject({ ...base, kind: z.literal("code"), diskChangedAt: Instant, runningSinceAt: Instant }),
  /** a holder uses an identity (bot token, lease) that only one may use */
  z.strictObject({ ...base, kind: z.literal("identity"), identity: Name, holder: Name }),
  /** a dependency answered or failed */
  z.strictObject({
    ...base,
    kind: z.literal("provider"),
    provider: Name,
    isOk: z.boolean(),
    class: FailureClass.nullable(),
  }),
  /** the privilege audit: a catalogue action can or cannot be executed; `command` is what a person would run */
  z.strictObject({
    ...base,
    kind: z.literal("privilege"),
    action: ItemName,
    isExecutable: z.boolean(),
    command: Text,
  }),
  /** some remediation was attempted, by us or by any other automation on the host, and how it ended */
  z.strictObject({
    ...base,
    kind: z.literal("attempt"),
    action: Name,
    by: Doer,
    outcome: Text,
    isHelpful: z.boolean(),
    /** it was not allowed to run this exact command; absent: want of privilege was not why it failed */
    deniedCommand: Text.optional(),
  }),
  /** the service's checks began to fail, or all pass again; the shard derives it from reports */
  z.strictObject({ ...base, kind: z.literal("health"), isHealthy: z.boolean() }),
  /** a planned exercise of a fallback or paging path was done */
  z.strictObject({ ...base, kind: z.literal("drill"), path: Name }),
  /** an outsider's sign of life: cron job, push monitor */
  z.strictObject({ ...base, kind: z.literal("heartbeat"), source: Name }),
  /** all the heartbeats that the catalogue expects of the service; none: it expects none (any more) */
  z.strictObject({
    ...base,
    kind: z.literal("heartbeats-expected"),
    heartbeats: z
      .array(
        z.strictObject({
          source: Name,
          everyMs: z.int().min(1).max(TOLD_SPAN_MS_MAX),
          graceMs: z.int().min(0).max(TOLD_SPAN_MS_MAX),
        }),
      )
      .max(EVIDENCE_ITEMS_MAX),
  }),
  /** whether one kind of declared evidence (counters, credentials …) can be read; `detail`: what is wrong with it */
  z.strictObject({
    ...base,
    kind: z.literal("reading"),
    source: Name,
    isWell: z.boolean(),
    detail: Text.default(""),
  }),
  /** a log line that somebody found noteworthy: shown as evidence, and never the cause of anything */
  z.strictObject({ ...base, kind: z.literal("log"), text: Text }),
]);
export type Fact = z.infer<typeof Fact>;
export type FactKind = Fact["kind"];
