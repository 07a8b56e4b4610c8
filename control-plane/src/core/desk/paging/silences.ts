// Silences and maintenance windows: matcher, author, reason, begin and end. They hold pages back, and nothing else: the condition is
// detected, its incident opened, escalated in its timeline and shown. Pure. What a reader would get wrong: a held page is not
// dropped. When the silence ends and the condition still holds, the step that is overdue goes out.
import { ok, refuse } from "@countersign/shared/values/result";
import { type Actor, actorNameOf, BY_DESK, byPerson } from "../../words/actor.ts";
import { clockOf } from "../../words/clock-text.ts";
import { hostIdIn, serviceOf } from "../../words/subject.ts";
import { refsOfSilence } from "../state/audit-refs.ts";
import { addAudit, type AnsweredChange, type DeskChange } from "../state/desk-change.ts";
import type { ActRefusal, DeskContext, DeskEvent } from "../state/desk-events.ts";
import type { DeskState, Incident, Silence, SilenceMatcher } from "../state/desk-state.ts";

/** A silence that is longer is a rule turned off, and belongs in the policy. */
export const SILENCE_MAX_MS = 30 * 24 * 3_600_000;
export const SILENCES_MAX = 200;

/** A person silences what matches, for a bounded time. */
export function addSilence(
  change: DeskChange,
  context: DeskContext,
  asked: Extract<DeskEvent, { kind: "silence" }>,
): AnsweredChange {
  const { by, endsAt, matcher, startsAt, why } = asked;
  const reason = refusalOf(change.state, context, asked);
  if (reason !== null)
    return {
      change: addAudit(change, context, {
        actor: byPerson(by),
        act: "silence-refused",
        refs: [{ kind: "matcher", ...matcher }],
        why: reason,
      }),
      answer: refuse({ reason }),
    };
  const silence: Silence = {
    silenceId: context.newId("sil"),
    matcher,
    by: byPerson(by),
    why,
    startsAt: Math.max(startsAt, context.now),
    endsAt,
  };
  const silences = change.state.silences.with(silence.silenceId, silence);
  const audited = addAudit({ ...change, state: { ...change.state, silences } }, context, {
    actor: silence.by,
    act: "silence-added",
    refs: refsOfSilence(silence),
    why: `${matcherText(matcher)} from ${clockOf(silence.startsAt)} to ${clockOf(endsAt)} UTC: ${why}`,
  });
  return { change: audited, answer: ok(null) };
}

/** A person ends a silence early. */
export function endSilence(
  change: DeskChange,
  context: DeskContext,
  act: { readonly silenceId: string; readonly by: Actor },
): AnsweredChange {
  const silence = change.state.silences.get(act.silenceId);
  if (silence === undefined) return { change, answer: refuse({ reason: "silence-unknown" }) };
  return { change: dropSilence(change, context, { silence, by: act.by }), answer: ok(null) };
}

/** Drops the silences whose end has come. */
export function expireSilences(change: DeskChange, context: DeskContext): DeskChange {
  return change.state.silences
    .values()
    .filter(({ endsAt }) => endsAt <= context.now)
    .reduce((before, silence) => dropSilence(before, context, { silence, by: BY_DESK }), change);
}

/** The first instant at or after `at` at which no silence covers the incident. */
export function unsilencedAt(state: DeskState, incident: Incident, at: number): number {
  const covering = silencesOver(state, incident);
  let free = at;
  for (;;) {
    const silence = covering.find(({ startsAt, endsAt }) => startsAt <= free && free < endsAt);
    if (silence === undefined) return free;
    free = silence.endsAt;
  }
}

/** The silences that match an incident, whenever they begin. */
export function silencesOver(
  { silences }: Pick<DeskState, "silences">,
  incident: Incident,
): readonly Silence[] {
  return silences.values().filter(({ matcher }) => isMatch(matcher, incident));
}

function dropSilence(
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

function refusalOf(
  state: DeskState,
  { now, policy }: DeskContext,
  asked: Extract<DeskEvent, { kind: "silence" }>,
): ActRefusal["reason"] | null {
  const { by, endsAt, matcher, startsAt, why } = asked;
  if (!policy.responders.some(({ id }) => id === by)) return "people-only";
  if (why.trim() === "") return "reason-missing";
  if (matcher.hostId === null && matcher.service === null && matcher.reason === null)
    return "silence-too-wide";
  const beginsAt = Math.max(startsAt, now);
  const isBounded = endsAt > beginsAt && endsAt - now <= SILENCE_MAX_MS;
  return isBounded && state.silences.ids().length < SILENCES_MAX ? null : "silence-bounds";
}

function isMatch(matcher: SilenceMatcher, { reason, subject }: Incident): boolean {
  return (
    (matcher.hostId === null || matcher.hostId === hostIdIn(subject)) &&
    (matcher.service === null || matcher.service === serviceOf(subject)) &&
    (matcher.reason === null || matcher.reason === reason)
  );
}

function matcherText({ hostId, reason, service }: SilenceMatcher): string {
  const parts = { host: hostId, service, reason };
  return Object.entries(parts)
    .flatMap(([name, value]) => (value === null ? [] : [`${name}=${value}`]))
    .join(" ");
}
