// What a silence can be for: a host, a service, anything on any host; or one thing that is on no host, such as a provider, while an incident is
// open about it.
import { ok, type Result } from "@countersign/shared/values/result";
import { isHosted, type Scope, type Subject, subjectKeyOf } from "../../core/words/subject.ts";
import type { IncidentDeskRpc } from "../../platform/rpc.ts";
import type { ScopeRefusal } from "../frame/refusals.ts";
import { type ScopeReads, scopeAt } from "./scope-lookup.ts";
import { pointedBy } from "./scopes.ts";

/** Who is asked. */
export interface TargetReads extends ScopeReads {
  readonly desk: ScopeReads["desk"] & Pick<IncidentDeskRpc, "overview">;
}

/** What the key of a subject names, if it is there now; the fleet's key stands for any host. */
export async function silenceTargetAt(
  reads: TargetReads,
  key: string,
): Promise<Result<Subject, ScopeRefusal>> {
  if (pointedBy(key) !== null) return scopeAt(reads, key);
  const { incidents } = await reads.desk.overview();
  const about = incidents.find(
    ({ state, subject }) => (state === "open" || state === "acknowledged") && subjectKeyOf(subject) === key,
  );
  return about === undefined ? scopeAt(reads, key) : ok(about.subject);
}

/** Says whether it is a host, a service, or (the fleet) any host. */
export function isScope(target: Subject): target is Scope {
  return isHosted(target) || (target.kind === "fleet" && target.shard === null);
}
