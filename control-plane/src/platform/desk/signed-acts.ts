// What people's passkeys have signed, as the desk looks at it: when an act comes in, and once more before a grant is sealed, each time by the
// newest version of the fleet's trust. What a reader would get wrong: the desk's verdict protects the desk from itself and tells people early
// what would be refused. The host believes none of it, and verifies the same signatures by its own trust.
import { decodeBase64 } from "@countersign/shared/values/base64";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { type Assertion, challengeOf, type RelyingParty } from "@countersign/shared/wire/assertion";
import type { FleetTrust } from "@countersign/shared/wire/fleet-trust";
import {
  checkPeople,
  findCredential,
  type Signer,
  type SignerRefusal,
  verifySigners,
} from "@countersign/shared/wire/signers";
import { parseStanding, standingHashOf } from "@countersign/shared/wire/standing";
import type { ActSignature, Approve, ApproveAsked } from "../../core/desk/acts/approve.ts";
import type { GiveStanding, GiveStandingAsked } from "../../core/desk/acts/give-standing.ts";
import { answeredNow } from "../../core/desk/approvals/answers.ts";
import type { Approval } from "../../core/desk/records/approval.ts";
import type { StandingApproval } from "../../core/desk/records/standing-approval.ts";
import type { ActRefusal } from "../../core/desk/state/desk-events.ts";
import type { DeskState } from "../../core/desk/state/desk-state.ts";
import { isPerson } from "../../core/words/actor.ts";
import type { Doer } from "../rpc.ts";

/** Who may sign now, and where; null: the fleet has no approver yet. */
export interface Signers {
  readonly approvers: FleetTrust["approvers"];
  readonly party: RelyingParty;
}

/** A text of a yes in advance that was made longer ago, or by another clock, is made anew. */
const STANDING_FRESH_MS = 30 * 60_000;

/** The act with what the passkey has signed; a signature that is not taken comes along with its reason, so that it is put on record. */
export async function readyApprove(
  act: ApproveAsked,
  by: { readonly doer: Doer; readonly gesture: Assertion | undefined },
  at: { readonly state: DeskState; readonly signers: Signers | null; readonly now: number },
): Promise<Approve> {
  const found = answeredNow(at.state, act.approvalId, at.now);
  if (!found.ok || found.value.proposal.requires.people === 0 || by.gesture === undefined) return act;
  const approval = found.value;
  const { gesture } = by;
  const signed = await signatureOf(gesture, { approval, doer: by.doer, signers: at.signers });
  if (signed.ok)
    return { ...act, signature: signed.value, withdrawn: await withdrawnFrom(approval, at.signers) };
  const named = at.state.approvals.get(act.approvalId);
  // What was signed was renewed beneath the person: they read anew, and nobody is suspected.
  const isOlder =
    named !== undefined &&
    named !== approval &&
    (await signatureOf(gesture, { approval: named, doer: by.doer, signers: at.signers })).ok;
  const refused = isOlder
    ? { reason: "proposal-changed" as const, why: "the proposal that was signed has been renewed" }
    : signed.error;
  return { ...act, refused };
}

async function signatureOf(
  gesture: Assertion,
  about: { readonly approval: Approval; readonly doer: Doer; readonly signers: Signers | null },
): Promise<Result<ActSignature, NonNullable<Approve["refused"]>>> {
  const { approval, doer, signers } = about;
  const { proposalHash } = approval;
  const own = await ownSigner(gesture, { challenge: challengeOfProposal(approval), doer, signers });
  return own.ok ? ok({ proposalHash, ...own.value, assertion: gesture }) : own;
}

/** Passkeys that have signed an approval and would not be taken now. */
async function withdrawnFrom(approval: Approval, signers: Signers | null): Promise<readonly string[]> {
  const challenge = challengeOfProposal(approval);
  const gone: string[] = [];
  for (const { assertion, by, credentialId } of approval.signatures ?? []) {
    const held = signers === null ? null : await verifySigners([assertion], { challenge, ...signers });
    if (held?.ok !== true || held.value[0]?.person !== by.responder) gone.push(credentialId);
  }
  return gone;
}

/** The text as it is decided, or why it is not taken: it must be the giver's own, of this moment, and signed by a passkey of theirs. */
export async function readyStanding(
  { hash, hostName, text }: GiveStandingAsked,
  by: { readonly doer: Doer; readonly gesture: Assertion | undefined },
  at: { readonly signers: Signers | null; readonly now: number },
): Promise<Result<GiveStanding, ActRefusal>> {
  const { doer, gesture } = by;
  const content = parseStanding(text);
  if (!content.ok || standingHashOf(text) !== hash) return refuse({ reason: "proposal-changed" });
  const { action, givenAt, givenBy, hostId, nonce, service, untilAt, usesMax, why } = content.value;
  if (doer.kind !== "person" || givenBy !== doer.responder) return refuse({ reason: "people-only" });
  if (Math.abs(at.now - givenAt) > STANDING_FRESH_MS) return refuse({ reason: "standing-bounds" });
  if (gesture === undefined) return refuse({ reason: "passkey-needed" });
  const challenge = challengeOf("standing", encodeUtf8(text));
  const own = await ownSigner(gesture, { challenge, doer, signers: at.signers });
  if (!own.ok) return refuse({ reason: own.error.reason });
  const { credentialId, credentialName, isSynced } = own.value;
  return ok({
    kind: "give-standing",
    standingId: `std_${nonce}`,
    subject: { kind: "service", hostId, hostName, service },
    action,
    usesMax,
    untilAt,
    why,
    signed: { text, hash, credentialId, credentialName, isSynced, assertion: gesture },
  });
}

/** Says whether what people have signed covers an approved approval, by the trust of now; why not is a sentence, for the audit. */
export async function checkSigned(
  approval: Approval,
  standing: StandingApproval | null,
  signers: Signers | null,
): Promise<Result<null, { readonly reason: string }>> {
  if (approval.standingId !== undefined) return checkStanding(approval, standing, signers);
  const { askedBy, requires } = approval.proposal;
  if (requires.people === 0) return ok(null);
  const assertions = (approval.signatures ?? []).map(({ assertion }) => assertion);
  const signed = await verified(assertions, challengeOfProposal(approval), signers);
  const enough = signed.ok ? checkPeople(requires, signed.value, askedBy) : signed;
  return enough.ok ? ok(null) : no(`The signatures do not cover it: ${enough.error.detail}.`);
}

/** Says whether an approval stands on a signed text that covers exactly it. */
async function checkStanding(
  approval: Approval,
  standing: StandingApproval | null,
  signers: Signers | null,
): Promise<Result<null, { readonly reason: string }>> {
  if (standing === null) return no("There is no such standing approval.");
  const { assertion, text } = standing.signed;
  const content = parseStanding(text);
  if (!content.ok) return no("The standing approval cannot be read.");
  const { action, givenBy, hostId, service, untilAt, usesMax } = content.value;
  const signed = await verified([assertion], challengeOf("standing", encodeUtf8(text)), signers);
  if (!signed.ok) return no(`The standing approval's signature does not hold: ${signed.error.detail}.`);
  if (signed.value[0]?.person !== givenBy) return no("The standing approval was signed by somebody else.");
  const { proposal } = approval;
  const enough = checkPeople(proposal.requires, signed.value, proposal.askedBy);
  if (!enough.ok) return no(`The standing approval does not cover it: ${enough.error.detail}.`);
  const isCovered =
    proposal.hostId === hostId &&
    proposal.service === service &&
    proposal.action === action &&
    isPerson(approval.decidedBy, givenBy) &&
    (approval.decidedAt ?? Infinity) < untilAt &&
    standing.usesCount <= usesMax;
  return isCovered ? ok(null) : no("The standing approval was signed for something else.");
}

type OwnSigner = Omit<ActSignature, "proposalHash" | "assertion">;

/** The acting person as a signer, where the signature holds and the passkey is theirs. */
async function ownSigner(
  gesture: Assertion,
  expected: { readonly challenge: Uint8Array; readonly doer: Doer; readonly signers: Signers | null },
): Promise<Result<OwnSigner, NonNullable<Approve["refused"]>>> {
  const { challenge, doer, signers } = expected;
  const found = signers === null ? null : findCredential(signers.approvers, gesture.credentialId);
  if (found === null || doer.kind !== "person" || doer.responder !== found.person)
    return refuse({ reason: "passkey-not-yours", why: `passkey ${gesture.credentialId} has signed` });
  const signed = await verified([gesture], challenge, signers);
  if (!signed.ok)
    return refuse({ reason: "passkey-wrong", why: `${signed.error.reason}: ${signed.error.detail}` });
  const { credentialId, isSynced, name: credentialName } = found.credential;
  return ok({ person: found.person, credentialId, credentialName, isSynced });
}

async function verified(
  assertions: readonly Assertion[],
  challenge: Uint8Array,
  signers: Signers | null,
): Promise<Result<readonly Signer[], SignerRefusal>> {
  if (signers === null)
    return refuse({ reason: "credential-unknown", detail: "the fleet has no approver yet" });
  return verifySigners(assertions, { challenge, ...signers });
}

function challengeOfProposal({ proposalBytes }: Approval): Uint8Array {
  return challengeOf("proposal", decodeBase64(proposalBytes) ?? new Uint8Array());
}

function no(reason: string): Result<never, { readonly reason: string }> {
  return refuse({ reason });
}
