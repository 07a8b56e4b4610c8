// What a channel is beside its name: its settings, as a hash. Pure. A secret's value is in no policy, so another value
// under the same name counts as the same.
import { sha256Hex } from "@countersign/shared/values/digest";
import { namedAt } from "@countersign/shared/values/named";
import type { Policy } from "../../../policy/policy.ts";

/** By the settings as a policy has them, which nobody changes: the desk asks at each decision while a channel fails. */
const known = new WeakMap<object, string>();

/** Of what a policy says of a channel: its kind, its address, the name of its secret. */
export function settingsHashOf({ channels }: Pick<Policy, "channels">, channel: string): string {
  const settings = namedAt(channels, channel);
  if (settings === undefined) return hashOf({});
  const hash = known.get(settings) ?? hashOf(settings);
  known.set(settings, hash);
  return hash;
}

function hashOf(settings: object): string {
  const entries = Object.entries(settings).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return sha256Hex(JSON.stringify(entries));
}
