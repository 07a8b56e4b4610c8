// Which of a shard's events are kept as history, for `countersign replay --recorded`, and in which form. Pure.
// What a reader would get wrong: a healthy host writes no row, so what a healthy host says is not kept. A service's last healthy report is
// therefore put beside the first one that matters: without it, the restart that began an outage would look like the beginning of time.
// Grants and freezes, pulled and lifted, are not kept here: they follow from what people did, which stands in the desk's audit rows.
import { namedAt } from "@countersign/shared/values/named";
import { changesBetween } from "@countersign/shared/values/records";
import type { Fact } from "@countersign/shared/wire/fact";
import type { ServiceReport } from "@countersign/shared/wire/service-report";
import { STORED_EVERY_MS_MIN } from "../../facts/rules/heartbeat-missed.ts";
import { isBoring } from "../host/services.ts";
import type { ShardDecision, ShardEvent } from "../host/shard-events.ts";
import type { HostState, Liveness, ServiceState, ShardState } from "../host/shard-state.ts";

type KeptEvent = Exclude<
  ShardEvent,
  {
    readonly kind:
      | "reported"
      | "sweep"
      | "grant-issued"
      | "freeze-pulled"
      | "freeze-lifted"
      | "desk-noted"
      | "trust-known"
      | "unreadable-found";
  }
>;

/** What history keeps of an event. */
export type RecordedEvent =
  | KeptEvent
  | (Extract<ShardEvent, { kind: "reported" }> & {
      /** how services that nothing was remembered of were before this report */
      readonly healthyBefore: readonly ServiceReport[];
    })
  /** what a sweep found: hosts that fell silent, or were heard again */
  | { readonly kind: "liveness"; readonly flips: readonly LivenessFlip[] };

/** One host's change; `lastSeenAt` is its last sign of life as the runtime remembered it. */
export interface LivenessFlip {
  readonly hostId: string;
  readonly liveness: Liveness;
  readonly lastSeenAt: number;
}

/** An event as it is handed out; `sequence` counts within its shard. */
export interface RecordedRow {
  readonly sequence: number;
  readonly at: number;
  readonly event: RecordedEvent;
}

/** What an event came to: its decision, and whether it made the shard write a row. */
export interface Decided {
  readonly decision: ShardDecision;
  readonly isWritten: boolean;
}

/** What is to be kept of an event that was decided; null: nothing. */
export function planRecording(event: ShardEvent, before: ShardState, decided: Decided): RecordedEvent | null {
  const after = decided.decision.state;
  switch (event.kind) {
    case "sweep":
      return flipsBetween(before, after);
    case "reported": {
      if (!isTelling(event) && !isFelt(decided)) return null;
      return { ...event, healthyBefore: healthyBefore(event, before.hosts.get(event.hostId)) };
    }
    case "facts":
      if (event.facts.every(isNoNews) && !isFelt(decided)) return null;
      return event.facts.some(isExpectation) ? { ...event, facts: event.facts.map(withoutFrequent) } : event;
    case "leaving":
      return isFelt(decided) ? event : null;
    case "proposed":
    case "proposal-refused":
      return event;
    case "frame-refused":
      return event.isDigest && isFelt(decided) ? event : null;
    case "woke":
      return before === after ? null : event;
    // The digest that follows is felt, and means nothing without its hello. Of a host that is not heard the first hello is enough.
    case "connected":
      return isFelt(decided) || before.hosts.get(event.hostId)?.unheard === null ? event : null;
    case "host-retired":
    case "asked-for":
      return event;
    case "host-enrolled":
    case "disconnected":
    case "boot-refused":
    case "outcome":
    case "second-opinion":
    case "flooded":
    case "trust-told":
    case "examined":
      return isFelt(decided) ? event : null;
    case "grant-issued":
    case "freeze-pulled":
    case "freeze-lifted":
    case "desk-noted":
    case "trust-known":
    case "unreadable-found":
      return null;
  }
}

/** Some result is not a pass, or is overdue. */
function isTelling({ services }: Extract<ShardEvent, { kind: "reported" }>): boolean {
  return services.some(({ results }) =>
    results.some(({ overdueSinceAt, status }) => status !== "pass" || overdueSinceAt !== undefined),
  );
}

/**
 * Every host tells this with each welcome: what can be executed, or read, closes a gap, and where there is none it is no
 * news; nor is it that no heartbeat is expected. A heartbeat that changes nothing is none either: one that is rare is
 * stored, and so it is felt.
 */
function isNoNews(fact: Fact): boolean {
  if (fact.kind === "privilege") return fact.isExecutable;
  if (fact.kind === "reading") return fact.isWell;
  return fact.kind === "heartbeat" || (isExpectation(fact) && fact.heartbeats.length === 0);
}

type Expectation = Extract<Fact, { kind: "heartbeats-expected" }>;

function isExpectation(fact: Fact): fact is Expectation {
  return fact.kind === "heartbeats-expected";
}

// Frequent heartbeats are not on record, so in a replay of it each would be missed.
function withoutFrequent(fact: Fact): Fact {
  if (!isExpectation(fact)) return fact;
  return { ...fact, heartbeats: fact.heartbeats.filter(({ everyMs }) => everyMs >= STORED_EVERY_MS_MIN) };
}

/** It made the shard write a row, or say something: history is written with it, and what waited for that too. */
export function isFelt({ decision, isWritten }: Decided): boolean {
  return isWritten || decision.effects.some(({ kind }) => kind === "signal");
}

function flipsBetween(before: ShardState, after: ShardState): RecordedEvent | null {
  const flips = changesBetween(before.hosts, after.hosts).flatMap(
    ({ before: was, after: is }): LivenessFlip[] => {
      if (is === undefined || was?.liveness === is.liveness) return [];
      const { hostId, liveness, lastSeenAt } = is;
      return [{ hostId, liveness, lastSeenAt }];
    },
  );
  return flips.length === 0 ? null : { kind: "liveness", flips };
}

function healthyBefore(
  { services }: Extract<ShardEvent, { kind: "reported" }>,
  host: HostState | undefined,
): readonly ServiceReport[] {
  return services.flatMap((report): ServiceReport[] => {
    const service = namedAt(host?.services, report.service);
    return service === undefined || service.reportedAt === 0 || !isBoring(service)
      ? []
      : [reportBefore(service, report)];
  });
}

// After a loss of memory the baseline is all that is left of the last report: the rest is taken to have been as it is for a healthy unit.
function reportBefore(
  { report, lastInvocationId, lastRestartCount }: ServiceState,
  next: ServiceReport,
): ServiceReport {
  if (report.results.length > 0) return report;
  const results = next.results.map(({ overdueSinceAt: _not, ...result }) => {
    return { ...result, status: "pass" as const, summary: "" };
  });
  if (next.unit === null) return { ...next, results };
  const unit = { ...next.unit, activeState: "active" as const, subState: "running", result: "success" };
  return {
    ...next,
    unit: { ...unit, invocationId: lastInvocationId, restartCount: lastRestartCount },
    results,
  };
}
