// Silence is heard, and a page is never lost: what is truly wrong for long enough has an incident, and an incident that nobody holds back
// has a page that reached somebody. Only time is counted in which we could know and tell: outages of ours and of the pager are not.
import { namesOf } from "@countersign/shared/values/named";
import type { Incident } from "../../../control-plane/src/core/desk/records/incident.ts";
import type { PageReason } from "../../../control-plane/src/core/words/signal.ts";
import { hostIdIn, serviceOf, type Subject } from "../../../control-plane/src/core/words/subject.ts";
import type { SimulatedFleet } from "../world/simulated-fleet.ts";
import type { SimulatedVps } from "../world/simulated-vps.ts";
import { type Invariant, WATCH_EVERY_MS } from "./invariant.ts";

/** beyond the page bound: the reconnect grace, delivery of the signal, and one look of ours */
const SILENCE_SLACK_MS = 90_000;
/** three results, held for 10 s, a reconnect's digest, and one look of ours */
const FAILING_BOUND_MS = 150_000;
/** nothing of ours or the pager's was disturbed since it opened */
const UNDISTURBED_PAGE_MS = 90_000;
/** a whole round of the escalation, and the longest pause between attempts */
const PAGE_AFTER_FAULT_MS = 25 * 60_000;
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

export const noPageIsLost = (): Invariant => {
  const seen = new Set<string>();
  const taken = new Set<string>();
  const unpagedMs = new Map<string, number>();
  return {
    sentence: "A page is lost in no crash",
    onDesk: ({ after, before }) => {
      if (after.pages === before.pages) return null;
      for (const [key, page] of after.pages.entries())
        if (page !== before.pages.get(key) && page.state === "delivered" && !taken.has(key))
          return `"${page.title}" counts as delivered, and no channel took it`;
      return null;
    },
    onPage: ({ page }, _simulation, isSeen) => {
      taken.add(page.key);
      if (isSeen && (page.kind === "firing" || page.kind === "approval")) seen.add(page.incidentId);
      return null;
    },
    onWatch: (simulation) => {
      for (const incident of simulation.desk.state.incidents.values()) {
        const { incidentId, openedAt, title } = incident;
        if (seen.has(incidentId) || !isTellable(simulation, incident)) continue;
        const longMs = (unpagedMs.get(incidentId) ?? 0) + WATCH_EVERY_MS;
        unpagedMs.set(incidentId, longMs);
        const isUndisturbed = simulation.disturbedUntilAt < openedAt;
        if (longMs > (isUndisturbed ? UNDISTURBED_PAGE_MS : PAGE_AFTER_FAULT_MS))
          return `"${title}" could be told for ${longMs / 1_000} s, and nobody was paged`;
      }
      for (const id of unpagedMs.keys())
        if (simulation.desk.state.incidents.get(id) === undefined) unpagedMs.delete(id);
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

/** As an incident that has not cleared, or as a finding in shadow. */
export function isOnRecord(
  { desk }: SimulatedFleet,
  isIt: (found: { readonly reason: PageReason; readonly subject: Subject }) => boolean,
): boolean {
  const { incidents, shadow } = desk.state;
  if (incidents.values().some((incident) => incident.clearedAt === null && isIt(incident))) return true;
  return shadow.values().some(({ endedAt, signal }) => endedAt === null && isIt(signal));
}

/** Nothing that is meant to hold a page back does, and every channel would bring it. */
function isTellable(simulation: SimulatedFleet, incident: Incident): boolean {
  const { clock, desk, pager, policy } = simulation;
  const { now } = clock;
  if (incident.state !== "open" || incident.clearedAt !== null || desk.isDown) return false;
  if (!namesOf(policy.channels).every((channel) => pager.doesWork(channel))) return false;
  if (incident.reason === "automation-frozen" || incident.reason === "page-undelivered") return false;
  const { approvals, incidents, silences } = desk.state;
  const approval = incident.approvalId === null ? undefined : approvals.get(incident.approvalId);
  if (approval?.state === "approved" || approval?.state === "executing") return false;
  const isSilenced = silences
    .values()
    .some(({ matcher }) => matcher.hostId === null || matcher.hostId === hostIdIn(incident.subject));
  const isSaidByAnother = incidents
    .values()
    .some(
      (other) =>
        other !== incident &&
        (other.clearedAt === null || other.clearedAt > now - 60_000) &&
        (other.reason === "fleet-silent" ||
          (other.subject.kind === "host" && hostIdIn(other.subject) === hostIdIn(incident.subject))),
    );
  return !isSilenced && !isSaidByAnother;
}
