// What people and their ways are called, and lists of them as people say them. Pure.
import type { ChannelReach } from "../../core/desk/paging/reach.ts";
import { type Actor, actorNameOf } from "../../core/words/actor.ts";
import type { Policy } from "../../policy/policy.ts";

/** `push (ntfy)`; one that is called like its kind by that alone. */
export function wayName({ channel, kind }: Pick<ChannelReach, "channel" | "kind">): string {
  return channel === kind || kind === "" ? channel : `${channel} (${kind})`;
}

/** Who did something, by the name that the rules give them. */
export function actorNameIn({ responders }: Pick<Policy, "responders">, actor: Actor): string {
  const person = responders.find(({ id }) => actor.kind === "person" && id === actor.responder);
  return person?.name ?? actorNameOf(actor);
}

/** The name that the rules give a person; of who is not in them the id. */
export function personNameIn({ responders }: Pick<Policy, "responders">, responder: string): string {
  return responders.find(({ id }) => id === responder)?.name ?? responder;
}

/** Where a link leads, as whoever opened it would say it; null: nowhere in particular. */
export function kindOfPath(path: string): string | null {
  if (path.startsWith("/approvals/")) return "the question that you opened";
  if (path.startsWith("/incidents/")) return "the incident that you opened";
  if (path.startsWith("/people/tests/")) return "the test page that you opened";
  if (path.startsWith("/hosts/")) return "the host that you opened";
  return path === "/" ? null : "what you opened";
}
