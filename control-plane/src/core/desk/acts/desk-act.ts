// What an act of a person is to the desk: who may do it, what its audit row is about, how it is decided. Pure types. One file for each act
// beside this one, one line for each in act-list.ts; take-act.ts looks who asks, and puts on record what is refused.
import type { Result } from "@countersign/shared/values/result";
import type { Actor, Admin, Person } from "../../words/actor.ts";
import type { Role } from "../../words/roles.ts";
import type { AuditRefs } from "../state/audit-refs.ts";
import type { DeskChange } from "../state/desk-change.ts";
import type { ActRefusal, DeskContext } from "../state/desk-events.ts";
import type { DeskState } from "../state/desk-state.ts";

/** An act with who does it. */
export interface Done<Ready, By extends Actor = Person> {
  readonly act: Ready;
  readonly by: By;
}

/** Why an act did nothing; `why`: what its audit row says beside the reason, absent: the reason alone. */
export interface ActNo extends ActRefusal {
  readonly why?: string;
}

/**
 * One act. `Ready` is what is decided; `Asked` what a person sends, where the shell must look something up or sign before it can be decided
 * (platform/desk/ready-act.ts).
 */
export interface DeskAct<
  Ready extends { readonly kind: string },
  By extends Person | Admin = Person,
  Asked extends { readonly kind: Ready["kind"] } = Ready,
> {
  readonly kind: Ready["kind"];
  /** a responder of the policy alone, or whoever holds the admin token too */
  readonly who: Admin extends By ? "admin-too" : "person";
  /** the role that a responder needs for it */
  readonly needs: Role;
  /** what the audit calls it when it is refused */
  readonly refused: string;
  /** what that row is about */
  about(state: DeskState, act: Ready): AuditRefs;
  decide(change: DeskChange, context: DeskContext, done: Done<Ready, By>): Result<DeskChange, ActNo>;
  /** for the types alone, never set: what a person sends */
  readonly asked?: Asked;
}
