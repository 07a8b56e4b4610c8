// The one place that puts a question to a host: whether one is due for what fires, for which action, and why none is put. Pure. All reasons
// that may be acted on come through here, a failing check and the findings of core/shard/remedy/remedy.ts alike.
// What a reader would get wrong: one question at a time. A check that begins to fail is asked about before any finding, and ends the
// question about one; nothing else does. What a person asked for (person-ask.ts) is ended by none of these.
import { namedAt } from "@countersign/shared/values/named";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { SIGNING_VERSION } from "@countersign/shared/wire/protocol";
import { isShadowed } from "../../../policy/policy-for.ts";
import type { RemediableReason } from "../../../policy/policy-override.ts";
import { type Asking, askReasonOf, wireAskerOf } from "../../words/asking.ts";
import { NO_EFFECTS, signalEffect, type EffectDraft } from "../../words/effects.ts";
import { askAgainAt, isHeldBackBy } from "../../words/proposal-refusal.ts";
import type { AskedBy, ProposalRefusal } from "../../words/signal.ts";
import { type HostScene, isGranted, subjectOf } from "../host/shard-change.ts";
import type { HostState, ServiceState } from "../host/shard-state.ts";
import { actsWithin, askedWithin, renewableAt, roomAt, withAsking, withoutRenewal } from "./asking.ts";
import { automationCeilingOf } from "./automation-ceiling.ts";
import { calmAt } from "./calm.ts";
import { nextRung, nextRungAt, observedAt, remedyReasonOf, type Rung } from "./ladder.ts";
import { unitHoldOf } from "./unit-hold.ts";

/** What a question would be about. */
export interface Question {
  readonly reason: RemediableReason;
  /** what fires is new, reads otherwise, or is as it was */
  readonly news: "new" | "changed" | "none";
  /** the service before this event */
  readonly previous: ServiceState;
  readonly scene: HostScene;
}

/** What became of a question that was due. */
export interface Asked {
  readonly service: ServiceState;
  /** why it is not put; null: it is, or another one is open, or it is renewed a little later */
  readonly refusal: ProposalRefusal | null;
  /** nothing is to be said of it: an open question only gets another proposal */
  readonly isSilent?: true;
  /** said before what fires is told, and after it */
  readonly ended: readonly EffectDraft[];
  readonly sent: readonly EffectDraft[];
}

/** Puts a question where one is due; null: none is. */
export function askWhenDue(host: HostState, before: ServiceState, question: Question): Asked | null {
  if (!isDue(host, before, question)) return null;
  const { news, reason, scene } = question;
  // What is new is no renewal of what was asked before, and a no to that is none to this.
  const service = news === "new" ? withoutRenewal(before) : before;
  if (service.proposal !== null && (news !== "new" || service.proposal.askedBy !== undefined))
    return { service, refusal: null, ended: NO_EFFECTS, sent: NO_EFFECTS };
  const renewAt = news === "new" ? null : renewableAt(service, scene);
  if (renewAt !== null && scene.now < renewAt)
    return {
      service: withAsking(service, { askAt: renewAt }),
      refusal: null,
      isSilent: true,
      ended: NO_EFFECTS,
      sent: NO_EFFECTS,
    };
  const rung = proposableRung(host, service, question);
  if (!rung.ok) {
    const refusal = rung.error;
    const asking = { askAt: askAgainAt(refusal), isHeldBack: isHeldBackBy(refusal) };
    // The question about a finding may still be open when a check is not asked about.
    const askedFor = reason === "check-failing" ? {} : { askedFor: reason };
    // That it waits a little longer is no news: what was shared ended for another host later than for this one.
    const isWaiting = refusal.reason === "only-just-over" && service.ladder?.isHeldBack !== true;
    const isNoNews = isWaiting && news === "none";
    return {
      service: withAsking(service, { ...asking, ...askedFor }),
      refusal,
      ...(isNoNews ? { isSilent: true } : {}),
      ended: NO_EFFECTS,
      sent: NO_EFFECTS,
    };
  }
  const requestId = scene.newId("prq");
  const why = askReasonOf(titleOf(host, service, reason));
  const proposal = { requestId, requestedAt: scene.now, boundTo: null, ...rung.value, why };
  const asking = withAsking(service, { askAt: null, askedAt: scene.now, askedFor: reason });
  return {
    service: { ...asking, proposal },
    refusal: null,
    ...(renewAt === null ? {} : { isSilent: true }),
    ended: service.proposal === null ? NO_EFFECTS : [endOther(host, service, scene)],
    sent: [sendPropose(host, asking, proposal)],
  };
}

// What fires changed, what was asked came to nothing, or what a question waited for is there.
function isDue(host: HostState, service: ServiceState, { news, previous, scene }: Question): boolean {
  const { grants, now } = scene;
  const isProposalOver = previous.proposal !== null && service.proposal === null;
  const isGrantOver = grants.some((grant) => grant.service === service.service && grant.expiresAt <= now);
  const rungAt = nextRungAt(service);
  const isRungDue = rungAt !== null && now >= rungAt;
  return news !== "none" || isProposalOver || isGrantOver || isRungDue || isFreed(host, service, scene);
}

// A freeze, a finding or the unit itself held the last question back, and does no longer.
function isFreed(host: HostState, service: ServiceState, scene: HostScene): boolean {
  if (service.ladder?.isHeldBack !== true || service.proposal !== null || service.verification !== null)
    return false;
  if (isOfVersion1(host) || unitHoldOf(service, scene.now) !== null) return false;
  const rung = nextRung(host, service, { policy: scene.policy, reason: remedyReasonOf(service) });
  if (rung === null) return false;
  return automationCeilingOf(host, service, { ...scene, action: rung.action }) === null;
}

function proposableRung(
  host: HostState,
  service: ServiceState,
  { reason, scene }: Question,
): Result<Rung, ProposalRefusal> {
  const { now, policy } = scene;
  const { restartsMax, windowMs } = policy.restartBudget;
  const rung = nextRung(host, service, { policy, reason });
  if (rung === null) {
    const isTried = service.ladder !== undefined && service.ladder.tried.length > 0;
    return refuse({ reason: "no-action", isTried });
  }
  const { action } = rung;
  if (isOfVersion1(host)) return refuse({ reason: "install-again" });
  const hold = unitHoldOf(service, now);
  if (hold !== null) return refuse(hold);
  const askAt = observedAt(host, policy);
  if (now < askAt) return refuse({ reason: "not-observed", watchMs: policy.ladder.observeFirstMs, askAt });
  const ceiling = automationCeilingOf(host, service, { ...scene, action });
  if (ceiling !== null) return refuse(ceiling);
  const calm = calmAt(host, service, { policy, reason });
  if (now < calm) return refuse({ reason: "only-just-over", askAt: calm });
  const acts = actsWithin(service, now, policy);
  if (acts.length >= restartsMax) {
    const room = { askAt: roomAt(acts, restartsMax, windowMs) };
    return refuse({ reason: "budget-used-up", count: acts.length, max: restartsMax, windowMs, ...room });
  }
  const tooOften = service.ladder?.isRenewal === true ? null : refusalOfTooMany(service, scene);
  if (tooOften !== null) return refuse(tooOften);
  if (isGranted(service.service, scene) || service.verification !== null)
    return refuse({ reason: "under-way" });
  if (isShadowed(policy, reason)) return refuse({ reason: "in-shadow", action });
  return ok(rung);
}

// A service that fails and recovers all the time, or is started anew by somebody else, makes every proposal void: asking for ever helps
// nobody, and neither does a page for each.
function refusalOfTooMany(service: ServiceState, { now, policy }: HostScene): ProposalRefusal | null {
  const { proposalsMax, proposalsWindowMs } = policy.ladder;
  const asked = askedWithin(service, now, policy);
  if (asked.length < proposalsMax) return null;
  const askAt = roomAt(asked, proposalsMax, proposalsWindowMs);
  return { reason: "asked-too-often", count: asked.length, windowMs: proposalsWindowMs, askAt };
}

function endOther(host: HostState, service: ServiceState, { now }: HostScene): EffectDraft {
  const subject = subjectOf(host, service.service);
  return signalEffect({ kind: "superseded", happenedAt: now, subject, end: { reason: "check-first" } });
}

/** Asks the host's actuator to mint the proposal of a service's open request. */
export function sendPropose(host: HostState, service: ServiceState, open: OpenProposal): EffectDraft {
  const { action, requestId } = open;
  return {
    kind: "send",
    hostId: host.hostId,
    message: {
      version: SIGNING_VERSION,
      type: "propose",
      requestId,
      service: service.service,
      action,
      ...askingOf(host, service, open),
    },
  };
}

type OpenProposal = NonNullable<ServiceState["proposal"]>;

/** Who has the host asked for an open proposal, by what is remembered of it. */
export function askedByOf(service: ServiceState, { askedBy }: OpenProposal): AskedBy {
  return askedBy ?? { kind: "rule", reason: remedyReasonOf(service) };
}

/** What the host is told of who asks and why, and must answer word for word. */
export function askingOf(host: HostState, service: ServiceState, open: OpenProposal): Asking {
  const askedBy = askedByOf(service, open);
  return {
    askedBy: wireAskerOf(askedBy),
    reason: open.why ?? askReasonOf(titleOf(host, service, remedyReasonOf(service))),
  };
}

/** What fires, as it is told, in one line. */
function titleOf(host: HostState, service: ServiceState, reason: RemediableReason): string {
  return namedAt(service.book.firing, reason)?.title ?? failingTitleOf(host, service);
}

/** What is told of a service whose checks fail. */
export function failingTitleOf({ name }: HostState, { service }: ServiceState): string {
  return `${service} is failing on ${name}`;
}

/** An agent of version 1: nothing can be asked of it. Of a host that is not connected nothing is known. */
export function isOfVersion1({ connection }: HostState): boolean {
  return connection !== null && connection.signing === undefined;
}
