// One act of a person, whichever it is: who asks is looked at first, then the act decides, and a no is put on record. Pure.
// What a reader would get wrong: a signed-in device is not enough. Its person must be a responder of the policy that is in force now.
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { type Actor, isResponder } from "../../words/actor.ts";
import type { AuditRefs } from "../state/audit-refs.ts";
import { addAudit, type AnsweredChange, type DeskChange } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import type { DeskState } from "../state/desk-state.ts";
import { ACTS, type ReadyAct } from "./act-list.ts";
import type { ActNo, Done } from "./desk-act.ts";

/** Any act of the list: the kind picks it, so what it is given is its own. */
interface AnyAct {
  readonly kind: string;
  readonly who: "person" | "admin-too";
  readonly refused: string;
  about(state: DeskState, act: ReadyAct): AuditRefs;
  decide(change: DeskChange, context: DeskContext, done: Done<ReadyAct, Actor>): Result<DeskChange, ActNo>;
}

const BY_KIND = new Map<string, AnyAct>(ACTS.map((act) => [act.kind, act as AnyAct]));

/** Decides one act; an unknown one is refused, for the code that sent it may be older or newer than this. */
export function takeAct(
  change: DeskChange,
  context: DeskContext,
  done: Done<ReadyAct, Actor>,
): AnsweredChange {
  const listed = BY_KIND.get(done.act.kind);
  if (listed === undefined) return { change, answer: refuse({ reason: "act-unknown" }) };
  const decided = mayDo(listed, context, done.by)
    ? listed.decide(change, context, done)
    : refuse<ActNo>({ reason: "people-only" });
  if (decided.ok) return { change: decided.value, answer: ok(null) };
  const { reason, why = reason } = decided.error;
  const refs = listed.about(change.state, done.act);
  const audited = addAudit(change, context, { actor: done.by, act: listed.refused, refs, why });
  return { change: audited, answer: refuse({ reason }) };
}

function mayDo({ who }: AnyAct, { policy }: DeskContext, by: Actor): boolean {
  if (by.kind === "person") return isResponder(policy, by);
  return by.kind === "admin" && who === "admin-too";
}
