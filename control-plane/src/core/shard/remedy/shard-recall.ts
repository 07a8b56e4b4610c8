// Somebody froze automation at the desk: the grants that were given before are recalled, each by its id. Pure.
// By id and not by scope: a word that comes late, or twice, then hurts no grant that was given after the freeze was lifted, and a grant
// that comes after the word is known. What was put on the wire to its host cannot be recalled; it is only not sent again.
import { namedAt, withNamed } from "@countersign/shared/values/named";
import { type Actor, actorNameOf } from "../../words/actor.ts";
import { noteEffect, signalEffect, type EffectDraft } from "../../words/effects.ts";
import type { RecalledGrant } from "../../words/recalled-grant.ts";
import { type ShardChange, subjectOf } from "../host/shard-change.ts";
import type { ShardContext, ShardEvent } from "../host/shard-events.ts";
import type { HostState, PendingGrant, ShardState } from "../host/shard-state.ts";

/** Recalls grants; those that are void, ran, or were recalled before stay as they are. */
export function recallGrants(
  state: ShardState,
  pulled: Extract<ShardEvent, { readonly kind: "freeze-pulled" }>,
  { now }: ShardContext,
): ShardChange {
  const effects: EffectDraft[] = [];
  let { grants } = state;
  for (const recalled of pulled.grants) {
    const host = state.hosts.get(recalled.hostId);
    if (host === undefined || recalled.expiresAt <= now || isRun(host, recalled)) continue;
    const held = namedAt(grants, recalled.grantId);
    if (held?.isRecalled === true) continue;
    const grant = recallOne(held, recalled);
    grants = withNamed(grants, grant.grantId, grant);
    effects.push(tellRecall(host, grant, { by: pulled.by, now }));
  }
  return grants === state.grants ? { state, effects } : { state: { ...state, grants }, effects };
}

// One that has not come yet leaves a mark, so that it is passed over when it comes.
function recallOne(held: PendingGrant | undefined, { grantId, hostId, service, expiresAt }: RecalledGrant) {
  const grant: PendingGrant = held ?? { grantId, hostId, service, expiresAt, envelope: "", isUnsent: true };
  return { ...grant, isRecalled: true } as const;
}

function isRun(host: HostState, { grantId }: RecalledGrant): boolean {
  return host.outcomesSeen.some((mark) => mark.grantId === grantId);
}

function tellRecall(
  host: HostState,
  { grantId, isUnsent, service }: PendingGrant,
  { by, now }: { readonly by: Actor; readonly now: number },
): EffectDraft {
  const subject = subjectOf(host, service);
  if (isUnsent === true)
    return signalEffect({ kind: "grant-recalled", happenedAt: now, subject, grantId, by });
  const text = `grant ${grantId} was sent to the host before ${actorNameOf(by)} froze automation: it cannot be recalled, and is not sent again`;
  return noteEffect(subject, now, text);
}
