// The small shapes with which the shard's core is put together: a change is a new state and what must be done, in order.
// Effects are in core/words/effects.ts; their signals are numbered in core/shard/finish-decision.ts. Pure.
import { valuesOf } from "@countersign/shared/values/named";
import type { FactBook } from "../../facts/fact-book.ts";
import { NO_EFFECTS, type EffectDraft, joinEffects } from "../../words/effects.ts";
import {
  hostedSubject,
  type HostedSubject,
  type HostSubject,
  type ServiceSubject,
} from "../../words/subject.ts";
import { policyOf } from "./host-policy.ts";
import type { ShardContext } from "./shard-events.ts";
import type { HostState, PendingGrant, ServiceState, SharedState, ShardState } from "./shard-state.ts";

const NO_GRANTS: readonly PendingGrant[] = [];

export interface ShardChange {
  readonly state: ShardState;
  readonly effects: readonly EffectDraft[];
}

/** A change of one host and of what it shares with the others. */
export interface SharedChange extends HostChange {
  readonly shared: SharedState;
}

export interface HostChange {
  readonly host: HostState;
  readonly effects: readonly EffectDraft[];
}

export interface ServiceChange {
  readonly service: ServiceState;
  readonly effects: readonly EffectDraft[];
}

/** What the rules of one host may look at beside the host: time, policy, and what the shard knows about it. */
export interface HostScene extends ShardContext {
  readonly graceUntilAt: number;
  /** this host's grants, those past their expiry included until a sweep drops them */
  readonly grants: readonly PendingGrant[];
  /** what fires for the whole shard holds automation back on its hosts too */
  readonly shardBook: FactBook;
}

/** The scene of one host. */
export function sceneOf(state: ShardState, hostId: string, context: ShardContext): HostScene {
  return sceneOfHost(state.hosts.get(hostId), state, { hostId, context });
}

/** The scene of one host where the host is at hand; undefined: it was never enrolled. */
export function sceneOfHost(
  host: HostState | undefined,
  { grants, graceUntilAt, book, fleetSilence }: SharedState,
  { hostId, context }: { readonly hostId: string; readonly context: ShardContext },
): HostScene {
  const { now, newId, trust } = context;
  const policy = host === undefined ? context.policy : policyOf(context.policy, host);
  const shardBook = fleetSilence === null ? book : heldBack(book);
  const known = trust === undefined ? {} : { trust };
  return { now, policy, newId, graceUntilAt, grants: grantsOf(grants, hostId), shardBook, ...known };
}

// While the shard holds its automation back itself, it is as a freeze to all that asks; it is none, and ends by itself.
function heldBack(book: FactBook): FactBook {
  return book.frozenBy === null ? { ...book, frozenBy: "fleet-silent" } : book;
}

function grantsOf(grants: ShardState["grants"], hostId: string): readonly PendingGrant[] {
  for (const _grantId in grants) return valuesOf(grants).filter((grant) => grant.hostId === hostId);
  return NO_GRANTS;
}

/** Says whether a grant that holds may be running on the service. */
export function isGranted(service: string, { grants, now }: Pick<HostScene, "grants" | "now">): boolean {
  return grants.some(
    (grant) => grant.service === service && grant.expiresAt > now && !isRecalledInTime(grant),
  );
}

/** A freeze recalled it before it was sent: it never runs. */
export function isRecalledInTime({ isRecalled, isUnsent }: PendingGrant): boolean {
  return isRecalled === true && isUnsent === true;
}

/** One change of a host after the other, with all their effects in order. */
export function chainHost(
  host: HostState,
  ...changes: readonly ((host: HostState) => HostChange)[]
): HostChange {
  let done: HostChange = { host, effects: NO_EFFECTS };
  for (const change of changes) {
    const next = change(done.host);
    done = { host: next.host, effects: joinEffects(done.effects, next.effects) };
  }
  return done;
}

/** A service's next change after those that are done. */
export function thenService(done: ServiceChange, next: ServiceChange): ServiceChange {
  return done.effects.length === 0
    ? next
    : { service: next.service, effects: joinEffects(done.effects, next.effects) };
}

/** Who a signal is about; without a service, the host itself. */
export function subjectOf(host: HostState): HostSubject;
export function subjectOf(host: HostState, service: string): ServiceSubject;
export function subjectOf(host: HostState, service?: string | null): HostedSubject;
export function subjectOf({ hostId, name }: HostState, service: string | null = null): HostedSubject {
  return hostedSubject({ hostId, hostName: name }, service);
}

/** The host's next change, with what it shares as it is. */
export function changeHost(before: SharedChange, next: (host: HostState) => HostChange): SharedChange {
  const { host, effects } = next(before.host);
  if (host === before.host && effects.length === 0) return before;
  return { host, shared: before.shared, effects: joinEffects(before.effects, effects) };
}
