// People with software authenticators, and a fleet whose trust knows their passkeys: for tests of what the desk looks at.
import type { Credential, RelyingParty } from "@countersign/shared/wire/assertion";
import {
  newAuthenticator,
  type SoftwareAuthenticator,
} from "../../../../control-plane/embedded/story/authenticator.ts";
import type { Signers } from "../../../../control-plane/src/platform/desk/signed-acts.ts";

export const PARTY: RelyingParty = { rpId: "desk.example.org", origins: ["https://desk.example.org"] };

/** One passkey; by default device-bound. */
export function passkey(options: { readonly isSynced?: boolean; readonly origin?: string } = {}) {
  const { isSynced = false, origin = "https://desk.example.org" } = options;
  return newAuthenticator({ origin, rpId: PARTY.rpId, isSynced });
}

/** As it is pinned. */
export function credentialOf(
  { credentialId, isSynced, publicKey }: SoftwareAuthenticator,
  name = "a key",
): Credential {
  return { credentialId, algorithm: "ES256", publicKey, isSynced, name };
}

/** A fleet that knows one passkey of each of these people. */
export function signersOf(people: Readonly<Record<string, SoftwareAuthenticator>>): Signers {
  const approvers = Object.entries(people).map(([person, own]) => ({
    person,
    credentials: [credentialOf(own, `${person}'s key`)],
  }));
  return { approvers, party: PARTY };
}
