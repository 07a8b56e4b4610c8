// A person takes an incident, for a bounded time and as grave as it is: while it is acknowledged nobody is paged about it. How it ends
// stands in core/desk/incidents/acknowledgements.ts. Pure.
import { ok, refuse } from "@countersign/shared/values/result";
import type { Person } from "../../words/actor.ts";
import { clockOf } from "../../words/clock-text.ts";
import { proveByRing } from "../drills/drill-proof.ts";
import { graverOf } from "../incidents/graver.ts";
import type { Finding } from "../records/finding.ts";
import type { Incident } from "../records/incident.ts";
import { refsOfIncident } from "../state/audit-refs.ts";
import { addAudit, type DeskChange, putFinding, putIncident, withTimeline } from "../state/desk-change.ts";
import { newsOf } from "../state/finding-index.ts";
import type { DeskAct } from "./desk-act.ts";

export interface Acknowledge {
  readonly kind: "acknowledge";
  readonly incidentId: string;
  /** where its page arrived, and they said so. absent: they did at the desk */
  readonly channel?: string;
}

export const acknowledge: DeskAct<Acknowledge, Person, Omit<Acknowledge, "channel">> = {
  kind: "acknowledge",
  who: "person",
  needs: "answer",
  refused: "acknowledgement-refused",
  about: (_state, { incidentId }) => [{ kind: "incident", incidentId }],
  decide(change, context, { act, by }) {
    const incident = change.state.incidents.get(act.incidentId);
    if (incident === undefined) return refuse({ reason: "incident-unknown" });
    if (incident.state === "resolved" || incident.state === "merged")
      return refuse({ reason: "incident-resolved" });
    const untilAt = context.now + context.policy.incident.acknowledgementMs;
    const { nextStep } = incident;
    const where = act.channel === undefined ? "" : `, by ${act.channel}`;
    const acknowledged: Incident = {
      ...incident,
      state: "acknowledged",
      acknowledgedBy: by,
      acknowledgedUntilAt: untilAt,
      firstTaken: incident.firstTaken ?? { at: context.now, by },
      // What is told once is not told again because somebody has seen it.
      nextStep:
        nextStep === null ? null : { ...nextStep, round: nextStep.round + 1, step: 0, dueAt: untilAt },
    };
    const taken = withTimeline(acknowledged, { at: context.now, by, text: `Took it${where}.` });
    const known = newsOf(change.state, incident.incidentId).reduce(know, putIncident(change, taken));
    const audited = addAudit(known, context, {
      actor: by,
      act: "incident-acknowledged",
      refs: refsOfIncident(incident),
      why: `${incident.title}${where}; paging pauses until ${clockOf(untilAt)} UTC`,
    });
    return ok(proveByRing(audited, context, { by, incidentId: incident.incidentId }));
  },
};

/** Whoever takes it has it as grave as it is. */
function know(change: DeskChange, finding: Finding): DeskChange {
  if (finding.endedAt !== null) return change;
  const told = graverOf(finding.severity, finding.told);
  return putFinding(change, { ...finding, told, newsAt: null });
}
