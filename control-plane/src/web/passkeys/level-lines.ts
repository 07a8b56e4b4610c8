// What each level of the fleet's trust demands, levels of one rule as one line. Pure.
import type { Level, LevelRules } from "@countersign/shared/wire/level-rule";
import { LEVEL_ACTS, ruleWords } from "@countersign/shared/wire/rule-words";

/** Levels of one rule. */
export interface LevelLine {
  /** such as `Levels 1 to 3` */
  readonly levels: string;
  /** such as `observe, retry or reset, provider failover` */
  readonly acts: string;
  readonly demands: string;
}

/** All five, neighbours of one rule together. */
export function levelLines(rules: LevelRules): readonly LevelLine[] {
  const lines: { first: Level; last: Level; acts: string[]; demands: string }[] = [];
  for (const [level, act] of LEVEL_ACTS) {
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
