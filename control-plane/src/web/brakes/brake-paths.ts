// Where something is frozen, lifted or silenced, or said yes to in advance. Pure.
import { type ServiceSubject, type Subject, subjectKeyOf } from "../../core/words/subject.ts";

/** Where a scope is frozen. */
export function freezePathOf(scope: Subject): string {
  return `/brake/freeze/${encodeURIComponent(subjectKeyOf(scope))}`;
}

/** Where the freeze of a scope is lifted. */
export function liftPathOf(scope: Subject): string {
  return `/brake/lift/${encodeURIComponent(subjectKeyOf(scope))}`;
}

/** Where a silence for a scope is set. */
export function silencePathOf(scope: Subject): string {
  return `/silences/new/${encodeURIComponent(subjectKeyOf(scope))}`;
}

/** Where a yes in advance is composed for a service, its action chosen already where one is known. */
export function composeStandingPathOf(subject: ServiceSubject, action: string | null): string {
  const path = `/standing/new/${encodeURIComponent(subjectKeyOf(subject))}`;
  return action === null ? path : `${path}?${new URLSearchParams({ action }).toString()}`;
}
