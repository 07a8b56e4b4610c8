// What is said of a service in findings of every kind: its restarts in the window of the budget, and what it looks like now. Pure.
import { startTimeoutOf } from "@countersign/shared/host/unit-run";
import { formatDuration } from "@countersign/shared/values/duration";
import { entriesOf, namedAt } from "@countersign/shared/values/named";
import { clockOf } from "../../words/clock-text.ts";
import { failureClassWords } from "../../words/failure-class-words.ts";
import type { Evidence } from "../../words/signal.ts";
import { restartsWithin } from "./services.ts";
import type { HostScene } from "./shard-change.ts";
import type { HostState, ServiceState } from "./shard-state.ts";

/** Restarts by anyone in the budget's window, as a firing signal states them. */
export function restartsOf(
  service: ServiceState,
  { now, policy }: Pick<HostScene, "now" | "policy">,
): { readonly count: number; readonly max: number; readonly windowMs: number } {
  const { restartsMax, windowMs } = policy.restartBudget;
  return { count: restartsWithin(service, now, windowMs).length, max: restartsMax, windowMs };
}

// How often it failed in a row, and of the last ten where that is more; its last words; and what their class means.
function checkWords({ report, tallies }: ServiceState, check: string, count: number): string {
  const { failed = 0, of = 0, class: failureClass } = namedAt(tallies, check) ?? {};
  const often = failed > count ? `${failed} of its last ${of} times` : `${count}×`;
  const summary = report.results.find((result) => result.check === check)?.summary ?? "no result";
  const words = failureClass === undefined ? null : failureClassWords(failureClass);
  const now = count === 0 ? `now ${summary}` : summary;
  return `${check} failed ${often}: ${now}${words === null ? "" : ` (${words})`}`;
}

/** What a service looks like now: each failing check's last words, and its unit's state. */
export function failureEvidence(host: HostState, service: ServiceState): readonly Evidence[] {
  const failing = entriesOf(service.failing).map(([check, { count }]): Evidence => {
    return { at: service.reportedAt, text: checkWords(service, check, count) };
  });
  const { unit } = service.report;
  if (unit === null) return failing;
  const entry = host.connection?.catalogue.find((candidate) => candidate.service === service.service);
  const name = entry?.unit ?? service.service;
  const called = unit.id === undefined ? name : `${name} (${unit.id})`;
  const runs = unit.mainPid === 0 ? "no process" : `process ${unit.mainPid}`;
  const text = `${called}: ${unit.activeState} (result ${unit.result}), ${runs}`;
  return [...failing, { at: service.reportedAt, text: `${text}${startWords(service)}` }];
}

// That a start takes longer than it may is why it is told.
function startWords({ report: { unit }, start }: ServiceState): string {
  if (unit === null || start === undefined) return "";
  return `; its start may take ${formatDuration(startTimeoutOf(unit))}, and began at ${clockOf(start.sinceAt)} UTC`;
}
