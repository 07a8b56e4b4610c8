// A host and the fleet's trust: which version it says it believes, what it is offered of it, and what is doubtful about either. Pure. The text of
// a version is fetched and sent by the shell; nothing here believes it, or makes the host believe it.
// What a reader would get wrong: a host that believes none is no offence, and is offered the newest once, for its root to accept; one that
// is behind gets one version after the other, because it believes each only by the one before; and one that believes another list is offered the
// first version of this one, which it refuses and keeps for its root.
import type { TrustMark } from "@countersign/shared/wire/fleet-trust";
import type { TrustSaid } from "../../facts/shard-fact.ts";
import { type EffectDraft, joinEffects, NO_EFFECTS } from "../../words/effects.ts";
import type { ToldTrust } from "../../words/shard-word.ts";
import { takeHostFacts } from "../host/host-facts.ts";
import { chainHost, type HostChange, type HostScene } from "../host/shard-change.ts";
import type { ShardEvent, TrustNo } from "../host/shard-events.ts";
import type { HostState, Signing } from "../host/shard-state.ts";

/** How often one version is offered on one connection: at once, and again where no answer came or the host could not look at it. */
export const OFFERS_MAX = 3;
/** Between two of them. */
export const OFFER_PAUSE_MS = 5 * 60_000;

/** What says that somebody tampers with the trust, or has. Of a host that has accepted none, or keeps no more, its view tells. */
const DOUBTFUL: readonly TrustNo["reason"][] = [
  "trust-malformed",
  "trust-older",
  "trust-skips",
  "trust-other-chain",
  "trust-unsigned",
];

/** A hello said which version the host believes. */
export function greetTrust(host: HostState, scene: HostScene): HostChange {
  const trust = host.connection?.signing?.trust;
  if (trust === undefined) return { host, effects: NO_EFFECTS };
  return chainHost(
    host,
    (current) => judgeSaid(current, { trust, refusal: null }, scene),
    (current) => offerNext(current, scene),
  );
}

/** The host answered what it made of a version; what follows is offered only where it took that one. */
export function takeTrustTold(
  host: HostState,
  { refusal, trust }: Extract<ShardEvent, { kind: "trust-told" }>,
  scene: HostScene,
): HostChange {
  const { signing } = host.connection ?? {};
  // A host that could not ask its actuator says nothing of what that believes.
  if (signing === undefined || refusal?.reason === "actuator-unreachable")
    return { host, effects: NO_EFFECTS };
  const told = refusal === null ? { ...signing, trust } : refused({ ...signing, trust });
  return chainHost(
    host,
    (current) => ({ host: withSigning(current, told), effects: NO_EFFECTS }),
    (current) => judgeSaid(current, { trust, refusal }, scene),
    (current) => (refusal === null ? offerNext(current, scene) : { host: current, effects: NO_EFFECTS }),
  );
}

// What a host refused it refuses again.
function refused(signing: Signing): Signing {
  const { offered } = signing;
  return offered === undefined ? signing : { ...signing, offered: { ...offered, count: OFFERS_MAX } };
}

/** The shard knows the fleet's trust anew: who is behind is offered what follows, and passkeys that left it are doubted no more. */
export function takeTrustKnown(host: HostState, scene: HostScene): HostChange {
  const { now, trust } = scene;
  if (trust === undefined) return { host, effects: NO_EFFECTS };
  const { credentialIds } = trust;
  const fact = { kind: "passkeys-known", service: null, at: now, credentialIds } as const;
  return chainHost(
    host,
    (current) => takeHostFacts(current, [fact], scene),
    (current) => greetTrust(current, scene),
  );
}

/** With a digest, and so every quarter of an hour: what a host is behind by it is offered again. */
export function offerNext(host: HostState, { now, trust: known }: HostScene): HostChange {
  const { signing } = host.connection ?? {};
  if (known === undefined || signing?.trust === undefined) return { host, effects: NO_EFFECTS };
  const version = nextFor(signing.trust, known);
  if (version === null) return { host, effects: NO_EFFECTS };
  const before = signing.offered?.version === version ? signing.offered : { at: -Infinity, count: 0 };
  const { at, count } = before;
  if (count >= OFFERS_MAX || now < at + OFFER_PAUSE_MS) return { host, effects: NO_EFFECTS };
  const effect: EffectDraft = { kind: "offer-trust", hostId: host.hostId, version };
  return {
    host: withSigning(host, { ...signing, offered: { version, at: now, count: count + 1 } }),
    effects: joinEffects(NO_EFFECTS, [effect]),
  };
}

/** The version that a host is offered next; null: it believes the newest. */
function nextFor(believed: TrustMark | null, { hashes }: ToldTrust): number | null {
  if (believed === null) return hashes.length;
  if (hashes[believed.version - 1] !== believed.hash) return 1;
  return believed.version < hashes.length ? believed.version + 1 : null;
}

function judgeSaid(
  host: HostState,
  said: { readonly trust: TrustMark | null; readonly refusal: TrustNo | null },
  scene: HostScene,
): HostChange {
  const { now, trust: known } = scene;
  const { refusal, trust } = said;
  const fact: TrustSaid = {
    kind: "trust-said",
    service: null,
    at: now,
    belief: beliefOf(trust, known),
    version: trust?.version ?? null,
    refusal: refusal === null || !isDoubtful(refusal, trust) ? null : refusalText(refusal),
  };
  return takeHostFacts(host, [fact], scene);
}

function beliefOf(trust: TrustMark | null, known: ToldTrust | undefined): TrustSaid["belief"] {
  // A shard that knows of no trust cannot say that another one is strange.
  if (trust === null || known === undefined) return "fine";
  const { hashes } = known;
  if (hashes[trust.version - 1] !== trust.hash) return "strange";
  return trust.version === hashes.length ? "newest" : "fine";
}

// An offer that crossed with another answer is one that the host believes already.
function isDoubtful({ offered, reason }: TrustNo, trust: TrustMark | null): boolean {
  if (reason === "trust-older" && trust !== null && offered !== null && offered <= trust.version)
    return false;
  return DOUBTFUL.includes(reason);
}

function refusalText({ detail, offered, reason }: TrustNo): string {
  const which = offered === null ? "what it was offered" : `version ${offered}`;
  return `it refused ${which}: ${reason}${detail === "" ? "" : `, ${detail}`}`;
}

function withSigning(host: HostState, signing: Signing): HostState {
  return host.connection === null ? host : { ...host, connection: { ...host.connection, signing } };
}
