// When failing checks are over for good: ten of ten passed, or all have passed for `incident.resolveAfter`, and more than
// once. Pure. Until then one failure brings back what had cleared, without a question of its own: that waits for the rule
// (check-failing.ts).
// What a reader would get wrong: after that long without a failure a slow check is well although five of its last ten
// failed. They count no more from then on, or the next failure alone would be five of ten again.
import { NONE_NAMED } from "@countersign/shared/values/named";
import type { Policy } from "../../../policy/policy.ts";
import { judgeTurnedChecks, takeServiceFacts } from "../host/host-facts.ts";
import { isWell } from "../host/services.ts";
import { type HostScene, type ServiceChange, thenService } from "../host/shard-change.ts";
import type { HostState, ServiceState } from "../host/shard-state.ts";
import { forgiven, hasPassedTen, havePassedTwice } from "../host/tallies.ts";

/**
 * When all checks will have passed for long enough, where something waits for that; null: nothing does, or only the next
 * result can say.
 */
export function passedForLongAt(service: ServiceState, { incident }: Policy): number | null {
  const { healthySinceAt, passingSinceAt, relapse } = service;
  if (passingSinceAt !== undefined)
    return havePassedTwice(service) ? passingSinceAt + incident.resolveAfterMs : null;
  return relapse === undefined || healthySinceAt === null ? null : healthySinceAt + incident.resolveAfterMs;
}

/** The service is well, and was for so long, or so often, that a failure would be a new one. */
export function isEpisodeOver(
  service: ServiceState,
  { now, policy }: Pick<HostScene, "now" | "policy">,
): boolean {
  if (!isWell(service)) return false;
  return hasPassedTen(service) || now >= (service.healthySinceAt ?? now) + policy.incident.resolveAfterMs;
}

/** Takes a service for well that has passed for long enough, and forgets that it may relapse when that is over. */
export function judgeEpisode(host: HostState, before: ServiceState, scene: HostScene): ServiceChange {
  const { service, effects } = passedForLong(host, before, scene);
  if (service.relapse !== "possible" || !isEpisodeOver(service, scene)) return { service, effects };
  return { service: withoutRelapse(service), effects };
}

/** Nothing comes back by one failure. */
export function withoutRelapse(service: ServiceState): ServiceState {
  if (service.relapse === undefined) return service;
  const { relapse: _over, ...rest } = service;
  return rest;
}

function passedForLong(host: HostState, service: ServiceState, scene: HostScene): ServiceChange {
  const { passingSinceAt, tallies, ...rest } = service;
  const overAt = passedForLongAt(service, scene.policy);
  if (passingSinceAt === undefined || overAt === null || scene.now < overAt) return { service, effects: [] };
  const late = forgiven(tallies);
  const well: ServiceState = {
    ...rest,
    failing: NONE_NAMED,
    healthySinceAt: passingSinceAt,
    ...(late === undefined ? {} : { tallies: late }),
  };
  const fact = { kind: "health", service: service.service, at: scene.now, isHealthy: true } as const;
  const told = takeServiceFacts(host, well, { facts: [fact], scene });
  const turned = { previous: service, service: told.service };
  return thenService(told, judgeTurnedChecks(host, turned, scene));
}
