// Where something is frozen, lifted or silenced. Pure.
import { type Subject, subjectKeyOf } from "../../core/words/subject.ts";

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
