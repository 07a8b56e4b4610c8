// People of the actors' tests, with what the policy lets each of them do.
import { byAdmin } from "../../../control-plane/src/core/words/actor.ts";
import { desk } from "./fleet.ts";

interface Responder {
  readonly id: string;
  readonly roles?: readonly string[];
}

/** The operator may do all, bob and carol approve, looker only looks. */
export const PEOPLE: readonly Responder[] = [
  { id: "operator" },
  { id: "bob", roles: ["approve"] },
  { id: "carol", roles: ["approve"] },
  { id: "looker", roles: [] },
];

/** Puts a policy of these people into force. */
export async function policyOf(people: readonly Responder[]): Promise<void> {
  const responders = people.map(({ id, roles }) => ({
    id,
    name: id,
    channels: ["terminal"],
    ...(roles === undefined ? {} : { roles }),
  }));
  const text = JSON.stringify({ version: 1, responders });
  const expectedVersion = (await desk().showPolicy()).version;
  const applied = await desk().applyPolicy({ expectedVersion, by: byAdmin(), why: "", text, confirm: true });
  if (!applied.ok) throw new Error(JSON.stringify(applied.error));
}
