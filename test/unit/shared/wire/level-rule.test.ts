// What a level demands: a level without a rule is closed, and a host's floor can only make it stricter.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  DESK_ALONE,
  FIRST_RULES,
  LevelFloor,
  LevelRule,
  LevelRules,
  ONE_PERSON,
  PEOPLE_MAX,
  PERSON_LEVEL_MIN,
  ruleFor,
  RULES_WITHOUT_PEOPLE,
} from "@countersign/shared/wire/level-rule";

const people = (count: number): LevelRule => ({ ...ONE_PERSON, people: count });
const BOUND: LevelRule = { ...ONE_PERSON, credentials: "device-bound" };
const OTHERS: LevelRule = { ...ONE_PERSON, mayAskerSign: false };
const parses = (rule: object) => LevelRule.safeParse(rule).success;

describe("a rule", () => {
  it.each([
    ["the desk alone", DESK_ALONE, true],
    ["one person", ONE_PERSON, true],
    ["as many people as may be", people(PEOPLE_MAX), true],
    ["one more", people(PEOPLE_MAX + 1), false],
    ["people without their scheme", { ...DESK_ALONE, people: 1 }, false],
    ["their scheme without people", people(0), false],
    ["half a person", people(0.5), false],
    ["people without the desk", { ...ONE_PERSON, schemes: ["webauthn"] }, false],
    ["no scheme", { ...DESK_ALONE, schemes: [] }, false],
    ["the desk twice", { ...DESK_ALONE, schemes: ["ed25519", "ed25519"] }, false],
    ["another kind of passkey", { ...ONE_PERSON, credentials: "synced" }, false],
    ["an unknown key", { ...ONE_PERSON, unless: "freeze" }, false],
  ])("%s", (_what, rule, isOne) => {
    expect(parses(rule)).toBe(isOne);
  });

  it("of levels 4 and 5 needs a person in the fleet's trust, and may be closed in a host's floor", () => {
    expect(PERSON_LEVEL_MIN).toBe(4);
    for (const level of [1, 2, 3, 4, 5]) {
      const isLow = level < PERSON_LEVEL_MIN;
      expect(LevelRules.safeParse({ [level]: DESK_ALONE }).success, `level ${level}`).toBe(isLow);
      expect(LevelRules.safeParse({ [level]: "closed" }).success).toBe(false);
      expect(LevelFloor.safeParse({ [level]: "closed" }).success).toBe(true);
    }
    expect(LevelRules.safeParse({ 6: ONE_PERSON }).success).toBe(false);
    for (const rules of [FIRST_RULES, RULES_WITHOUT_PEOPLE]) expect(LevelRules.parse(rules)).toEqual(rules);
  });
});

describe("on a host", () => {
  it.each([
    ["as the fleet says", { 4: ONE_PERSON }, {}, ONE_PERSON],
    ["no rule: closed", { 3: DESK_ALONE }, {}, null],
    ["no rule, and the floor cannot open it", {}, { 4: ONE_PERSON }, null],
    ["closed by root", { 4: ONE_PERSON }, { 4: "closed" }, null],
    ["the floor of another level", { 4: ONE_PERSON }, { 5: "closed" }, ONE_PERSON],
    ["a floor of two", { 4: ONE_PERSON }, { 4: people(2) }, people(2)],
    ["a floor that is looser", { 4: people(2) }, { 4: DESK_ALONE }, people(2)],
    ["device-bound by root", { 4: ONE_PERSON }, { 4: BOUND }, BOUND],
    ["device-bound by the fleet", { 4: BOUND }, { 4: ONE_PERSON }, BOUND],
    ["not the asker, by root", { 4: ONE_PERSON }, { 4: OTHERS }, OTHERS],
    [
      "each the stricter of both",
      { 4: { ...people(2), mayAskerSign: false } },
      { 4: BOUND },
      { ...BOUND, people: 2, mayAskerSign: false },
    ],
    ["a person where the fleet wants none", { 4: DESK_ALONE }, { 4: ONE_PERSON }, ONE_PERSON],
  ] as const)("%s", (_what, rules, floor, expected) => {
    expect(ruleFor(4, rules, floor)).toEqual(expected);
  });

  it("a believer in nobody has levels 4 and 5 closed", () => {
    const rules = ([1, 2, 3, 4, 5] as const).map((level) => ruleFor(level, RULES_WITHOUT_PEOPLE));
    expect(rules).toEqual([DESK_ALONE, DESK_ALONE, DESK_ALONE, null, null]);
  });

  it("whatever both say: never looser than either, and a rule itself", () => {
    const anyRule = fc
      .record({
        people: fc.nat(PEOPLE_MAX),
        mayAskerSign: fc.boolean(),
        credentials: fc.constantFrom("any" as const, "device-bound" as const),
      })
      .map((rule): LevelRule => ({
        ...rule,
        schemes: rule.people > 0 ? ["ed25519", "webauthn"] : ["ed25519"],
      }));
    fc.assert(
      fc.property(anyRule, anyRule, (fleet, floor) => {
        const rule = ruleFor(4, { 4: fleet }, { 4: floor })!;
        expect(parses(rule)).toBe(true);
        for (const least of [fleet, floor]) {
          expect(rule.people).toBeGreaterThanOrEqual(least.people);
          if (!least.mayAskerSign) expect(rule.mayAskerSign).toBe(false);
          if (least.credentials === "device-bound") expect(rule.credentials).toBe("device-bound");
        }
      }),
    );
  });
});
