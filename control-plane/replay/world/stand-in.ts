// What stands in for signatures where nobody has a passkey: in replays, stories and simulations whoever says yes is taken to have signed what
// lies open. No host of anybody takes these for signatures.
import type { Assertion } from "@countersign/shared/wire/assertion";
import type { ActSignature } from "../../src/core/desk/acts/approve.ts";
import type { SignedYes } from "../../src/core/desk/records/standing-approval.ts";

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

/** As if the person had signed a yes in advance. */
export function standInYes(person: string): SignedYes {
  const credentialId = `stand-in-${person}`;
  const assertion = { ...NO_ASSERTION, credentialId };
  const text = JSON.stringify({ standInOf: person });
  const credentialName = `${person}'s passkey`;
  return { text, hash: "0".repeat(64), credentialId, credentialName, isSynced: false, assertion };
}
