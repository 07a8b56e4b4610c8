// How the fleet's trust begins and goes on at the desk: the first passkey, then versions that people have signed. Each is stored with its audit
// row, and told to every shard. What a reader would get wrong: only the first version is the desk's own word, and no host believes it by that:
// root compares its words at the machine.
import { assert, ok, refuse, type Result } from "@countersign/shared/values/result";
import type { Credential, RelyingParty } from "@countersign/shared/wire/assertion";
import type { FleetTrust, SignedTrust, TrustMark } from "@countersign/shared/wire/fleet-trust";
import { FIRST_RULES } from "@countersign/shared/wire/level-rule";
import {
  checkFollows,
  type KnownTrust,
  markOf,
  readSignedTrust,
  verifyNextTrust,
} from "@countersign/shared/wire/trust-chain";
import { type AuditRefs, refOfPerson } from "../../../core/desk/state/audit-refs.ts";
import { type Actor, BY_DESK, byPerson, type Person } from "../../../core/words/actor.ts";
import type { ActorEnv } from "../../actor-env.ts";
import type { PublishRefusal } from "../../rpc.ts";
import { deskKeyIdOf } from "../grant-signing.ts";
import type { WorkerdDesk } from "../workerd-desk.ts";
import { credentialIdsIn, type NextTrust, trustText } from "./desk-trust.ts";
import { domainsAt, partyAt } from "./relying-party.ts";

export class TrustActs {
  readonly #desk: WorkerdDesk;
  readonly #env: () => ActorEnv;

  /** `env` is asked each time: its bindings may be replaced. */
  constructor(desk: WorkerdDesk, env: () => ActorEnv) {
    this.#desk = desk;
    this.#env = env;
  }

  /**
   * Where people sign: as it was when the trust began and where the desk has moved since, before that at the domain that was chosen; null: none
   * was, or cannot be.
   */
  party(): RelyingParty | null {
    const { approvers, trust } = this.#desk;
    return trust.isBegun() ? trust.party() : partyAt(this.#env().PUBLIC_URL, approvers.domain());
  }

  /** Domains that could be chosen at the desk's own address; none: one is chosen, or it has no name. */
  domains(): readonly string[] {
    return this.party() === null && !this.#desk.trust.isBegun() ? domainsAt(this.#env().PUBLIC_URL) : [];
  }

  /** Begins the fleet's trust with one person's passkey; only while there is none. */
  begin(first: { readonly credential: Credential; readonly party: RelyingParty }, by: Person): TrustMark {
    const { credential, party } = first;
    assert(!this.#desk.trust.isBegun(), "the fleet's trust begins once");
    const text = trustText({
      format: 2,
      version: 1,
      previous: null,
      approvers: [{ person: by.responder, credentials: [credential] }],
      threshold: 1,
      levels: FIRST_RULES,
      deskKeys: [this.#ownKey()],
    });
    const signed: SignedTrust = { trust: text, signatures: [] };
    const known = readSignedTrust(signed);
    assert(known.ok, "the first version can be read");
    const why = `begins with ${by.responder}'s passkey "${credential.name}"`;
    return this.#write({ signed, known: known.value, party }, byPerson(by.responder), {
      act: "trust-begun",
      why,
    });
  }

  /** Says whether a version could be the next, whoever has signed it. */
  checkNext(next: KnownTrust): Result<null, PublishRefusal> {
    const newest = this.newest();
    if (!newest.ok) return newest;
    const follows = checkFollows(newest.value, next);
    return follows.ok ? this.#checkOwnKey(next.trust) : follows;
  }

  /** Takes the next version, if it follows from the newest; what is refused is put on record. */
  async publish(signed: SignedTrust, by: Actor): Promise<Result<TrustMark, PublishRefusal>> {
    const taken = await this.take(signed, by);
    if (taken.ok) return taken;
    const { detail, reason } = taken.error;
    this.#desk.record({ actor: by, act: "trust-refused", refs: this.refs(), why: `${reason}: ${detail}` });
    return taken;
  }

  /** Takes the next version, if it follows from the newest. */
  async take(signed: SignedTrust, by: Actor): Promise<Result<TrustMark, PublishRefusal>> {
    const next = await this.#next(signed);
    if (!next.ok) return next;
    const { names, next: written } = next.value;
    return ok(this.#write(written, by, { act: "trust-published", why: `signed by ${names}` }));
  }

  /** What a row about the newest version names. */
  refs(): AuditRefs {
    return [{ kind: "trust", version: this.#desk.trust.newest()?.trust.version ?? 0 }];
  }

  /** The newest version, or why there is none to go on from. */
  newest(): Result<KnownTrust, PublishRefusal> {
    const { trust } = this.#desk;
    const newest = trust.newest();
    if (newest !== null) return ok(newest);
    return refuse(
      trust.isBegun() ? UNREADABLE : { reason: "trust-missing", detail: "the fleet has no approver yet" },
    );
  }

  async #next(
    signed: SignedTrust,
  ): Promise<Result<{ readonly next: NextTrust; readonly names: string }, PublishRefusal>> {
    const { trust } = this.#desk;
    const [newest, party] = [this.newest(), trust.party()];
    if (!newest.ok) return newest;
    if (party === null) return refuse(UNREADABLE);
    const verified = await verifyNextTrust(newest.value, signed, party);
    if (!verified.ok) return verified;
    // Another one may have come while this one was looked at.
    if (trust.newest() !== newest.value)
      return refuse({ reason: "trust-other-chain", detail: "another version was taken a moment ago" });
    const { hash, signers, trust: version } = verified.value;
    const hasOwn = this.#checkOwnKey(version);
    if (!hasOwn.ok) return hasOwn;
    const names = [...new Set(signers.map(({ person }) => person))].join(", ");
    return ok({ next: { signed, known: { trust: version, hash }, party: null }, names });
  }

  #checkOwnKey({ deskKeys }: FleetTrust): Result<null, PublishRefusal> {
    const own = this.#ownKey();
    if (deskKeys.some(({ keyId, publicKey }) => keyId === own.keyId && publicKey === own.publicKey))
      return ok(null);
    return refuse({
      reason: "desk-key-missing",
      detail: `it leaves out ${own.keyId}, the key of this desk: no host would take a grant of it any more`,
    });
  }

  // Without an await in between the runtime stores all of it or nothing.
  #write(
    next: NextTrust,
    by: Actor,
    { act, why }: { readonly act: string; readonly why: string },
  ): TrustMark {
    const { approvers, trust } = this.#desk;
    const mark = markOf(next.known);
    const credentialIds = credentialIdsIn(next.known);
    this.#desk.record(
      {
        actor: by,
        act,
        refs: [{ kind: "trust", version: mark.version }],
        why: `version ${mark.version}, sha256 ${mark.hash}, ${why}`,
      },
      () => {
        trust.write(next, { at: Date.now(), by });
        // Who is let in waits no more, and what was to follow the version before follows nothing now.
        for (const credentialId of credentialIds) approvers.dropCandidate(credentialId);
        approvers.dropDrafts();
        approvers.keepUsesOf(credentialIds);
      },
    );
    this.endWithout(credentialIds);
    const told = trust.told(null);
    if (told !== null) this.#desk.tellTrust(told);
    return mark;
  }

  /** Ends what passkeys that are none any more have opened or signed in advance. */
  endWithout(credentialIds: readonly string[]): void {
    const { approvers, people } = this.#desk;
    for (const { credentialId, signInId } of approvers.passkeySignIns()) {
      if (credentialIds.includes(credentialId)) continue;
      const ended = people.signIns(null, Date.now()).find((signIn) => signIn.signInId === signInId);
      if (ended === undefined) continue;
      const refs: AuditRefs = [{ kind: "sign-in", signInId }, refOfPerson(ended.responder)];
      const why = `${ended.deviceName}, of ${ended.responder}: its passkey is none of the list any more`;
      this.#desk.record({ actor: BY_DESK, act: "sign-in-ended", refs, why }, () =>
        people.endSignIn(signInId),
      );
    }
    this.#desk.take([{ kind: "passkeys-known", credentialIds }]);
  }

  #ownKey(): { readonly keyId: string; readonly publicKey: string } {
    const { DESK_PUBLIC_KEY: publicKey } = this.#env();
    return { keyId: deskKeyIdOf(publicKey), publicKey };
  }
}

const UNREADABLE = {
  reason: "trust-malformed",
  detail: "the newest version of who may approve cannot be read at the desk",
} as const;
