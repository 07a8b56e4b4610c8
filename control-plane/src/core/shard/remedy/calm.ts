// What a service shares with others, and what it came back from, has only just ended: nothing is asked before its next probe could pass. Pure.
// Shared is what says that a restart is not the fix (a provider that fails, an identity with two holders, pressure on its host); it came back
// from its host's silence and from our own blindness.
// What a reader would get wrong: what was shared has no instant of its end here. Each service notes when it was first seen to be over for it,
// because a sufferer may be taken off the list long before the finding ends.
import { roundMsOf } from "@countersign/shared/host/report-plan";
import { entriesOf } from "@countersign/shared/values/named";
import { isFiring } from "../../facts/fact-book.ts";
import { isFailing } from "../host/services.ts";
import type { HostScene, ServiceChange } from "../host/shard-change.ts";
import type { HostState, ServiceState } from "../host/shard-state.ts";
import { NOTHING_TRIED, withLadder } from "./asking.ts";
import { isRestartPointless } from "./automation-ceiling.ts";
import { findingToRemedy, remedyReasonOf, type Wanted } from "./ladder.ts";
import { settleMsOf } from "./verification.ts";

/** What a probe may take beside its period: its own time, and its way to us. */
const PROBE_SLACK_MS = 5_000;
/** A probe that had begun before the end says nothing of it, the next one does. */
const PROBES_AFTER_CAUSE = 2;

/** Notes whether something holds for the service that restarting does not mend, and since when it is over. */
export function judgeCalm(host: HostState, service: ServiceState, scene: HostScene): ServiceChange {
  const { ladder } = service;
  const before = ladder?.calmFromAt;
  const calmFromAt = calmFromAtOf(host, service, scene);
  if (calmFromAt === before) return { service, effects: [] };
  const { calmFromAt: _before, ...rest } = ladder ?? NOTHING_TRIED;
  const next = calmFromAt === undefined ? rest : { ...rest, calmFromAt };
  return { service: withLadder(service, next), effects: [] };
}

// null: it holds now; undefined: nothing did, or it does not matter any more.
function calmFromAtOf(host: HostState, service: ServiceState, scene: HostScene): number | null | undefined {
  if (!isSuffering(host, service, scene)) return undefined;
  if (isRestartPointless(host, service, scene.shardBook)) return null;
  const before = service.ladder?.calmFromAt;
  if (before === null) return scene.now;
  if (before === undefined) return undefined;
  const wanted = { policy: scene.policy, reason: remedyReasonOf(service) };
  return scene.now < before + afterCauseMs(service, wanted) ? before : undefined;
}

function isSuffering(host: HostState, service: ServiceState, { policy }: HostScene): boolean {
  if (isFailing(service) || isFiring(service.book, "check-failing")) return true;
  return findingToRemedy(host, service, policy) !== null;
}

/** From when a question may be put although something had only just ended. */
export function calmAt(host: HostState, service: ServiceState, wanted: Wanted): number {
  const { calmFromAt } = service.ladder ?? NOTHING_TRIED;
  const seenAt = Math.max(host.connection?.connectedAt ?? 0, host.liveness === "up" ? host.sinceAt : 0);
  const causeAt = typeof calmFromAt === "number" ? calmFromAt + afterCauseMs(service, wanted) : 0;
  return Math.max(seenAt + probeMsOf(service), causeAt);
}

// A finding goes by its own measure: checks that pass prove nothing there.
function afterCauseMs(service: ServiceState, { policy, reason }: Wanted): number {
  return reason === "check-failing" ? PROBES_AFTER_CAUSE * probeMsOf(service) : settleMsOf(reason, policy);
}

/** How long the slowest failing check takes until it may have passed: by what it did so far, and never more than it declares. */
function probeMsOf(service: ServiceState): number {
  const { failing, report, reportedAt } = service;
  const periods = entriesOf(failing).map(([check, { count, sinceAt }]) => {
    // It passes now, and fails by what went before.
    if (count === 0) return 0;
    const seenMs = count > 1 ? (reportedAt - sinceAt) / (count - 1) : Number.POSITIVE_INFINITY;
    const result = report.results.find((candidate) => candidate.check === check);
    const roundMs = result === undefined ? 0 : roundMsOf(result);
    return Math.min(Math.ceil(seenMs), roundMs) + PROBE_SLACK_MS;
  });
  return Math.max(0, ...periods);
}
