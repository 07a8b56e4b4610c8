// What a policy says, line by line, for people: each line has a key, so that two policies can be compared in words, and
// names the settings that it tells, so that no difference gets lost. Pure. No line holds an address or a secret's value: a
// policy has none of the second, and whoever reads this may not be meant to know the first.
import { durationParts } from "@countersign/shared/values/duration";

/** One sentence of a policy. */
export interface PolicyLine {
  /** the same for the same thing in another policy */
  readonly key: string;
  readonly text: string;
  /** the same without names of settings, for whoever reads and does not write rules; absent: it has none */
  readonly plain?: string;
  /** the names that `plain` leaves out, to stand beside it */
  readonly names?: string;
  /** beginnings of the settings' paths that it tells, as policy-diff.ts writes them */
  readonly tells: readonly string[];
  /** what it tells as well by coming or going, and not by changing; absent: nothing more */
  readonly tellsWhole?: string;
}

/** What belongs together. */
export interface PolicyPart {
  readonly id:
    | "who"
    | "people"
    | "roles"
    | "channels"
    | "runs"
    | "silent"
    | "pauses"
    | "bounds"
    | "overrides";
  readonly title: string;
  readonly lines: readonly PolicyLine[];
}

const UNIT_WORDS: ReadonlyMap<string, string> = new Map([
  ["h", "h"],
  ["m", "min"],
  ["s", "s"],
  ["ms", "ms"],
]);

/** A duration as people say it: `1 min 30 s`, `3 days`. Exact, as a rule is. */
export function spanText(durationMs: number): string {
  const parts = durationParts(durationMs).map((part) => {
    const [, count = "", unit = ""] = /^(\d+)(\D+)$/.exec(part) ?? [];
    if (unit === "d") return count === "1" ? "1 day" : `${count} days`;
    return `${count} ${UNIT_WORDS.get(unit) ?? unit}`;
  });
  return parts.length === 0 ? "0 s" : parts.join(" ");
}

/** `3 failures`, `1 failure`. */
export function countText(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? "" : "s"}`;
}
