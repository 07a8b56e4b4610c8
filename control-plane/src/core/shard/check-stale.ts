// Rule `check-stale`: a check of severity error or critical brings no result any more. Its agent tells that one is overdue,
// and it fires when that has lasted for the slack, or for half a period and timeout of the check where that is less: within
// two periods from the beginning of the run that hangs, where its timeout is no longer than its period. The two are known
// together only. An agent that tells no such thing is judged by the last result's own time to live, plus slack. Pure. It is
// judged with the other rules of a service (core/shard/service-rules.ts). It reads the service's last report and no facts,
// so a healthy service holds no memory for it: only that it fires is kept.
// What a reader would get wrong: the age that a result had when it was told is measured by the host's clock alone (against
// the newest result of the same service), and the time since then by ours; the two clocks are never compared. Since when one
// is overdue has come by our clock (shell/shard/shard-frames.ts).
import { roundMsOf } from "@countersign/shared/host/report-plan";
import { formatDuration } from "@countersign/shared/values/duration";
import { namedAt } from "@countersign/shared/values/named";
import { type CheckResult, isSevere, type Severity } from "@countersign/shared/wire/service-report";
import type { Policy } from "../../policy/policy.ts";
import { isFiring } from "../facts/fact-book.ts";
import type { Finding } from "../facts/rule.ts";
import type { Evidence } from "../words/signal.ts";
import { nameOf } from "../words/subject.ts";
import { severityOf } from "./host/services.ts";
import { settleService } from "./host/settle.ts";
import { type HostScene, type ServiceChange, subjectOf } from "./host/shard-change.ts";
import type { HostState, ServiceState } from "./host/shard-state.ts";

/** When the first result goes stale, or the first graver one than what fires; null: none does, or the rule is turned off. */
export function checkStaleAt(host: HostState, service: ServiceState, policy: Policy): number | null {
  if (!policy.rules["check-stale"].enabled) return null;
  const told = namedAt(service.book.firing, "check-stale");
  if (told?.severity === "critical") return null;
  const nearest = firstStaleAt(service, policy, told === undefined ? isSevere : isCritical);
  if (nearest === null) return null;
  return told === undefined ? Math.max(nearest, heardAgainAt(host, policy)) : nearest;
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
  const stale = isOn
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

function isCritical(severity: Severity): boolean {
  return severity === "critical";
}

function firstStaleAt(
  service: ServiceState,
  policy: Policy,
  counts: (severity: Severity) => boolean,
): number | null {
  const newestAt = newestOf(service);
  let nearest: number | null = null;
  for (const result of service.report.results) {
    if (!counts(result.severity)) continue;
    const at = staleFrom(result, service.reportedAt - (newestAt - result.finishedAt), policy);
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
  const sinceAt = stale.map((result) => result.overdueSinceAt ?? staleAt(service, result, policy));
  return {
    severity: severityOf(
      service,
      stale.map(({ check }) => check),
    ),
    title: `Checks of ${nameOf(subjectOf(host, service.service))} bring no results any more`,
    evidence: stale.map((result) => evidenceOf(service, result)),
    happenedAt: Math.min(...sinceAt),
    isRestartPointless: false,
    freezes: false,
  };
}

function staleAt(service: ServiceState, result: CheckResult, policy: Policy): number {
  return staleFrom(result, madeAt(service, result), policy);
}

function staleFrom(result: CheckResult, madeAt: number, policy: Policy): number {
  const { slack } = policy.rules["check-stale"];
  return result.overdueSinceAt === undefined
    ? madeAt + result.ttlMs + slack
    : result.overdueSinceAt + Math.min(slack, roundMsOf(result) / 2);
}

function evidenceOf(service: ServiceState, result: CheckResult): Evidence {
  const { check, overdueSinceAt, status, summary, ttlMs } = result;
  if (overdueSinceAt === undefined)
    return {
      at: madeAt(service, result),
      text: `${check}: last result (${status}) was good for ${formatDuration(ttlMs)}`,
    };
  const known = status === "pass" ? `pass, ${summary}` : summary;
  return { at: overdueSinceAt, text: `${check}: hangs or is not begun; last known: ${known}` };
}

// A host that was silent tells its results a moment after its first keepalive: they are waited for before anything begins to
// fire.
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
