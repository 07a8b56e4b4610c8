// What stands in for signatures where nobody has a passkey: in replays, stories and simulations whoever says yes is taken to have signed what
// lies open. No host of anybody takes these for signatures.
import type { Assertion } from "@countersign/shared/wire/assertion";
import type { ActSignature } from "../../src/core/desk/acts/approve.ts";

/** Nobody's. */
export const NO_ASSERTION: Assertion = {
  scheme: "webauthn",
  credentialId: "AA",
  authenticatorData: "AA",
  clientDataJSON: "AA",
  signature: "AA",
};

/** As if the person had signed the proposal of that hash, by a passkey of their own. */
export function standInSignature(person: string, proposalHash: string): ActSignature {
  const credentialId = `stand-in-${person}`;
  const assertion = { ...NO_ASSERTION, credentialId };
  return {
    proposalHash,
    person,
    credentialId,
    credentialName: `${person}'s passkey`,
    isSynced: false,
    assertion,
  };
}
