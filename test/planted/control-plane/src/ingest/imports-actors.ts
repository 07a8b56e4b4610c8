// plants: no-restricted-imports
// ingest stands below actors.
import { IncidentDesk } from "../actors/incident-desk.ts";

export const kept = [IncidentDesk];
