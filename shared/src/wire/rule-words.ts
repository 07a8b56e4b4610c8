// What a level of the fleet's trust demands, in plain words: the same on the desk, at its command line and on a host. Pure.
import type { Level, LevelRule } from "./level-rule.ts";

/** What acts of each level do, in order. */
export const LEVEL_ACTS = [
  [1, "observe"],
  [2, "retry or reset"],
  [3, "provider failover"],
  [4, "restart"],
  [5, "config fallback"],
] as const satisfies readonly (readonly [Level, string])[];

/** Who must sign by a rule; undefined: the level is closed. */
export function ruleWords(rule: LevelRule | undefined): string {
  if (rule === undefined) return "closed: nothing of it runs";
  const { credentials, mayAskerSign, people } = rule;
  if (people === 0) return "the desk alone";
  const who = people === 1 ? "the desk and one person" : `the desk and ${people} people`;
  const bound = credentials === "device-bound" ? ", by a passkey that never leaves its device" : "";
  return `${who}${bound}${mayAskerSign ? "" : ", not who asked for it"}`;
}
