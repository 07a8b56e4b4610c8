// Grants on their way to a host. Pure.
// A grant waits while its host is not up, and is sent again each time the host returns, until an outcome names it. Sending it twice is
// harmless: the actuator takes its nonce once. A grant that a freeze recalled is not sent any more (core/shard/remedy/shard-recall.ts).
import { entriesOf, namedAt, namedFrom, valuesOf, withNamed } from "@countersign/shared/values/named";
import type { Envelope } from "@countersign/shared/wire/envelope";
import { SIGNING_VERSION } from "@countersign/shared/wire/protocol";
import { joinEffects, NO_EFFECTS, noteEffect, type EffectDraft } from "../../words/effects.ts";
import {
  type HostScene,
  type SharedChange,
  isRecalledInTime,
  type ShardChange,
  subjectOf,
} from "../host/shard-change.ts";
import type { ShardContext } from "../host/shard-events.ts";
import type { HostState, PendingGrant, SharedState, ShardState } from "../host/shard-state.ts";
import { isOfVersion1, sendPropose } from "./ask.ts";

const NO_GRANTS: readonly PendingGrant[] = [];

/** Takes a grant from the desk; idempotent by grant id. The proposal it answers is no longer open. */
export function takeGrant(state: ShardState, grant: PendingGrant, { now }: ShardContext): ShardChange {
  const host = state.hosts.get(grant.hostId);
  if (host === undefined || namedAt(state.grants, grant.grantId) !== undefined) return { state, effects: [] };
  if (host.outcomesSeen.some(({ grantId }) => grantId === grant.grantId)) return { state, effects: [] };
  if (grant.expiresAt <= now)
    return { state, effects: [noteEffect(subjectOf(host, grant.service), now, expiredText(grant))] };
  const service = namedAt(host.services, grant.service);
  const services =
    service === undefined
      ? host.services
      : withNamed(host.services, grant.service, { ...service, proposal: null });
  return {
    state: {
      ...state,
      hosts: state.hosts.with(host.hostId, { ...host, services }),
      grants: withNamed(
        state.grants,
        grant.grantId,
        isReachable(host) ? grant : { ...grant, isUnsent: true },
      ),
    },
    effects: isReachable(host) ? [sendGrant(grant)] : [],
  };
}

/** What a host must be sent again when it is back: its grants, and requests for a proposal that it never answered. */
export function resendsOf(host: HostState, scene: HostScene): readonly EffectDraft[] {
  if (!isReachable(host)) return [];
  const grants = scene.grants
    .filter(({ expiresAt, isRecalled }) => expiresAt > scene.now && isRecalled !== true)
    .map(sendGrant);
  const requests = valuesOf(host.services).flatMap((state) => {
    const { proposal } = state;
    return proposal === null || proposal.boundTo !== null ? [] : [sendPropose(host, state, proposal)];
  });
  return [...grants, ...requests];
}

/** Drops the grants of all hosts that have expired. */
export function dropExpiredGrants(change: ShardChange, { now }: ShardContext): ShardChange {
  const { state, effects } = change;
  const expired = expiredIn(state.grants, now);
  if (expired.length === 0) return change;
  const notes = expired.flatMap((grant) => {
    const host = state.hosts.get(grant.hostId);
    return host === undefined ? [] : expiredNotes(host, grant, now);
  });
  return {
    state: { ...state, grants: withoutGrants(state.grants, expired) },
    effects: joinEffects(effects, notes),
  };
}

/** Drops the host's grants that have expired. */
export function dropHostGrants(change: SharedChange, { now }: ShardContext): SharedChange {
  const { host, shared, effects } = change;
  const expired = expiredIn(shared.grants, now).filter(({ hostId }) => hostId === host.hostId);
  if (expired.length === 0) return change;
  return {
    host,
    shared: { ...shared, grants: withoutGrants(shared.grants, expired) },
    effects: joinEffects(
      effects,
      expired.flatMap((grant) => expiredNotes(host, grant, now)),
    ),
  };
}

function expiredIn(grants: SharedState["grants"], now: number): readonly PendingGrant[] {
  for (const _grantId in grants) return valuesOf(grants).filter(({ expiresAt }) => expiresAt <= now);
  return NO_GRANTS;
}

function withoutGrants(
  grants: SharedState["grants"],
  dropped: readonly PendingGrant[],
): SharedState["grants"] {
  return namedFrom(entriesOf(grants).filter(([, grant]) => !dropped.includes(grant)));
}

// What was recalled in time has been told already.
function expiredNotes(host: HostState, grant: PendingGrant, now: number): readonly EffectDraft[] {
  if (isRecalledInTime(grant)) return NO_EFFECTS;
  return [noteEffect(subjectOf(host, grant.service), now, expiredText(grant))];
}

// One that said hello a moment ago is sent all of it once it is heard; an agent of version 1 could read none of it.
function isReachable(host: HostState): boolean {
  const { connection, liveness, unheard } = host;
  return liveness === "up" && connection !== null && unheard === null && !isOfVersion1(host);
}

function sendGrant(grant: PendingGrant): EffectDraft {
  const envelope = JSON.parse(grant.envelope) as Envelope;
  const message = { version: SIGNING_VERSION, type: "grant", grantId: grant.grantId, envelope } as const;
  return { kind: "send", hostId: grant.hostId, message };
}

function expiredText({ grantId }: PendingGrant): string {
  return `grant ${grantId} expired before an outcome named it`;
}
