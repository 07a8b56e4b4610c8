// What a host tells beyond its checks is heard too: an incident for what lasts, one for a provider that fails, and no restarts for those
// who suffer from it. By the simulation's own record of what was told.
import type { Fact } from "@countersign/shared/wire/fact";
import { hostIdIn, serviceOf } from "../../../control-plane/src/core/words/subject.ts";
import type { Ailment } from "../faults/ailments.ts";
import type { SimulatedFleet } from "../world/simulated-fleet.ts";
import type { SimulatedVps } from "../world/simulated-vps.ts";
import { isOnRecord, isReporting } from "./heard-silence.ts";
import { type Invariant, WATCH_EVERY_MS } from "./invariant.ts";

const RESTART_ACTIONS: ReadonlySet<string> = new Set(["restart", "config-fallback"]);

/** What a host tells to be wrong, and for how long it has told it on this connection. */
interface Told {
  readonly vps: SimulatedVps;
  readonly ailment: Ailment;
  readonly service: string;
  readonly firstToldAt: number;
  readonly longMs: number;
}

export const evidenceIsHeard = (): Invariant => {
  const toldMs = new Map<string, number>();
  const heard = new Set<string>();
  return {
    sentence: "What a host tells to be wrong for long enough has an incident",
    onShard: ({ event }) => {
      if (event.kind !== "facts") return null;
      for (const { at, kind, service } of event.facts)
        if (kind === "credential") heard.add(firstWordOf(event, { service, at }));
      return null;
    },
    onWatch: (simulation) => {
      const before = new Map(toldMs);
      toldMs.clear();
      const told = simulation.vpses
        .filter((vps) => isReporting(simulation, vps))
        .flatMap((vps) => [...vps.sick.lasting.values()].map((sick) => ({ ...sick, vps })))
        .map(({ ailment, firstToldAt, service, vps }): Told => {
          const key = `${vps.hostId} ${service} ${ailment.reason} ${vps.connectionId}`;
          const longMs = (before.get(key) ?? -WATCH_EVERY_MS) + WATCH_EVERY_MS;
          toldMs.set(key, longMs);
          return { vps, ailment, service, firstToldAt, longMs };
        })
        .filter((each) => isKnowable(heard, each))
        .filter((each) => sameRowMs(simulation, each) > each.ailment.boundMs);
      const unheard = told.find((each) => isToldByEnough(told, each) && !isKnown(simulation, each));
      if (unheard === undefined) return null;
      const { ailment, longMs, service, vps } = unheard;
      return `${vps.name} tells of ${service} for ${longMs / 1_000} s, and there is no ${ailment.reason}`;
    },
  };
};

/** What is judged by what it was before can be known where that was heard: it is told once, and frames may be lost. */
function isKnowable(heard: ReadonlySet<string>, { ailment, firstToldAt, service, vps }: Told): boolean {
  return ailment.isJudgedByChange !== true || heard.has(firstWordOf(vps, { service, at: firstToldAt }));
}

function firstWordOf(
  { hostId }: { readonly hostId: string },
  { at, service }: { readonly service: string | null; readonly at: number },
): string {
  return `${hostId} ${service} ${at}`;
}

/**
 * For how long it was told in one row: attempts of an automation count "without recovery" (docs/runbooks/remediation-stuck.md), so a
 * health that held for the stability window begins the row anew. The shard may have learned of that health when this telling began.
 */
function sameRowMs(
  { clock: { now }, policy }: SimulatedFleet,
  { ailment, longMs, service, vps }: Told,
): number {
  const wellAgainAt = vps.wellAgainAt(service);
  if (ailment.reason !== "remediation-stuck" || wellAgainAt === null) return longMs;
  const { stabilityMs } = policy.verify;
  if (now < wellAgainAt + stabilityMs) return longMs;
  return Math.min(longMs, now - Math.max(wellAgainAt, now - longMs) - stabilityMs);
}

/** One sufferer alone is not a provider that fails; a second one counts once it has told of it for as long. */
function isToldByEnough(told: readonly Told[], { ailment, vps }: Told): boolean {
  if (ailment.reason !== "provider-failing") return true;
  const sufferers = told.filter(
    (other) => other.ailment.reason === ailment.reason && other.vps.shard === vps.shard,
  );
  return new Set(sufferers.map((other) => other.vps)).size >= 2;
}

function isKnown(simulation: SimulatedFleet, { ailment, service, vps }: Told): boolean {
  return isOnRecord(
    simulation,
    ({ reason, subject }) =>
      reason === ailment.reason &&
      (reason === "provider-failing" || (hostIdIn(subject) === vps.hostId && serviceOf(subject) === service)),
  );
}

export const providerRestartsNothing = (): Invariant => {
  /** by shard: when each service last told that its provider fails */
  const sufferingAt = new Map<string, number>();
  const firing = new Set<string>();
  const asked = new Set<string>();
  return {
    sentence: "A provider that fails is one incident, and restarts nobody who suffers from it",
    onShard: ({ effects, event, policy, shard }, { clock }) => {
      for (const effect of effects) {
        if (effect.kind === "send" && effect.message.type === "propose") {
          const { action, requestId, service } = effect.message;
          const isNew = !asked.has(requestId);
          asked.add(requestId);
          const toldAt = sufferingAt.get(`${effect.hostId}/${service}`) ?? 0;
          const isSuffering = toldAt > clock.now - policy.rules["provider-failing"].window;
          if (isNew && firing.has(shard) && isSuffering && RESTART_ACTIONS.has(action))
            return `${action} of ${service} is asked for, and its provider fails`;
        }
        if (effect.kind !== "signal" || !("reason" in effect.signal)) continue;
        const { kind, reason } = effect.signal;
        if (reason === "provider-failing" && kind === "firing" && effect.signal.shadow === undefined)
          firing.add(shard);
        if (reason === "provider-failing" && kind === "cleared") firing.delete(shard);
      }
      if (event.kind === "facts") takeFacts(sufferingAt, event);
      return null;
    },
  };
};

function takeFacts(
  sufferingAt: Map<string, number>,
  { facts, hostId }: { readonly hostId: string; readonly facts: readonly Fact[] },
): void {
  for (const fact of facts) {
    if (fact.kind !== "provider") continue;
    const key = `${hostId}/${fact.service}`;
    if (fact.isOk) sufferingAt.delete(key);
    else sufferingAt.set(key, fact.at);
  }
}
