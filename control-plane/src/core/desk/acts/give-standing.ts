// A person says yes in advance to one action of one service, bounded in count and time. What it covers stands in
// core/desk/approvals/standing.ts. Pure. What a reader would get wrong: what a person sends is the text that their gesture was bound to;
// the desk seals it before this decides (platform/desk/standing-seal.ts), because signing is not pure.
import { ok, refuse } from "@countersign/shared/values/result";
import type { Person } from "../../words/actor.ts";
import { clockOf } from "../../words/clock-text.ts";
import { nameOf, type ServiceSubject } from "../../words/subject.ts";
import { putStanding } from "../approvals/standing.ts";
import { STANDINGS_MAX } from "../records/standing-approval.ts";
import type { StandingApproval, StandingSeal } from "../records/standing-approval.ts";
import { refsOfStanding } from "../state/audit-refs.ts";
import { addAudit } from "../state/desk-change.ts";
import type { ActRefusal } from "../state/desk-events.ts";
import type { DeskState } from "../state/desk-state.ts";
import type { DeskAct } from "./desk-act.ts";

/** A yes for longer, or more often, is a policy that nobody has read. */
export const STANDING_MAX_MS = 30 * 24 * 3_600_000;
export const STANDING_USES_MAX = 20;

/** As a person gives it. */
export interface GiveStandingAsked {
  readonly kind: "give-standing";
  /** JSON of `StandingContent`, word for word as the view showed it, and its hash as the gesture was bound to it */
  readonly text: string;
  readonly hash: string;
  /** for display only */
  readonly hostName: string;
}

/** As it is decided, sealed. */
export interface GiveStanding {
  readonly kind: "give-standing";
  /** made from the nonce in the sealed text: the same text is taken once */
  readonly standingId: string;
  readonly seal: StandingSeal;
  readonly subject: ServiceSubject;
  readonly action: string;
  readonly usesMax: number;
  readonly untilAt: number;
  readonly why: string;
}

export const giveStanding: DeskAct<GiveStanding, Person, GiveStandingAsked> = {
  kind: "give-standing",
  who: "person",
  refused: "standing-refused",
  about: (_state, { subject }) => [{ kind: "subject", subject }],
  decide(change, context, { act, by }) {
    const reason = refusalOf(change.state, context.now, act);
    if (reason !== null) return refuse({ reason });
    const { kind: _kind, ...given } = act;
    const standing: StandingApproval = { ...given, by, usesCount: 0, givenAt: context.now };
    const { action, seal, subject, untilAt, usesMax, why } = standing;
    const audited = addAudit(putStanding(change, standing), context, {
      actor: by,
      act: "standing-given",
      refs: refsOfStanding(standing),
      why: `${action} ${nameOf(subject)}, at most ${usesMax}×, until ${clockOf(untilAt)} UTC: ${why} (sha256 ${seal.hash}, signed by ${seal.keyId})`,
    });
    return ok(audited);
  },
};

function refusalOf(
  { standing }: DeskState,
  now: number,
  { action, standingId, untilAt, usesMax, why }: GiveStanding,
): ActRefusal["reason"] | null {
  if (why.trim() === "") return "reason-missing";
  if (standing.get(standingId) !== undefined) return "standing-used";
  if (action === "") return "standing-too-wide";
  const isCounted = Number.isInteger(usesMax) && usesMax >= 1 && usesMax <= STANDING_USES_MAX;
  const isTimed = untilAt > now && untilAt - now <= STANDING_MAX_MS;
  const hasRoom = standing.ids().length < STANDINGS_MAX;
  return isCounted && isTimed && hasRoom ? null : "standing-bounds";
}
