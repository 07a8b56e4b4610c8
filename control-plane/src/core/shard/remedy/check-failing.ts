// Rule `check-failing`: a check of severity error or critical failed N times in a row, and the first failure is old enough. Pure.
// It fires once; it is told again only when the severity changes, when the proposal that came with it ended without an outcome and the
// service still fails, or when what held a question back is over (a new one is asked for, as long as the restart budget and the number
// of proposals last). After an outcome that did not help nothing is proposed again before the service recovered: automation stops
// itself.
import { entriesOf, namedAt, valuesOf } from "@countersign/shared/values/named";
import type { Severity } from "@countersign/shared/wire/service-report";
import type { Policy } from "../../../policy/policy.ts";
import { isFiring } from "../../facts/fact-book.ts";
import type { Finding } from "../../facts/rules/rule.ts";
import type { Evidence } from "../../words/signal.ts";
import { failureEvidence } from "../host/service-words.ts";
import { severityOf } from "../host/services.ts";
import { settleService } from "../host/settle.ts";
import type { HostScene, ServiceChange } from "../host/shard-change.ts";
import type { HostState, ServiceState } from "../host/shard-state.ts";
import { askWhenDue, type Question } from "./ask.ts";
import { withAsking, withoutRenewal } from "./asking.ts";

const REASON = "check-failing";

interface Moment {
  readonly scene: HostScene;
  /** the service before this event */
  readonly previous: ServiceState;
}

/** When the rule's condition is true and held, as the state stands; null while too few results failed, or the rule is turned off. */
export function checkFailingAt(service: ServiceState, policy: Policy): number | null {
  return policy.rules[REASON].enabled ? failedAt(service, policy) : null;
}

/** When checks fail by the rule, whether it is turned on or not; null while too few results failed. */
export function failedAt(
  service: ServiceState,
  { checkFailing }: Pick<Policy, "checkFailing">,
): number | null {
  const { failuresMin, heldMs } = checkFailing;
  let nearest: number | null = null;
  for (const check in service.failing) {
    const failure = namedAt(service.failing, check);
    if (failure === undefined || failure.count < failuresMin) continue;
    nearest = Math.min(nearest ?? Number.POSITIVE_INFINITY, failure.sinceAt + heldMs);
  }
  return nearest;
}

/** Fires, and clears as soon as all checks pass; the desk waits before it resolves. */
export function judgeCheckFailing(host: HostState, service: ServiceState, moment: Moment): ServiceChange {
  const { now, policy } = moment.scene;
  if (!isFiring(service.book, REASON)) {
    const dueAt = checkFailingAt(service, policy);
    return dueAt === null || now < dueAt
      ? { service, effects: [] }
      : tell(host, service, { ...moment, news: "new" });
  }
  if (!policy.rules[REASON].enabled)
    return clear(host, service, {
      ...moment,
      over: { at: now, text: "the rule was turned off in the policy" },
    });
  if (service.healthySinceAt !== null)
    return clear(host, service, { ...moment, over: { at: service.healthySinceAt, text: "all checks pass" } });
  // While too few results failed in a row, what was told stands.
  const isHeld = checkFailingAt(service, policy) !== null;
  const told = namedAt(service.book.firing, REASON)?.severity;
  const isChanged = isHeld && told !== firingSeverityOf(service, policy);
  return tell(host, service, { ...moment, news: isChanged ? "changed" : "none" });
}

// The severity that a firing signal carries: the highest of the checks that failed often enough.
function firingSeverityOf(service: ServiceState, policy: Policy): Severity {
  const failed = entriesOf(service.failing).filter(
    ([, { count }]) => count >= policy.checkFailing.failuresMin,
  );
  return severityOf(
    service,
    failed.map(([check]) => check),
  );
}

// It is told together with the question to the host, or with why there is none; and not again before another one is due.
function tell(
  host: HostState,
  service: ServiceState,
  moment: Moment & { readonly news: Question["news"] },
): ServiceChange {
  const { scene } = moment;
  const asked = askWhenDue(host, service, { reason: REASON, ...moment });
  if (asked === null) return { service, effects: [] };
  if (asked.isSilent === true && moment.news === "none")
    return { service: asked.service, effects: [...asked.ended, ...asked.sent] };
  const { refusal } = asked;
  const says = {
    proposalRequestId: asked.service.proposal?.requestId ?? null,
    ...(refusal === null ? {} : { refusal }),
  };
  const findings = [findingOf(host, asked.service, scene)];
  const over = { at: scene.now, text: "all checks pass" };
  const found = { reason: REASON, findings, over, isToldAnew: true, says } as const;
  const told = settleService(host, asked.service, { found, scene });
  return { service: told.service, effects: [...asked.ended, ...told.effects, ...asked.sent] };
}

function findingOf(host: HostState, service: ServiceState, { now, policy }: HostScene): Finding {
  const first = firstFailing(service);
  return {
    ...(first === null ? {} : { alike: first }),
    severity: firingSeverityOf(service, policy),
    title: `${service.service} is failing on ${host.name}`,
    evidence: failureEvidence(host, service),
    happenedAt: Math.min(now, ...valuesOf(service.failing).map(({ sinceAt }) => sinceAt)),
    isRestartPointless: false,
    freezes: false,
  };
}

/** The check that failed first: the same one on other hosts has the same cause. */
function firstFailing({ failing }: ServiceState): string | null {
  const [first] = entriesOf(failing).toSorted(
    ([leftName, left], [rightName, right]) => left.sinceAt - right.sinceAt || (leftName < rightName ? -1 : 1),
  );
  return first?.[0] ?? null;
}

function clear(
  host: HostState,
  service: ServiceState,
  { over, scene }: { readonly over: Evidence; readonly scene: HostScene },
): ServiceChange {
  return settleService(host, withoutRenewal(withAsking(service, { askAt: null })), {
    found: { reason: REASON, findings: [], over },
    scene,
  });
}
