// What people and their ways are called, and lists of them as people say them. Pure.
import type { ChannelReach } from "../../core/desk/paging/reach.ts";
import { type Actor, actorNameOf } from "../../core/words/actor.ts";
import type { Policy } from "../../policy/policy.ts";
import type { ChannelWay } from "../../policy/ways.ts";

/** `push (ntfy)`; one that is called like its kind by that alone. */
export function wayName({ channel, kind }: Pick<ChannelReach, "channel" | "kind">): string {
  return channel === kind || kind === "" ? channel : `${channel} (${kind})`;
}

/** What a way can here: what its kind can, as it and this desk are set. */
export interface WayHere extends Pick<ChannelWay, "acknowledges" | "name" | "wakes"> {
  /** why nobody can answer there, though its kind lets them; null: they can, or its kind does not */
  readonly unanswered: string | null;
}

/** What a way is and can, in a sentence or two. */
export function wayTraitsText({ acknowledges, name, unanswered, wakes }: WayHere): string {
  const isAnswered = acknowledges && unanswered === null;
  const answered = isAnswered ? ", and is answered right there" : "";
  const not = unanswered === null ? "" : ` Nobody can answer there: ${unanswered}.`;
  switch (wakes) {
    case "silent-phone":
      return `By ${name}: rings a phone on silent${answered}.${not}`;
    case "phone":
      return `By ${name}: makes no sound on a phone on silent${answered}.${not}`;
    case "nobody":
      return `By ${name}: wakes nobody by itself${answered}.${not}`;
  }
}

/** How far what was sent got, as far as is known; `seenAfter`: how long its person took, null: they did not look yet. */
export function stageText(stage: ChannelReach["stage"], seenAfter: string | null): string {
  if (stage === "acknowledged") return "answered there";
  if (seenAfter !== null) return `seen after ${seenAfter}`;
  switch (stage) {
    case "seen":
      return "seen";
    case "delivered":
      return "arrived, not seen yet";
    case "lost":
      return "lost on its way";
    case "accepted":
    case undefined:
      return "accepted, not seen yet";
  }
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
