// Desks with one planted bug each in how findings lie in incidents and how incidents are told: each is one that was there before.
import { recordsFrom } from "@countersign/shared/values/records";
import type { DeskEvent } from "../../control-plane/src/core/desk/desk-event.ts";
import type { Finding } from "../../control-plane/src/core/desk/records/finding.ts";
import type { Incident } from "../../control-plane/src/core/desk/records/incident.ts";
import type { DeskDecision } from "../../control-plane/src/core/desk/state/desk-events.ts";
import type { DeskState } from "../../control-plane/src/core/desk/state/desk-state.ts";
import { type Cores, PRODUCTION_CORES } from "./cores.ts";

/** A core whose desk decides as it should, and then something else comes of it. */
export function withDesk(
  change: (decision: DeskDecision, before: DeskState, event: DeskEvent) => DeskDecision,
): Cores {
  const { decideDesk } = PRODUCTION_CORES;
  return {
    ...PRODUCTION_CORES,
    decideDesk: (state, event, context) => change(decideDesk(state, event, context), state, event),
  };
}

/** Each question that is put or renewed rings at once, outside the pauses: 67 pages on the first day of one dead service. */
export function ringsForEachQuestion(): Cores {
  return withDesk((decision, before) =>
    changeIncidents(decision, (incident) => {
      const isAskedAnew = decision.state.approvals
        .values()
        .some(
          ({ approvalId, incidentId }) =>
            incidentId === incident.incidentId && before.approvals.get(approvalId) === undefined,
        );
      const { nextStep } = incident;
      return isAskedAnew && nextStep !== null
        ? { ...incident, nextStep: { ...nextStep, dueAt: 0 } }
        : incident;
    }),
  );
}

/** What was sent last is forgotten, so each piece of news is an update of its own. */
export function updatesAtOnce(): Cores {
  return withDesk((decision) =>
    changeIncidents(decision, (incident) =>
      incident.lastSentAt === null ? incident : { ...incident, lastSentAt: 0 },
    ),
  );
}

/** The first finding that ends takes its incident with it. */
export function endsWithItsFirst(): Cores {
  return withDesk((decision, before) =>
    changeIncidents(decision, (incident) => {
      const hasEnded = decision.state.findings
        .values()
        .some(
          ({ endedAt, findingId, incidentId }) =>
            incidentId === incident.incidentId &&
            endedAt !== null &&
            before.findings.get(findingId)?.endedAt === null,
        );
      return hasEnded && incident.state === "open"
        ? { ...incident, state: "resolved", nextStep: null }
        : incident;
    }),
  );
}

/** What has cleared is told as over before it has stayed well. */
export function tellsClearedAsOver(): Cores {
  return withDesk((decision) => ({
    ...decision,
    effects: decision.effects.map((effect) => {
      if (effect.kind !== "send-page" || effect.page.kind === "recovered") return effect;
      const isCleared = (findingId: string) =>
        (decision.state.findings.get(findingId)?.clearedAt ?? null) !== null;
      const tells = effect.page.tells.map((told) =>
        isCleared(told.findingId) ? { ...told, what: "ended" as const } : told,
      );
      return { ...effect, page: { ...effect.page, tells } };
    }),
  }));
}

/** One finding is left behind in what was merged. */
export function leavesOneBehind(): Cores {
  return withDesk((decision, before) => {
    const merged = new Map(
      mergedNow(decision.state, before).map(({ incidentId, mergedInto }) => [mergedInto ?? "", incidentId]),
    );
    if (merged.size === 0) return decision;
    return changeFindings(decision, (finding) => {
      const sourceId = merged.get(finding.incidentId);
      const was = before.findings.get(finding.findingId)?.incidentId;
      return sourceId === undefined || was !== sourceId ? finding : { ...finding, incidentId: sourceId };
    });
  });
}

/** The questions of what moves stay where they were. */
export function leavesQuestionsBehind(): Cores {
  return withDesk((decision, before) => {
    const approvals = recordsFrom(
      decision.state.approvals
        .entries()
        .map(([id, approval]) => [
          id,
          { ...approval, incidentId: before.approvals.get(id)?.incidentId ?? approval.incidentId },
        ]),
    );
    return { ...decision, state: { ...decision.state, approvals } };
  });
}

function mergedNow(state: DeskState, before: DeskState): readonly Incident[] {
  return state.incidents
    .values()
    .filter(
      ({ incidentId, state: is }) => is === "merged" && before.incidents.get(incidentId)?.state !== "merged",
    );
}

function changeIncidents(decision: DeskDecision, change: (incident: Incident) => Incident): DeskDecision {
  const { state } = decision;
  const incidents = recordsFrom(state.incidents.entries().map(([id, incident]) => [id, change(incident)]));
  return { ...decision, state: { ...state, incidents } };
}

function changeFindings(decision: DeskDecision, change: (finding: Finding) => Finding): DeskDecision {
  const { state } = decision;
  const findings = recordsFrom(state.findings.entries().map(([id, finding]) => [id, change(finding)]));
  return { ...decision, state: { ...state, findings } };
}
