// A person, or who holds the admin token, says that what a rule in shadow found was nothing. Once for a finding. Pure.
import { ok, refuse } from "@countersign/shared/values/result";
import type { Admin, Person } from "../../words/actor.ts";
import { markFinding } from "../findings/shadow.ts";
import { refsOfFinding } from "../state/audit-refs.ts";
import type { DeskAct } from "./desk-act.ts";

export interface MarkFalseAlarm {
  readonly kind: "mark-false-alarm";
  readonly findingId: string;
}

export const markFalseAlarm: DeskAct<MarkFalseAlarm, Person | Admin> = {
  kind: "mark-false-alarm",
  who: "admin-too",
  needs: "answer",
  refused: "false-alarm-refused",
  about({ shadow }, { findingId }) {
    const finding = shadow.get(findingId);
    return finding === undefined ? [{ kind: "finding", findingId }] : refsOfFinding(finding);
  },
  decide(change, context, { act, by }) {
    const finding = change.state.shadow.get(act.findingId);
    if (finding === undefined) return refuse({ reason: "finding-unknown" });
    return ok(finding.falseAlarmBy === null ? markFinding(change, context, { finding, by }) : change);
  },
};
