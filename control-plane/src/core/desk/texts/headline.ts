// The title of a page: where, what and since when within the first sixty characters, which is about what a locked phone
// or a watch shows. Pure. What a reader would get wrong: names are cut in their middle, because hosts of one kind
// differ at their ends; what is wrong and since when are never cut. The whole sentence, with whole names, is the first
// line of the body.
import { formatDuration } from "@countersign/shared/values/duration";
import { shortClockAt } from "../../words/clock-text.ts";
import { plainLine } from "../../words/plain-line.ts";
import { shortWordsOf } from "../../words/short-words.ts";
import { placeNameOf, serviceOf, type Subject } from "../../words/subject.ts";
import { gathersMany, membersOf } from "../incidents/gathering.ts";
import { hostCountText } from "../incidents/wide-titles.ts";
import type { Finding } from "../records/finding.ts";
import type { Incident } from "../records/incident.ts";
import type { DeskState } from "../state/desk-state.ts";
import { fleetSizeOf } from "../state/fleet-size.ts";
import { sumOf } from "../state/incident-sums.ts";

/** What a title says within so many characters. */
export const HEADLINE_CHARS_MAX = 60;

/** What is told, and since when: `failing since 02:13 UTC`. */
export interface Headline {
  readonly place: Place;
  /** never cut */
  readonly what: string;
}

/** A host, or what stands in its place, and what of it. */
interface Place {
  readonly where: string;
  /** null: all of it */
  readonly service: string | null;
}

/** `web-1/demo: failing since 02:13 UTC` */
export function headlineOf({ place, what }: Headline): string {
  const room = Math.max(0, HEADLINE_CHARS_MAX - what.length - 2);
  return `${placeWithin(place, room)}: ${what}`;
}

/** Where it is: of an incident of many, on how many hosts, or on how many people were told it was. */
export function placeOf(state: DeskState, incident: Incident, subject: Subject): Place {
  const isOver = incident.state === "resolved";
  const members = isOver ? incident.membersTold : membersOf(incident, sumOf(state, incident.incidentId));
  const service = serviceOf(subject);
  if (!gathersMany(incident.place) || members < 2) return { where: placeNameOf(subject), service };
  const hosts = hostCountText(members, fleetSizeOf(state));
  switch (incident.place.kind) {
    case "wide":
      return { where: hosts, service };
    case "many":
      return { where: hosts, service: null };
    case "host":
      return { where: placeNameOf(subject), service: `${members} services` };
    case "fleet":
    case "alone":
    case "trouble":
    case "notice":
    case "down":
      return { where: placeNameOf(subject), service };
  }
}

/** What is wrong and since when: `restart loop since 02:13 UTC`. */
export function sinceWords(
  state: DeskState,
  { happenedAt, reason }: Pick<Finding, "happenedAt" | "reason">,
  at: { readonly now: number; readonly timeZone: string },
): string {
  const count = reason === "fleet-silent" ? `${awayCountOf(state)} ` : "";
  return `${count}${shortWordsOf(reason)} since ${shortClockAt(happenedAt, at)}`;
}

function awayCountOf({ fleetHosts }: DeskState): number {
  return fleetHosts.values().filter(({ backAt, setAside }) => backAt === null && setAside === null).length;
}

/** What was wrong, and for how long: `recovered after 14m (failing)`. */
export function overWords(
  { reason }: Pick<Incident, "reason">,
  { lastedMs, word }: { readonly lastedMs: number; readonly word: string },
): string {
  return `${word} after ${formatDuration(Math.max(1_000, lastedMs))} (${shortWordsOf(reason)})`;
}

/** Each of the two gets what it needs where there is room, and half of it where there is not. */
function placeWithin({ service, where }: Place, room: number): string {
  const whole = plainLine(where);
  if (service === null) return cutMiddle(whole, room);
  const both = Math.max(0, room - 1);
  const half = Math.floor(both / 2);
  const ofService = cutMiddle(plainLine(service), Math.max(half, both - whole.length));
  return `${cutMiddle(whole, Math.max(0, both - ofService.length))}/${ofService}`;
}

/** Both ends of a text: what is alike differs at its ends. */
function cutMiddle(text: string, charsMax: number): string {
  const letters = Array.from(text);
  if (letters.length <= charsMax) return text;
  const tail = Math.floor(Math.max(0, charsMax - 1) / 2);
  const head = Math.max(0, charsMax - 1 - tail);
  return `${letters.slice(0, head).join("")}…${tail === 0 ? "" : letters.slice(-tail).join("")}`;
}
