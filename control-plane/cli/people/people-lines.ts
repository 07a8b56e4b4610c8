// People as they stand at a terminal: each with their roles, and beneath them passkeys, devices and what waits. Pure.
import { visibleLine } from "@countersign/shared/values/visible-text";
import type { Role } from "../../src/core/words/roles.ts";
import { ageOf, tableOf } from "../table.ts";

/** One person, as the command prints them. */
export interface PersonShown {
  readonly person: string;
  /** null: they are not in the policy */
  readonly name: string | null;
  readonly roles: readonly Role[];
  readonly passkeys: readonly {
    readonly credentialId: string;
    readonly name: string;
    readonly isSynced: boolean;
    readonly lastUse: { readonly usedAt: number; readonly usedFor: Use } | null;
  }[];
  readonly devices: readonly { readonly signInId: string; readonly name: string; readonly usedAt: number }[];
  readonly waiting: readonly {
    readonly credentialId: string;
    readonly name: string;
    readonly words: string;
    readonly expiresAt: number;
  }[];
}

type Use = keyof typeof USES;
const USES = {
  "sign-in": "to sign in",
  approval: "to approve",
  standing: "for a yes in advance",
  trust: "for who may approve",
} as const;

/** Lines for a terminal. */
export function peopleLines(people: readonly PersonShown[], now: number): readonly string[] {
  const rows = people.map(({ name, person, roles }) => [
    person,
    name ?? "not in the policy",
    roles.join(", ") || "–",
  ]);
  return [
    ...tableOf(["PERSON", "NAME", "ROLES"], rows),
    ...people.flatMap((shown) => {
      const lines = belongingsOf(shown, now);
      return lines.length === 0 ? [] : ["", `${shown.person}:`, ...lines];
    }),
  ];
}

function belongingsOf({ devices, passkeys, waiting }: PersonShown, now: number): readonly string[] {
  return [
    ...passkeys.map(({ credentialId, isSynced, lastUse, name }) => {
      const used =
        lastUse === null ? "never used" : `used ${ageOf(lastUse.usedAt, now)} ago ${USES[lastUse.usedFor]}`;
      return `  passkey ${credentialId.slice(0, 12)}  ${visibleLine(name)}, ${isSynced ? "synced" : "device-bound"}, ${used}`;
    }),
    ...devices.map(
      ({ name, signInId, usedAt }) =>
        `  device  ${signInId}  ${visibleLine(name)}, used ${ageOf(usedAt, now)} ago`,
    ),
    ...waiting.flatMap(({ credentialId, expiresAt, name, words }) => [
      `  waits   ${credentialId.slice(0, 12)}  ${visibleLine(name)}, until ${new Date(expiresAt).toISOString().slice(0, 16)}Z`,
      `          ${words}`,
    ]),
  ];
}
