// The fleet's trust as a person reads it at a terminal: who may approve by which passkeys, what each level demands, which words root compares. Pure.
import { fingerprintWordsOf } from "@countersign/shared/values/fingerprint";
import type { RelyingParty } from "@countersign/shared/wire/assertion";
import { LEVEL_ACTS, ruleWords } from "@countersign/shared/wire/rule-words";
import type { KnownTrust } from "@countersign/shared/wire/trust-chain";
import { tableOf } from "../table.ts";

/** A version whole. */
export function trustLines(known: KnownTrust, party: RelyingParty | null): readonly string[] {
  const { approvers, deskKeys, levels, threshold, version } = known.trust;
  const people = approvers.flatMap(({ credentials, person }) =>
    credentials.map(({ algorithm, credentialId, isSynced, name }) => [
      person,
      isSynced ? "synced" : "device-bound",
      algorithm,
      credentialId.slice(0, 12),
      name,
    ]),
  );
  return [
    `Version ${version}: ${wordsOf(known.hash)}`,
    `People sign ${placeOf(party)}.`,
    `The next version must be signed by ${threshold} of ${approvers.length === 1 ? "one person" : `${approvers.length} people`}.`,
    "",
    ...tableOf(["PERSON", "PASSKEY", "KEY", "ID", "NAME"], people),
    "",
    ...tableOf(
      ["LEVEL", "WHAT", "WHO MUST SIGN"],
      LEVEL_ACTS.map(([level, what]) => [String(level), what, ruleWords(levels[level])]),
      { isWhole: true },
    ),
    "",
    `Keys of the desk: ${deskKeys.map(({ keyId }) => keyId).join(", ")}`,
  ];
}

/** The words of a hash, as root compares them. */
export function wordsOf(hash: string): string {
  return fingerprintWordsOf(hash).join(" ");
}

function placeOf(party: RelyingParty | null): string {
  return party === null
    ? "nowhere: the desk is reached by an address, which has no passkeys"
    : `at ${party.origins.join(", ")}, by passkeys of ${party.rpId}`;
}
