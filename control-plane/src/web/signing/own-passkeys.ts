// Whether its reader can sign where a view is made, and by which passkeys of the fleet's list; and what their device is asked for. Pure.
import { encodeBase64Url } from "@countersign/shared/values/base64";
import { challengeOf, type Credential, type SignedKind } from "@countersign/shared/wire/assertion";
import type { KnownTrust } from "@countersign/shared/wire/trust-chain";
import type { PasskeyOptions } from "./passkey-form.tsx";
import type { WhereToSign } from "./where-to-sign.ts";

/** What is known of passkeys where a view is made. */
export interface PasskeysNow {
  /** null: the fleet has no list of who may approve */
  readonly trust: KnownTrust | null;
  readonly where: WhereToSign;
}

export interface ReadyPasskeys {
  readonly kind: "ready";
  readonly credentials: readonly Credential[];
  readonly rpId: string;
}

/** What keeps the reader's passkeys from signing; `ready`: nothing does. */
export type OwnPasskeys =
  | ReadyPasskeys
  | { readonly kind: "no-trust" | "no-passkey" }
  | { readonly kind: "elsewhere"; readonly where: Exclude<WhereToSign, { readonly kind: "here" }> };

/** Of a person, as the list has them. */
export function ownPasskeys({ trust, where }: PasskeysNow, person: string): OwnPasskeys {
  if (trust === null) return { kind: "no-trust" };
  const own = trust.trust.approvers.find((approver) => approver.person === person);
  if (own === undefined) return { kind: "no-passkey" };
  return where.kind === "here"
    ? { kind: "ready", credentials: own.credentials, rpId: where.party.rpId }
    : { kind: "elsewhere", where };
}

/** The sheet for exactly these bytes, by these passkeys. */
export function signingOptions(
  kind: SignedKind,
  bytes: Uint8Array,
  { credentials, rpId }: ReadyPasskeys,
): PasskeyOptions {
  return {
    challenge: encodeBase64Url(challengeOf(kind, bytes)),
    rpId,
    allowCredentials: credentials.map(({ credentialId }) => ({ type: "public-key", id: credentialId })),
    userVerification: "required",
  };
}
