// The fleet's policy: liveness profile, rules' bounds, budgets, and the people to page. One YAML (or JSON) file; unknown keys are
// errors. Defaults are right for a small fleet. Secrets are never written here: `secret` names a binding.
import * as z from "zod";
import { Duration, formatDuration } from "@countersign/shared/values/duration";
import { ItemName } from "@countersign/shared/values/ids";
import { hasNamed, namedFrom } from "@countersign/shared/values/named";
import { Channel } from "../channels/any-channel.ts";
import { CheckFailing, PolicyOverride, Remediations, RestartBudget, Verify } from "./policy-override.ts";
import { RuleSettings } from "./rule-settings.ts";
import { isTimeZone } from "./time-zone.ts";

/** Keepalive period, late and page bound by profile, in milliseconds. */
export const LIVENESS_PROFILES = {
  economy: { keepaliveMs: 10_000, lateAfterMs: 25_000, pageBoundMs: 120_000 },
  default: { keepaliveMs: 5_000, lateAfterMs: 12_000, pageBoundMs: 60_000 },
  fast: { keepaliveMs: 2_000, lateAfterMs: 6_000, pageBoundMs: 10_000 },
} as const;

const Liveness = z
  .strictObject({
    profile: z.enum(["economy", "default", "fast"]).default("default"),
    reconnectGrace: Duration.prefault("20s"),
  })
  .prefault({})
  .transform(({ profile, reconnectGrace }) => ({
    ...LIVENESS_PROFILES[profile],
    reconnectGraceMs: reconnectGrace,
  }));

/** Nobody is left without a page for longer, so nothing of the escalation waits longer. */
const ESCALATION_WAIT_MAX_MS = 24 * 3_600_000;

const UpToOneDay = Duration.refine((durationMs) => durationMs <= ESCALATION_WAIT_MAX_MS, {
  error: `expected at most ${formatDuration(ESCALATION_WAIT_MAX_MS)}: an open incident is told at least once a day`,
});

/** A standing approval may live 30 days and is known for as long, and the read side keeps 400. */
const KEPT_MIN_MS = 30 * 24 * 3_600_000;
const KEPT_MAX_MS = 365 * 24 * 3_600_000;

const KeptFor = Duration.refine((durationMs) => durationMs >= KEPT_MIN_MS && durationMs <= KEPT_MAX_MS, {
  error: `expected ${formatDuration(KEPT_MIN_MS)} to ${formatDuration(KEPT_MAX_MS)}`,
});

/** Oftener nobody could tell a drill from the real thing; what is drilled more seldom is not drilled. */
const DRILL_EVERY_MIN_MS = 24 * 3_600_000;
const DRILL_EVERY_MAX_MS = 365 * 24 * 3_600_000;
const DRILLS_MAX = 8;

const Drill = z
  .strictObject({
    /** what is exercised: `paging`, the way to everybody whom a step of the escalation names */
    path: z.literal("paging"),
    every: Duration.refine(
      (durationMs) => durationMs >= DRILL_EVERY_MIN_MS && durationMs <= DRILL_EVERY_MAX_MS,
      { error: `expected ${formatDuration(DRILL_EVERY_MIN_MS)} to ${formatDuration(DRILL_EVERY_MAX_MS)}` },
    ),
  })
  .transform(({ every, path }) => ({ path, everyMs: every }));

/** What a person may be given beside looking, which everybody may (core/words/roles.ts). */
export const GIVEN_ROLES = ["answer", "approve", "administer"] as const;

/** Who may approve may answer; neither order nor that written out makes another policy. */
const Roles = z
  .array(z.enum(GIVEN_ROLES))
  .max(GIVEN_ROLES.length)
  .default([...GIVEN_ROLES])
  .transform((said) =>
    GIVEN_ROLES.filter((role) => said.includes(role) || (role === "answer" && said.includes("approve"))),
  );

export const Policy = z
  .strictObject({
    version: z.literal(1),
    liveness: Liveness,
    /** true: every rule decides and is recorded, and nobody is paged */
    shadow: z.boolean().default(false),
    /**
     * a check fails when this many consecutive results failed, or so many of its last ten, and the first is at least `held`
     * old
     */
    checkFailing: CheckFailing,
    /** bounds of every rule, by page reason */
    rules: RuleSettings,
    /** restarts by anyone, in a rolling window; at or above it nothing is proposed */
    restartBudget: RestartBudget,
    verify: Verify,
    /** what must be known before anything is proposed */
    ladder: z
      .strictObject({
        /** a host is watched for so long after it connected, before any action on it is proposed */
        observeFirst: Duration.prefault("10s"),
        /** proposals asked for one service within the window; after them the incident says so instead */
        proposalsMax: z.int().min(1).max(100).default(6),
        proposalsWindow: Duration.prefault("1h"),
      })
      .prefault({})
      .transform(({ observeFirst, proposalsMax, proposalsWindow }) => ({
        observeFirstMs: observeFirst,
        proposalsMax,
        proposalsWindowMs: proposalsWindow,
      })),
    /** the rungs: which catalogue actions are proposed for a reason, where the service's catalogue has them, lowest level first */
    remediations: Remediations.default([{ reason: "check-failing", action: "restart" }]),
    /** other settings for some hosts and services; where several match, the later one wins, key by key */
    overrides: z.array(PolicyOverride).max(256).prefault([]),
    approval: z
      .strictObject({
        expires: Duration.prefault("30m"),
        /** how long a grant may be used once it was approved */
        grantValid: Duration.prefault("2m"),
      })
      .prefault({})
      .transform(({ expires, grantValid }) => ({ expiresAfterMs: expires, grantValidMs: grantValid })),
    incident: z
      .strictObject({
        /** an acknowledgement lapses after this, and paging goes on */
        acknowledgement: Duration.prefault("1h"),
        /** health must hold this long before an incident resolves without a verified action */
        resolveAfter: Duration.prefault("10m"),
      })
      .prefault({})
      .transform(({ acknowledgement, resolveAfter }) => ({
        acknowledgementMs: acknowledgement,
        resolveAfterMs: resolveAfter,
      })),
    /** what the desk keeps and can show; its read side keeps more (limits.ts) */
    retention: z
      .strictObject({ auditFor: KeptFor.prefault("90d"), archiveFor: KeptFor.prefault("90d") })
      .prefault({})
      .transform(({ auditFor, archiveFor }) => ({ auditForMs: auditFor, archiveForMs: archiveFor })),
    channels: z
      .record(ItemName, Channel)
      .default({ terminal: { kind: "terminal" } })
      .transform((channels) => namedFrom(Object.entries(channels))),
    /** people who can be paged, and what they may do at the desk; roles left out: all of it */
    responders: z
      .array(
        z.strictObject({
          id: ItemName,
          name: z.string().min(1).max(80),
          /** channels in order: the next one is tried when one fails or stays unconfirmed */
          channels: z.array(ItemName).min(1).max(8),
          /**
           * `at-once`: what rings goes to all of them at once, what is quiet in their order; absent: everything in
           * their order
           */
          send: z.enum(["in-order", "at-once"]).optional(),
          roles: Roles,
          /**
           * by whose clock views and pages tell instants to them, a name of the IANA database such as `Europe/Berlin`;
           * absent: UTC
           */
          timeZone: z
            .string()
            .min(1)
            .max(64)
            .refine(isTimeZone, { error: "is no time zone; expected one such as Europe/Berlin" })
            .optional(),
        }),
      )
      .min(1)
      .max(256)
      .prefault([{ id: "operator", name: "Operator", channels: ["terminal"] }]),
    escalation: z
      .strictObject({
        steps: z
          .array(z.strictObject({ notify: z.array(ItemName).min(1).max(16), after: UpToOneDay }))
          .min(1)
          .max(16)
          .prefault([{ notify: ["operator"], after: "0s" }]),
        /** after the last step they begin again from the first, at this interval and later at longer ones, until someone acknowledges */
        repeat: UpToOneDay.prefault("15m"),
      })
      .prefault({})
      .transform(({ steps, repeat }) => ({
        steps: steps.map(({ notify, after }) => ({ notify, afterMs: after })),
        repeatMs: repeat,
      })),
    /** which ways are exercised, and how often, without anything being wrong */
    drills: z.array(Drill).max(DRILLS_MAX).prefault([]),
  })
  .superRefine((policy, context) => {
    policy.responders.forEach(({ id, channels }, index) => {
      if (policy.responders.findIndex((other) => other.id === id) !== index)
        context.addIssue({
          code: "custom",
          path: ["responders", index, "id"],
          message: `"${id}" is there twice`,
        });
      for (const channel of channels)
        if (!hasNamed(policy.channels, channel))
          context.addIssue({
            code: "custom",
            path: ["responders", index, "channels"],
            message: `there is no channel "${channel}"`,
          });
    });
    policy.escalation.steps.forEach(({ notify }, index) => {
      for (const responder of notify)
        if (!policy.responders.some(({ id }) => id === responder))
          context.addIssue({
            code: "custom",
            path: ["escalation", "steps", index, "notify"],
            message: `there is no responder "${responder}"`,
          });
    });
    policy.drills.forEach(({ path }, index) => {
      if (policy.drills.findIndex((other) => other.path === path) !== index)
        context.addIssue({
          code: "custom",
          path: ["drills", index, "path"],
          message: `"${path}" is there twice`,
        });
    });
  });
export type Policy = z.infer<typeof Policy>;
