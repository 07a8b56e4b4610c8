// The sticky brake: who froze automation on a service, a host or the whole fleet, when and why. Pure.
// What a reader would get wrong: a freeze outlives what caused it. A recovery, a policy apply, a deploy or a rule never lifts one;
// a responder does, and a host that is retired takes its own with it. While one holds, no proposal becomes an approval and no approval a grant; grants that were given before are recalled
// from their shards. A shard's rules hold proposals back as well; the desk does not rely on that, and refuses.
import { ok, refuse } from "@countersign/shared/values/result";
import { actorNameOf, byPerson, byRule } from "../../words/actor.ts";
import type { Signal } from "../../words/signal.ts";
import { FLEET, isHosted, type Scope, subjectKeyOf } from "../../words/subject.ts";
import { addAudit, addEffect, type AnsweredChange, type DeskChange } from "../state/desk-change.ts";
import type { ActRefusal, DeskContext, DeskEvent } from "../state/desk-events.ts";
import { approvalsAbout, approvalsOn } from "../state/desk-index.ts";
import type { Approval, DeskState, Freeze } from "../state/desk-state.ts";
import { supersedeApproval } from "./approvals.ts";
import { recallApproved } from "./recalls.ts";

/** A person pulls the brake. Pulling it twice changes nothing: the first reason stands. */
export function freeze(
  change: DeskChange,
  context: DeskContext,
  act: Extract<DeskEvent, { kind: "freeze" }>,
): AnsweredChange {
  if (!isResponder(context, act.by))
    return refuseFreeze(change, context, { ...act, act: "freeze-refused", reason: "people-only" });
  if (act.why.trim() === "")
    return refuseFreeze(change, context, { ...act, act: "freeze-refused", reason: "reason-missing" });
  return { change: setFreeze(change, context, { ...act, by: byPerson(act.by) }), answer: ok(null) };
}

/** A firing signal that says so freezes its subject. A rule says so once, so a freeze that was lifted stays lifted. */
export function freezeByRule(
  change: DeskChange,
  context: DeskContext,
  signal: Extract<Signal, { kind: "firing" }>,
): DeskChange {
  return setFreeze(change, context, {
    scope: isHosted(signal.subject) ? signal.subject : FLEET,
    by: byRule(signal.reason),
    why: signal.title,
  });
}

/** A person lifts the brake, and says why. */
export function liftFreeze(
  change: DeskChange,
  context: DeskContext,
  act: Extract<DeskEvent, { kind: "lift-freeze" }>,
): AnsweredChange {
  const refused = (reason: ActRefusal["reason"]) =>
    refuseFreeze(change, context, { ...act, act: "freeze-lift-refused", reason });
  if (!isResponder(context, act.by)) return refused("people-only");
  const key = subjectKeyOf(act.scope);
  const lifted = change.state.freezes.get(key);
  if (lifted === undefined) return refused("freeze-unknown");
  if (act.why.trim() === "") return refused("reason-missing");
  const freezes = change.state.freezes.without(key);
  const audited = addAudit({ ...change, state: { ...change.state, freezes } }, context, {
    actor: byPerson(act.by),
    act: "freeze-lifted",
    refs: [{ kind: "freeze", scope: lifted.scope }],
    why: `${act.why} (frozen by ${actorNameOf(lifted.by)}: ${lifted.why})`,
  });
  const told = addEffect(audited, { kind: "freeze-lifted", scope: lifted.scope, by: byPerson(act.by) });
  return { change: told, answer: ok(null) };
}

/** Sets a freeze, unless there is one of that scope: the first reason stands. */
export function setFreeze(
  change: DeskChange,
  context: DeskContext,
  { scope, by, why }: Pick<Freeze, "scope" | "by" | "why">,
): DeskChange {
  const key = subjectKeyOf(scope);
  if (change.state.freezes.get(key) !== undefined) return change;
  const freezes = change.state.freezes.with(key, { scope, by, why, at: context.now });
  const frozen = addAudit({ ...change, state: { ...change.state, freezes } }, context, {
    actor: by,
    act: "automation-frozen",
    refs: [{ kind: "freeze", scope }],
    why,
  });
  const covered = approvalsIn(frozen.state, scope);
  const superseded = covered.reduce(
    (before, approval) =>
      supersedeApproval(before, context, { approval, end: { reason: "brake-pulled", by } }),
    frozen,
  );
  return recallApproved(superseded, context, { approvals: covered, by });
}

function approvalsIn(state: DeskState, scope: Scope): readonly Approval[] {
  switch (scope.kind) {
    case "fleet":
      return state.approvals.values();
    case "host":
      return approvalsOn(state, scope.hostId);
    case "service":
      return approvalsAbout(state, scope);
  }
}

function isResponder({ policy }: DeskContext, by: string): boolean {
  return policy.responders.some(({ id }) => id === by);
}

function refuseFreeze(
  change: DeskChange,
  context: DeskContext,
  refused: {
    readonly scope: Scope;
    readonly by: string;
    readonly act: string;
    readonly reason: ActRefusal["reason"];
  },
): AnsweredChange {
  const { scope, by, act, reason } = refused;
  return {
    change: addAudit(change, context, {
      actor: byPerson(by),
      act,
      refs: [{ kind: "freeze", scope }],
      why: reason,
    }),
    answer: refuse({ reason }),
  };
}
