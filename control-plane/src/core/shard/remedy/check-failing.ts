// Rule `check-failing`: a check of severity error or critical failed N times in a row, or so many of its last ten times, and
// the first failure is old enough. Pure. It fires once; it is told again only when the severity changes, when the proposal
// that came with it ended without an outcome and the service still fails, or when what held a question back is over (a new
// one is asked for, as long as the restart budget and the number of proposals last). After an outcome that did not help
// nothing is proposed again before the service recovered: automation stops itself.
import { entriesOf, namedAt, namesOf, valuesOf } from "@countersign/shared/values/named";
import type { Severity } from "@countersign/shared/wire/service-report";
import type { Policy } from "../../../policy/policy.ts";
import { isFiring } from "../../facts/fact-book.ts";
import type { Finding } from "../../facts/rule.ts";
import type { Evidence } from "../../words/signal.ts";
import { failureEvidence } from "../host/service-words.ts";
import { isFailing, isFailingNoMore, isWell, severityOf } from "../host/services.ts";
import { settleService } from "../host/settle.ts";
import type { HostScene, ServiceChange } from "../host/shard-change.ts";
import type { HostState, ServiceState } from "../host/shard-state.ts";
import { excusedUntilAt } from "../host/unit-start.ts";
import { askWhenDue, failingTitleOf, type Question } from "./ask.ts";
import { withAsking, withoutRenewal } from "./asking.ts";
import { isEpisodeOver, withoutRelapse } from "./check-episode.ts";
import { countedChecks, failedAt } from "./failed-checks.ts";

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

/** Fires, and clears as soon as the service is well; the desk waits before it resolves. */
export function judgeCheckFailing(host: HostState, service: ServiceState, moment: Moment): ServiceChange {
  const { now, policy } = moment.scene;
  if (!isFiring(service.book, REASON)) {
    return isFailingNow(service, moment.scene)
      ? tell(host, withoutRelapse(service), { ...moment, news: "new" })
      : relapse(host, service, moment.scene);
  }
  if (!policy.rules[REASON].enabled)
    return clear(host, service, {
      ...moment,
      over: { at: now, text: "the rule was turned off in the policy" },
    });
  return isFailingNoMore(service) ? whileWell(host, service, moment) : whileFailing(host, service, moment);
}

function whileWell(host: HostState, service: ServiceState, moment: Moment): ServiceChange {
  // What came back must be over before it clears: else it would come and go with each result.
  if (service.relapse === "back" && !isEpisodeOver(service, moment.scene)) return { service, effects: [] };
  const at = service.healthySinceAt ?? moment.scene.now;
  const text = isWell(service) ? "all checks pass" : "no check fails any more";
  return clear(host, service, { ...moment, over: { at, text } });
}

function whileFailing(host: HostState, service: ServiceState, moment: Moment): ServiceChange {
  const { policy } = moment.scene;
  if (service.relapse === "back")
    return isFailingNow(service, moment.scene)
      ? tell(host, withoutRelapse(service), { ...moment, news: "new" })
      : { service, effects: [] };
  // While too few results failed, what was told stands.
  const isHeld = checkFailingAt(service, policy) !== null;
  const told = namedAt(service.book.firing, REASON)?.severity;
  const isChanged = isHeld && told !== firingSeverityOf(service, policy);
  return tell(host, service, { ...moment, news: isChanged ? "changed" : "none" });
}

function isFailingNow(service: ServiceState, { now, policy }: HostScene): boolean {
  const dueAt = checkFailingAt(service, policy);
  return dueAt !== null && now >= dueAt;
}

// The severity that a firing signal carries: the highest of the checks that failed often enough, or that brought it back.
function firingSeverityOf(service: ServiceState, policy: Policy): Severity {
  const counted = countedChecks(service, policy);
  return severityOf(service, counted.length === 0 ? namesOf(service.failing) : counted);
}

/**
 * When a failure brings back what has cleared and is not over: at once, or when its unit's start has had its time; null:
 * none does.
 */
export function relapseAt(service: ServiceState): number | null {
  if (service.relapse !== "possible" || !isFailing(service)) return null;
  return excusedUntilAt(service) ?? 0;
}

// It was not over: one failure brings it back, and nothing is asked with it.
function relapse(host: HostState, service: ServiceState, scene: HostScene): ServiceChange {
  const dueAt = relapseAt(service);
  if (dueAt === null || scene.now < dueAt) return { service, effects: [] };
  if (!scene.policy.rules[REASON].enabled) return { service: withoutRelapse(service), effects: [] };
  const over = { at: scene.now, text: "all checks pass" };
  const found = { reason: REASON, findings: [findingOf(host, service, scene)], over } as const;
  return settleService(host, { ...service, relapse: "back" }, { found, scene });
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
    title: failingTitleOf(host, service),
    evidence: failureEvidence(host, service),
    happenedAt: Math.min(
      now,
      failedAt(service, { checkFailing: { ...policy.checkFailing, heldMs: 0 } }) ?? now,
      ...valuesOf(service.failing).map(({ sinceAt }) => sinceAt),
    ),
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
  // What comes after an act of ours is judged by its verification.
  const isOver = service.verification !== null || !isWell(service) || isEpisodeOver(service, scene);
  const left: ServiceState = isOver ? withoutRelapse(service) : { ...service, relapse: "possible" };
  return settleService(host, withoutRenewal(withAsking(left, { askAt: null })), {
    found: { reason: REASON, findings: [], over },
    scene,
  });
}
