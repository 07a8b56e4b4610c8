// The settings of a policy that may differ by host and service, and the overrides that make them differ. An override names whom it
// matches and only the keys it changes; everything else is as the policy says. Liveness, people and channels are the fleet's.
import * as z from "zod";
import { Duration } from "@countersign/shared/values/duration";
import { ItemName } from "@countersign/shared/values/ids";
import { RESULTS_COUNTED_MAX } from "@countersign/shared/values/limits";
import { RuleSettings } from "./rule-settings.ts";

const FailuresMin = z.int().min(1).max(100);
const RestartsMax = z.int().min(1).max(100);

const FailuresOfTenMin = z.union([z.int().min(1).max(RESULTS_COUNTED_MAX), z.literal("never")], {
  error: `expected a whole number from 1 to ${RESULTS_COUNTED_MAX}, or never`,
});

export const CheckFailing = z
  .strictObject({
    failuresMin: FailuresMin.default(3),
    /** so many of the last ten; absent: five, and no fewer than must fail in a row */
    failuresOfTenMin: FailuresOfTenMin.optional(),
    held: Duration.prefault("10s"),
  })
  .prefault({})
  .transform(({ failuresMin, failuresOfTenMin = null, held }) => ({
    failuresMin,
    failuresOfTenMin,
    heldMs: held,
  }));

const FAILURES_OF_TEN_MIN = 5;

/**
 * How many of a check's last ten results must fail, as the policy says or by how many must fail in a row; infinity: they do
 * not count.
 */
export function failuresOfTenMin(checkFailing: z.infer<typeof CheckFailing>): number {
  const { failuresMin, failuresOfTenMin: written } = checkFailing;
  if (written === "never") return Number.POSITIVE_INFINITY;
  return written ?? Math.max(FAILURES_OF_TEN_MIN, failuresMin);
}

export const RestartBudget = z
  .strictObject({ restartsMax: RestartsMax.default(3), window: Duration.prefault("1h") })
  .prefault({})
  .transform(({ restartsMax, window }) => ({ restartsMax, windowMs: window }));

export const Verify = z
  .strictObject({ stability: Duration.prefault("10m") })
  .prefault({})
  .transform(({ stability }) => ({ stabilityMs: stability }));

/** The reasons that the ladder is climbed for, in the order in which it is: a service has one ladder at a time. */
export const REMEDIABLE_REASONS = [
  "check-failing",
  "startup-death",
  "no-progress",
  "success-rate-low",
  "latency-high",
  "stale-code",
] as const;
export type RemediableReason = (typeof REMEDIABLE_REASONS)[number];

export const Remediations = z
  .array(
    z.strictObject({
      reason: z.enum(REMEDIABLE_REASONS),
      action: ItemName,
      /** levels 1–3 may run without a person; of levels 4 and 5 a person is always asked. absent: asked */
      unattended: z.boolean().optional(),
    }),
  )
  .max(64);

/** A name, or a pattern in which each `*` stands for any text. */
const NamePattern = z.string().min(1).max(253);
const Tag = ItemName;

/** Whom an override is for: within a key any entry, between keys all of them; a key that is not there matches everything. */
const Match = z
  .strictObject({
    hosts: z.array(NamePattern).min(1).max(256).optional(),
    /** tags of the host's catalogue */
    tags: z.array(Tag).min(1).max(64).optional(),
    /** an override with `services` says nothing about the host itself */
    services: z.array(NamePattern).min(1).max(256).optional(),
  })
  .refine((match) => Object.keys(match).length > 0, {
    error: "expected hosts, tags or services: what is for everything stands in the policy itself",
  });
export type Match = z.infer<typeof Match>;

type Rules = z.infer<typeof RuleSettings>;
/** Some keys of some rules. */
type SomeRules = { readonly [R in keyof Rules]?: Partial<Rules[R]> };

export const PolicyOverride = z.strictObject({
  match: Match,
  shadow: z.boolean().optional(),
  rules: someRules().optional(),
  checkFailing: z
    .strictObject({
      failuresMin: FailuresMin.optional(),
      failuresOfTenMin: FailuresOfTenMin.optional(),
      held: Duration.optional(),
    })
    .transform(({ held, ...counts }) => given({ ...counts, heldMs: held }))
    .optional(),
  restartBudget: z
    .strictObject({ restartsMax: RestartsMax.optional(), window: Duration.optional() })
    .transform(({ restartsMax, window }) => given({ restartsMax, windowMs: window }))
    .optional(),
  verify: z
    .strictObject({ stability: Duration.optional() })
    .transform(({ stability }) => given({ stabilityMs: stability }))
    .optional(),
  remediations: Remediations.optional(),
});
export type PolicyOverride = z.infer<typeof PolicyOverride>;

// The same schema as the rules have, with every default taken away: an override must not set what it does not name.
function someRules(): z.ZodType<SomeRules> {
  const rules = Object.entries(RuleSettings.unwrap().shape).map(([reason, settings]) => {
    const fields = Object.entries(settings.unwrap().shape).map(([key, field]) => [
      key,
      bare(field).optional(),
    ]);
    return [reason, z.strictObject(Object.fromEntries(fields) as z.core.$ZodLooseShape).optional()];
  });
  return z.strictObject(Object.fromEntries(rules) as z.core.$ZodLooseShape) as z.ZodType<SomeRules>;
}

function bare(field: z.ZodType): z.ZodType {
  const isDefaulted = field instanceof z.ZodDefault || field instanceof z.ZodPrefault;
  return isDefaulted ? (field.unwrap() as z.ZodType) : field;
}

function given<T extends object>(settings: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(settings).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { readonly [K in keyof T]?: Exclude<T[K], undefined> };
}
