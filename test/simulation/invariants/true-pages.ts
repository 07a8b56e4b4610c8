// What pages may say and when: nothing that is known to be false, nothing to who has it in hand, no end of what nobody was told began.
import { Severity } from "@countersign/shared/wire/service-report";
import type { Page } from "../../../control-plane/src/core/desk/records/page.ts";
import type { DeskEffect } from "../../../control-plane/src/core/desk/state/desk-events.ts";
import { subjectKeyOf } from "../../../control-plane/src/core/words/subject.ts";
import type { DeskDecisionSeen } from "../world/observer.ts";
import type { Invariant } from "./invariant.ts";

export const noPageWhileFresherSign = (): Invariant => ({
  sentence: "No page while a fresher sign of life exists",
  onShard: ({ after, effects, lastSeenAt }, { clock, policy }) => {
    for (const effect of effects) {
      if (effect.kind !== "signal" || effect.signal.kind !== "firing") continue;
      const { reason, subject } = effect.signal;
      if (reason !== "host-silent" && reason !== "host-late-return") continue;
      if (subject.kind !== "host") continue;
      // Keepalives of a host that is not understood are none.
      if (after.hosts.get(subject.hostId)?.unheard !== null) continue;
      const silentMs = clock.now - lastSeenAt(subject.hostId);
      if (silentMs < policy.liveness.lateAfterMs)
        return `${subject.hostName} is said to be silent, and gave a sign of life ${silentMs} ms ago`;
    }
    return null;
  },
  onDesk: (decision) => {
    for (const page of pagesSent(decision)) {
      const incident = decision.after.incidents.get(page.incidentId);
      const isFirst = page.kind === "firing" && page.attempts === 1;
      // Our own blindness is told afterwards: only then can we.
      if (incident === undefined || incident.reason === "control-plane-gap") continue;
      if (isFirst && incident.clearedAt !== null)
        return `"${page.title}" is sent to ${page.responder}, and the condition has cleared`;
    }
    return null;
  },
});

export const acknowledgedStaysQuiet = (): Invariant => ({
  sentence:
    "An acknowledged incident does not page again before its acknowledgement expires, unless it grew worse",
  onDesk: (decision, { clock, people }) => {
    const { taken } = people.memory;
    for (const [incidentId, { severity }] of taken)
      if (rankOf(decision.after.incidents.get(incidentId)?.severity ?? severity) > rankOf(severity))
        taken.delete(incidentId);
    for (const { incidentId, kind, responder, title } of pagesSent(decision)) {
      const untilAt = taken.get(incidentId)?.untilAt ?? 0;
      if ((kind === "firing" || kind === "approval") && clock.now < untilAt)
        return `"${title}" is sent to ${responder} ${untilAt - clock.now} ms before the acknowledgement ends`;
    }
    return null;
  },
});

function rankOf(severity: Severity): number {
  return Severity.options.indexOf(severity);
}

export const noRecoveredWithoutDown = (): Invariant => {
  const told = new Set<string>();
  return {
    sentence: 'No "recovered" without a delivered "down"',
    onPage: ({ page: { incidentId, kind, responder } }) => {
      if (kind === "firing" || kind === "approval") told.add(`${incidentId} ${responder}`);
      return null;
    },
    onDesk: (decision) => {
      const untold = pagesSent(decision).find(
        ({ incidentId, kind, responder }) => kind === "recovered" && !told.has(`${incidentId} ${responder}`),
      );
      return untold === undefined ? null : `"${untold.title}" is sent to ${untold.responder}`;
    },
  };
};

export const oneIncidentPerCause = (): Invariant => ({
  sentence: "One incident per subject and reason",
  onDesk: ({ after, before }) => {
    if (before.incidents === after.incidents) return null;
    const seen = new Set<string>();
    for (const { reason, state, subject } of after.incidents.values()) {
      if (state === "resolved") continue;
      const cause = `${reason} of ${subjectKeyOf(subject)}`;
      if (seen.has(cause)) return `two open incidents: ${cause}`;
      seen.add(cause);
    }
    return null;
  },
});

function pagesSent({ effects }: DeskDecisionSeen): readonly Page[] {
  const isSent = (effect: DeskEffect) => effect.kind === "send-page";
  return effects.filter(isSent).map(({ page }) => page);
}
