// What differs between two policies by meaning: comments, order of keys and written-out defaults are no difference. Pure.
// Every setting is one line of its own, named as in the file, with its value in people's units; lists of things with an id are
// compared by id. Whether the order of overrides matters to anybody is not judged: a changed order is said.
import { Duration, durationParts } from "@countersign/shared/values/duration";
import { type Named, named, namedAt } from "@countersign/shared/values/named";
import { ADDRESS_KEYS } from "../channels/any-channel.ts";
import type { Match } from "./policy-override.ts";
import { GIVEN_ROLES, type Policy } from "./policy.ts";
import { RuleSettings } from "./rule-settings.ts";

/** One setting; null: it is not there on that side. */
export interface PolicyChange {
  readonly path: string;
  /** the same as keys of the file, without what names an item of a list; of an override, within it */
  readonly keys: readonly string[];
  /** the override that it is in, as its match reads; null: it is the fleet's */
  readonly group: string | null;
  /** where a channel sends to: shown to nobody but the operator */
  readonly isAddress: boolean;
  readonly from: string | null;
  readonly to: string | null;
}

/** A setting as it is collected: what it says, and what a change of it says beside. */
interface Setting extends Pick<PolicyChange, "keys" | "group" | "isAddress"> {
  readonly word: string;
}

type Settings = Map<string, Setting>;

/** What stands for every role. */
const ALL_ROLES = "all";

/** All settings in which two policies differ, in the order of the settings' names. */
export function diffPolicies(before: Policy, after: Policy): readonly PolicyChange[] {
  const [from, to] = [settingsOf(before), settingsOf(after)];
  const paths = [...new Set([...from.keys(), ...to.keys()])].sort();
  return paths
    .map((path) => changeOf(path, from.get(path), to.get(path)))
    .filter((change) => change.from !== change.to && !isUnsaid(change));
}

// Who comes or goes with every role has the default, and a default is said of nobody.
function isUnsaid({ keys, from, to }: PolicyChange): boolean {
  return isRoles(keys) && (from ?? ALL_ROLES) === (to ?? ALL_ROLES);
}

function changeOf(path: string, from: Setting | undefined, to: Setting | undefined): PolicyChange {
  const { group = null, isAddress = false, keys = [] } = from ?? to ?? {};
  return { path, keys, group, isAddress, from: from?.word ?? null, to: to?.word ?? null };
}

/** Says whether two policies decide alike: comments, order of keys and written-out defaults are no difference. */
export function isSamePolicy(left: Policy, right: Policy): boolean {
  return JSON.stringify(left, byName) === JSON.stringify(right, byName);
}

function byName(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

/** A change as a line of text. */
export function formatChange({ path, from, to }: Pick<PolicyChange, "path" | "from" | "to">): string {
  if (from === null) return `+ ${path}: ${to}`;
  return to === null ? `- ${path}: ${from}` : `~ ${path}: ${from} → ${to}`;
}

function settingsOf(policy: Policy): ReadonlyMap<string, Setting> {
  const { overrides, ...fleet } = policy;
  const labelled = overrides.map(({ match, ...change }) => [labelOf(match), change] as const);
  const settings: Settings = new Map();
  collect(settings, { path: "", keys: [], group: null }, fleet);
  labelled.forEach(([label, change], index) => {
    const number = labelled.slice(0, index).filter(([other]) => other === label).length;
    const group = `${label}${number === 0 ? "" : ` #${number + 1}`}`;
    collect(settings, { path: `overrides[${group}]`, keys: [], group }, change);
  });
  if (labelled.length > 1) setOrder(settings, "overrides", labelled.map(([label]) => label).join("; "));
  return settings;
}

function labelOf({ hosts, tags, services }: Match): string {
  const parts = { hosts, tags, services };
  return Object.entries(parts)
    .flatMap(([key, names]) => (names === undefined ? [] : [`${key} ${names.join(", ")}`]))
    .join(" with ");
}

/** Where a value stands: as it is written, and the keys that lead there. */
interface Place {
  readonly path: string;
  readonly keys: readonly string[];
  readonly group: string | null;
}

function collect(settings: Settings, place: Place, value: unknown): void {
  const { keys, path } = place;
  if (Array.isArray(value) && value.some((item) => typeof item === "object")) {
    value.forEach((item: unknown, index) =>
      collect(settings, { ...place, path: `${path}[${nameOf(item, index)}]` }, item),
    );
    if (value.length > 1)
      setOrder(settings, path, value.map((item, index) => nameOf(item, index)).join(", "));
    return;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const { group } = place;
    settings.set(path, {
      keys: keys.map(writtenKey),
      group,
      word: wordOf(keys, value),
      isAddress: isAddress(keys),
    });
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    const inside = path === "" ? writtenKey(key) : `${path}.${writtenKey(key)}`;
    collect(settings, { ...place, path: inside, keys: [...keys, key] }, inner);
  }
}

function setOrder(settings: Settings, path: string, word: string): void {
  settings.set(`${path}, in order`, { keys: [path], group: null, word, isAddress: false });
}

function writtenKey(key: string): string {
  return isInMs(key) ? key.slice(0, -"Ms".length) : key;
}

/** A key of the parsed policy says its unit; the file's own does not. */
function isInMs(key: string): boolean {
  return key.endsWith("Ms");
}

function isAddress(keys: readonly string[]): boolean {
  return keys[0] === "channels" && ADDRESS_KEYS.has(keys.at(-1) ?? "");
}

function nameOf(item: unknown, index: number): string {
  const isNamed = typeof item === "object" && item !== null && "id" in item && typeof item.id === "string";
  return isNamed ? String(item.id) : String(index + 1);
}

function wordOf(keys: readonly string[], value: unknown): string {
  if (typeof value === "number" && (isInMs(keys.at(-1) ?? "") || isRuleDuration(keys)))
    return durationParts(value).join(" ") || "0s";
  if (typeof value === "boolean") return value ? "on" : "off";
  if (isRoles(keys) && Array.isArray(value) && value.length === GIVEN_ROLES.length) return ALL_ROLES;
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.join(", ");
  return String(value);
}

function isRoles(keys: readonly string[]): boolean {
  return keys[0] === "responders" && keys.at(-1) === "roles";
}

// A rule's duration is named without its unit, so the schema is asked.
function isRuleDuration(keys: readonly string[]): boolean {
  const [group, reason = "", key = ""] = keys.slice(-3);
  if (group !== "rules") return false;
  const rules = named<{ unwrap(): { shape: object } }>(RuleSettings.unwrap().shape);
  const field = namedAt(namedAt(rules, reason)?.unwrap().shape as Named<unknown> | undefined, key);
  return typeof field === "object" &&
    field !== null &&
    "unwrap" in field &&
    typeof field.unwrap === "function"
    ? field.unwrap() === Duration
    : false;
}
