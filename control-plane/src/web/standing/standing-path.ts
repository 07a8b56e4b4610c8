// Where a yes in advance is composed for one service. Pure.
import { type ServiceSubject, subjectKeyOf } from "../../core/words/subject.ts";

/** Its service chosen already, and its action where one is known. */
export function composeStandingPathOf(subject: ServiceSubject, action: string | null): string {
  const path = `/standing/new/${encodeURIComponent(subjectKeyOf(subject))}`;
  return action === null ? path : `${path}?${new URLSearchParams({ action }).toString()}`;
}
