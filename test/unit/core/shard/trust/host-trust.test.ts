// What a host is offered of the fleet's trust, one version after the other and so often at most; and what is doubtful of what it says.
import { describe, expect, it } from "vitest";
import type { TrustNo } from "../../../../../control-plane/src/core/shard/host/shard-events.ts";
import { OFFER_PAUSE_MS, OFFERS_MAX } from "../../../../../control-plane/src/core/shard/trust/host-trust.ts";
import { type DrivenShard, driveShard, outcomeWith, WEB_1 } from "../shard-driver.ts";

const hashOf = (version: number) => String(version).repeat(64).slice(0, 64);
const mark = (version: number, hash = hashOf(version)) => ({ version, hash });
const told = (versions: number, credentialIds: readonly string[] = ["key-1"]) => ({
  party: { rpId: "desk.example.org", origins: ["https://desk.example.org"] },
  hashes: Array.from({ length: versions }, (_, index) => hashOf(index + 1)),
  credentialIds,
});
type Mark = ReturnType<typeof mark>;

/** A shard that knows so many versions, and a host that says which it believes. */
function greeted(versions: number, trust: Mark | null | undefined): DrivenShard {
  const shard = driveShard();
  shard.enrol();
  if (versions > 0) shard.knowTrust(told(versions));
  shard.connect(WEB_1, { signing: trust === undefined ? {} : { trust } });
  return shard;
}

function answer(shard: DrivenShard, trust: Mark | null, refusal: Partial<TrustNo> | null = null): void {
  const no = refusal === null ? null : { reason: "trust-unsigned", offered: null, detail: "", ...refusal };
  shard.send({ kind: "trust-told", hostId: WEB_1, trust, refusal: no as TrustNo | null });
}

const doubts = (shard: DrivenShard) =>
  shard.signals("firing").filter(({ reason }) => reason === "signature-doubtful");
const over = (shard: DrivenShard) =>
  shard.signals("cleared").filter(({ reason }) => reason === "signature-doubtful");

describe("a host is offered", () => {
  it.each<[string, number, Mark | null | undefined, readonly number[]]>([
    ["nothing while the fleet has no trust", 0, null, []],
    ["the newest where it believes none", 3, null, [3]],
    ["the one that follows where it is behind", 3, mark(1), [2]],
    ["nothing where it believes the newest", 3, mark(3), []],
    ["nothing where it could not say", 3, undefined, []],
    ["the first, for its root, where it believes another list", 3, mark(2, "f".repeat(64)), [1]],
    ["the first, for its root, where the fleet began anew", 1, mark(3), [1]],
  ])("%s", (_what, versions, trust, offers) => {
    expect(greeted(versions, trust).offers()).toEqual(offers);
  });

  it("one version after the other, as it takes each", () => {
    const shard = greeted(3, mark(1));
    answer(shard, mark(2));
    answer(shard, mark(3));
    expect(shard.offers()).toEqual([2, 3]);
    expect(shard.host().connection?.signing?.trust).toEqual(mark(3));
    expect(doubts(shard)).toEqual([]);
  });

  it("a version that is published while it is connected", () => {
    const shard = greeted(1, mark(1));
    shard.knowTrust(told(2));
    shard.knowTrust(told(2));
    expect(shard.offers()).toEqual([2]);
  });

  it("nothing where its agent is of version 1", () => {
    const shard = driveShard();
    shard.enrol();
    shard.knowTrust(told(2));
    shard.hello(WEB_1, { signing: undefined as never });
    shard.digest();
    expect(shard.offers()).toEqual([]);
  });

  it("the newest once where root has to accept it, however long it waits", () => {
    const shard = greeted(2, null);
    answer(shard, null, { reason: "trust-not-accepted", offered: 2 });
    for (let digest = 0; digest < 5; digest += 1) {
      shard.advance(OFFER_PAUSE_MS);
      shard.digest();
    }
    expect([shard.offers(), doubts(shard)]).toEqual([[2], []]);
  });

  it.each([mark(1), null])(
    "again with a digest where it could not look at it, and so often at most on one connection: it believes %j",
    (trust) => {
      const shard = greeted(2, trust);
      for (let digest = 0; digest < 5; digest += 1) {
        answer(shard, null, { reason: "actuator-unreachable", offered: 2 });
        shard.digest();
        shard.advance(OFFER_PAUSE_MS);
        shard.digest();
      }
      expect(shard.offers()).toEqual(Array.from({ length: OFFERS_MAX }, () => 2));
      expect(doubts(shard)).toEqual([]);
      expect(shard.host().connection?.signing?.trust).toEqual(trust);
      shard.connect(WEB_1, { connectionId: "con_2", signing: { trust } });
      expect(shard.offers()).toHaveLength(OFFERS_MAX + 1);
    },
  );

  it("what follows as soon as it says what it believes, where its hello could not", () => {
    const shard = greeted(2, undefined);
    answer(shard, mark(1));
    expect(shard.offers()).toEqual([2]);
  });

  it("not again what it has refused on this connection", () => {
    const shard = greeted(2, mark(1));
    answer(shard, mark(1), { offered: 2 });
    shard.advance(3 * OFFER_PAUSE_MS);
    shard.digest();
    expect(shard.offers()).toEqual([2]);
  });
});

describe("it is doubtful", () => {
  it.each(["trust-unsigned", "trust-skips", "trust-older", "trust-other-chain", "trust-malformed"] as const)(
    "that a host refuses a version as %s, told once however often it connects",
    (reason) => {
      const shard = greeted(2, mark(1));
      for (let round = 0; round < 3; round += 1) {
        answer(shard, mark(1), { reason, offered: 2 });
        shard.connect(WEB_1, { connectionId: `con_${round + 2}`, signing: { trust: mark(1) } });
      }
      expect(doubts(shard)).toHaveLength(1);
      answer(shard, mark(2));
      expect(over(shard)).toHaveLength(1);
    },
  );

  it.each(["trust-not-accepted", "trust-chain-full", "actuator-unreachable"] as const)(
    "not that it answers %s",
    (reason) => {
      const shard = greeted(2, mark(1));
      answer(shard, mark(1), { reason, offered: 2 });
      expect(doubts(shard)).toEqual([]);
    },
  );

  it("not that an offer crossed with another one", () => {
    const shard = greeted(2, mark(1));
    answer(shard, mark(2));
    answer(shard, mark(2), { reason: "trust-older", offered: 2 });
    expect(doubts(shard)).toEqual([]);
  });

  it.each([mark(2, "f".repeat(64)), mark(7)])("that it believes %j", (trust) => {
    const shard = greeted(2, trust);
    expect(doubts(shard)).toMatchObject([{ severity: "warning", subject: { kind: "host" } }]);
    answer(shard, mark(2));
    expect(over(shard)).toHaveLength(1);
  });

  it("not that it believes one while the shard knows of none", () => {
    expect(doubts(greeted(0, mark(2)))).toEqual([]);
  });

  it("not the count of a passkey that is none of the fleet's, whatever the host says of it", () => {
    const shard = greeted(1, mark(1));
    for (const credentialId of ["made-up", "made-up-2"]) {
      const signer = { scheme: "webauthn", person: "alice", counter: 3, counterBefore: 5 } as const;
      const outcome = outcomeWith({ sequence: 1, signers: [{ ...signer, credentialId }] });
      shard.send({ kind: "outcome", hostId: WEB_1, outcome });
    }
    expect(doubts(shard)).toEqual([]);
  });

  it("that a passkey's count goes back, until it moves on or leaves the trust", () => {
    const ran = (sequence: number, counter: number, before: { counterBefore?: number } = {}) =>
      ({
        kind: "outcome",
        hostId: WEB_1,
        outcome: outcomeWith({
          sequence,
          signers: [{ scheme: "webauthn", person: "alice", credentialId: "key-1", counter, ...before }],
        }),
      }) as const;
    const shard = greeted(1, mark(1));
    shard.send(ran(1, 5));
    expect(doubts(shard)).toEqual([]);
    shard.send(ran(2, 3, { counterBefore: 5 }));
    expect(doubts(shard)).toHaveLength(1);
    shard.send(ran(3, 6));
    expect(over(shard)).toHaveLength(1);
    shard.send(ran(4, 2, { counterBefore: 6 }));
    shard.knowTrust(told(2, ["key-2"]));
    expect([doubts(shard).length, over(shard).length]).toEqual([2, 2]);
  });
});
