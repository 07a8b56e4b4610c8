// A person says yes in advance to one action of one service, bounded in count and time. What it covers stands in
// core/desk/approvals/standing.ts. Pure. What a reader would get wrong: what a person sends is the text that their passkey has signed;
// whether it has is looked at before this decides (platform/desk/signed-acts.ts), because verifying is not pure.
import { ok, refuse } from "@countersign/shared/values/result";
import { STANDING_MAX_MS, STANDING_USES_MAX } from "@countersign/shared/wire/standing";
import type { Person } from "../../words/actor.ts";
import { clockOf } from "../../words/clock-text.ts";
import { nameOf, type ServiceSubject } from "../../words/subject.ts";
import { putStanding } from "../approvals/standing.ts";
import { STANDINGS_MAX } from "../records/standing-approval.ts";
import type { SignedYes, StandingApproval } from "../records/standing-approval.ts";
import { refsOfStanding } from "../state/audit-refs.ts";
import { addAudit } from "../state/desk-change.ts";
import type { ActRefusal } from "../state/desk-events.ts";
import type { DeskState } from "../state/desk-state.ts";
import type { DeskAct } from "./desk-act.ts";

/** As a person gives it. */
export interface GiveStandingAsked {
  readonly kind: "give-standing";
  /** JSON of `StandingContent`, word for word as the view showed it and the passkey signed it, and its hash */
  readonly text: string;
  readonly hash: string;
  /** for display only */
  readonly hostName: string;
}

/** As it is decided, its signature verified. */
export interface GiveStanding {
  readonly kind: "give-standing";
  /** made from the nonce in the signed text: the same text is taken once */
  readonly standingId: string;
  readonly signed: SignedYes;
  readonly subject: ServiceSubject;
  readonly action: string;
  readonly usesMax: number;
  readonly untilAt: number;
  readonly why: string;
}

export const giveStanding: DeskAct<GiveStanding, Person, GiveStandingAsked> = {
  kind: "give-standing",
  who: "person",
  needs: "approve",
  refused: "standing-refused",
  about: (_state, { subject }) => [{ kind: "subject", subject }],
  decide(change, context, { act, by }) {
    const reason = refusalOf(change.state, context.now, act);
    if (reason !== null) return refuse({ reason });
    const { kind: _kind, ...given } = act;
    const standing: StandingApproval = { ...given, by, usesCount: 0, givenAt: context.now };
    const { action, signed, subject, untilAt, usesMax, why } = standing;
    const audited = addAudit(putStanding(change, standing), context, {
      actor: by,
      act: "standing-given",
      refs: refsOfStanding(standing),
      why: `${action} ${nameOf(subject)}, at most ${usesMax}×, until ${clockOf(untilAt)} UTC: ${why} (sha256 ${signed.hash}, signed by passkey ${signed.credentialName})`,
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
