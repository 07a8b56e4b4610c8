// What a level demands of those who sign, as the fleet's trust and the host's own floor say it, and as a proposal states it. Pure.
// What a reader would get wrong: the desk always signs. People sign beside it, never instead of it; and a level that no rule names is
// closed.
import * as z from "zod";

/** 1 observe, 2 retry or reset, 3 provider failover, 4 restart, 5 config fallback. Levels 4 and 5 always need a human. */
export const Level = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(5)]);
export type Level = z.infer<typeof Level>;

/** Distinct people that a rule may demand: an envelope carries so many signatures beside the desk's. */
export const PEOPLE_MAX = 7;

const schemes = {
  /** the desk's key alone: what may run without a person, or with one's word at the desk */
  desk: z.tuple([z.literal("ed25519")]),
  /** the desk's key, and passkeys of people that the host checks itself */
  people: z.tuple([z.literal("ed25519"), z.literal("webauthn")]),
};

export const LevelRule = z
  .strictObject({
    schemes: z.union([schemes.desk, schemes.people]),
    /** how many distinct people must sign by passkey; 0 where the desk's key alone will do */
    people: z.int().min(0).max(PEOPLE_MAX),
    /** whether the person who asked may be one of them */
    mayAskerSign: z.boolean(),
    /** `device-bound`: passkeys that a cloud account copies to other devices do not count */
    credentials: z.enum(["any", "device-bound"]),
  })
  .refine(({ people, schemes: { length } }) => people > 0 === (length === 2), {
    error: "people sign by webauthn, and only where at least one is demanded",
  });
export type LevelRule = z.infer<typeof LevelRule>;

/** From this level on a person must have signed, whatever a trust file says. */
export const PERSON_LEVEL_MIN = 4;

/** A rule for levels 4 and 5: without a person there is none. */
export const PersonRule = LevelRule.refine(({ people }) => people > 0, {
  error: "levels 4 and 5 need at least one person",
});

export const LevelRules = z.strictObject({
  1: LevelRule.optional(),
  2: LevelRule.optional(),
  3: LevelRule.optional(),
  4: PersonRule.optional(),
  5: PersonRule.optional(),
});
export type LevelRules = z.infer<typeof LevelRules>;

/** A host's own floor: stricter rules, or a level that is closed there. Absent: as the fleet says. */
export const LevelFloor = z.strictObject({
  1: z.union([LevelRule, z.literal("closed")]).optional(),
  2: z.union([LevelRule, z.literal("closed")]).optional(),
  3: z.union([LevelRule, z.literal("closed")]).optional(),
  4: z.union([LevelRule, z.literal("closed")]).optional(),
  5: z.union([LevelRule, z.literal("closed")]).optional(),
});
export type LevelFloor = z.infer<typeof LevelFloor>;

/** The desk's key alone. */
export const DESK_ALONE: LevelRule = {
  schemes: ["ed25519"],
  people: 0,
  mayAskerSign: true,
  credentials: "any",
};
/** One person by any passkey, also the one who asked. */
export const ONE_PERSON: LevelRule = {
  schemes: ["ed25519", "webauthn"],
  people: 1,
  mayAskerSign: true,
  credentials: "any",
};

/** What a fleet begins with: levels 1 to 3 by the desk, 4 and 5 by one person. */
export const FIRST_RULES: LevelRules = {
  1: DESK_ALONE,
  2: DESK_ALONE,
  3: DESK_ALONE,
  4: ONE_PERSON,
  5: ONE_PERSON,
};
/** What holds on a host that believes no approver yet: levels 4 and 5 are closed. */
export const RULES_WITHOUT_PEOPLE: LevelRules = { 1: DESK_ALONE, 2: DESK_ALONE, 3: DESK_ALONE };

/** The rule for a level on a host; null: it is closed there. A floor can only make it stricter. */
export function ruleFor(level: Level, rules: LevelRules, floor: LevelFloor = {}): LevelRule | null {
  const rule = rules[level];
  const least = floor[level];
  if (rule === undefined || least === "closed") return null;
  return least === undefined ? rule : stricterOf(rule, least);
}

function stricterOf(left: LevelRule, right: LevelRule): LevelRule {
  const people = Math.max(left.people, right.people);
  const isBound = left.credentials === "device-bound" || right.credentials === "device-bound";
  return {
    schemes: people > 0 ? ["ed25519", "webauthn"] : ["ed25519"],
    people,
    mayAskerSign: left.mayAskerSign && right.mayAskerSign,
    credentials: isBound ? "device-bound" : "any",
  };
}
