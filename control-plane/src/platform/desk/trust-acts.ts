// How the fleet's trust begins and goes on at the desk: the first passkey, then versions that people have signed. Each is stored with its audit
// row, and told to every shard. What a reader would get wrong: only the first version is the desk's own word, and no host believes it by that:
// root compares its words at the machine.
import { assert, ok, refuse, type Result } from "@countersign/shared/values/result";
import { type Credential, RelyingParty } from "@countersign/shared/wire/assertion";
import type { SignedTrust, TrustMark } from "@countersign/shared/wire/fleet-trust";
import { FIRST_RULES } from "@countersign/shared/wire/level-rule";
import { markOf, readSignedTrust, verifyNextTrust } from "@countersign/shared/wire/trust-chain";
import { type Actor, byPerson, isResponder, type Person } from "../../core/words/actor.ts";
import type { ActorEnv } from "../actor-env.ts";
import type { FirstPasskeyRefusal, PublishRefusal } from "../rpc.ts";
import { type NextTrust, trustText } from "./desk-trust.ts";
import { deskKeyIdOf } from "./grant-signing.ts";
import type { WorkerdDesk } from "./workerd-desk.ts";

export class TrustActs {
  readonly #desk: WorkerdDesk;
  readonly #env: () => ActorEnv;

  /** `env` is asked each time: its bindings may be replaced. */
  constructor(desk: WorkerdDesk, env: () => ActorEnv) {
    this.#desk = desk;
    this.#env = env;
  }

  /** Where people sign: as it was when the trust began, before that this desk's own address; null: an address without a name has no passkeys. */
  party(): RelyingParty | null {
    return this.#desk.trust.party() ?? partyAt(this.#env().PUBLIC_URL);
  }

  /** Begins the fleet's trust with one person's passkey. */
  takeFirst(credential: Credential, by: Person): Result<TrustMark, FirstPasskeyRefusal> {
    const { trust } = this.#desk;
    const party = partyAt(this.#env().PUBLIC_URL);
    if (trust.newest() !== null) return refuse({ reason: "trust-exists" });
    if (party === null) return refuse({ reason: "party-missing" });
    if (!isResponder(this.#desk.policy(), by)) return refuse({ reason: "person-unknown" });
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
    return ok(
      this.#write({ signed, known: known.value, party }, byPerson(by.responder), {
        act: "trust-begun",
        why,
      }),
    );
  }

  /** Takes the next version, if it follows from the newest. */
  async publish(signed: SignedTrust, by: Actor): Promise<Result<TrustMark, PublishRefusal>> {
    const next = await this.#next(signed);
    if (!next.ok) {
      const { detail, reason } = next.error;
      const refs = [{ kind: "trust", version: this.#desk.trust.newest()?.trust.version ?? 0 }] as const;
      this.#desk.record({ actor: by, act: "trust-refused", refs, why: `${reason}: ${detail}` });
      return next;
    }
    const { names, next: written } = next.value;
    const why = `signed by ${names}`;
    return ok(this.#write(written, by, { act: "trust-published", why }));
  }

  async #next(
    signed: SignedTrust,
  ): Promise<Result<{ readonly next: NextTrust; readonly names: string }, PublishRefusal>> {
    const { trust } = this.#desk;
    const [newest, party] = [trust.newest(), trust.party()];
    if (newest === null || party === null)
      return refuse({ reason: "trust-missing", detail: "the fleet has no approver yet" });
    const verified = await verifyNextTrust(newest, signed, party);
    if (!verified.ok) return verified;
    // Another one may have come while this one was looked at.
    if (trust.newest() !== newest)
      return refuse({ reason: "trust-other-chain", detail: "another version was taken a moment ago" });
    const { hash, signers, trust: version } = verified.value;
    const own = this.#ownKey();
    if (!version.deskKeys.some(({ keyId, publicKey }) => keyId === own.keyId && publicKey === own.publicKey))
      return refuse({
        reason: "desk-key-missing",
        detail: `it leaves out ${own.keyId}, the key of this desk: no host would take a grant of it any more`,
      });
    const names = [...new Set(signers.map(({ person }) => person))].join(", ");
    return ok({ next: { signed, known: { trust: version, hash }, party: null }, names });
  }

  // Without an await in between the runtime stores all of it or nothing.
  #write(
    next: NextTrust,
    by: Actor,
    { act, why }: { readonly act: string; readonly why: string },
  ): TrustMark {
    const { trust } = this.#desk;
    const mark = markOf(next.known);
    this.#desk.record(
      {
        actor: by,
        act,
        refs: [{ kind: "trust", version: mark.version }],
        why: `version ${mark.version}, sha256 ${mark.hash}, ${why}`,
      },
      () => trust.write(next, { at: Date.now(), by }),
    );
    const told = trust.told(null);
    if (told !== null) {
      this.#desk.take([{ kind: "passkeys-known", credentialIds: told.credentialIds }]);
      this.#desk.tellTrust(told);
    }
    return mark;
  }

  #ownKey(): { readonly keyId: string; readonly publicKey: string } {
    const { DESK_PUBLIC_KEY: publicKey } = this.#env();
    return { keyId: deskKeyIdOf(publicKey), publicKey };
  }
}

/** Where people sign for a desk at this address; null: it has no name, and passkeys are bound to one. */
export function partyAt(publicUrl: string): RelyingParty | null {
  if (!URL.canParse(publicUrl)) return null;
  const { hostname, origin } = new URL(publicUrl);
  const party = RelyingParty.safeParse({ rpId: hostname, origins: [origin] });
  return party.success ? party.data : null;
}
