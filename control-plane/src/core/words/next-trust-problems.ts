// What is wrong with a next version of the fleet's trust, in one sentence for who composed it. Pure. What a reader would get wrong: it only puts into
// words what the version's own shape refuses (shared/src/wire/fleet-trust.ts), which is what counts.
import { ItemName } from "@countersign/shared/values/ids";
import { APPROVERS_MAX, CREDENTIALS_PER_PERSON_MAX } from "@countersign/shared/values/limits";
import { Credential } from "@countersign/shared/wire/assertion";
import type { FleetTrust } from "@countersign/shared/wire/fleet-trust";
import { PERSON_LEVEL_MIN } from "@countersign/shared/wire/level-rule";
import { DeskKey, DeskKeys } from "@countersign/shared/wire/public-key";
import { LEVEL_ACTS } from "@countersign/shared/wire/rule-words";

/** The first thing that is wrong; null: nothing that has words. */
export function nextTrustProblem(next: FleetTrust): string | null {
  return peopleProblem(next) ?? passkeyProblem(next) ?? rulesProblem(next) ?? deskKeyProblem(next);
}

function peopleProblem({ approvers }: FleetTrust): string | null {
  if (approvers.length === 0) return "Nobody would be left who may approve.";
  if (approvers.length > APPROVERS_MAX)
    return `There would be ${approvers.length} approvers, and ${APPROVERS_MAX} is the most.`;
  const unnamed = approvers.find(({ person }) => !ItemName.safeParse(person).success);
  return unnamed === undefined
    ? null
    : `${unnamed.person} can be no person: expected a responder's id, of lower-case letters, digits and dashes.`;
}

function passkeyProblem({ approvers }: FleetTrust): string | null {
  const seen = new Set<string>();
  for (const { credentials, person } of approvers) {
    if (credentials.length > CREDENTIALS_PER_PERSON_MAX)
      return `${person} would have ${credentials.length} passkeys, and ${CREDENTIALS_PER_PERSON_MAX} is the most.`;
    for (const credential of credentials) {
      const { credentialId, name, publicKey } = credential;
      if (!Credential.safeParse(credential).success)
        return `"${name}" is no passkey that can be written down.`;
      if (seen.has(credentialId) || seen.has(publicKey))
        return `"${name}" of ${person} would be there twice: each passkey counts for one person, once.`;
      seen.add(credentialId).add(publicKey);
    }
  }
  return null;
}

function rulesProblem({ approvers, levels, threshold }: FleetTrust): string | null {
  const left = approvers.length === 1 ? "there would be 1" : `there would be ${approvers.length}`;
  if (threshold > approvers.length)
    return `${threshold} approvers must sign each version, and ${left}: lower that number, or add somebody.`;
  for (const [level, what] of LEVEL_ACTS) {
    const rule = levels[level];
    if (rule === undefined) continue;
    if (level >= PERSON_LEVEL_MIN && rule.people === 0)
      return `Level ${level} (${what}) needs at least one person: the desk alone never will do.`;
    if (rule.people > approvers.length)
      return `Level ${level} (${what}) wants ${rule.people} approvers, and ${left}: change its rule, or add somebody.`;
  }
  return null;
}

function deskKeyProblem({ deskKeys }: FleetTrust): string | null {
  if (deskKeys.length === 0)
    return "No key of the desk would be left, and no host would take anything from it.";
  const wrong = deskKeys.find((key) => !DeskKey.safeParse(key).success);
  if (wrong !== undefined)
    return `${wrong.keyId} is no key of a desk: expected its 32 bytes in base64, as it was made.`;
  return DeskKeys.safeParse(deskKeys).success
    ? null
    : "A key of the desk would be there twice, or there would be more than four.";
}
