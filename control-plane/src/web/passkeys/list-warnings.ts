// What a person should know before they sign a next version of the list: who could be locked out by it. Pure. Nothing is refused by it: what nobody
// could sign is no version at all (next-asked.ts).
import type { FleetTrust } from "@countersign/shared/wire/fleet-trust";
import type { Level } from "@countersign/shared/wire/level-rule";
import { LEVEL_ACTS } from "@countersign/shared/wire/rule-words";

export type ListWarning =
  /** one person by one passkey: what is lost with it nobody can mend */
  | { readonly kind: "one-passkey"; readonly person: string }
  /** everybody must sign the version after it, and of whom the one passkey is lost nobody can */
  | { readonly kind: "all-must-sign"; readonly count: number }
  /** who reads may approve nothing afterwards */
  | { readonly kind: "own-last" }
  /** a passkey of who reads goes, and others stay */
  | { readonly kind: "own-one" }
  /** with who asks left out, too few could sign */
  | { readonly kind: "asker-locks"; readonly level: Level; readonly act: string }
  /** too few have a passkey that stays on its device */
  | {
      readonly kind: "too-few-bound";
      readonly level: Level;
      readonly act: string;
      readonly people: number;
      readonly have: number;
    }
  /** nothing of that level would run any more */
  | { readonly kind: "closed"; readonly level: Level; readonly act: string };

/** For who reads it; the gravest first. */
export function listWarnings(before: FleetTrust, after: FleetTrust, reader: string): readonly ListWarning[] {
  return [...ownWarnings(before, after, reader), ...countWarnings(after), ...levelWarnings(before, after)];
}

function ownWarnings(before: FleetTrust, after: FleetTrust, reader: string): readonly ListWarning[] {
  const idsIn = ({ approvers }: FleetTrust) =>
    approvers.find(({ person }) => person === reader)?.credentials.map(({ credentialId }) => credentialId) ??
    [];
  const [had, has] = [idsIn(before), idsIn(after)];
  if (had.every((id) => has.includes(id))) return [];
  return [{ kind: has.length === 0 ? "own-last" : "own-one" }];
}

function countWarnings({ approvers, threshold }: FleetTrust): readonly ListWarning[] {
  const [first] = approvers;
  if (approvers.length === 1 && first?.credentials.length === 1)
    return [{ kind: "one-passkey", person: first.person }];
  const hasOneOnly = approvers.some(({ credentials }) => credentials.length === 1);
  return threshold === approvers.length && threshold > 1 && hasOneOnly
    ? [{ kind: "all-must-sign", count: threshold }]
    : [];
}

function levelWarnings(before: FleetTrust, after: FleetTrust): readonly ListWarning[] {
  const boundCount = after.approvers.filter(({ credentials }) =>
    credentials.some(({ isSynced }) => !isSynced),
  ).length;
  return LEVEL_ACTS.flatMap(([level, act]): readonly ListWarning[] => {
    const rule = after.levels[level];
    if (rule === undefined) return before.levels[level] === undefined ? [] : [{ kind: "closed", level, act }];
    const isBound = rule.credentials === "device-bound";
    if (isBound && boundCount < rule.people)
      return [{ kind: "too-few-bound", level, act, people: rule.people, have: boundCount }];
    const count = isBound ? boundCount : after.approvers.length;
    return !rule.mayAskerSign && rule.people >= count ? [{ kind: "asker-locks", level, act }] : [];
  });
}
