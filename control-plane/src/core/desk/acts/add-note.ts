// Somebody writes down, with an incident, what they saw or did: for who comes next, and for its post-mortem. Pure. What a
// reader would get wrong: a note answers nothing, stops no page and decides nothing; and it may be added to what is over, as
// long as the desk holds it.
import { INCIDENT_NOTES_MAX, NOTE_CHARS_MAX } from "@countersign/shared/values/limits";
import { ok, refuse } from "@countersign/shared/values/result";
import type { Admin, Person } from "../../words/actor.ts";
import type { Incident } from "../records/incident.ts";
import { refsOfIncident } from "../state/audit-refs.ts";
import { addAudit, putIncident } from "../state/desk-change.ts";
import type { DeskState } from "../state/desk-state.ts";
import type { DeskAct } from "./desk-act.ts";

export interface AddNote {
  readonly kind: "add-note";
  readonly incidentId: string;
  readonly text: string;
}

/** Incidents that were merged into each other, one after the other. */
const MERGES_MAX = 20;

/** Of what was merged the incident that goes on, for nobody looks at the other any more. */
function holderOf({ incidents }: Pick<DeskState, "incidents">, incidentId: string): Incident | undefined {
  let incident = incidents.get(incidentId);
  for (let merges = 0; merges < MERGES_MAX; merges += 1) {
    const next = incidents.get(incident?.mergedInto ?? "");
    if (next === undefined) break;
    incident = next;
  }
  return incident;
}

export const addNote: DeskAct<AddNote, Person | Admin> = {
  kind: "add-note",
  who: "admin-too",
  needs: "answer",
  refused: "note-refused",
  about: (_state, { incidentId }) => [{ kind: "incident", incidentId }],
  decide(change, context, { act, by }) {
    const incident = holderOf(change.state, act.incidentId);
    if (incident === undefined) return refuse({ reason: "incident-unknown" });
    const text = act.text.trim();
    if (text === "" || text.length > NOTE_CHARS_MAX) return refuse({ reason: "note-bounds" });
    const notes = incident.notes ?? [];
    if (notes.length >= INCIDENT_NOTES_MAX) return refuse({ reason: "notes-full" });
    const noted = putIncident(change, { ...incident, notes: [...notes, { at: context.now, by, text }] });
    const refs = refsOfIncident(incident);
    return ok(addAudit(noted, context, { actor: by, act: "note-added", refs, why: text }));
  },
};
