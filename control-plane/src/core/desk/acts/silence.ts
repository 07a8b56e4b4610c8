// A person silences what matches, for a bounded time and with a reason. What a silence holds back stands in core/desk/paging/silences.ts. Pure.
import { ok, refuse } from "@countersign/shared/values/result";
import { clockOf } from "../../words/clock-text.ts";
import { matcherText } from "../paging/silences.ts";
import { SILENCES_MAX } from "../records/silence.ts";
import type { Silence, SilenceMatcher } from "../records/silence.ts";
import { refsOfSilence } from "../state/audit-refs.ts";
import { addAudit } from "../state/desk-change.ts";
import type { ActRefusal } from "../state/desk-events.ts";
import type { DeskState } from "../state/desk-state.ts";
import type { DeskAct } from "./desk-act.ts";

/** A silence that is longer is a rule turned off, and belongs in the policy. */
export const SILENCE_MAX_MS = 30 * 24 * 3_600_000;

export interface SilenceAct {
  readonly kind: "silence";
  readonly matcher: SilenceMatcher;
  readonly why: string;
  /** epoch milliseconds by the desk's clock; one that is over begins now */
  readonly startsAt: number;
  readonly endsAt: number;
}

export const silence: DeskAct<SilenceAct> = {
  kind: "silence",
  who: "person",
  needs: "answer",
  refused: "silence-refused",
  about: (_state, { matcher }) => [{ kind: "matcher", ...matcher }],
  decide(change, context, { act, by }) {
    const reason = refusalOf(change.state, context.now, act);
    if (reason !== null) return refuse({ reason });
    const { endsAt, matcher, why } = act;
    const startsAt = Math.max(act.startsAt, context.now);
    const kept: Silence = { silenceId: context.newId("sil"), matcher, by, why, startsAt, endsAt };
    const silences = change.state.silences.with(kept.silenceId, kept);
    const audited = addAudit({ ...change, state: { ...change.state, silences } }, context, {
      actor: by,
      act: "silence-added",
      refs: refsOfSilence(kept),
      why: `${matcherText(matcher)} from ${clockOf(startsAt)} to ${clockOf(endsAt)} UTC: ${why}`,
    });
    return ok(audited);
  },
};

function isOfAnything({ hostId, reason, service, subject }: SilenceMatcher): boolean {
  return hostId === null && service === null && reason === null && subject === undefined;
}

function refusalOf(
  { silences }: DeskState,
  now: number,
  { endsAt, matcher, startsAt, why }: SilenceAct,
): ActRefusal["reason"] | null {
  if (why.trim() === "") return "reason-missing";
  if (isOfAnything(matcher)) return "silence-too-wide";
  const isBounded = endsAt > Math.max(startsAt, now) && endsAt - now <= SILENCE_MAX_MS;
  return isBounded && silences.ids().length < SILENCES_MAX ? null : "silence-bounds";
}
