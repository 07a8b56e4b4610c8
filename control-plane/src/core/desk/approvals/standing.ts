// Standing approvals: a person's yes in advance to one action of one service, bounded in count and time. Pure. Also what runs without
// any person: an action below restart class that the policy lets run unattended.
// What a reader would get wrong: the level is read from the host's own proposal, never from the policy or the signal. Level 4 runs
// only with a person's yes, in advance or now; level 5 only with one now. A freeze and the budget hold here as everywhere, and
// the host checks again. Whether its giver's signature holds is looked at when it is given and where the grant is signed
// (platform/desk/signed-acts.ts), because that is not pure; and the host looks last, and counts for itself.
import { STANDING_LEVEL_MAX } from "@countersign/shared/wire/standing";
import { policyFor } from "../../../policy/policy-for.ts";
import {
  type Actor,
  actorNameOf,
  BY_DESK,
  byRule,
  isPerson,
  isResponder,
  type Person,
} from "../../words/actor.ts";
import { UNATTENDED_LEVEL_MAX } from "../../words/levels.ts";
import { rolesOf } from "../../words/roles.ts";
import type { PageReason, Signal } from "../../words/signal.ts";
import { isSameSubject, nameOf } from "../../words/subject.ts";
import type { Approval } from "../records/approval.ts";
import type { StandingApproval } from "../records/standing-approval.ts";
import { refsOfStanding } from "../state/audit-refs.ts";
import { addAudit, type DeskChange } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import type { DeskState } from "../state/desk-state.ts";
import { freezeOver } from "../state/freeze-scope.ts";
import { grantApproval } from "./answers.ts";

type Unattended = Extract<Signal, { kind: "proposed" }>["unattended"];

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

/** Ends what was signed by a passkey that left the fleet's trust: no host takes it any more, and it must not stand in a person's place. */
export function endStandingApprovalsWithout(
  change: DeskChange,
  context: DeskContext,
  credentialIds: readonly string[],
): DeskChange {
  return change.state.standing
    .values()
    .filter(({ signed }) => !credentialIds.includes(signed.credentialId))
    .reduce(
      (before, standing) =>
        dropStanding(before, context, { standing, by: BY_DESK, act: "standing-passkey-left" }),
      change,
    );
}

/** Drops the standing approvals whose end has come, or whose giver may approve no more: it must not cover again when the role comes back. */
export function expireStanding(change: DeskChange, context: DeskContext): DeskChange {
  return change.state.standing.values().reduce((before, standing) => {
    const act = endOf(standing, context);
    return act === null ? before : dropStanding(before, context, { standing, by: BY_DESK, act });
  }, change);
}

function endOf({ by, untilAt }: StandingApproval, { now, policy }: DeskContext): string | null {
  if (untilAt <= now) return "standing-expired";
  // Who left the policy is looked at by itself (endStandingApprovalsOf).
  return isResponder(policy, by) && !mayApprove(policy, by) ? "standing-role-left" : null;
}

function mayApprove(policy: DeskContext["policy"], { responder }: Person): boolean {
  return rolesOf(policy, responder).includes("approve");
}

/** Decides a new approval without asking, where that is allowed; null: a person is asked. */
export function decideInAdvance(
  change: DeskChange,
  context: DeskContext,
  asked: { readonly approval: Approval; readonly unattended: Unattended },
): DeskChange | null {
  const { approval, unattended } = asked;
  const { proposal, subject } = approval;
  const finding = change.state.findings.get(approval.findingId);
  if (finding === undefined || freezeOver(change.state, subject) !== null) return null;
  // Somebody types its name each time.
  if (proposal.isProtected === true) return null;
  if (finding.restarts !== null && finding.restarts.count >= finding.restarts.max) return null;
  const line = proposal.argv.join(" ");
  if (mayRunUnattended(context, { approval, unattended, reason: finding.reason }))
    return grantApproval(change, context, {
      approval,
      by: byRule(finding.reason),
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
  const { level, requires } = approval.proposal;
  if (unattended === undefined || level > UNATTENDED_LEVEL_MAX || requires.people > 0) return false;
  const { hostName, service } = approval.subject;
  const policy = policyFor(context.policy, { hostName, service, tags: unattended.tags });
  return policy.remediations.some(
    (rung) => rung.reason === reason && rung.action === unattended.action && rung.unattended === true,
  );
}

/** The standing approval that covers an approval now, the one that ends first; its giver must still be somebody who may approve. */
function standingFor(
  state: DeskState,
  context: DeskContext,
  { proposal, subject }: Approval,
): StandingApproval | undefined {
  const { action, level, requires } = proposal;
  // One person has signed it.
  if (level > STANDING_LEVEL_MAX || requires.people > 1) return undefined;
  return state.standing
    .values()
    .filter((standing) => standing.action === action && isSameSubject(standing.subject, subject))
    .filter(({ untilAt, usesCount, usesMax }) => context.now < untilAt && usesCount < usesMax)
    .filter(({ by }) => mayApprove(context.policy, by))
    .filter(({ signed }) => requires.credentials === "any" || !signed.isSynced)
    .toSorted((left, right) => left.untilAt - right.untilAt)[0];
}

/** Stores a standing approval in the state under decision. */
export function putStanding(change: DeskChange, standing: StandingApproval): DeskChange {
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
