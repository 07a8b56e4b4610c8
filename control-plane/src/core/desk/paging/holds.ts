// Why an incident pages nobody just now, and which freeze lies over it: what a person who looks at it must know. Pure; it decides
// nothing. What a reader would get wrong: an incident that is held escalates in its timeline all the same.
import type { Freeze } from "../records/freeze.ts";
import type { Incident } from "../records/incident.ts";
import type { Silence } from "../records/silence.ts";
import type { DeskState } from "../state/desk-state.ts";
import { openFindingsOf } from "../state/finding-index.ts";
import { freezeOver } from "../state/freeze-scope.ts";
import { silencesOver } from "./silences.ts";

export interface Holds {
  /** silences that cover some of its findings now */
  readonly silences: readonly Silence[];
  /** the brake on its subject; null: none */
  readonly freeze: Freeze | null;
}

/** What holds back the pages of an incident, and the actions on its subject; a resolved one is held by nothing. */
export function holdsOf(state: DeskState, incident: Incident, now: number): Holds {
  if (incident.state === "resolved" || incident.state === "merged") return { silences: [], freeze: null };
  const covering = openFindingsOf(state, incident.incidentId).flatMap((finding) =>
    silencesOver(state, finding),
  );
  return {
    silences: [...new Set(covering)].filter(({ startsAt, endsAt }) => startsAt <= now && now < endsAt),
    freeze: freezeOver(state, incident.subject),
  };
}
