// What a person does by a form, as the desk is asked for it: in the person's name, from their device. It has no wish of its own: who may do
// what is decided by the desk.
import type { Result } from "@countersign/shared/values/result";
import type { Assertion } from "@countersign/shared/wire/assertion";
import type { PersonAct } from "../../core/desk/acts/act-list.ts";
import type { ActRefusal } from "../../core/desk/state/desk-events.ts";
import type { ActBound } from "./people-bound.ts";

/** Has the desk do what the person at this device asks for. */
export function actAs(
  { var: { desk, visitor } }: { readonly var: Pick<ActBound["Variables"], "desk" | "visitor"> },
  act: PersonAct,
  gesture?: Assertion,
): Promise<Result<null, ActRefusal>> {
  const { deviceId, responder } = visitor.signIn;
  const by = { kind: "person", responder, deviceId } as const;
  return desk.act({ act, by, ...(gesture === undefined ? {} : { gesture }) });
}
