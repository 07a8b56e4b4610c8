// What is said of a service in findings of every kind: its restarts in the window of the budget, and what it looks like now. Pure.
import { entriesOf } from "@countersign/shared/values/named";
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

/** What a service looks like now: each failing check's last words, and its unit's state. */
export function failureEvidence(host: HostState, service: ServiceState): readonly Evidence[] {
  const failing = entriesOf(service.failing).map(([check, { count }]): Evidence => {
    const result = service.report.results.find((candidate) => candidate.check === check);
    return { at: service.reportedAt, text: `${check} failed ${count}×: ${result?.summary ?? "no result"}` };
  });
  const { unit } = service.report;
  if (unit === null) return failing;
  const entry = host.connection?.catalogue.find((candidate) => candidate.service === service.service);
  const name = entry?.unit ?? service.service;
  const text = `${name}: ${unit.activeState} (result ${unit.result}), MainPID ${unit.mainPid}`;
  return [...failing, { at: service.reportedAt, text }];
}
