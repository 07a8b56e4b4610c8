// The facts that a shard derives by itself: from reports (who restarted a service, how fast it answers, whether health turned) and from
// the outcomes of our own acts. Pure. What a reader would get wrong: an act counts from when it ran, not from when its word came.
import type { Fact } from "@countersign/shared/wire/fact";
import type { Outcome } from "@countersign/shared/wire/outcome";
import type { OwnAttempt, UnitRun } from "../../facts/shard-fact.ts";
import { isFailing, restartsSeen } from "./services.ts";
import { type HostScene, isGranted } from "./shard-change.ts";
import type { PendingGrant, ServiceState } from "./shard-state.ts";
import { unitRunChange } from "./unit-run.ts";

/**
 * What a report says beyond the state of unit and checks: who restarted it how often, since when it runs, how fast it
 * answers, whether health turned.
 */
export function factsOfReport(
  previous: ServiceState,
  current: ServiceState,
  scene: Pick<HostScene, "now" | "grants" | "policy">,
): readonly (Fact | UnitRun)[] {
  const { now } = scene;
  const { service } = current;
  const count = restartsSeen(previous, current.report);
  const by = restartedBy(previous, current, scene);
  // A millisecond apart: restarts seen in one report are told apart by their instants.
  const restarts = Array.from({ length: count }, (_, index): Fact => {
    return { kind: "restart", service, at: now - (count - 1 - index), by };
  });
  const timed = scene.policy.rules["latency-high"].checks ? latenciesOf(previous, current, now) : [];
  const seen = [...restarts, ...timed, ...unitRunChange(previous, current, now)];
  const facts: readonly (Fact | UnitRun)[] = isKilledForMemory(previous, current, count)
    ? [...seen, { kind: "oom-kill", service, at: now, by: "kernel" }]
    : seen;
  const isTurned = isFailing(previous) !== isFailing(current);
  return isTurned ? [...facts, { kind: "health", service, at: now, isHealthy: !isFailing(current) }] : facts;
}

// A failing check's latency says nothing of speed: a refused connection is fast. One result counts once, as for its failures.
function latenciesOf(previous: ServiceState, current: ServiceState, now: number): readonly Fact[] {
  return current.report.results.flatMap(({ check, kind, status, latencyMs, finishedAt }): readonly Fact[] => {
    if (kind === "unit" || status !== "pass" || latencyMs === null) return [];
    const before = previous.report.results.find((result) => result.check === check);
    if (before?.finishedAt === finishedAt) return [];
    return [{ kind: "latency", service: current.service, at: now, latencyMs }];
  });
}

// systemd's own verdict (`Result=oom-kill`) on the last run; it stands until the next start.
function isKilledForMemory(previous: ServiceState, current: ServiceState, restartCount: number): boolean {
  if (current.report.unit?.result !== "oom-kill") return false;
  return previous.report.unit?.result !== "oom-kill" || restartCount > 0;
}

/** What an outcome of ours says as an attempt that began at `beganAt`; whether it helped is not known yet. null: it named no service */
export function factOfOutcome(
  { action, refusal, service, status }: Outcome,
  ran: Pick<ActSpan, "beganAt"> & { readonly isRemedy: boolean },
): OwnAttempt | null {
  if (service === null) return null;
  const isBlameless = status === "refused" || ran.isRemedy;
  return {
    kind: "attempt",
    service,
    at: ran.beganAt,
    action: action ?? "unknown",
    by: "countersign",
    outcome: refusal === null ? status : `${status}: ${refusal}`,
    isHelpful: false,
    ...(isBlameless ? { isBlameless } : {}),
  };
}

// systemd's own restarts raise its counter. A new start without that is ours if an act of ours is under way, else anybody's.
function restartedBy(
  previous: ServiceState,
  current: ServiceState,
  scene: Pick<HostScene, "now" | "grants">,
): "systemd" | "countersign" | "unknown" {
  if (current.lastRestartCount > previous.lastRestartCount) return "systemd";
  const isSettling = current.verification !== null && current.verification.settledAt === null;
  return isGranted(current.service, scene) || isSettling ? "countersign" : "unknown";
}

/** When an act of ours ran, by the shard's clock. */
export interface ActSpan {
  readonly beganAt: number;
  readonly endedAt: number;
}

/** What holds what a host says of the instants of an act within what can be true. */
interface ActBounds {
  readonly now: number;
  /** the grant it ran by; undefined: it is not held any more */
  readonly grant: Pick<PendingGrant, "expiresAt"> | undefined;
  readonly grantValidMs: number;
}

/**
 * When an act ran, as its host says: never later than now, never before its grant was given, and as long as it took there. A clock that is
 * wrong moves it to the nearest of those.
 */
export function actSpanOf({ finishedAt, startedAt }: Outcome, bounds: ActBounds): ActSpan {
  const { grant, grantValidMs, now } = bounds;
  const earliestAt = grant === undefined ? 0 : Math.min(now, grant.expiresAt - grantValidMs);
  const endedAt = Math.min(Math.max(finishedAt, startedAt, earliestAt), now);
  const tookMs = Math.max(0, finishedAt - startedAt);
  return { beganAt: Math.max(earliestAt, Math.min(startedAt, endedAt - tookMs)), endedAt };
}
