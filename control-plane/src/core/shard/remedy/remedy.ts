// The ladder for a finding: a service whose checks pass and that makes no progress, or runs old code, may be acted on too, where the
// policy names an action for that reason. Pure. The ladder, the budget, the ceilings, the verification and the number of proposals
// are those of a failing check (core/shard/remedy/ladder.ts); no action named, none asked for.
// What a reader would get wrong: a service has one ladder at a time. A failing check is asked about first, and while a question or an act
// is open nothing else is.
import { isFiring } from "../../facts/fact-book.ts";
import { signalEffect } from "../../words/effects.ts";
import { type HostScene, type ServiceChange, subjectOf } from "../host/shard-change.ts";
import type { HostState, ServiceState } from "../host/shard-state.ts";
import { askWhenDue } from "./ask.ts";
import { findingToRemedy, remedyReasonOf } from "./ladder.ts";

/** Asks the host for the next action where a finding wants one: when it begins, and when what was asked came to nothing. */
export function judgeRemedy(
  host: HostState,
  service: ServiceState,
  moment: { readonly scene: HostScene; readonly previous: ServiceState },
): ServiceChange {
  if (isFiring(service.book, "check-failing") || service.proposal !== null || service.verification !== null)
    return { service, effects: [] };
  const { scene } = moment;
  const reason = findingToRemedy(host, service, scene.policy);
  if (reason === null) return { service, effects: [] };
  const news = remedyReasonOf(service) === reason ? "none" : "new";
  const asked = askWhenDue(host, service, { reason, news, ...moment });
  if (asked === null) return { service, effects: [] };
  const { refusal } = asked;
  if (refusal === null) return { service: asked.service, effects: asked.sent };
  const subject = subjectOf(host, service.service);
  const refused = { kind: "proposal-refused", happenedAt: scene.now, subject } as const;
  return {
    service: asked.service,
    effects: [
      signalEffect({ ...refused, requestId: "", refusal, reason, askedBy: { kind: "rule", reason } }),
    ],
  };
}
