// People's passkeys in the actors' tests: a software authenticator signs as a phone would, for the desk of the tests.
import { decodeBase64, encodeBase64 } from "@countersign/shared/values/base64";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { type Assertion, challengeOf, type Credential } from "@countersign/shared/wire/assertion";
import {
  type FleetTrust,
  parseTrust,
  type SignedTrust,
  trustHashOf,
  type TrustMark,
} from "@countersign/shared/wire/fleet-trust";
import { markOf, readSignedTrust } from "@countersign/shared/wire/trust-chain";
import {
  newAuthenticator,
  type SoftwareAuthenticator,
} from "../../../control-plane/embedded/story/authenticator.ts";
import type { Approval } from "../../../control-plane/src/core/desk/records/approval.ts";
import { byAdmin, byPerson } from "../../../control-plane/src/core/words/actor.ts";
import { nextTrustOf, type TrustChanges } from "../../../control-plane/src/core/words/next-trust.ts";
import type { TrustDone } from "../../../control-plane/src/platform/approvers-rpc.ts";
import { desk, ORIGIN } from "./fleet.ts";

export const PARTY = { rpId: "desk.test", origins: [ORIGIN] };

/** One passkey. */
export function passkey(): Promise<SoftwareAuthenticator> {
  return newAuthenticator({ origin: ORIGIN, rpId: PARTY.rpId });
}

/** As it is pinned. */
export function credentialOf(own: SoftwareAuthenticator, name = "a key"): Credential {
  const { credentialId, isSynced, publicKey } = own;
  return { credentialId, algorithm: "ES256", publicKey, isSynced, name };
}

/** A person's device. */
export function deviceOf(responder: string) {
  return { ...byPerson(responder), deviceId: `dev_of-${responder}` };
}

/** The domain of passkeys is the desk's own, unless a trust has begun. */
export async function chooseDomain(rpId = PARTY.rpId): Promise<void> {
  const done = await desk().trustAct({ kind: "choose-domain", rpId }, byAdmin());
  if (!done.ok) throw new Error(done.error.reason);
}

/** A person offers a passkey; "ok", or why not. */
export async function offers(responder: string, own: SoftwareAuthenticator, name?: string): Promise<string> {
  const credential = credentialOf(own, name);
  const act = { kind: "offer-passkey", credential, deviceName: "Phone" } as const;
  const done = await desk().trustAct(act, deviceOf(responder));
  return done.ok ? "ok" : done.error.reason;
}

/** The fleet's trust begins with the operator's passkey. */
export async function firstPasskey(responder = "operator", name?: string): Promise<SoftwareAuthenticator> {
  const own = await passkey();
  await chooseDomain();
  const offered = await offers(responder, own, name);
  if (offered !== "ok") throw new Error(offered);
  return own;
}

/** A passkey that a person has made, and that waits to be let in. */
export async function candidate(responder: string, name?: string): Promise<SoftwareAuthenticator> {
  const own = await passkey();
  const offered = await offers(responder, own, name);
  if (offered !== "ok") throw new Error(offered);
  return own;
}

/** The text of the version that follows the newest, base64. */
export async function nextText(changes: Partial<TrustChanges>): Promise<string> {
  const { versions } = await desk().trustNow();
  const known = readSignedTrust(versions.at(-1)!);
  if (!known.ok) throw new Error(known.error.detail);
  const none = { remove: [], removePasskey: [], add: [], threshold: null, levels: [] };
  const next = nextTrustOf(known.value, { ...none, ...changes });
  if (!next.ok) throw new Error(next.error.sentence);
  return encodeBase64(encodeUtf8(next.value.text));
}

/** A person signs this text as the next version; what came of it, or why nothing did. */
export async function signNext(
  responder: string,
  own: SoftwareAuthenticator,
  text: string,
): Promise<TrustDone | string> {
  const assertion = await own.sign(challengeOf("trust", decodeBase64(text)!));
  const done = await desk().trustAct({ kind: "sign-trust", text, assertion }, deviceOf(responder));
  return done.ok ? done.value : done.error.reason;
}

/** Which version of the fleet's trust is the newest. */
export async function newestMark(): Promise<TrustMark> {
  const { versions } = await desk().trustNow();
  const read = readSignedTrust(versions.at(-1)!);
  if (!read.ok) throw new Error(read.error.detail);
  return markOf(read.value);
}

/** The version that follows the newest, with what a test changes, signed by these passkeys. */
export async function nextTrust(
  signers: readonly SoftwareAuthenticator[],
  changes: Partial<FleetTrust> = {},
): Promise<SignedTrust> {
  const { versions } = await desk().trustNow();
  const before = decodeBase64(versions.at(-1)?.trust ?? "")!;
  const parsed = parseTrust(before);
  if (!parsed.ok) throw new Error(parsed.error.detail);
  const { version } = parsed.value;
  const next: FleetTrust = {
    ...parsed.value,
    version: version + 1,
    previous: trustHashOf(before),
    ...changes,
  };
  const bytes = encodeUtf8(JSON.stringify(next));
  const signatures = await Promise.all(signers.map((own) => own.sign(challengeOf("trust", bytes))));
  return { trust: encodeBase64(bytes), signatures };
}

/** What the passkey signs of an approval. */
export function signatureOver({ proposalBytes }: Approval, own: SoftwareAuthenticator): Promise<Assertion> {
  return own.sign(challengeOf("proposal", decodeBase64(proposalBytes)!));
}

/** A person says yes by a passkey; "ok", or why not. */
export async function signsAs(responder: string, approval: Approval, own: SoftwareAuthenticator) {
  const { approvalId, proposalHash } = approval;
  const gesture = await signatureOver(approval, own);
  const act = { kind: "approve", approvalId, proposalHash } as const;
  const answer = await desk().act({ act, by: deviceOf(responder), gesture });
  return answer.ok ? "ok" : answer.error.reason;
}

/** A form of a yes in advance, signed as /passkey.js would. */
export async function signedYes<T extends { readonly fields: Readonly<Record<string, string>> }>(
  form: T,
  own: SoftwareAuthenticator,
): Promise<T> {
  const content = encodeUtf8(form.fields["content"] ?? "");
  const assertion = JSON.stringify(await own.sign(challengeOf("standing", content)));
  return { ...form, fields: { ...form.fields, assertion } };
}
