// A person takes a standing approval back: any responder may, at once. What it has approved already stays approved. Pure.
import { ok, refuse } from "@countersign/shared/values/result";
import { dropStanding } from "../approvals/standing.ts";
import { refsOfStanding } from "../state/audit-refs.ts";
import type { DeskAct } from "./desk-act.ts";

export interface RevokeStanding {
  readonly kind: "revoke-standing";
  readonly standingId: string;
}

export const revokeStanding: DeskAct<RevokeStanding> = {
  kind: "revoke-standing",
  who: "person",
  needs: "answer",
  refused: "standing-revoke-refused",
  about({ standing }, { standingId }) {
    const known = standing.get(standingId);
    return known === undefined ? [{ kind: "standing", standingId, use: null }] : refsOfStanding(known);
  },
  decide(change, context, { act, by }) {
    const standing = change.state.standing.get(act.standingId);
    if (standing === undefined) return refuse({ reason: "standing-unknown" });
    return ok(dropStanding(change, context, { standing, by, act: "standing-revoked" }));
  },
};
