// Standing approvals: a person's yes in advance to one action of one service, bounded in count and time. Pure. Also what runs without
// any person: an action below restart class that the policy lets run unattended.
// What a reader would get wrong: the level is read from the host's own proposal, never from the policy or the signal. Level 4 runs
// only with a person's yes, in advance or now; level 5 only with one now. A freeze and the budget hold here as everywhere, and
// the host checks again. Whether the signature of its seal holds is looked at where the grant is signed
// (platform/desk/standing-seal.ts), because that is not pure.
import { ok, refuse } from "@countersign/shared/values/result";
import { policyFor } from "../../../policy/policy-for.ts";
import { type Actor, actorNameOf, BY_DESK, byPerson, byRule, isPerson } from "../../words/actor.ts";
import { clockOf } from "../../words/clock-text.ts";
import { UNATTENDED_LEVEL_MAX } from "../../words/levels.ts";
import type { PageReason, Signal } from "../../words/signal.ts";
import { isSameSubject, nameOf } from "../../words/subject.ts";
import { type AuditRefs, refsOfStanding } from "../state/audit-refs.ts";
import { addAudit, type AnsweredChange, type DeskChange } from "../state/desk-change.ts";
import type { ActRefusal, DeskContext, DeskEvent } from "../state/desk-events.ts";
import type { Approval, DeskState, StandingApproval } from "../state/desk-state.ts";
import { freezeOver } from "../state/freeze-scope.ts";
import { grantApproval } from "./approve.ts";

/** A yes for longer, or more often, is a policy that nobody has read. */
export const STANDING_MAX_MS = 30 * 24 * 3_600_000;
export const STANDING_USES_MAX = 20;
export const STANDINGS_MAX = 200;
/** A config fallback is decided by a person who looks at it. */
export const STANDING_LEVEL_MAX = 4;

type Given = Extract<DeskEvent, { kind: "give-standing" }>;
type Unattended = Extract<Signal, { kind: "proposed" }>["unattended"];

/** A person says yes in advance. */
export function giveStanding(change: DeskChange, context: DeskContext, given: Given): AnsweredChange {
  const { action, by, seal, standingId, subject, untilAt, usesMax, why } = given;
  const reason = refusalOf(change.state, context, given);
  if (reason !== null)
    return refuseAct(change, context, {
      by,
      act: "standing-refused",
      refs: [{ kind: "subject", subject }],
      reason,
    });
  const standing: StandingApproval = {
    standingId,
    by: byPerson(by),
    subject,
    action,
    usesMax,
    usesCount: 0,
    givenAt: context.now,
    untilAt,
    why,
    seal,
  };
  const audited = addAudit(putStanding(change, standing), context, {
    actor: standing.by,
    act: "standing-given",
    refs: refsOfStanding(standing),
    why: `${action} ${nameOf(subject)}, at most ${usesMax}×, until ${clockOf(untilAt)} UTC: ${why} (sha256 ${seal.hash}, signed by ${seal.keyId})`,
  });
  return { change: audited, answer: ok(null) };
}

/** A person takes a standing approval back: any responder may, at once. What it has approved already stays approved. */
export function revokeStanding(
  change: DeskChange,
  context: DeskContext,
  act: Extract<DeskEvent, { kind: "revoke-standing" }>,
): AnsweredChange {
  const { by, standingId } = act;
  const standing = change.state.standing.get(standingId);
  const refused = (reason: ActRefusal["reason"]) =>
    refuseAct(change, context, {
      by,
      act: "standing-revoke-refused",
      refs: standing === undefined ? [{ kind: "standing", standingId, use: null }] : refsOfStanding(standing),
      reason,
    });
  if (!isResponder(context, by)) return refused("people-only");
  if (standing === undefined) return refused("standing-unknown");
  return {
    change: dropStanding(change, context, { standing, by: byPerson(by), act: "standing-revoked" }),
    answer: ok(null),
  };
}

/** Ends what a person who left the policy has allowed in advance; covered by nobody, it must not cover again when the name comes back. */
export function endStandingApprovalsOf(
  change: DeskChange,
  context: DeskContext,
  responder: string,
): DeskChange {
  return change.state.standing
    .values()
    .filter(({ by }) => isPerson(by, responder))
    .reduce(
      (before, standing) =>
        dropStanding(before, context, { standing, by: BY_DESK, act: "standing-giver-left" }),
      change,
    );
}

/** Drops the standing approvals whose end has come. */
export function expireStanding(change: DeskChange, context: DeskContext): DeskChange {
  return change.state.standing
    .values()
    .filter(({ untilAt }) => untilAt <= context.now)
    .reduce(
      (before, standing) => dropStanding(before, context, { standing, by: BY_DESK, act: "standing-expired" }),
      change,
    );
}

/** Decides a new approval without asking, where that is allowed; null: a person is asked. */
export function decideInAdvance(
  change: DeskChange,
  context: DeskContext,
  asked: { readonly approval: Approval; readonly unattended: Unattended },
): DeskChange | null {
  const { approval, unattended } = asked;
  const { proposal, subject } = approval;
  const incident = change.state.incidents.get(approval.incidentId);
  if (incident === undefined || freezeOver(change.state, subject) !== null) return null;
  if (incident.restarts !== null && incident.restarts.count >= incident.restarts.max) return null;
  const line = proposal.argv.join(" ");
  if (mayRunUnattended(context, { approval, unattended, reason: incident.reason }))
    return grantApproval(change, context, {
      approval,
      by: byRule(incident.reason),
      act: "approved-unattended",
      text: `Runs without a person, level ${proposal.level} as the policy allows: ${line}`,
    });
  const standing = standingFor(change.state, context, approval);
  if (standing === undefined) return null;
  const used = { ...standing, usesCount: standing.usesCount + 1 };
  return grantApproval(putStanding(change, used), context, {
    approval: { ...approval, standingId: standing.standingId },
    by: standing.by,
    act: "approved-by-standing",
    also: [{ kind: "standing", standingId: standing.standingId, use: used.usesCount }],
    text: `Approved in advance (${standing.standingId}, use ${used.usesCount} of ${used.usesMax}): ${line}`,
  });
}

/** By the policy in force now, as the desk has it: the shard's word says only which action to look up. */
function mayRunUnattended(
  context: DeskContext,
  run: { readonly approval: Approval; readonly unattended: Unattended; readonly reason: PageReason },
): boolean {
  const { approval, reason, unattended } = run;
  if (unattended === undefined || approval.proposal.level > UNATTENDED_LEVEL_MAX) return false;
  const { hostName, service } = approval.subject;
  const policy = policyFor(context.policy, { hostName, service, tags: unattended.tags });
  return policy.remediations.some(
    (rung) => rung.reason === reason && rung.action === unattended.action && rung.unattended === true,
  );
}

/** The standing approval that covers an approval now, the one that ends first; its giver must still be a responder. */
function standingFor(
  state: DeskState,
  context: DeskContext,
  { proposal, subject }: Approval,
): StandingApproval | undefined {
  if (proposal.level > STANDING_LEVEL_MAX) return undefined;
  return state.standing
    .values()
    .filter((standing) => standing.action === proposal.action && isSameSubject(standing.subject, subject))
    .filter(({ untilAt, usesCount, usesMax }) => context.now < untilAt && usesCount < usesMax)
    .filter(({ by }) => isResponder(context, by.responder))
    .toSorted((left, right) => left.untilAt - right.untilAt)[0];
}

function refusalOf(state: DeskState, context: DeskContext, given: Given): ActRefusal["reason"] | null {
  const { action, by, untilAt, usesMax, why } = given;
  if (!isResponder(context, by)) return "people-only";
  if (why.trim() === "") return "reason-missing";
  if (state.standing.get(given.standingId) !== undefined) return "standing-used";
  if (action === "") return "standing-too-wide";
  const isCounted = Number.isInteger(usesMax) && usesMax >= 1 && usesMax <= STANDING_USES_MAX;
  const isTimed = untilAt > context.now && untilAt - context.now <= STANDING_MAX_MS;
  const hasRoom = state.standing.ids().length < STANDINGS_MAX;
  return isCounted && isTimed && hasRoom ? null : "standing-bounds";
}

function isResponder({ policy }: DeskContext, by: string): boolean {
  return policy.responders.some(({ id }) => id === by);
}

function putStanding(change: DeskChange, standing: StandingApproval): DeskChange {
  const all = change.state.standing.with(standing.standingId, standing);
  return { ...change, state: { ...change.state, standing: all } };
}

/** Takes a standing approval away; those it gave before stay. */
export function dropStanding(
  change: DeskChange,
  context: DeskContext,
  end: { readonly standing: StandingApproval; readonly by: Actor; readonly act: string },
): DeskChange {
  const { act, by, standing: ended } = end;
  const standing = change.state.standing.without(ended.standingId);
  return addAudit({ ...change, state: { ...change.state, standing } }, context, {
    actor: by,
    act,
    refs: refsOfStanding(ended),
    why: `${ended.action} ${nameOf(ended.subject)}, given by ${actorNameOf(ended.by)}, used ${ended.usesCount} of ${ended.usesMax}×`,
  });
}

function refuseAct(
  change: DeskChange,
  context: DeskContext,
  refused: {
    readonly by: string;
    readonly act: string;
    readonly refs: AuditRefs;
    readonly reason: ActRefusal["reason"];
  },
): AnsweredChange {
  const { act, by, reason, refs } = refused;
  return {
    change: addAudit(change, context, { actor: byPerson(by), act, refs, why: reason }),
    answer: refuse({ reason }),
  };
}
