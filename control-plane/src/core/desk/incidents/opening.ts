// A new incident, as it is before anything lies in it. Pure.
import type { Finding } from "../records/finding.ts";
import type { Incident, NextStep, Place } from "../records/incident.ts";
import type { DeskContext } from "../state/desk-events.ts";

/** The first step of round 0. */
export function firstStep({ now, policy }: DeskContext): NextStep {
  const afterMs = policy.escalation.steps[0]?.afterMs ?? 0;
  return { round: 0, step: 0, dueAt: now + afterMs, repeats: 0 };
}

/** An incident for a finding that is the first in it. */
export function incidentOf(context: DeskContext, place: Place, first: Finding): Incident {
  const { happenedAt, reason, severity, subject, title } = first;
  return {
    incidentId: context.newId("inc"),
    place,
    subject,
    reason,
    severity,
    title,
    happenedAt,
    clearedAt: null,
    state: "open",
    mergedInto: null,
    openedAt: context.now,
    resolvedAt: null,
    acknowledgedBy: null,
    acknowledgedUntilAt: null,
    nextStep: firstStep(context),
    resultAt: null,
    lastSentAt: null,
    sentCount: 0,
    rung: [],
    reached: [],
    answerers: [],
    membersTold: 0,
    reasonsTold: [],
    joinedAt: context.now,
    timeline: [],
  };
}
