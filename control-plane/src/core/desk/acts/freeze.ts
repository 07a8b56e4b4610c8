// A person pulls the brake on a service, a host or the whole fleet. Pulling it twice changes nothing: the first reason stands. Pure.
import { ok, refuse } from "@countersign/shared/values/result";
import type { Scope } from "../../words/subject.ts";
import { setFreeze } from "../approvals/freezes.ts";
import type { DeskAct } from "./desk-act.ts";

export interface FreezeAct {
  readonly kind: "freeze";
  readonly scope: Scope;
  readonly why: string;
}

export const freeze: DeskAct<FreezeAct> = {
  kind: "freeze",
  who: "person",
  needs: "answer",
  refused: "freeze-refused",
  about: (_state, { scope }) => [{ kind: "freeze", scope }],
  decide(change, context, { act: { scope, why }, by }) {
    if (why.trim() === "") return refuse({ reason: "reason-missing" });
    return ok(setFreeze(change, context, { scope, by, why }));
  },
};
