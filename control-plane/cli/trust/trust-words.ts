// The fleet's trust as a person reads it at a terminal: who may approve by which passkeys, what each level demands, which words root compares. Pure.
import { fingerprintWordsOf } from "@countersign/shared/values/fingerprint";
import type { RelyingParty } from "@countersign/shared/wire/assertion";
import type { FleetTrust } from "@countersign/shared/wire/fleet-trust";
import { LEVEL_ACTS, ruleWords } from "@countersign/shared/wire/rule-words";
import { type KnownTrust, readSignedTrust } from "@countersign/shared/wire/trust-chain";
import type { BodyOf } from "../../src/api/table/route.ts";
import type { RouteOf } from "../../src/api/table/routes.ts";
import { actorNameOf } from "../../src/core/words/actor.ts";
import { trustChanges } from "../../src/core/words/trust-changes.ts";
import { tableOf } from "../table.ts";

type Waiting = BodyOf<RouteOf<"GET /v1/admin/approvers">>;
type Draft = Waiting["drafts"][number];

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

/** What waits beside it: passkeys to be let in, versions to be signed and by whom, and a domain to be chosen. */
export function waitingLines(
  { candidates, domains, drafts }: Waiting,
  trust: FleetTrust | null,
): readonly string[] {
  return [
    ...(domains.length === 0
      ? []
      : [
          "",
          `The domain of passkeys is not chosen yet: ${domains.join(" or ")} (\`countersign trust domain\`).`,
        ]),
    ...candidates.flatMap(({ credential, expiresAt, hash, person }) => [
      "",
      `Waits to be let in until ${dayOf(expiresAt)}: ${person}'s passkey "${credential.name}" (${credential.credentialId.slice(0, 12)})`,
      `  ${wordsOf(hash)}`,
    ]),
    ...drafts.flatMap((draft) => ["", ...draftLines(draft, trust)]),
  ];
}

function draftLines({ by, expiresAt, hash, missing, signed, text }: Draft, trust: FleetTrust | null) {
  const read = readSignedTrust({ trust: text });
  const version = read.ok ? `Version ${read.value.trust.version}` : "A version that cannot be read";
  const changes = read.ok && trust !== null ? trustChanges(trust, read.value.trust) : [];
  const people = signed.map(({ person }) => person);
  const left =
    trust?.approvers.map(({ person }) => person).filter((person) => !people.includes(person)) ?? [];
  return [
    `${version} waits for signatures until ${dayOf(expiresAt)}, handed over by ${actorNameOf(by)} (${hash.slice(0, 12)})`,
    `  ${wordsOf(hash)}`,
    ...changes.map((line) => `  ${line}`),
    `  signed by ${people.join(", ") || "nobody"}; ${missing} more of: ${left.join(", ") || "nobody is left"}`,
  ];
}

function dayOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16)}Z`;
}

/** The words of a hash, as root compares them. */
export function wordsOf(hash: string): string {
  return fingerprintWordsOf(hash).join(" ");
}

function placeOf(party: RelyingParty | null): string {
  return party === null
    ? "nowhere yet: no domain of passkeys is chosen, or the desk is reached by an address, which has none"
    : `at ${party.origins.join(", ")}, by passkeys of ${party.rpId}`;
}
