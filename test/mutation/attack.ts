// One attempt of the attacker, who has the desk's key, every frame and every assertion that was ever made: a frame that asks the host to act, or a
// version of trust. What it would take for the host to be right in acting is worked out here from how the world was drawn, not by any verifier.
import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import { encodeBase64 } from "@countersign/shared/values/base64";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import type { Assertion } from "@countersign/shared/wire/assertion";
import { encodeForSigning, GRANT_PAYLOAD_TYPE } from "@countersign/shared/wire/envelope";
import type { SignedTrust } from "@countersign/shared/wire/fleet-trust";
import type { SignedStanding } from "@countersign/shared/wire/standing";
import type { SeededRandom } from "../simulation/seeded-random.ts";
import { bendBase64, bendDer, bendJson, bendText, oddSignature } from "./bend.ts";
import { type Act, NOW, type Standing, type World } from "./world.ts";

export interface FrameAttempt {
  readonly kind: "frame";
  readonly frame: string;
  /** the desk's part was not made by the key that counts */
  readonly isDeskForged: boolean;
}
export interface TrustAttempt {
  readonly kind: "trust";
  readonly candidate: unknown;
  /** which version of the chain is believed, from 0 */
  readonly after: number;
}
export type Attempt = FrameAttempt | TrustAttempt;

type Signer = { readonly keyId: string; readonly key: KeyObject };

export class Attacker {
  readonly #world: World;
  readonly #pool: readonly Assertion[];
  readonly #desk: Signer;
  readonly #others: readonly Signer[];

  constructor(world: World) {
    this.#world = world;
    const of = ({ keyId, privateKey }: { readonly keyId: string; readonly privateKey: string }): Signer => ({
      keyId,
      key: createPrivateKey({ key: Buffer.from(privateKey, "base64"), format: "der", type: "pkcs8" }),
    });
    this.#desk = of(world.desk);
    this.#others = world.otherDesks.map(of);
    this.#pool = [
      ...world.acts.flatMap(({ recorded }) => recorded),
      ...world.standings.flatMap(({ signed }) => signed.signatures),
      ...world.chain.flatMap(({ signatures }) => signatures),
      ...world.evilTrust.flatMap(({ signed }) => signed.signatures),
    ];
  }

  /** What an honest desk sends about an act that people have approved. */
  honest(random: SeededRandom): FrameAttempt {
    const { acts, standings } = this.#world;
    const isInAdvance = random.isHit(0.3);
    const good = standings.filter(({ covers }) => covers !== null);
    const standing = isInAdvance ? pick(good, random) : undefined;
    const act = isInAdvance
      ? acts.find(({ name }) => name === standing?.covers)
      : pick(
          acts.filter(({ isApproved }) => isApproved),
          random,
        );
    if (act === undefined) throw new Error("Send an honest frame: nothing was approved");
    const assertions = standing === undefined ? act.recorded : [];
    return this.#frame(act, { assertions, standing: standing?.signed });
  }

  /** One attempt, mostly with one thing wrong, so that each check is alone with what it is for. */
  attempt(random: SeededRandom): Attempt {
    if (random.isHit(0.15)) return this.#trust(random);
    const { acts, standings } = this.#world;
    const act = pick(acts, random);
    if (random.isHit(0.2)) return this.#inAdvance(pick(standings, random), act, random);
    const recorded = random.isHit(0.75) ? act.recorded : this.#pool;
    const assertions = Array.from({ length: random.whole(0, 4) }, () => pick(recorded, random)).filter(
      (assertion) => assertion !== undefined,
    );
    // approved by people, and the desk's part is not the desk's
    if (random.isHit(0.05)) return this.#frame(act, { assertions: act.recorded, isDeskForged: true }, random);
    // all that was signed about it, as it is
    if (random.isHit(0.25) && act.recorded.length <= 3) return this.#frame(act, { assertions: act.recorded });
    // one of them alone, as it is
    if (random.isHit(0.25)) return this.#frame(act, { assertions: assertions.slice(0, 1) });
    if (random.isHit(0.3)) return this.#frame(act, { assertions });
    const bent = assertions.map((assertion) => this.#bend(assertion, random));
    return this.#spoil(this.#frame(act, { assertions: bent }, random), random);
  }

  #inAdvance({ covers, signed }: Standing, any: Act, random: SeededRandom): FrameAttempt {
    const { acts } = this.#world;
    const wanted = covers ?? pick(["in advance, by what does not hold", "in advance, level 5"], random);
    const act = random.isHit(0.85) ? (acts.find(({ name }) => name === wanted) ?? any) : any;
    if (random.isHit(0.6)) return this.#frame(act, { assertions: [], standing: signed });
    const standing = this.#bendStanding(signed, random);
    const assertions = random.isHit(0.2) ? [pick(this.#pool, random)] : [];
    return this.#spoil(this.#frame(act, { assertions, standing }, random), random);
  }

  #bendStanding(signed: SignedStanding, random: SeededRandom): SignedStanding {
    const text = Buffer.from(signed.content, "base64").toString();
    const said = JSON.parse(text) as Record<string, unknown>;
    const change = random.oneOf<object>([
      { usesMax: 20 },
      { untilAt: NOW + 10 * 86_400_000 },
      { hostId: this.#world.host.hostId },
      { service: "cache" },
      { service: "web", action: "fallback" },
      { givenBy: "bob" },
      { nonce: "n".repeat(22) },
      {},
    ]);
    const content = Buffer.from(JSON.stringify({ ...said, ...change })).toString("base64");
    const signatures = signed.signatures.map((assertion) =>
      random.isHit(0.4) ? this.#bend(assertion, random) : assertion,
    );
    return { content: random.isHit(0.7) ? content : bendBase64(signed.content, random), signatures };
  }

  /** An assertion with a part from elsewhere, another name, or a signature that is odd or nobody's. */
  #bend(assertion: Assertion, random: SeededRandom): Assertion {
    const other = pick(this.#pool, random);
    const part = random.oneOf(["credentialId", "authenticatorData", "clientDataJSON", "signature"] as const);
    const client = (change: object): string => {
      const said = JSON.parse(Buffer.from(assertion.clientDataJSON, "base64url").toString()) as object;
      return Buffer.from(JSON.stringify({ ...said, ...change })).toString("base64url");
    };
    switch (random.whole(0, 9)) {
      case 0:
        return { ...assertion, credentialId: other.credentialId };
      case 1:
        return { ...assertion, [part]: other[part] };
      case 2:
        return { ...assertion, [part]: bendBase64(assertion[part], random) };
      case 3:
        return { ...assertion, signature: bendDer(assertion.signature, random) };
      case 4:
        return { ...assertion, signature: oddSignature(random) };
      case 5:
        return { ...assertion, signature: oddSignature(random), credentialId: other.credentialId };
      case 6:
        return {
          ...assertion,
          clientDataJSON: client({ origin: "https://desk.example.org", crossOrigin: false }),
        };
      case 7:
        return { ...assertion, credentialId: other.credentialId, signature: other.signature };
      default:
        return assertion;
    }
  }

  /** Writes the frame and signs it, by the right key or, now and then, by none that counts. */
  #frame(
    act: Act,
    people: {
      readonly assertions: readonly Assertion[];
      readonly standing?: SignedStanding | undefined;
      readonly isDeskForged?: true;
    },
    random?: SeededRandom,
  ): FrameAttempt {
    const { grant, type } = this.#grant(act, people.isDeskForged === true ? undefined : random);
    const payload = encodeUtf8(JSON.stringify(grant));
    const isDeskForged = random !== undefined && (people.isDeskForged ?? random.isHit(0.1));
    const { key, keyId } = isDeskForged ? pick(this.#others, random) : this.#desk;
    const signature = sign(null, encodeForSigning(type, payload), key).toString("base64");
    const own = isDeskForged && random.isHit(0.2) ? [] : [{ scheme: "ed25519", keyId, signature }];
    const envelope = {
      version: 2,
      payloadType: GRANT_PAYLOAD_TYPE,
      payload: encodeBase64(payload),
      signatures: [...own, ...people.assertions],
      ...(people.standing === undefined ? {} : { standing: people.standing }),
    };
    const frame = JSON.stringify({ version: 2, type: "grant", grantId: grant.grantId, envelope });
    return { kind: "frame", frame, isDeskForged: isDeskForged || type !== GRANT_PAYLOAD_TYPE };
  }

  #grant(act: Act, random?: SeededRandom) {
    const { action, hostId, nonce, service } = act.proposal;
    const other = random === undefined ? act : pick(this.#world.acts, random);
    const change = random?.isHit(0.35)
      ? random.oneOf<object>([
          { nonce: other.proposal.nonce },
          { proposalHash: other.hash },
          { nonce: other.proposal.nonce, proposalHash: other.hash },
          { action: other.proposal.action, service: other.proposal.service },
          { hostId: this.#world.host.hostId },
          { proposalAgeMaxMs: Number.MAX_SAFE_INTEGER },
          { proposalAgeMaxMs: 1 },
          { version: 1 },
          { approvedBy: "root" },
        ])
      : {};
    const grant = {
      version: 2,
      grantId: "grt_AgICAgICAgICAgICAgICAg",
      hostId,
      nonce,
      proposalHash: act.hash,
      action,
      service,
      approvedBy: "alice",
      approvedAt: NOW - 30_000,
      proposalAgeMaxMs: 145_000,
      ...change,
    };
    return { grant, type: random?.isHit(0.03) === true ? "application/json" : GRANT_PAYLOAD_TYPE };
  }

  #spoil(attempt: FrameAttempt, random: SeededRandom): FrameAttempt {
    if (random.isHit(0.2)) return { ...attempt, frame: bendText(attempt.frame, random) };
    if (!random.isHit(0.3)) return attempt;
    const bent = bendJson(JSON.parse(attempt.frame) as Parameters<typeof bendJson>[0], random);
    return { ...attempt, frame: JSON.stringify(bent) };
  }

  #trust(random: SeededRandom): TrustAttempt {
    const { chain, evilTrust } = this.#world;
    const versions: readonly SignedTrust[] = [...chain, ...evilTrust.map(({ signed }) => signed)];
    if (random.isHit(0.6)) return { kind: "trust", candidate: pick(evilTrust, random).signed, after: 2 };
    const after = random.whole(0, chain.length);
    const base = pick(versions, random);
    const other = pick(versions, random);
    const candidate = random.oneOf<() => unknown>([
      () => base,
      () => ({ ...base, signatures: other.signatures }),
      () => ({ ...base, signatures: [...base.signatures, ...other.signatures] }),
      () => ({ ...base, signatures: base.signatures.map((assertion) => this.#bend(assertion, random)) }),
      () => ({ ...base, trust: bendBase64(base.trust, random) }),
      () => bendJson(base, random),
    ])();
    return { kind: "trust", candidate, after };
  }
}

function pick<T>(items: readonly T[], random: SeededRandom): T {
  return items[random.whole(0, items.length)] as T;
}
