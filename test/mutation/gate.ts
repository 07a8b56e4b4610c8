// The host's whole way from a frame to an admitted act, and from a version of trust to a believed one: all that stands between the attacker and
// an execution. Bundled alone, so that a check can be taken out of it (holes.ts).
import type { Catalogue } from "@countersign/shared/host/catalogue";
import { decodeBase64 } from "@countersign/shared/values/base64";
import { challengeOf } from "@countersign/shared/wire/assertion";
import { assertionsOf, openEnvelope } from "@countersign/shared/wire/envelope";
import { SignedTrust } from "@countersign/shared/wire/fleet-trust";
import { parseGrant } from "@countersign/shared/wire/grant";
import type { HostTrust } from "@countersign/shared/wire/host-trust";
import { ruleFor } from "@countersign/shared/wire/level-rule";
import { parseProposal, proposalHashOf } from "@countersign/shared/wire/proposal";
import { parseControlFrame } from "@countersign/shared/wire/protocol";
import { checkPeople, verifySigners } from "@countersign/shared/wire/signers";
import { parseSignedStanding, STANDING_LEVEL_MAX } from "@countersign/shared/wire/standing";
import { type KnownTrust, readSignedTrust, verifyNextTrust } from "@countersign/shared/wire/trust-chain";

export interface HostMoment {
  readonly host: HostTrust;
  readonly catalogue: Catalogue;
  readonly fleet: KnownTrust;
  /** the exact bytes minted here, by nonce */
  readonly minted: ReadonlyMap<string, Uint8Array>;
  readonly used: ReadonlySet<string>;
  readonly usesOf: (standingNonce: string) => number;
  readonly now: number;
}

export type Verdict =
  | { readonly ok: true; readonly nonce: string; readonly standing: string | null }
  | { readonly ok: false; readonly reason: string };

const no = (reason: string): Verdict => ({ ok: false, reason });

/** Says whether a frame makes the host act. */
export async function admit(frame: string, moment: HostMoment): Promise<Verdict> {
  const message = parseControlFrame(frame);
  if (!message.ok) return no(message.error.reason);
  if (message.value.type !== "grant") return no("no grant");
  const { envelope } = message.value;
  const { fleet, host } = moment;
  const opened = await openEnvelope(envelope, fleet.trust.deskKeys);
  if (!opened.ok) return no(opened.error.reason);
  const grant = parseGrant(opened.value.payload);
  if (!grant.ok) return no("envelope-malformed");
  const { action, hostId, nonce, proposalHash, service } = grant.value;
  if (hostId !== host.hostId) return no("wrong-host");
  if (moment.used.has(nonce)) return no("nonce-used");
  const bytes = moment.minted.get(nonce);
  if (bytes === undefined) return no("nonce-unknown");
  const proposal = parseProposal(bytes);
  if (!proposal.ok || proposalHashOf(bytes) !== proposalHash) return no("proposal-mismatch");
  const { askedBy, level, requires } = proposal.value;
  if (proposal.value.action !== action || proposal.value.service !== service) return no("proposal-mismatch");
  const today = ruleFor(level, fleet.trust.levels, host.floor);
  const rule = today === null ? null : ruleFor(level, { [level]: today }, { [level]: requires });
  if (rule === null || host.party === null) return no("level-closed");
  const { standing } = envelope;
  const signed = standing === undefined ? bytes : (decodeBase64(standing.content) ?? new Uint8Array());
  const signers = await verifySigners(standing?.signatures ?? assertionsOf(envelope), {
    challenge: challengeOf(standing === undefined ? "proposal" : "standing", signed),
    approvers: fleet.trust.approvers,
    party: host.party,
  });
  if (!signers.ok) return no(signers.error.reason);
  if (standing !== undefined) {
    const content = parseSignedStanding(standing);
    if (!content.ok) return no("standing-mismatch");
    const said = content.value;
    if (said.hostId !== hostId || said.service !== service || said.action !== action || level > STANDING_LEVEL_MAX)
      return no("standing-mismatch");
    if (!signers.value.some(({ person }) => person === said.givenBy)) return no("standing-mismatch");
    if (moment.now < said.givenAt || moment.now >= said.untilAt) return no("standing-over");
    if (moment.usesOf(said.nonce) >= said.usesMax) return no("standing-used-up");
    const enough = checkPeople(rule, signers.value, askedBy);
    return enough.ok ? { ok: true, nonce, standing: said.nonce } : no(enough.error.reason);
  }
  const enough = checkPeople(rule, signers.value, askedBy);
  return enough.ok ? { ok: true, nonce, standing: null } : no(enough.error.reason);
}

/** Says whether a version of trust is believed after another; the hash of the one that is. */
export async function believe(
  candidate: unknown,
  after: SignedTrust,
  host: HostTrust,
): Promise<{ readonly ok: true; readonly hash: string } | { readonly ok: false; readonly reason: string }> {
  const signed = SignedTrust.safeParse(candidate);
  const current = readSignedTrust(after);
  if (!signed.success || !current.ok || host.party === null) return { ok: false, reason: "frame-malformed" };
  const next = await verifyNextTrust(current.value, signed.data, host.party);
  return next.ok ? { ok: true, hash: next.value.hash } : { ok: false, reason: next.error.reason };
}
