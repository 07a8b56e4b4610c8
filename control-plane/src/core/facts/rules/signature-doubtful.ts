// Rule `signature-doubtful`: something about who may sign is not as the control plane knows it. A host refuses a version of the fleet's trust that
// it was offered, or believes one that is none of the fleet's, or a passkey's own count of signatures went back, as that of a copy does. Pure.
// What a reader would get wrong: nothing is held back by it. The host has refused already what it must; a count that goes back is no proof, for
// some passkeys keep none, and people look at it.
import { placeNameOf } from "../../words/subject.ts";
import { withRecent } from "../recent-list.ts";
import { type FactRule, type Finding, type Judgement, QUIET, type RuleScene } from "../rule.ts";
import type { PasskeyUsed, ShardFact, TrustSaid } from "../shard-fact.ts";

/** Refusals that are kept as evidence. */
export const SAID_KEPT_MAX = 5;
/** Passkeys whose count went back that are remembered. */
export const PASSKEYS_KEPT_MAX = 5;

interface Doubts {
  /** what the host said of the fleet's trust, until it believes the newest */
  readonly said: readonly TrustSaid[];
  /** the newest use of each passkey whose count went back, until it moves on */
  readonly passkeys: readonly PasskeyUsed[];
}

const NO_DOUBTS: Doubts = { said: [], passkeys: [] };

function absorb(doubts: Doubts, fact: ShardFact): Doubts {
  if (fact.kind === "trust-said") return withSaid(doubts, fact);
  if (fact.kind === "passkey-used") return withUse(doubts, fact);
  if (fact.kind !== "passkeys-known") return doubts;
  const known = doubts.passkeys.filter(({ credentialId }) => fact.credentialIds.includes(credentialId));
  return withPasskeys(doubts, known);
}

function withSaid(doubts: Doubts, fact: TrustSaid): Doubts {
  const isDoubtful = fact.refusal !== null || fact.belief === "strange";
  if (!isDoubtful) return fact.belief === "newest" ? normalized({ ...doubts, said: [] }) : doubts;
  // The same again, with each connection, is no news.
  const last = doubts.said.at(-1);
  if (last !== undefined && isSame(last, fact)) return doubts;
  return { ...doubts, said: withRecent(doubts.said, fact, SAID_KEPT_MAX) };
}

function isSame(one: TrustSaid, other: TrustSaid): boolean {
  return one.belief === other.belief && one.version === other.version && one.refusal === other.refusal;
}

function withUse(doubts: Doubts, fact: PasskeyUsed): Doubts {
  const others = doubts.passkeys.filter(({ credentialId }) => credentialId !== fact.credentialId);
  if (fact.counterBefore === null) return withPasskeys(doubts, others);
  return { ...doubts, passkeys: [...others, fact].slice(-PASSKEYS_KEPT_MAX) };
}

function withPasskeys(doubts: Doubts, passkeys: readonly PasskeyUsed[]): Doubts {
  return passkeys.length === doubts.passkeys.length ? doubts : normalized({ ...doubts, passkeys });
}

function normalized(doubts: Doubts): Doubts {
  return doubts.said.length === 0 && doubts.passkeys.length === 0 ? NO_DOUBTS : doubts;
}

function judge({ passkeys, said }: Doubts, { subject }: RuleScene): Judgement {
  const evidence = [...said.map(saidLine), ...passkeys.map(useLine)].toSorted(
    (left, right) => left.at - right.at,
  );
  const [first] = evidence;
  if (first === undefined) return QUIET;
  const finding: Finding = {
    severity: "warning",
    title: titleOf({ passkeys, said }, placeNameOf(subject)),
    evidence,
    happenedAt: first.at,
    isRestartPointless: false,
    freezes: false,
    alike: said.length > 0 ? "trust" : (passkeys.at(-1)?.credentialId ?? ""),
  };
  return { finding, nextAt: null };
}

function titleOf({ passkeys, said }: Doubts, place: string): string {
  const last = said.at(-1);
  if (last?.belief === "strange") return `${place} believes another list of who may sign than the fleet's`;
  if (last !== undefined) return `${place} refuses the fleet's newest list of who may sign`;
  return `${place} was signed for by a passkey of ${passkeys.at(-1)?.person ?? "somebody"} whose count went back`;
}

function saidLine({ at, refusal, belief, version }: TrustSaid) {
  const believes = version === null ? "it believes none" : `it believes version ${version}`;
  if (belief === "strange")
    return {
      at,
      text: `${believes}, with a hash that none of the fleet's has${refusal === null ? "" : `; ${refusal}`}`,
    };
  return { at, text: `${refusal ?? "it refused"} (${believes})` };
}

function useLine({ at, counter, counterBefore, credentialId, person }: PasskeyUsed) {
  return {
    at,
    text: `passkey ${credentialId.slice(0, 12)}… of ${person} counted ${counter}, and ${counterBefore ?? 0} before: it may have been copied`,
  };
}

export const signatureDoubtful: FactRule<Doubts> = {
  reason: "signature-doubtful",
  scope: "service",
  kinds: ["trust-said", "passkey-used", "passkeys-known"],
  initial: NO_DOUBTS,
  absorb,
  judge,
};
