// A host that fell silent together with many. There is one for each host of the fleet at most; those of a silence that is over stay as long as
// its incident does, so that people can see who it was (core/desk/fleet-silent.ts).
import type { Actor } from "../../words/actor.ts";
import type { DeskRecord } from "./desk-record.ts";

export interface FleetHost {
  readonly hostId: string;
  readonly hostName: string;
  /** when the silence began, as the desk saw it: the same of all that belong to it */
  readonly startedAt: number;
  /** when this host was counted to it; it may come and go later, and that stays */
  readonly joinedAt: number;
  /** since when it is silent, or was */
  readonly fellAt: number;
  /** when it was seen again; null: it is away */
  readonly backAt: number | null;
  /** somebody looks after it apart from the others; null: nobody does */
  readonly setAside: { readonly at: number; readonly by: Actor; readonly why: string } | null;
}

export const fleetHostRecord: DeskRecord<FleetHost, "fleet-host"> = {
  kind: "fleet-host",
  keyOf: ({ hostId }) => hostId,
  whenOver: "forgotten",
  unreadable: {
    name: "host of a silent fleet",
    severity: "warning",
    meaning: "its silence is an incident of its own",
  },
};
