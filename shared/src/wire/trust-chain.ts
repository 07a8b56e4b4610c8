// Whether a version of the fleet's trust follows from the one that is believed. Pure. Each version names the hash of the one before and is
// signed by a threshold of its people; so who believes one version can check every later one, whoever brought it, and no key of the desk adds
// anybody.
import { decodeBase64 } from "../values/base64.ts";
import { ok, refuse, type Result } from "../values/result.ts";
import { challengeOf, type RelyingParty } from "./assertion.ts";
import { type FleetTrust, parseTrust, type SignedTrust, trustHashOf, type TrustMark } from "./fleet-trust.ts";
import { type Signer, verifySigners } from "./signers.ts";

/** A version that was read, with the hash of its exact bytes. */
export interface KnownTrust {
  readonly trust: FleetTrust;
  readonly hash: string;
}

export const TRUST_REFUSALS = [
  /** root has accepted no version on this host */
  "trust-not-accepted",
  "trust-malformed",
  "trust-older",
  "trust-skips",
  /** of the same number as a believed one, or after another one than that */
  "trust-other-chain",
  "trust-unsigned",
  /** the host keeps no more versions: root accepts the newest anew */
  "trust-chain-full",
] as const;
export interface TrustRefusal {
  readonly reason: (typeof TRUST_REFUSALS)[number];
  readonly detail: string;
}

/** Reads a version without believing it. */
export function readSignedTrust({ trust }: Pick<SignedTrust, "trust">): Result<KnownTrust, TrustRefusal> {
  const bytes = decodeBase64(trust);
  if (bytes === null) return no("trust-malformed", "it is not base64");
  const parsed = parseTrust(bytes);
  return parsed.ok
    ? ok({ trust: parsed.value, hash: trustHashOf(bytes) })
    : no("trust-malformed", `it is ${parsed.error.reason}: ${parsed.error.detail}`);
}

/** Believes the next version, or says why not. */
export async function verifyNextTrust(
  current: KnownTrust,
  next: SignedTrust,
  party: RelyingParty,
): Promise<Result<KnownTrust & { readonly signers: readonly Signer[] }, TrustRefusal>> {
  const read = readSignedTrust(next);
  if (!read.ok) return read;
  const follows = checkFollows(current, read.value);
  if (!follows.ok) return follows;
  const { hash, trust } = read.value;
  const { approvers, threshold } = current.trust;
  const challenge = challengeOf("trust", decodeBase64(next.trust) ?? new Uint8Array());
  const signers = await verifySigners(next.signatures, { challenge, approvers, party });
  if (!signers.ok) return no("trust-unsigned", signers.error.detail);
  const people = new Set(signers.value.map(({ person }) => person)).size;
  if (people < threshold)
    return no("trust-unsigned", `${threshold} of its approvers must have signed, and ${people} did`);
  return ok({ trust, hash, signers: signers.value });
}

/** Says whether a version could be the next, whoever has signed it. */
export function checkFollows(current: KnownTrust, { hash, trust }: KnownTrust): Result<null, TrustRefusal> {
  const { version } = current.trust;
  if (trust.version < version || hash === current.hash)
    return no("trust-older", `version ${version} is believed already, and this is ${trust.version}`);
  if (trust.version > version + 1)
    return no(
      "trust-skips",
      `version ${version} is believed, and this is ${trust.version}: those between are missing`,
    );
  if (trust.version === version || trust.previous !== current.hash)
    return no(
      "trust-other-chain",
      `version ${trust.version} does not follow from the version ${version} that is believed`,
    );
  return ok(null);
}

/** By what others know it. */
export function markOf({ hash, trust }: KnownTrust): TrustMark {
  return { version: trust.version, hash };
}

function no(reason: TrustRefusal["reason"], detail: string): Result<never, TrustRefusal> {
  return refuse({ reason, detail });
}
