// Why what a person pointed at cannot be frozen, silenced or approved in advance. Pure.
import type { RefusalTable, ScopeRefusal } from "../frame/refusals.ts";

/** Refusals of scopes. */
export const SCOPE_REFUSALS: RefusalTable<ScopeRefusal["reason"]> = {
  "scope-unknown": [404, "Not there", "There is no such host or service any more. Nothing was changed."],
  "shard-silent": [
    503,
    "Not reached",
    "The part that knows the services of this host does not answer just now. Nothing was changed. The host itself, and the fleet, can be frozen all the same.",
  ],
};
