// An incident as lists show it, and what may be asked of such a list. Pure types, for whoever asks and whoever answers: the
// command has no database.
import type { Incident } from "../core/desk/records/incident.ts";

/** An incident as a list shows it; `resolvedAt` null: it is not over, or it was taken into another one. */
export type ListedIncident = Pick<
  Incident,
  "incidentId" | "reason" | "severity" | "title" | "openedAt" | "happenedAt" | "resolvedAt"
> & {
  /** unknown: a desk that was set back knows it no more, or somebody wrote it by hand */
  readonly state: Incident["state"] | "unknown";
  readonly hostId: string | null;
  readonly service: string | null;
};

/** How incidents stand, as a person asks for it: `going` is open or taken. */
export const STANDINGS = ["going", "open", "taken", "over", "merged"] as const;
export type AskedStanding = (typeof STANDINGS)[number];

/** What is asked of all incidents; null: whatever it is. Instants are epoch milliseconds, and of when they were opened. */
export interface IncidentFilter {
  readonly standing: AskedStanding | null;
  readonly severity: string | null;
  readonly reason: string | null;
  /** by its id or its name; of what many hosts share any of them */
  readonly host: string | null;
  readonly service: string | null;
  /** words, each of which must stand in the title, or in the name of a host or of the service */
  readonly search: string;
  readonly fromAt: number | null;
  readonly toAt: number | null;
}
