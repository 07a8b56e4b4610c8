// Tells the rule `self-inflicted` that a service fails by its own rule: as often in a row or of its last ten, and for as
// long, as `check-failing` wants. Pure. One failed probe is none, nor is a service that is still starting within its time,
// nor one that suffers from what others suffer from too.
// What a reader would get wrong: it is told as long as it fails, because the act that it followed may become known later.
import type { CheckFailed } from "../../facts/shard-fact.ts";
import { takeServiceFacts } from "../host/host-facts.ts";
import type { HostScene, ServiceChange } from "../host/shard-change.ts";
import type { HostState, ServiceState } from "../host/shard-state.ts";
import { isCauseShared } from "./automation-ceiling.ts";
import { failedAt } from "./failed-checks.ts";

/** Takes the failure into the service's book once it is one. */
export function judgeBlame(host: HostState, service: ServiceState, scene: HostScene): ServiceChange {
  const { now, shardBook } = scene;
  const at = failedAt(service, scene.policy);
  if (at === null || now < at) return { service, effects: [] };
  const isShared = isCauseShared(host, service, shardBook);
  const fact: CheckFailed = { kind: "check-failed", service: service.service, at: now, isShared };
  return takeServiceFacts(host, service, { facts: [fact], scene });
}
