// One act of a person, whichever it is: who asks is looked at first, then the act decides, and a no is put on record. Pure.
// What a reader would get wrong: a signed-in device is not enough. Its person must be a responder of the policy that is in force now.
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { type Actor, isResponder } from "../../words/actor.ts";
import { type Role, rolesOf } from "../../words/roles.ts";
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
  readonly needs: Role;
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
  const no = findNo(listed, context, done.by);
  const decided = no === null ? listed.decide(change, context, done) : refuse<ActNo>(no);
  if (decided.ok) return { change: decided.value, answer: ok(null) };
  const { reason, why = reason } = decided.error;
  const refs = listed.about(change.state, done.act);
  const audited = addAudit(change, context, { actor: done.by, act: listed.refused, refs, why });
  return { change: audited, answer: refuse({ reason }) };
}

function findNo({ needs, who }: AnyAct, { policy }: DeskContext, by: Actor): ActNo | null {
  if (by.kind === "admin" && who === "admin-too") return null;
  if (by.kind !== "person" || !isResponder(policy, by)) return { reason: "people-only" };
  if (rolesOf(policy, by.responder).includes(needs)) return null;
  return { reason: "role-missing", why: `role-missing: ${needs}` };
}
