// Whom and what the policies of an incident file name, to be named by its events and expectations. Pure. They are read as written: one that is
// wrong elsewhere still names its people, and so does the file's own where `--policy` stands in for it.
import { FALLBACK_POLICY, type RawPolicy } from "../replay-policy.ts";
import type { ReadOptions } from "./planned-incident.ts";

const DEFAULT_PEOPLE = FALLBACK_POLICY.responders.map(({ id }) => id);
const DEFAULT_CHANNELS = Object.keys(FALLBACK_POLICY.channels);

export interface PolicyNames {
  readonly people: ReadonlySet<string>;
  readonly channels: ReadonlySet<string>;
}

/** The names in all policies of a file, and in those that are laid over it. */
export function namedInPolicies(written: unknown, { overrides, policy }: ReadOptions): PolicyNames {
  const own = partOf(written, "policy") ?? {};
  const events = partOf(written, "events");
  const later = Array.isArray(events) ? events.map((event: unknown) => partOf(event, "policy")) : [];
  const people = [own, ...later].flatMap(peopleIn);
  const channels = [own, ...later, policy, overrides].flatMap(channelsIn);
  return { people: new Set(people), channels: new Set(channels) };
}

function peopleIn(policy: unknown): readonly string[] {
  const responders = partOf(policy, "responders");
  if (Array.isArray(responders)) return responders.map((each: unknown) => String(partOf(each, "id")));
  return policy === undefined ? [] : DEFAULT_PEOPLE;
}

function channelsIn(policy: unknown): readonly string[] {
  const channels = partOf(policy, "channels");
  if (typeof channels === "object" && channels !== null) return Object.keys(channels);
  return policy === undefined ? [] : DEFAULT_CHANNELS;
}

function partOf(value: unknown, key: keyof RawPolicy): unknown {
  return typeof value === "object" && value !== null ? (value as RawPolicy)[key] : undefined;
}
