// What the view of one host is made of, and what its parts reckon from it, each by itself: what cannot be reckoned costs
// that part and not the view. Pure.
import type { Named } from "@countersign/shared/values/named";
import type { KnownTrust } from "@countersign/shared/wire/trust-chain";
import type { KnownArgv } from "../../core/desk/approvals/known-argvs.ts";
import type { IncidentNow } from "../../core/desk/incidents-now.ts";
import type { Incident } from "../../core/desk/records/incident.ts";
import { serviceNamesOf } from "../../core/shard/host/host-condition.ts";
import type { HostState } from "../../core/shard/host/shard-state.ts";
import type { HostWords } from "../../core/shard/kept/told-words.ts";
import type { RegisteredHost } from "../../platform/desk/desk-hosts.ts";
import type { Policy } from "../../policy/policy.ts";
import type { HostRow } from "../../read-side/listed-host.ts";
import { type Brakes, brakesOn } from "../brakes/brakes-on.ts";
import type { Frame } from "../frame/layout.tsx";
import type { StripSpan } from "../look/strip.tsx";

export interface HostViewProps {
  readonly frame: Frame;
  /** as the desk has registered it */
  readonly host: Pick<RegisteredHost, "hostId" | "name">;
  /** as its shard knows it now; null: the shard does not answer, or does not know it yet */
  readonly state: HostState | null;
  /** as the lists hold it, shown where its shard does not answer; null: they cannot be read, or lack it */
  readonly row: HostRow | null;
  /** unresolved ones of this host */
  readonly incidents: readonly Incident[];
  /** what the desk knows of them besides; of very many the first alone */
  readonly known: readonly IncidentNow[];
  /** all that people have set, of whatever host */
  readonly brakes: Brakes;
  /** the token of the form that ends a silence, by its id */
  readonly endTokens: Named<string>;
  /** in force now; null: it cannot be read */
  readonly policy: Policy | null;
  /** what its actions would run, of those that were proposed lately */
  readonly argvs: readonly KnownArgv[];
  /** the last 24 hours of its services, by name; null: nothing is kept of them */
  readonly strips: ReadonlyMap<string, readonly StripSpan[]> | null;
  /** it is on the list of a silent fleet */
  readonly isOfSilentFleet: boolean;
  /** who may approve, the newest version; null: nobody may yet */
  readonly trust: KnownTrust | null;
  /** what the logs of its services said last */
  readonly lastWords: HostWords;
}

/** The names of its services, as far as they are known. */
export function servicesOn({ row, state }: Pick<HostViewProps, "row" | "state">): readonly string[] {
  if (state !== null) return serviceNamesOf(state);
  return (row?.services ?? []).map(({ service }) => service);
}

/** What people set over it, now. */
export function brakesOver(props: HostViewProps): Brakes {
  const { brakes, frame, host } = props;
  return brakesOn(brakes, { hostId: host.hostId, services: servicesOn(props) }, frame.now);
}
