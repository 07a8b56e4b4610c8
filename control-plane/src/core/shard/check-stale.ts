// Rule `check-stale`: a check of severity error or critical brought no result within the last one's own time to live, plus slack.
// Pure. It is judged with the other rules of a service (core/shard/service-rules.ts). It reads the service's last report and no facts, so a healthy service holds no memory for it: only that it fires is kept.
// What a reader would get wrong: the age that a result had when it was told is measured by the host's clock alone (against the
// newest result of the same service), and the time since then by ours; the two clocks are never compared.
import { formatDuration } from "@countersign/shared/values/duration";
import { type CheckResult, isSevere } from "@countersign/shared/wire/service-report";
import type { Policy } from "../../policy/policy.ts";
import { isFiring } from "../facts/fact-book.ts";
import type { Finding } from "../facts/rules/rule.ts";
import { nameOf } from "../words/subject.ts";
import { severityOf } from "./host/services.ts";
import { settleService } from "./host/settle.ts";
import { type HostScene, type ServiceChange, subjectOf } from "./host/shard-change.ts";
import type { HostState, ServiceState } from "./host/shard-state.ts";

/** When the first result goes stale; null: it fires already, there is nothing to go stale, or the rule is turned off. */
export function checkStaleAt(host: HostState, service: ServiceState, policy: Policy): number | null {
  if (isFiring(service.book, "check-stale") || !policy.rules["check-stale"].enabled) return null;
  const nearest = firstStaleAt(service, policy);
  return nearest === null ? null : Math.max(nearest, heardAgainAt(host, policy));
}

/** Fires for what has gone stale, and clears when every result is fresh again. For a host that may be judged only. */
export function judgeCheckStale(host: HostState, service: ServiceState, scene: HostScene): ServiceChange {
  const { now, policy } = scene;
  const isOn = policy.rules["check-stale"].enabled;
  // Nearly always everything is fresh.
  if (
    !isFiring(service.book, "check-stale") &&
    now < (checkStaleAt(host, service, policy) ?? Number.POSITIVE_INFINITY)
  )
    return { service, effects: [] };
  const stale =
    isOn && now >= heardAgainAt(host, policy)
      ? severeResults(service).filter((result) => now >= staleAt(service, result, policy))
      : [];
  const why = isOn ? "fresh results have come" : "the rule was turned off in the policy";
  return settleService(host, service, {
    found: {
      reason: "check-stale",
      findings: stale.length === 0 ? [] : [findingOf(host, { service, stale, policy })],
      over: { at: now, text: why },
    },
    scene,
  });
}

function firstStaleAt(service: ServiceState, policy: Policy): number | null {
  const newestAt = newestOf(service);
  let nearest: number | null = null;
  for (const { severity, finishedAt, ttlMs } of service.report.results) {
    if (!isSevere(severity)) continue;
    const at = service.reportedAt - (newestAt - finishedAt) + ttlMs + policy.rules["check-stale"].slack;
    nearest = Math.min(nearest ?? Number.POSITIVE_INFINITY, at);
  }
  return nearest;
}

function findingOf(
  host: HostState,
  found: {
    readonly service: ServiceState;
    readonly stale: readonly CheckResult[];
    readonly policy: Policy;
  },
): Finding {
  const { service, stale, policy } = found;
  const dueAt = stale.map((result) => staleAt(service, result, policy));
  return {
    severity: severityOf(
      service,
      stale.map(({ check }) => check),
    ),
    title: `Checks of ${nameOf(subjectOf(host, service.service))} bring no results any more`,
    evidence: stale.map((result) => ({
      at: madeAt(service, result),
      text: `${result.check}: last result (${result.status}) was good for ${formatDuration(result.ttlMs)}`,
    })),
    happenedAt: Math.min(...dueAt),
    isRestartPointless: false,
    freezes: false,
  };
}

function staleAt(service: ServiceState, result: CheckResult, policy: Policy): number {
  return madeAt(service, result) + result.ttlMs + policy.rules["check-stale"].slack;
}

// A host that was silent tells its results a moment after its first keepalive: they are waited for.
function heardAgainAt({ sinceAt }: HostState, policy: Policy): number {
  return sinceAt + policy.rules["check-stale"].slack;
}

// When the result was made, by our clock: it was as old on arrival as the host's own clock says.
function madeAt(service: ServiceState, { finishedAt }: CheckResult): number {
  return service.reportedAt - (newestOf(service) - finishedAt);
}

function newestOf({ report }: ServiceState): number {
  let newestAt = Number.NEGATIVE_INFINITY;
  for (const { finishedAt } of report.results) newestAt = Math.max(newestAt, finishedAt);
  return newestAt;
}

function severeResults({ report }: ServiceState): readonly CheckResult[] {
  return report.results.filter(({ severity }) => isSevere(severity));
}
