// The seal of a standing approval: the exact text that its giver's gesture was bound to, signed by the desk when it was given, and
// looked at again each time before a grant is signed on its strength. A row that was changed in storage, or conjured up there, covers
// nothing. Weakness: the key is the desk's own; who has it can make seals. What would end that is a signature by the giver's device.
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import {
  isStandingSignedBy,
  parseStanding,
  signStanding,
  standingHashOf,
} from "@countersign/shared/wire/standing";
import type { GiveStanding, GiveStandingAsked } from "../../core/desk/acts/give-standing.ts";
import type { Approval } from "../../core/desk/records/approval.ts";
import type { StandingApproval } from "../../core/desk/records/standing-approval.ts";
import type { ActRefusal } from "../../core/desk/state/desk-events.ts";
import { isPerson } from "../../core/words/actor.ts";
import type { Doer } from "../rpc.ts";
import { deskKeyIdOf } from "./grant-signing.ts";

/** The key pair of the desk. */
export interface DeskKey {
  readonly DESK_PUBLIC_KEY: string;
  readonly DESK_PRIVATE_KEY: string;
}

/** Checks that the text is what the gesture was bound to and the giver's own, and seals it. */
export async function sealStanding(
  { hash, hostName, text }: GiveStandingAsked,
  by: Doer,
  key: DeskKey,
): Promise<Result<GiveStanding, ActRefusal>> {
  const content = parseStanding(text);
  if (!content.ok || standingHashOf(text) !== hash) return refuse({ reason: "proposal-changed" });
  const { action, deviceId, givenBy, hostId, nonce, service, untilAt, usesMax, why } = content.value;
  if (by.kind !== "person" || givenBy !== by.responder || deviceId !== by.deviceId)
    return refuse({ reason: "people-only" });
  const signature = await signStanding(text, key.DESK_PRIVATE_KEY);
  const seal = { text, hash, keyId: deskKeyIdOf(key.DESK_PUBLIC_KEY), signature };
  const subject = { kind: "service", hostId, hostName, service } as const;
  return ok({
    kind: "give-standing",
    standingId: `std_${nonce}`,
    subject,
    action,
    usesMax,
    untilAt,
    why,
    seal,
  });
}

/** Says whether an approval stands on a sealed text that covers exactly it; why not is a sentence, for the audit. */
export async function checkSeal(
  approval: Approval,
  standing: StandingApproval | null,
  deskPublicKey: string,
): Promise<Result<null, { readonly reason: string }>> {
  const no = (reason: string) => refuse({ reason });
  if (standing === null) return no("There is no such standing approval.");
  const { seal } = standing;
  if (!(await isStandingSignedBy(seal.text, seal.signature, deskPublicKey)))
    return no("The standing approval's signature does not hold.");
  const content = parseStanding(seal.text);
  if (!content.ok) return no("The standing approval cannot be read.");
  const { action, givenBy, hostId, service, untilAt, usesMax } = content.value;
  const isCovered =
    approval.proposal.hostId === hostId &&
    approval.proposal.service === service &&
    approval.proposal.action === action &&
    isPerson(approval.decidedBy, givenBy) &&
    (approval.decidedAt ?? Infinity) < untilAt &&
    standing.usesCount <= usesMax;
  return isCovered ? ok(null) : no("The standing approval was signed for something else.");
}
