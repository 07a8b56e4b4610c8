// A person lifts the brake, and says why; a rule, an apply or a recovery never does. Pure.
import { ok, refuse } from "@countersign/shared/values/result";
import { actorNameOf } from "../../words/actor.ts";
import { type Scope, subjectKeyOf } from "../../words/subject.ts";
import { addAudit, addEffect } from "../state/desk-change.ts";
import type { DeskAct } from "./desk-act.ts";

export interface LiftFreeze {
  readonly kind: "lift-freeze";
  readonly scope: Scope;
  readonly why: string;
}

export const liftFreeze: DeskAct<LiftFreeze> = {
  kind: "lift-freeze",
  who: "person",
  needs: "approve",
  refused: "freeze-lift-refused",
  about: (_state, { scope }) => [{ kind: "freeze", scope }],
  decide(change, context, { act, by }) {
    const key = subjectKeyOf(act.scope);
    const lifted = change.state.freezes.get(key);
    if (lifted === undefined) return refuse({ reason: "freeze-unknown" });
    if (act.why.trim() === "") return refuse({ reason: "reason-missing" });
    const freezes = change.state.freezes.without(key);
    const audited = addAudit({ ...change, state: { ...change.state, freezes } }, context, {
      actor: by,
      act: "freeze-lifted",
      refs: [{ kind: "freeze", scope: lifted.scope }],
      why: `${act.why} (frozen by ${actorNameOf(lifted.by)}: ${lifted.why})`,
    });
    return ok(addEffect(audited, { kind: "freeze-lifted", scope: lifted.scope, by }));
  },
};
