// The next version of the fleet's trust, made from the one that is believed and what is to change. Pure. What a reader would get wrong: nothing
// here makes anybody believe it. It is a text; people of the version before sign its exact bytes.
import { TRUST_BYTES_MAX } from "@countersign/shared/values/limits";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import type { Credential } from "@countersign/shared/wire/assertion";
import { type Approver, type FleetTrust, parseTrust } from "@countersign/shared/wire/fleet-trust";
import { DESK_ALONE, type Level, type LevelRule, ONE_PERSON } from "@countersign/shared/wire/level-rule";
import type { KnownTrust } from "@countersign/shared/wire/trust-chain";
import { nextTrustProblem } from "./next-trust-problems.ts";

/** What is to be otherwise; done in this order. */
export interface TrustChanges {
  /** responder ids: gone with all their passkeys */
  readonly remove: readonly string[];
  /** credential ids, or as much of their beginning as names one */
  readonly removePasskey: readonly string[];
  /** passkeys, each for its person, who is new or not */
  readonly add: readonly { readonly person: string; readonly credential: Credential }[];
  readonly threshold: number | null;
  /** key ids: keys of the desk that no host takes anything by any more */
  readonly removeDeskKeys?: readonly string[];
  readonly addDeskKeys?: readonly FleetTrust["deskKeys"][number][];
  /** null: the level is closed */
  readonly levels: readonly { readonly level: Level; readonly rule: LevelRule | null }[];
}

interface Complaint {
  readonly reason: "changes-wrong";
  readonly sentence: string;
}

/** Makes the next version, with the exact text that is to be signed. */
export function nextTrustOf(
  { hash, trust }: KnownTrust,
  changes: TrustChanges,
): Result<{ readonly trust: FleetTrust; readonly text: string }, Complaint> {
  const fewer = without(trust.approvers, changes);
  if (!fewer.ok) return fewer;
  const deskKeys = deskKeysOf(trust, changes);
  if (!deskKeys.ok) return deskKeys;
  const levels = { ...trust.levels };
  for (const { level, rule } of changes.levels) {
    if (rule === null) delete levels[level];
    else levels[level] = rule;
  }
  const next: FleetTrust = {
    ...trust,
    version: trust.version + 1,
    previous: hash,
    approvers: [...changes.add.reduce(withPasskey, fewer.value)],
    threshold: changes.threshold ?? trust.threshold,
    levels,
    deskKeys: deskKeys.value,
  };
  const problem = nextTrustProblem(next);
  if (problem !== null) return complain(problem);
  const text = `${JSON.stringify(next, null, 2)}\n`;
  const read = parseTrust(encodeUtf8(text));
  return read.ok
    ? ok({ trust: read.value, text })
    : complain(`Nobody could sign it: ${UNREADABLE[read.error.reason]}.`);
}

const UNREADABLE = {
  "too-large": `it would be longer than ${TRUST_BYTES_MAX} bytes`,
  "not-json": "a name in it cannot be written down",
  "wrong-shape": "a name or a number in it is out of bounds",
} as const;

function deskKeysOf(
  { deskKeys }: FleetTrust,
  { addDeskKeys = [], removeDeskKeys = [] }: TrustChanges,
): Result<FleetTrust["deskKeys"], Complaint> {
  const unknown = removeDeskKeys.find((named) => deskKeys.every(({ keyId }) => keyId !== named));
  if (unknown !== undefined) return complain(`The desk has no key ${unknown}.`);
  return ok([...deskKeys.filter(({ keyId }) => !removeDeskKeys.includes(keyId)), ...addDeskKeys]);
}

function without(
  approvers: readonly Approver[],
  { remove, removePasskey }: TrustChanges,
): Result<readonly Approver[], Complaint> {
  for (const person of remove)
    if (approvers.every((approver) => approver.person !== person))
      return complain(`${person} is no approver.`);
  let left = approvers.filter(({ person }) => !remove.includes(person));
  for (const named of removePasskey) {
    const passkeys = left.flatMap(({ credentials }) => credentials);
    // A whole id names its own passkey, also where somebody has made another whose id begins with it.
    const isWhole = passkeys.some(({ credentialId }) => credentialId === named);
    const isNamed = ({ credentialId }: Credential) =>
      isWhole ? credentialId === named : credentialId.startsWith(named);
    const count = passkeys.filter(isNamed).length;
    if (count !== 1)
      return complain(`${count === 0 ? "No passkey's" : `${count} passkeys'`} id begins with ${named}.`);
    left = left.map((approver) => ({
      ...approver,
      credentials: approver.credentials.filter((credential) => !isNamed(credential)),
    }));
  }
  return ok(left.filter(({ credentials }) => credentials.length > 0));
}

function complain(sentence: string): Result<never, Complaint> {
  return refuse({ reason: "changes-wrong", sentence });
}

function withPasskey(
  approvers: readonly Approver[],
  { credential, person }: TrustChanges["add"][number],
): readonly Approver[] {
  return approvers.some((approver) => approver.person === person)
    ? approvers.map((approver) =>
        approver.person === person
          ? { ...approver, credentials: [...approver.credentials, credential] }
          : approver,
      )
    : [...approvers, { person, credentials: [credential] }];
}

/** Reads `4=2,not-asker,device-bound`, `2=desk` or `5=closed`; null: it is none of these. */
export function parseLevel(text: string): TrustChanges["levels"][number] | null {
  const [, digit = "", said = ""] = /^([1-5])=([a-z0-9,-]+)$/.exec(text) ?? [];
  const level = LEVELS.get(digit);
  if (level === undefined) return null;
  if (said === "closed") return { level, rule: null };
  if (said === "desk") return { level, rule: DESK_ALONE };
  const [people = "", ...words] = said.split(",");
  const known = words.every((word) => word === "not-asker" || word === "device-bound");
  if (!/^[1-7]$/.test(people) || !known) return null;
  const rule: LevelRule = {
    ...ONE_PERSON,
    people: Number(people),
    mayAskerSign: !words.includes("not-asker"),
    credentials: words.includes("device-bound") ? "device-bound" : "any",
  };
  return { level, rule };
}

const LEVELS: ReadonlyMap<string, Level> = new Map([
  ["1", 1],
  ["2", 2],
  ["3", 3],
  ["4", 4],
  ["5", 5],
]);
