// The host's own way from a frame to an admitted act, and from kept versions of trust to a believed one: all that stands between the attacker and
// an execution. It adds nothing to what the host does, and is bundled alone, so that a check can be taken out of it (holes.ts).
import type { Catalogue } from "@countersign/shared/host/catalogue";
import { encodeBase64 } from "@countersign/shared/values/base64";
import { SignedTrust } from "@countersign/shared/wire/fleet-trust";
import type { HostTrust } from "@countersign/shared/wire/host-trust";
import { parseControlFrame } from "@countersign/shared/wire/protocol";
import type { UnitState } from "@countersign/shared/wire/service-report";
import { type KnownTrust, readSignedTrust, verifyNextTrust } from "@countersign/shared/wire/trust-chain";
import { decideAdmission } from "../../edge-agent/src/core/actuator/admission.ts";
import { followChain } from "../../edge-agent/src/core/actuator/believed-trust.ts";
import { verifyGrant } from "../../edge-agent/src/core/actuator/verify-grant.ts";

/** The host at one moment: nothing but signatures stands in the way of an act. */
export interface HostMoment {
  readonly host: HostTrust;
  readonly catalogue: Catalogue;
  readonly fleet: KnownTrust;
  /** the exact bytes minted here, by nonce */
  readonly minted: ReadonlyMap<string, Uint8Array>;
  readonly used: ReadonlySet<string>;
  readonly usesOf: (standingNonce: string) => number;
  readonly observed: UnitState;
  readonly bootId: string;
  readonly wallMs: number;
}

export type Verdict =
  | { readonly ok: true; readonly nonce: string; readonly standing: string | null }
  | { readonly ok: false; readonly reason: string };

const MINTED_MS = 1_000_000;
const AGE_MS = 60_000;

/** Says whether a frame makes the host act. */
async function admit(frame: string, moment: HostMoment): Promise<Verdict> {
  const message = parseControlFrame(frame);
  if (!message.ok) return { ok: false, reason: message.error.reason };
  if (message.value.type !== "grant") return { ok: false, reason: "no-grant" };
  const { bootId, fleet, host, minted, observed, used, usesOf, wallMs } = moment;
  const trust = { host, fleet };
  const verified = await verifyGrant(message.value.envelope, trust);
  if (!verified.ok) return { ok: false, reason: verified.error.reason };
  const { nonce } = verified.value.grant;
  const bytes = minted.get(nonce);
  const at = { bootId, monotonicMs: MINTED_MS, wallMs: wallMs - AGE_MS };
  const admitted = await decideAdmission({
    verified: verified.value,
    trust,
    catalogue: moment.catalogue,
    isNonceUsed: used.has(nonce),
    usesOf,
    minted: bytes === undefined ? null : { nonce, bytes: encodeBase64(bytes), at },
    actuatorUser: "countersign-actuator",
    frozen: false,
    observed,
    restartCount: 0,
    now: { bootId, monotonicMs: MINTED_MS + AGE_MS, wallMs },
  });
  if (!admitted.ok) return { ok: false, reason: admitted.error.reason };
  const { people, proposal } = admitted.value;
  return { ok: true, nonce: proposal.nonce, standing: people.standing?.nonce ?? null };
}

/** Says whether a version of trust is believed after another; the hash of the one that is. */
async function believe(
  candidate: unknown,
  after: SignedTrust,
  { party }: HostTrust,
): Promise<{ readonly ok: true; readonly hash: string } | { readonly ok: false; readonly reason: string }> {
  const signed = SignedTrust.safeParse(candidate);
  const anchor = readSignedTrust(after);
  if (!signed.success || !anchor.ok || party === null) return { ok: false, reason: "frame-malformed" };
  const next = await verifyNextTrust(anchor.value, signed.data, party);
  if (!next.ok) return { ok: false, reason: next.error.reason };
  // as it is loaded again
  const { broken, reached } = await followChain(anchor.value, [signed.data], party);
  return broken === null ? { ok: true, hash: reached.hash } : { ok: false, reason: "trust-broken" };
}

/** Both ways in. */
export const hostGate = { admit, believe };
export type Gate = typeof hostGate;
