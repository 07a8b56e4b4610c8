// What was tried, or asked for, about a service before, whichever incident it belonged to: a person who decides must see it. Pure.
import { isSameSubject, type ServiceSubject } from "../../words/subject.ts";
import type { Approval } from "../records/approval.ts";

/** So many are shown at most. */
export const EARLIER_MAX = 20;

/** Those about a service of which are not `except`, the newest first; where one stands twice, the first one counts. */
export function earlierAttempts(
  known: readonly Approval[],
  { except, subject }: { readonly subject: ServiceSubject; readonly except: (approval: Approval) => boolean },
): readonly Approval[] {
  const byId = new Map<string, Approval>();
  for (const approval of known)
    if (!byId.has(approval.approvalId) && isSameSubject(approval.subject, subject) && !except(approval))
      byId.set(approval.approvalId, approval);
  return [...byId.values()]
    .toSorted((left, right) => right.requestedAt - left.requestedAt)
    .slice(0, EARLIER_MAX);
}
