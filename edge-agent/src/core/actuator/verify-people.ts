// Who of the fleet's approvers signed an act: the proposal's exact bytes, or in advance a text that covers it. Pure (WebCrypto only computes).
// What a reader would get wrong: a yes in advance stands instead of signatures on the act, never beside them; and no key of the desk
// makes one.
import { decodeBase64 } from "@countersign/shared/values/base64";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { type Assertion, challengeOf, type SignedKind } from "@countersign/shared/wire/assertion";
import { assertionsOf, type Envelope } from "@countersign/shared/wire/envelope";
import type { Proposal } from "@countersign/shared/wire/proposal";
import { type Signer, verifySigners } from "@countersign/shared/wire/signers";
import {
  parseSignedStanding,
  type SignedStanding,
  STANDING_LEVEL_MAX,
  type StandingContent,
} from "@countersign/shared/wire/standing";
import type { BelievedTrust } from "./believed-trust.ts";
import type { Refusal } from "./verify-grant.ts";

/** How far the clocks of desk and host may differ at the beginning of a yes in advance. */
export const STANDING_SKEW_MS = 10 * 60_000;

/** Who signed, each verified. */
export interface VerifiedPeople {
  readonly signers: readonly Signer[];
  /** the yes in advance that they signed; null: the act itself */
  readonly standing: StandingContent | null;
}

export interface PeopleInput {
  readonly envelope: Envelope;
  readonly trust: BelievedTrust;
  readonly proposal: Proposal;
  /** the proposal's exact bytes, as minted here */
  readonly bytes: Uint8Array;
  readonly wallMs: number;
  /** how often a yes in advance was used here, by its nonce */
  readonly usesOf: (standingNonce: string) => number;
}

/** Verifies all that people have signed; one signature that does not hold refuses the whole. */
export async function verifyPeople(input: PeopleInput): Promise<Result<VerifiedPeople, Refusal>> {
  const { bytes, envelope, trust } = input;
  const assertions = assertionsOf(envelope);
  if (envelope.standing === undefined) {
    const signers = await verifyBy(trust, assertions, ["proposal", bytes]);
    return signers.ok ? ok({ signers: signers.value, standing: null }) : signers;
  }
  if (assertions.length > 0) return no("standing-mismatch", "it was signed in advance and now as well");
  return verifyStanding(envelope.standing, input);
}

async function verifyStanding(
  signed: SignedStanding,
  { proposal, trust, usesOf, wallMs }: PeopleInput,
): Promise<Result<VerifiedPeople, Refusal>> {
  const content = parseSignedStanding(signed);
  const bytes = decodeBase64(signed.content);
  if (!content.ok || bytes === null)
    return no("standing-mismatch", "the yes in advance has not the right shape");
  const standing = content.value;
  const signers = await verifyBy(trust, signed.signatures, ["standing", bytes]);
  if (!signers.ok) return signers;
  const { action, givenAt, givenBy, hostId, nonce, service, untilAt, usesMax } = standing;
  if (hostId !== proposal.hostId || service !== proposal.service || action !== proposal.action)
    return no("standing-mismatch", "the yes in advance is for another act");
  if (proposal.isProtected === true)
    return no("standing-mismatch", `${service} is protected: a person says yes each time`);
  if (proposal.level > STANDING_LEVEL_MAX)
    return no("standing-mismatch", `level ${proposal.level} needs a person each time`);
  if (!signers.value.some(({ person }) => person === givenBy))
    return no("standing-mismatch", `${givenBy} is said to have given it, and has not signed it`);
  if (wallMs < givenAt - STANDING_SKEW_MS)
    return no("standing-over", "by this host's clock the yes in advance has not begun");
  if (wallMs >= untilAt) return no("standing-over", "the yes in advance is over");
  if (usesOf(nonce) >= usesMax)
    return no("standing-used-up", `the yes in advance was for ${usesMax} uses, and they are used up`);
  return ok({ signers: signers.value, standing });
}

function verifyBy(
  { fleet, host }: BelievedTrust,
  assertions: readonly Assertion[],
  [kind, bytes]: readonly [SignedKind, Uint8Array],
): Promise<Result<readonly Signer[], Refusal>> {
  const { party } = host;
  if (party === null) return Promise.resolve(assertions.length === 0 ? ok([]) : noPeople());
  const approvers = fleet?.trust.approvers ?? [];
  return verifySigners(assertions, { challenge: challengeOf(kind, bytes), approvers, party });
}

function noPeople(): Result<never, Refusal> {
  return no("credential-unknown", "a passkey has signed, and this host knows of nobody's");
}

function no(reason: Refusal["reason"], detail: string): Result<never, Refusal> {
  return refuse({ reason, detail });
}
