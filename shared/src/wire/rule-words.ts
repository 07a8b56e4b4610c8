// What a level of the fleet's trust demands, in plain words. Pure.
import type { Level, LevelRule, LevelRules } from "@countersign/shared/wire/level-rule";

const LEVELS = [
  [1, "look"],
  [2, "retry or reset"],
  [3, "use another provider"],
  [4, "restart"],
  [5, "change a configuration"],
] as const satisfies readonly (readonly [Level, string])[];

/** Levels of one rule. */
export interface LevelLine {
  /** such as `Levels 1 to 3` */
  readonly levels: string;
  /** such as `look, retry or reset, use another provider` */
  readonly acts: string;
  readonly demands: string;
}

/** Who must sign by a rule; undefined: the level is closed. */
export function ruleWords(rule: LevelRule | undefined): string {
  if (rule === undefined) return "closed: nothing of it runs";
  const { credentials, mayAskerSign, people } = rule;
  if (people === 0) return "the desk may let it run; nobody has to sign";
  const who = people === 1 ? "one person signs" : `${people} people sign`;
  const asker = mayAskerSign ? "" : ", and not who asked for it";
  const bound = credentials === "device-bound" ? ", by a passkey that never leaves its device" : "";
  return `${who}${asker}${bound}`;
}

/** All five, neighbours of one rule together. */
export function levelLines(rules: LevelRules): readonly LevelLine[] {
  const lines: { first: Level; last: Level; acts: string[]; demands: string }[] = [];
  for (const [level, act] of LEVELS) {
    const demands = ruleWords(rules[level]);
    const before = lines.at(-1);
    if (before?.demands === demands) {
      before.last = level;
      before.acts.push(act);
    } else lines.push({ first: level, last: level, acts: [act], demands });
  }
  return lines.map(({ acts, demands, first, last }) => ({
    levels:
      first === last ? `Level ${first}` : `Levels ${first} ${last === first + 1 ? "and" : "to"} ${last}`,
    acts: acts.join(", "),
    demands,
  }));
}
