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

export const evidenceIsHeard = (): Invariant => {
  const toldMs = new Map<string, number>();
  return {
    sentence: "What a host tells to be wrong for long enough has an incident",
    onWatch: (simulation) => {
      const before = new Map(toldMs);
      toldMs.clear();
      for (const vps of simulation.vpses) {
        if (vps.sick.lasting.size === 0 || !isReporting(simulation, vps)) continue;
        for (const { ailment, service } of vps.sick.lasting.values()) {
          const key = `${vps.hostId} ${service} ${ailment.reason} ${vps.connectionId}`;
          const longMs = (before.get(key) ?? -WATCH_EVERY_MS) + WATCH_EVERY_MS;
          toldMs.set(key, longMs);
          if (longMs > ailment.boundMs && !isKnown(simulation, vps, { ailment, service }))
            return `${vps.name} tells of ${service} for ${longMs / 1_000} s, and there is no ${ailment.reason}`;
        }
      }
      return null;
    },
  };
};

function isKnown(
  simulation: SimulatedFleet,
  { hostId, shard }: SimulatedVps,
  { ailment, service }: { readonly ailment: Ailment; readonly service: string },
): boolean {
  // One sufferer alone is not a provider that fails.
  if (ailment.reason === "provider-failing") {
    const sufferers = simulation.vpses.filter(
      (vps) => vps.shard === shard && isReporting(simulation, vps) && isSufferer(vps),
    );
    if (sufferers.length < 2) return true;
  }
  return isOnRecord(
    simulation,
    ({ reason, subject }) =>
      reason === ailment.reason &&
      (reason === "provider-failing" || (hostIdIn(subject) === hostId && serviceOf(subject) === service)),
  );
}

function isSufferer({ sick }: SimulatedVps): boolean {
  return [...sick.lasting.values()].some(({ ailment }) => ailment.reason === "provider-failing");
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
