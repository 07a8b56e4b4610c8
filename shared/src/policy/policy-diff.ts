// What differs between two policies by meaning: comments, order of keys and written-out defaults are no difference. Pure.
// Every setting is one line of its own, named as in the file, with its value in people's units; lists of things with an id are
// compared by id. Whether the order of overrides matters to anybody is not judged: a changed order is said.
import { Duration } from "../values/duration.ts";
import { type Named, named, namedAt } from "../values/named.ts";
import type { Match } from "./policy-override.ts";
import type { Policy } from "./policy.ts";
import { RuleSettings } from "./rule-settings.ts";

/** One setting; null: it is not there on that side. */
export interface PolicyChange {
  readonly path: string;
  readonly from: string | null;
  readonly to: string | null;
}

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
] as const;

/** All settings in which two policies differ, in the order of the settings' names. */
export function diffPolicies(before: Policy, after: Policy): readonly PolicyChange[] {
  const [from, to] = [settingsOf(before), settingsOf(after)];
  const paths = [...new Set([...from.keys(), ...to.keys()])].sort();
  return paths
    .map((path) => ({ path, from: from.get(path) ?? null, to: to.get(path) ?? null }))
    .filter((change) => change.from !== change.to);
}

/** A change as a line of text. */
export function formatChange({ path, from, to }: PolicyChange): string {
  if (from === null) return `+ ${path}: ${to}`;
  return to === null ? `- ${path}: ${from}` : `~ ${path}: ${from} → ${to}`;
}

function settingsOf(policy: Policy): ReadonlyMap<string, string> {
  const { overrides, ...fleet } = policy;
  const labelled = overrides.map(({ match, ...change }) => [labelOf(match), change] as const);
  const settings = new Map<string, string>();
  collect(settings, "", fleet);
  labelled.forEach(([label, change], index) => {
    const number = labelled.slice(0, index).filter(([other]) => other === label).length;
    collect(settings, `overrides[${label}${number === 0 ? "" : ` #${number + 1}`}]`, change);
  });
  if (labelled.length > 1) settings.set("overrides, in order", labelled.map(([label]) => label).join("; "));
  return settings;
}

function labelOf({ hosts, tags, services }: Match): string {
  const parts = { hosts, tags, services };
  return Object.entries(parts)
    .flatMap(([key, names]) => (names === undefined ? [] : [`${key} ${names.join(", ")}`]))
    .join(" with ");
}

function collect(settings: Map<string, string>, path: string, value: unknown): void {
  if (Array.isArray(value) && value.some((item) => typeof item === "object")) {
    value.forEach((item: unknown, index) => collect(settings, `${path}[${nameOf(item, index)}]`, item));
    if (value.length > 1)
      settings.set(`${path}, in order`, value.map((item, index) => nameOf(item, index)).join(", "));
    return;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    settings.set(path.replace(/Ms$/, ""), wordOf(path, value));
    return;
  }
  for (const [key, inner] of Object.entries(value))
    collect(settings, path === "" ? key : `${path}.${key}`, inner);
}

function nameOf(item: unknown, index: number): string {
  const isNamed = typeof item === "object" && item !== null && "id" in item && typeof item.id === "string";
  return isNamed ? String(item.id) : String(index + 1);
}

function wordOf(path: string, value: unknown): string {
  if (typeof value === "number" && (path.endsWith("Ms") || isRuleDuration(path)))
    return writtenDuration(value);
  if (typeof value === "boolean") return value ? "on" : "off";
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.join(", ");
  return String(value);
}

// A rule's duration is named without its unit, so the schema is asked.
function isRuleDuration(path: string): boolean {
  const [, reason = "", key = ""] = /rules\.([a-z-]+)\.(\w+)$/.exec(path) ?? [];
  const rules = named<{ unwrap(): { shape: object } }>(RuleSettings.unwrap().shape);
  const field = namedAt(namedAt(rules, reason)?.unwrap().shape as Named<unknown> | undefined, key);
  return typeof field === "object" &&
    field !== null &&
    "unwrap" in field &&
    typeof field.unwrap === "function"
    ? field.unwrap() === Duration
    : false;
}

function writtenDuration(durationMs: number): string {
  let rest = durationMs;
  const parts = UNITS.flatMap(([unit, unitMs]) => {
    const count = Math.floor(rest / unitMs);
    rest -= count * unitMs;
    return count === 0 ? [] : [`${count}${unit}`];
  });
  return parts.length === 0 ? "0s" : parts.join(" ");
}
