// A person opened an incident on a device of theirs: their own pages about it count as seen. Pure. Of one that is unknown,
// or over, nothing is to be marked: nothing was asked.
import { ok } from "@countersign/shared/values/result";
import { markPagesSeen } from "../outbox/receipts.ts";
import type { DeskAct } from "./desk-act.ts";

export interface SeeIncident {
  readonly kind: "see-incident";
  readonly incidentId: string;
}

export const seeIncident: DeskAct<SeeIncident> = {
  kind: "see-incident",
  who: "person",
  needs: "look",
  refused: "incident-seeing-refused",
  about: (_state, { incidentId }) => [{ kind: "incident", incidentId }],
  decide: (change, context, { act, by }) =>
    ok(markPagesSeen(change, context, { incidentId: act.incidentId, by, isOnRecord: false })),
};
