// Silences and maintenance windows: matcher, author, reason, begin and end. They hold pages back, and nothing else: the condition is
// detected, its incident opened, escalated in its timeline and shown. Pure. What a reader would get wrong: a held page is not
// dropped. When the silence ends and the condition still holds, the step that is overdue goes out.
import { type Actor, actorNameOf, BY_DESK } from "../../words/actor.ts";
import { hostIdIn, isSameSubject, serviceOf, subjectKeyOf } from "../../words/subject.ts";
import type { Finding } from "../records/finding.ts";
import type { Silence, SilenceMatcher } from "../records/silence.ts";
import { refsOfSilence } from "../state/audit-refs.ts";
import { addAudit, type DeskChange } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import type { DeskState } from "../state/desk-state.ts";

/** What a silence matches. */
type Silenceable = Pick<Finding, "reason" | "subject">;

/** Drops the silences whose end has come. */
export function expireSilences(change: DeskChange, context: DeskContext): DeskChange {
  return change.state.silences
    .values()
    .filter(({ endsAt }) => endsAt <= context.now)
    .reduce((before, silence) => dropSilence(before, context, { silence, by: BY_DESK }), change);
}

/** The first instant at or after `at` at which no silence covers the finding. */
export function unsilencedAt(state: DeskState, finding: Silenceable, at: number): number {
  const covering = silencesOver(state, finding);
  let free = at;
  for (;;) {
    const silence = covering.find(({ startsAt, endsAt }) => startsAt <= free && free < endsAt);
    if (silence === undefined) return free;
    free = silence.endsAt;
  }
}

/** The silences that match a finding, whenever they begin. */
export function silencesOver(
  { silences }: Pick<DeskState, "silences">,
  finding: Silenceable,
): readonly Silence[] {
  return silences.values().filter(({ matcher }) => isMatch(matcher, finding));
}

/** Ends a silence. */
export function dropSilence(
  change: DeskChange,
  context: DeskContext,
  end: { readonly silence: Silence; readonly by: Actor },
): DeskChange {
  const { silence, by } = end;
  const silences = change.state.silences.without(silence.silenceId);
  return addAudit({ ...change, state: { ...change.state, silences } }, context, {
    actor: by,
    act: "silence-ended",
    refs: refsOfSilence(silence),
    why: `${matcherText(silence.matcher)}, set by ${actorNameOf(silence.by)}: ${silence.why}`,
  });
}

function isMatch(matcher: SilenceMatcher, { reason, subject }: Silenceable): boolean {
  if (matcher.subject !== undefined && !isSameSubject(matcher.subject, subject)) return false;
  return (
    (matcher.hostId === null || matcher.hostId === hostIdIn(subject)) &&
    (matcher.service === null || matcher.service === serviceOf(subject)) &&
    (matcher.reason === null || matcher.reason === reason)
  );
}

/** A matcher, for people. */
export function matcherText({ hostId, reason, service, subject }: SilenceMatcher): string {
  const parts = {
    subject: subject === undefined ? null : subjectKeyOf(subject),
    host: hostId,
    service,
    reason,
  };
  return Object.entries(parts)
    .flatMap(([name, value]) => (value === null ? [] : [`${name}=${value}`]))
    .join(" ");
}
