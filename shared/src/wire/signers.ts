// Who signed, and whether they are enough: people by their passkeys, each counted once. The one place that counts, for an act, a yes in advance
// and a version of the fleet's trust, on the desk and on the host. Pure.
// What a reader would get wrong: one signature that does not hold refuses the whole. An honest desk never sends one, and nobody has to
// reason about what the others beside it are worth.
import { ok, refuse, type Result } from "../values/result.ts";
import {
  type Assertion,
  type AssertionRefusal,
  type Credential,
  type RelyingParty,
  verifyAssertion,
} from "./assertion.ts";
import type { Approver } from "./fleet-trust.ts";
import type { LevelRule } from "./level-rule.ts";
import type { Asker } from "./proposal.ts";

/** A person whose passkey has signed. */
export interface Signer {
  readonly person: string;
  readonly credentialId: string;
  readonly isSynced: boolean;
  /** the passkey's own count of signatures, 0 where it keeps none */
  readonly counter: number;
}

export interface SignerRefusal {
  readonly reason: AssertionRefusal["reason"] | "credential-unknown" | "signature-repeated";
  readonly detail: string;
}

/** Verifies every assertion over one challenge. */
export async function verifySigners(
  assertions: readonly Assertion[],
  by: {
    readonly challenge: Uint8Array;
    readonly approvers: readonly Approver[];
    readonly party: RelyingParty;
  },
): Promise<Result<readonly Signer[], SignerRefusal>> {
  const signers: Signer[] = [];
  for (const assertion of assertions) {
    const found = findCredential(by.approvers, assertion.credentialId);
    if (found === null)
      return refuse({
        reason: "credential-unknown",
        detail: "a passkey has signed that is no approver's here",
      });
    const { credential, person } = found;
    const { credentialId, isSynced } = credential;
    if (signers.some((signer) => signer.credentialId === credentialId))
      return refuse({ reason: "signature-repeated", detail: "one passkey has signed twice" });
    const verified = await verifyAssertion(assertion, { ...by, credential });
    if (!verified.ok) return verified;
    signers.push({ person, credentialId, isSynced, counter: verified.value.counter });
  }
  return ok(signers);
}

/** The passkey of that id, and whose it is; null: nobody's. */
export function findCredential(
  approvers: readonly Approver[],
  credentialId: string,
): { readonly person: string; readonly credential: Credential } | null {
  for (const { credentials, person } of approvers) {
    const credential = credentials.find((candidate) => candidate.credentialId === credentialId);
    if (credential !== undefined) return { person, credential };
  }
  return null;
}

export interface RuleRefusal {
  readonly reason: "people-missing" | "asker-signed" | "credential-synced";
  readonly detail: string;
}

/** Says whether those who signed are who a rule demands. */
export function checkPeople(
  { credentials, mayAskerSign, people }: LevelRule,
  signers: readonly Signer[],
  askedBy: Asker,
): Result<null, RuleRefusal> {
  if (people === 0) return ok(null);
  const asker = askedBy.kind === "person" ? askedBy.person : null;
  if (!mayAskerSign && signers.some(({ person }) => person === asker))
    return refuse({
      reason: "asker-signed",
      detail: `${asker ?? ""} asked for it and may not be among those who sign`,
    });
  const counted = signers.filter(({ isSynced }) => credentials === "any" || !isSynced);
  const distinct = new Set(counted.map(({ person }) => person)).size;
  if (distinct >= people) return ok(null);
  const isBySynced = counted.length < signers.length;
  return refuse({
    reason: isBySynced ? "credential-synced" : "people-missing",
    detail: `${people} people must have signed${isBySynced ? " by a passkey that does not leave its device" : ""}, and ${distinct} did`,
  });
}
