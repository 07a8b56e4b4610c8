// Why an incident pages nobody just now, and which freeze lies over it: what a person who looks at it must know. Pure; it decides
// nothing. What a reader would get wrong: an incident that is held escalates in its timeline all the same.
import { inhibitedUntilAt, inhibitorsOf } from "../paging/inhibition.ts";
import { silencesOver } from "../paging/silences.ts";
import type { Freeze } from "../records/freeze.ts";
import type { Incident } from "../records/incident.ts";
import type { Silence } from "../records/silence.ts";
import type { DeskState } from "../state/desk-state.ts";
import { freezeOver } from "../state/freeze-scope.ts";

export interface Holds {
  /** silences that cover it now */
  readonly silences: readonly Silence[];
  /** incidents that say it already */
  readonly inhibitors: readonly { readonly incidentId: string; readonly title: string }[];
  /** the brake on its subject; null: none */
  readonly freeze: Freeze | null;
}

/** What holds back the pages of an incident, and the actions on its subject; a resolved one is held by nothing. */
export function holdsOf(state: DeskState, incident: Incident, now: number): Holds {
  if (incident.state === "resolved") return { silences: [], inhibitors: [], freeze: null };
  const isInhibited = inhibitedUntilAt(state, incident) > now;
  return {
    silences: silencesOver(state, incident).filter(({ startsAt, endsAt }) => startsAt <= now && now < endsAt),
    inhibitors: isInhibited
      ? inhibitorsOf(state, incident).map(({ incidentId, title }) => ({ incidentId, title }))
      : [],
    freeze: freezeOver(state, incident.subject),
  };
}
