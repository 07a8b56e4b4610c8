// What incidents hold and what they say: none is over while something of its own is not, nobody is told so, and whatever moves arrives.
import type { Finding } from "../../../control-plane/src/core/desk/records/finding.ts";
import type { Page } from "../../../control-plane/src/core/desk/records/pages/page.ts";
import { isSameSubject } from "../../../control-plane/src/core/words/subject.ts";
import type { DeskDecisionSeen } from "../world/observer.ts";
import type { Invariant } from "./invariant.ts";
import { firstSent } from "./sent-pages.ts";

export const nothingIsOverTooSoon = (): Invariant => {
  const keys = new Set<string>();
  return {
    sentence: "Nothing is told as over while it is not",
    onDesk: (decision) => {
      for (const page of firstSent(decision, keys)) {
        const goesOn = goingOnOf(page, decision);
        if (goesOn !== null) return `"${page.title}" says that it is over, and "${goesOn.title}" is not`;
      }
      const { after, before } = decision;
      if (after.incidents === before.incidents && after.findings === before.findings) return null;
      for (const { endedAt, incidentId, title } of after.findings.values()) {
        const incident = after.incidents.get(incidentId);
        if (endedAt === null && incident?.state === "resolved")
          return `the incident "${incident.title}" is resolved, and "${title}" goes on in it`;
      }
      return null;
    },
  };
};

/** What goes on, of what a page tells as over; null: nothing. */
function goingOnOf({ incidentId, kind, tells }: Page, { after }: DeskDecisionSeen): Finding | null {
  const open = after.findings.values().filter(({ endedAt }) => endedAt === null);
  const held = kind === "recovered" ? open.find((finding) => finding.incidentId === incidentId) : undefined;
  if (held !== undefined) return held;
  const ended = tells.filter(({ what }) => what === "ended");
  const same = open.find((finding) =>
    ended.some(
      ({ findingId, reason, subject }) =>
        findingId === finding.findingId ||
        (finding.clearedAt === null && reason === finding.reason && isSameSubject(subject, finding.subject)),
    ),
  );
  return same ?? null;
}

export const noFindingIsLost = (): Invariant => ({
  sentence: "No finding is lost in a merge",
  onDesk: (decision) =>
    decision.after.findings === decision.before.findings &&
    decision.after.incidents === decision.before.incidents &&
    decision.after.approvals === decision.before.approvals
      ? null
      : (lostIn(decision) ?? strayIn(decision) ?? forgottenBy(decision)),
});

/** Each lies in an incident that people can still open, acknowledge and end. */
function lostIn({ after }: DeskDecisionSeen): string | null {
  for (const { endedAt, incidentId, title } of after.findings.values()) {
    const state = after.incidents.get(incidentId)?.state;
    if (endedAt === null && state !== "open" && state !== "acknowledged")
      return `"${title}" goes on in an incident that is ${state ?? "not there"}`;
  }
  return null;
}

/** A question lies where its finding does, and a merged incident's link leads on. */
function strayIn({ after, before }: DeskDecisionSeen): string | null {
  for (const { approvalId, findingId, incidentId } of after.approvals.values()) {
    const finding = after.findings.get(findingId);
    if (finding !== undefined && finding.incidentId !== incidentId)
      return `approval ${approvalId} lies in another incident than "${finding.title}"`;
  }
  const held = new Set(
    after.findings.values().flatMap((finding) => (isOwn(finding) ? [finding.incidentId] : [])),
  );
  for (const { incidentId, mergedInto, state, title } of after.incidents.values()) {
    if ((state === "open" || state === "acknowledged") && !held.has(incidentId))
      return `the incident "${title}" is ${state}, and nothing of its own goes on in it`;
    if (state !== "merged" || before.incidents.get(incidentId)?.state === "merged") continue;
    const target = mergedInto === null ? undefined : after.incidents.get(mergedInto);
    if (target === undefined) return `"${title}" is merged into an incident that is not there`;
  }
  return null;
}

function isOwn({ endedAt, standing }: Finding): boolean {
  return endedAt === null && standing !== "beneath";
}

/** Nothing leaves before it has ended. */
function forgottenBy({ after, before }: DeskDecisionSeen): string | null {
  for (const { endedAt, findingId, title } of before.findings.values())
    if (endedAt === null && after.findings.get(findingId) === undefined)
      return `"${title}" has not ended, and is not there any more`;
  return null;
}
