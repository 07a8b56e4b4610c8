// Silence is heard: what is truly wrong for long enough is on record, as a finding of an incident or as one in shadow. Only time is counted in
// which we could know: outages of ours are not.
import type { PageReason } from "../../../control-plane/src/core/words/signal.ts";
import { hostIdIn, serviceOf, type Subject } from "../../../control-plane/src/core/words/subject.ts";
import type { SimulatedFleet } from "../world/simulated-fleet.ts";
import type { SimulatedVps } from "../world/simulated-vps.ts";
import { type Invariant, WATCH_EVERY_MS } from "./invariant.ts";

/** beyond the page bound: the reconnect grace, delivery of the signal, and one look of ours */
const SILENCE_SLACK_MS = 90_000;
/** three results, held for 10 s, a reconnect's digest, and one look of ours */
const FAILING_BOUND_MS = 150_000;
const SETTLED_MS = 45_000;

export const silenceIsHeard = (): Invariant => {
  const silentMs = new Map<string, number>();
  return {
    sentence:
      "Silence is heard: a host that gives no sign of life for the page bound, or is not understood, has an incident",
    onWatch: (simulation) => {
      for (const vps of simulation.vpses) {
        if ((vps.isHeard && vps.isUnderstood) || !isKnowable(simulation, vps)) {
          if (silentMs.size > 0) silentMs.delete(vps.hostId);
          continue;
        }
        const countedMs = (silentMs.get(vps.hostId) ?? 0) + WATCH_EVERY_MS;
        silentMs.set(vps.hostId, countedMs);
        const longMs = Math.min(countedMs, simulation.clock.now - vps.silentSinceAt);
        if (longMs <= simulation.policy.liveness.pageBoundMs + SILENCE_SLACK_MS) continue;
        if (!hasSilenceIncident(simulation, vps))
          return `${vps.name} is silent for more than ${longMs / 1_000} s, and there is no incident`;
      }
      return null;
    },
  };
};

export const failureIsHeard = (): Invariant => {
  const failingMs = new Map<string, number>();
  return {
    sentence: "A failing service of a host that reports has an incident",
    onWatch: (simulation) => {
      const before = new Map(failingMs);
      failingMs.clear();
      for (const vps of simulation.vpses) {
        if (!vps.hasFailingService || !isReporting(simulation, vps)) continue;
        for (const service of vps.services.values()) {
          if (service.isHealthy) continue;
          const key = `${vps.hostId} ${service.name}`;
          const longMs = (before.get(key) ?? 0) + WATCH_EVERY_MS;
          const isBroken = vps.failingSinceAt(service.name) > simulation.clock.now - longMs;
          failingMs.set(key, isBroken ? 0 : longMs);
          if (isBroken || longMs <= FAILING_BOUND_MS) continue;
          const isKnown = isOnRecord(
            simulation,
            ({ reason, subject }) =>
              reason === "check-failing" &&
              hostIdIn(subject) === vps.hostId &&
              serviceOf(subject) === service.name,
          );
          if (!isKnown)
            return `${service.name} on ${vps.name} fails for ${longMs / 1_000} s, and no incident`;
        }
      }
      return null;
    },
  };
};

function isControlPlaneWell({ clock, desk, disturbedUntilAt }: SimulatedFleet, vps: SimulatedVps): boolean {
  const { now } = clock;
  if (vps.shard.isDown || desk.isDown || now < disturbedUntilAt + SETTLED_MS) return false;
  return now >= vps.shard.runsSinceAt + SETTLED_MS && now >= desk.runsSinceAt + SETTLED_MS;
}

function isKnowable(simulation: SimulatedFleet, vps: SimulatedVps): boolean {
  return isControlPlaneWell(simulation, vps) && simulation.clock.now >= vps.announcedUntilAt + SETTLED_MS;
}

/** It is heard, and nothing of ours was wrong for a while. */
export function isReporting(simulation: SimulatedFleet, vps: SimulatedVps): boolean {
  const isConnected = vps.isHeard && vps.isUnderstood && vps.connectionId !== null && !vps.isNetworkBad;
  return isConnected && isControlPlaneWell(simulation, vps);
}

function hasSilenceIncident(simulation: SimulatedFleet, vps: SimulatedVps): boolean {
  return isOnRecord(
    simulation,
    ({ reason, subject }) =>
      (hostIdIn(subject) === vps.hostId && (reason === "host-silent" || reason === "host-late-return")) ||
      reason === "fleet-silent",
  );
}

/** As a finding that has not cleared, or as one in shadow. */
export function isOnRecord(
  { desk }: SimulatedFleet,
  isIt: (found: { readonly reason: PageReason; readonly subject: Subject }) => boolean,
): boolean {
  const { findings, shadow } = desk.state;
  if (findings.values().some((finding) => finding.clearedAt === null && isIt(finding))) return true;
  return shadow.values().some(({ endedAt, signal }) => endedAt === null && isIt(signal));
}
