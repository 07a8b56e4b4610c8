// What differs between two versions of the list of who may approve, for people: each as data, said in sentences by next-view.tsx. Pure.
import type { Credential } from "@countersign/shared/wire/assertion";
import type { FleetTrust } from "@countersign/shared/wire/fleet-trust";
import type { Level, LevelRule } from "@countersign/shared/wire/level-rule";
import { LEVEL_ACTS, ruleWords } from "@countersign/shared/wire/rule-words";

export type ListChange =
  | {
      readonly kind: "person-added" | "person-removed";
      readonly person: string;
      readonly passkeys: readonly Credential[];
    }
  | {
      readonly kind: "passkey-added" | "passkey-removed";
      readonly person: string;
      readonly passkeys: readonly Credential[];
    }
  | {
      readonly kind: "level";
      readonly level: Level;
      readonly act: string;
      readonly before: LevelRule | undefined;
      readonly after: LevelRule | undefined;
    }
  | { readonly kind: "threshold"; readonly before: number; readonly after: number }
  | { readonly kind: "desk-key-added" | "desk-key-removed"; readonly keyId: string };

/** All of them: people first, then what is demanded. */
export function listChanges(before: FleetTrust, after: FleetTrust): readonly ListChange[] {
  const levels = LEVEL_ACTS.flatMap(([level, act]): readonly ListChange[] => {
    const [old, now] = [before.levels[level], after.levels[level]];
    return ruleWords(old) === ruleWords(now) ? [] : [{ kind: "level", level, act, before: old, after: now }];
  });
  const threshold: readonly ListChange[] =
    before.threshold === after.threshold
      ? []
      : [{ kind: "threshold", before: before.threshold, after: after.threshold }];
  return [
    ...peopleChanges(before, after, "added"),
    ...peopleChanges(after, before, "removed"),
    ...threshold,
    ...levels,
    ...keyChanges(before, after, "added"),
    ...keyChanges(after, before, "removed"),
  ];
}

/** Passkeys of `more` that `less` has not. A passkey is its key as well: another one under the same id is another one. */
function peopleChanges(less: FleetTrust, more: FleetTrust, how: "added" | "removed"): readonly ListChange[] {
  return more.approvers.flatMap(({ credentials, person }): readonly ListChange[] => {
    const known = less.approvers.find((approver) => approver.person === person);
    if (known === undefined) return [{ kind: `person-${how}`, person, passkeys: credentials }];
    const passkeys = credentials.filter(
      (credential) => !known.credentials.some((each) => JSON.stringify(each) === JSON.stringify(credential)),
    );
    return passkeys.length === 0 ? [] : [{ kind: `passkey-${how}`, person, passkeys }];
  });
}

function keyChanges(less: FleetTrust, more: FleetTrust, how: "added" | "removed"): readonly ListChange[] {
  const known = less.deskKeys.map((key) => JSON.stringify(key));
  return more.deskKeys.flatMap((key) =>
    known.includes(JSON.stringify(key)) ? [] : [{ kind: `desk-key-${how}`, keyId: key.keyId }],
  );
}
