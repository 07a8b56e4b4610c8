// What differs between two versions of the fleet's trust, in sentences: for who signs the later one, and for its history. Pure.
import type { FleetTrust } from "@countersign/shared/wire/fleet-trust";
import { LEVEL_ACTS, ruleWords } from "@countersign/shared/wire/rule-words";

/** What differs between two versions, one line each. */
export function trustChanges(before: FleetTrust, after: FleetTrust): readonly string[] {
  const passkeysOf = ({ approvers }: FleetTrust) =>
    new Map(
      approvers.flatMap(({ credentials, person }) =>
        credentials.map(({ credentialId, name, publicKey }) => [
          `${person} ${credentialId} ${publicKey}`,
          `${person}'s passkey "${name}"`,
        ]),
      ),
    );
  const keysOf = ({ deskKeys }: FleetTrust) =>
    new Map(deskKeys.map(({ keyId, publicKey }) => [`${keyId} ${publicKey}`, `the desk's key ${keyId}`]));
  const levels = LEVEL_ACTS.flatMap(([level, what]) => {
    const [old, now] = [ruleWords(before.levels[level]), ruleWords(after.levels[level])];
    return old === now ? [] : [`level ${level} (${what}): ${now}; before: ${old}`];
  });
  const threshold = `${after.threshold} must sign the version after it; before: ${before.threshold}`;
  return [
    ...differing(passkeysOf(before), passkeysOf(after)),
    ...differing(keysOf(before), keysOf(after)),
    ...levels,
    ...(before.threshold === after.threshold ? [] : [threshold]),
  ];
}

function differing(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  return [
    ...[...after].flatMap(([key, name]) => (before.has(key) ? [] : [`added: ${name}`])),
    ...[...before].flatMap(([key, name]) => (after.has(key) ? [] : [`removed: ${name}`])),
  ];
}
