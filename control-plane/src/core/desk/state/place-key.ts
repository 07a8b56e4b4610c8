// The key under which an open incident is found by what it gathers. Pure.
import type { Place } from "../records/incident.ts";

/** null: nothing joins it by its place. */
export function placeKeyOf(place: Place): string | null {
  switch (place.kind) {
    case "alone":
      return null;
    case "fleet":
    case "many":
      return place.kind;
    case "trouble":
    case "notice":
      return `${place.kind} ${place.subjectKey}`;
    case "down":
    case "host":
      return `${place.kind} ${place.hostId}`;
    case "wide":
      return `${place.kind} ${place.alikeKey}`;
  }
}
