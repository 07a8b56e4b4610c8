// `signature-doubtful`: what a host says of the fleet's trust, and of passkeys that signed; each doubt with its own end.
import { describe, expect, it } from "vitest";
import {
  PASSKEYS_KEPT_MAX,
  SAID_KEPT_MAX,
  signatureDoubtful,
} from "../../../../../control-plane/src/core/facts/rules/signature-doubtful.ts";
import type {
  PasskeyUsed,
  ShardFact,
  TrustSaid,
} from "../../../../../control-plane/src/core/facts/shard-fact.ts";
import { policyWith, START_AT, WEB_1 } from "../../shard/shard-driver.ts";

const scene = {
  now: START_AT,
  policy: policyWith(),
  subject: { kind: "host", hostId: WEB_1, hostName: "web-1" },
} as const;
const { absorb, initial, judge } = signatureDoubtful;
type Doubts = typeof initial;

const said = (changes: Partial<TrustSaid> = {}): TrustSaid => ({
  kind: "trust-said",
  service: null,
  at: START_AT,
  belief: "fine",
  version: 4,
  refusal: null,
  ...changes,
});
const used = (changes: Partial<PasskeyUsed> = {}): PasskeyUsed => ({
  kind: "passkey-used",
  service: null,
  at: START_AT,
  person: "alice",
  credentialId: "key-1",
  counter: 7,
  counterBefore: null,
  ...changes,
});
const after = (...facts: readonly ShardFact[]): Doubts =>
  facts.reduce<Doubts>((doubts, fact) => absorb(doubts, fact as never, scene), initial);
const found = (...facts: readonly ShardFact[]) => judge(after(...facts), scene).finding;

const REFUSED = said({ refusal: "it refused version 5: trust-unsigned" });
const STRANGE = said({ belief: "strange", version: 9 });

describe("signature-doubtful", () => {
  it.each([
    ["a host that believes none", said({ version: null })],
    ["one that is behind", said()],
    ["one that believes the newest", said({ belief: "newest" })],
    ["a passkey that moves on", used()],
    ["passkeys that are known", { kind: "passkeys-known", service: null, at: START_AT, credentialIds: [] }],
  ] as const)("says nothing of %s, and keeps nothing", (_what, fact) => {
    expect(after(fact)).toBe(initial);
    expect(judge(initial, scene).finding).toBeNull();
  });

  it("tells that a host refuses a version, and freezes nothing", () => {
    expect(found(REFUSED)).toMatchObject({ severity: "warning", freezes: false, alike: "trust" });
    expect(found(REFUSED)?.title).toBe("web-1 refuses the fleet's newest list of who may sign");
    expect(found(REFUSED)?.evidence[0]?.text).toContain("trust-unsigned (it believes version 4)");
  });

  it("tells of a version that is none of the fleet's", () => {
    expect(found(STRANGE)?.title).toContain("another list of who may sign than the fleet's");
    expect(found(STRANGE)?.evidence[0]?.text).toContain("version 9");
  });

  it("tells of a passkey whose count went back", () => {
    const finding = found(used({ counter: 3, counterBefore: 7 }));
    expect(finding?.title).toContain("a passkey of alice whose count went back");
    expect(finding?.evidence[0]?.text).toContain("counted 3, and 7 before");
  });

  it("is the same finding when the same is said again with each connection", () => {
    const once = after(REFUSED);
    expect(absorb(once, { ...REFUSED, at: START_AT + 1 } as never, scene)).toBe(once);
    expect(found(REFUSED, STRANGE)?.evidence).toHaveLength(2);
  });

  it("ends when the host believes the newest version, and not before", () => {
    expect(found(REFUSED, said())).not.toBeNull();
    expect(after(REFUSED, STRANGE, said({ belief: "newest" }))).toBe(initial);
  });

  it.each([
    ["moves on", used({ counter: 8 })],
    ["leaves the trust", { kind: "passkeys-known", service: null, at: START_AT, credentialIds: ["key-2"] }],
  ] as const)(
    "about a passkey it ends when that %s, and not with the host's word of the trust",
    (_how, end) => {
      const back = used({ counter: 3, counterBefore: 7 });
      expect(found(back, said({ belief: "newest" }))).not.toBeNull();
      expect(found(back, used({ credentialId: "key-2", counter: 9 }))).not.toBeNull();
      expect(after(back, end)).toBe(initial);
    },
  );

  it("keeps the newest of each and no more", () => {
    const many = after(
      ...Array.from({ length: 20 }, (_, index) => said({ refusal: `no ${index}` })),
      ...Array.from({ length: 20 }, (_, index) => used({ credentialId: `k${index}`, counterBefore: 9 })),
    );
    expect(judge(many, scene).finding?.evidence).toHaveLength(SAID_KEPT_MAX + PASSKEYS_KEPT_MAX);
  });
});
