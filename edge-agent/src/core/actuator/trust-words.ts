// A version of the fleet's trust in words, for root to compare and to read. Pure.
import { fingerprintWordsOf } from "@countersign/shared/values/fingerprint";
import { visibleText } from "@countersign/shared/values/visible-text";
import type { RelyingParty } from "@countersign/shared/wire/assertion";
import type { HostTrust } from "@countersign/shared/wire/host-trust";
import type { Level, LevelRule } from "@countersign/shared/wire/level-rule";
import { ruleWords } from "@countersign/shared/wire/rule-words";
import type { KnownTrust } from "@countersign/shared/wire/trust-chain";
import { type BelievedTrust, deskKeysOf, ruleOn } from "./believed-trust.ts";

/** The words of a version, as one line. */
export function wordsOf({ hash }: Pick<KnownTrust, "hash">): string {
  return fingerprintWordsOf(hash).join(" ");
}

/** Whether somebody wrote the same words, however they were spaced. */
export function isSameWords(written: string, known: KnownTrust): boolean {
  return written.trim().toLowerCase().split(/\s+/).join(" ") === wordsOf(known);
}

/** What root looks at before it is believed. */
export function linesToCompare(known: KnownTrust, party: RelyingParty): readonly string[] {
  return [
    `Version ${known.trust.version} of the fleet's trust. Its words:`,
    "",
    `    ${wordsOf(known)}`,
    "",
    ...peopleLines(known),
    `They sign at ${party.origins.join(" or ")} (passkeys of ${party.rpId}).`,
  ];
}

/** Who may approve, and by which passkeys. Who names a passkey must not steer the terminal at which root compares. */
export function peopleLines({ trust }: KnownTrust): readonly string[] {
  const { approvers, threshold } = trust;
  return [
    `Approvers (${threshold} of them must sign the next version):`,
    ...approvers.map(
      ({ credentials, person }) =>
        `  ${person}: ${credentials.map(({ isSynced, name }) => `${visibleText(name)} (${isSynced ? "synced to other devices" : "bound to its device"})`).join(", ")}`,
    ),
  ];
}

/** What `trust show --json` prints. */
export interface TrustView {
  readonly hostId: string;
  readonly believed: { readonly version: number; readonly hash: string; readonly words: string } | null;
  /** null: something is permitted; else why nothing is */
  readonly closed: string | null;
  readonly people: KnownTrust["trust"]["approvers"];
  /** people who must sign the next version; null: none is believed */
  readonly threshold: number | null;
  /** what each level demands on this host now, after its floor, or why it is closed */
  readonly levels: Readonly<Record<Level, LevelRule | { readonly closed: string }>>;
  readonly party: HostTrust["party"];
  readonly deskKeys: HostTrust["deskKeys"];
  readonly offered: { readonly version: number; readonly words: string } | null;
}

/** Gathers it; `loss` closes everything. */
export function viewOf(
  believed: BelievedTrust,
  { loss, offered }: { readonly loss: string | null; readonly offered: KnownTrust | null },
): TrustView {
  const { fleet, host } = believed;
  const level = (of: Level) => {
    if (loss !== null) return { closed: loss };
    const rule = ruleOn(believed, of);
    return rule.ok ? rule.value : { closed: rule.error.detail };
  };
  return {
    hostId: host.hostId,
    believed:
      fleet === null ? null : { version: fleet.trust.version, hash: fleet.hash, words: wordsOf(fleet) },
    closed: loss,
    people: fleet?.trust.approvers ?? [],
    threshold: fleet?.trust.threshold ?? null,
    levels: { 1: level(1), 2: level(2), 3: level(3), 4: level(4), 5: level(5) },
    party: host.party,
    deskKeys: [...deskKeysOf(believed)],
    offered: offered === null ? null : { version: offered.trust.version, words: wordsOf(offered) },
  };
}

/** The same for people. */
export function linesOf(view: TrustView, fleet: KnownTrust | null): readonly string[] {
  const { believed, closed, deskKeys, hostId, offered, party } = view;
  return [
    `This host is ${hostId}.`,
    ...(closed === null ? [] : [`NOTHING IS PERMITTED: ${closed}.`]),
    believed === null
      ? "It believes no approver: levels 4 and 5 are closed until root runs `countersign-agent trust accept`."
      : `It believes version ${believed.version} of the fleet's trust: ${believed.words}`,
    ...(fleet === null ? [] : peopleLines(fleet)),
    ...([1, 2, 3, 4, 5] as const).map((level) => `Level ${level}: ${levelWords(view.levels[level])}`),
    party === null
      ? "Where people sign is not known here."
      : `People sign at ${party.origins.join(" or ")} (passkeys of ${party.rpId}).`,
    `Desk keys: ${deskKeys.map(({ keyId }) => keyId).join(", ")}`,
    ...(offered === null
      ? []
      : [
          `Version ${offered.version} is offered and not accepted: ${offered.words} (\`countersign-agent trust accept\`)`,
        ]),
  ];
}

function levelWords(level: TrustView["levels"][Level]): string {
  return "closed" in level ? `closed: ${level.closed}` : ruleWords(level);
}
