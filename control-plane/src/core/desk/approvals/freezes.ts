// The sticky brake: who froze automation on a service, a host or the whole fleet, when and why. Pure.
// What a reader would get wrong: a freeze outlives what caused it. A recovery, a policy apply, a deploy or a rule never lifts one;
// a responder does, and a host that is retired takes its own with it. While one holds, no proposal becomes an approval and no approval a grant; grants that were given before are recalled
// from their shards. A shard's rules hold proposals back as well; the desk does not rely on that, and refuses.
import { byRule } from "../../words/actor.ts";
import type { Signal } from "../../words/signal.ts";
import { FLEET, isHosted, type Scope, subjectKeyOf } from "../../words/subject.ts";
import type { Approval } from "../records/approval.ts";
import type { Freeze } from "../records/freeze.ts";
import { addAudit, type DeskChange } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import { approvalsAbout, approvalsOn } from "../state/desk-index.ts";
import type { DeskState } from "../state/desk-state.ts";
import { supersedeApproval } from "./approvals.ts";
import { recallApproved } from "./recalls.ts";

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
