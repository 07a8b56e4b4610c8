// What the usual audit rows name: what the row is about first, then what that belongs to. Pure.
import { personSubject } from "../../words/subject.ts";
import type { Approval } from "../records/approval.ts";
import type { Incident } from "../records/incident.ts";
import type { Page } from "../records/pages/page.ts";
import type { ShadowFinding } from "../records/shadow-finding.ts";
import type { Silence } from "../records/silence.ts";
import type { StandingApproval } from "../records/standing-approval.ts";
import type { AuditRef } from "./audit-ref.ts";

/** What a row names: never nothing. */
export type AuditRefs = readonly [AuditRef, ...AuditRef[]];

/** An incident, and what it is about. */
export function refsOfIncident({ incidentId, subject }: Pick<Incident, "incidentId" | "subject">): AuditRefs {
  return [
    { kind: "incident", incidentId },
    { kind: "subject", subject },
  ];
}

/** An approval, its incident, and its grant where there is one. */
export function refsOfApproval({ approvalId, grantId, incidentId }: Approval): AuditRefs {
  const granted: readonly AuditRef[] = grantId === null ? [] : [{ kind: "grant", grantId }];
  return [{ kind: "approval", approvalId }, { kind: "incident", incidentId }, ...granted];
}

/** A page and its incident; a test page and a digest have none, and name their person. */
export function refsOfPage({ covers, incidentId, key, kind, responder }: Page): AuditRefs {
  const isOfNone = kind === "test" || covers !== undefined;
  return [{ kind: "page", key }, isOfNone ? refOfPerson(responder) : { kind: "incident", incidentId }];
}

/** A standing approval and the service that it is for. */
export function refsOfStanding({ standingId, subject }: StandingApproval): AuditRefs {
  return [
    { kind: "standing", standingId, use: null },
    { kind: "subject", subject },
  ];
}

/** A silence. */
export function refsOfSilence({ silenceId }: Silence): AuditRefs {
  return [{ kind: "silence", silenceId }];
}

/** A finding in shadow, behind what it is about. */
export function refsOfFinding({ findingId, signal }: ShadowFinding): AuditRefs {
  return [
    { kind: "subject", subject: signal.subject },
    { kind: "finding", findingId },
  ];
}

/** A person of the policy, by the id that it gives them. */
export function refOfPerson(responder: string): AuditRef {
  return { kind: "subject", subject: personSubject({ id: responder, name: responder }) };
}
