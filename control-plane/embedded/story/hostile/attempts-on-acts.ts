// Attempts while one person's passkey is enough: the desk's key alone, other people's signatures, the person's own on another text, place or device, and
// each part of it written otherwise.
import { encodeBase64 } from "@countersign/shared/values/base64";
import { ACTUATOR_FRAME_BYTES_MAX } from "@countersign/shared/values/limits";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { type Assertion, challengeOf } from "@countersign/shared/wire/assertion";
import { sealEnvelope } from "@countersign/shared/wire/envelope";
import { generateKeyPair } from "@countersign/shared/wire/signature";
import { ACTION, altered, type Attacker, type Minted, SERVICE, signProposal } from "./attacker.ts";
import { type Attempt, withAct } from "./attempt.ts";
import { cut, mirrored, ODD_DER, swollen, withPart, withSignature } from "./forgeries.ts";

const OTHER_HOST = `host_${"0".repeat(32)}`;

const give = async (attacker: Attacker, act: Minted, assertions: readonly Assertion[]) =>
  attacker.grant(await attacker.seal(act, { assertions }));

const FORGED: readonly Attempt[] = [
  withAct("forged: the desk's key alone", "people-missing", async (a, _, act) => give(a, act, [])),
  withAct("forged: another key under the desk's name", "signature-wrong", async (a, { operator }, act) => {
    const { privateKey } = await generateKeyPair();
    const key = { keyId: a.deskKey.keyId, privateKey };
    return a.grant(await a.seal(act, { key, assertions: [await signProposal(operator, act)] }));
  }),
  withAct("forged: a desk that the host does not know", "signature-missing", async (a, { operator }, act) => {
    const { privateKey } = await generateKeyPair();
    const key = { keyId: "desk-0000000000000000", privateKey };
    return a.grant(await a.seal(act, { key, assertions: [await signProposal(operator, act)] }));
  }),
  withAct("forged: another passkey under the person's", "signature-wrong", async (a, p, act) => {
    const { credentialId } = p.operator;
    return give(a, act, [{ ...(await signProposal(p.stranger, act)), credentialId }]);
  }),
  withAct("other credential: a passkey that nobody has pinned", "credential-unknown", async (a, p, act) =>
    give(a, act, [await signProposal(p.stranger, act)]),
  ),
  withAct("forged: a stranger's passkey beside the person's", "credential-unknown", async (a, p, act) =>
    give(a, act, [await signProposal(p.operator, act), await signProposal(p.stranger, act)]),
  ),
];

const ALTERED: readonly Attempt[] = [
  withAct("altered: a yes to the same act, minted anew", "signature-wrong", async (a, p, act) =>
    give(a, act, [await signProposal(p.operator, await a.mint())]),
  ),
  withAct("altered: another argv than was signed", "proposal-mismatch", async (a, p, act) => {
    const assertion = await signProposal(p.operator, act);
    return give(a, altered(act, { argv: [...act.proposal.argv, "--now"] }), [assertion]);
  }),
  withAct("altered: another argv was signed than was minted", "signature-wrong", async (a, p, act) =>
    give(a, act, [await signProposal(p.operator, altered(act, { argv: ["/bin/true"] }))]),
  ),
  withAct("asker altered after signing", "proposal-mismatch", async (a, p, act) => {
    const assertion = await signProposal(p.operator, act);
    return give(a, altered(act, { askedBy: { kind: "rule", rule: "check-failing" } }), [assertion]);
  }),
  withAct("altered: a proposal that this host never minted", "nonce-unknown", async (a, p, act) => {
    const invented = altered(act, { nonce: "A".repeat(32) });
    return give(a, invented, [await signProposal(p.operator, invented)]);
  }),
  withAct("altered: a yes to a standing approval of the same bytes", "signature-wrong", async (a, p, act) =>
    give(a, act, [await p.operator.sign(challengeOf("standing", act.bytes))]),
  ),
  withAct("altered: a yes to a trust of the same bytes", "signature-wrong", async (a, p, act) =>
    give(a, act, [await p.operator.sign(challengeOf("trust", act.bytes))]),
  ),
];

const REPLAYED: readonly Attempt[] = [
  {
    name: "replayed: the act that ran",
    because: ["nonce-used"],
    make: (a, { honest }) => give(a, honest.act, [honest.assertion]),
  },
  {
    name: "replayed: by the agent on the host",
    because: ["nonce-used"],
    make: async (a, { honest }) => a.toSocket(await a.seal(honest.act, { assertions: [honest.assertion] })),
  },
  {
    name: "malleable: the same signature mirrored, of the act that ran",
    because: ["nonce-used"],
    make: (a, { honest }) => give(a, honest.act, [mirrored(honest.assertion)]),
  },
  withAct("replayed: the yes that ran, for a new proposal", "signature-wrong", async (a, { honest }, act) =>
    give(a, act, [honest.assertion]),
  ),
  withAct("replayed: one signature twice in one grant", "signature-repeated", async (a, p, act) => {
    const assertion = await signProposal(p.operator, act);
    return give(a, act, [assertion, assertion]);
  }),
];

const CROSSED: readonly Attempt[] = [
  withAct("cross-host: signed for another host", "signature-wrong", async (a, p, act) =>
    give(a, act, [await signProposal(p.operator, altered(act, { hostId: OTHER_HOST }))]),
  ),
  withAct("cross-host: another host's proposal, whole", "proposal-mismatch", async (a, p, act) => {
    const foreign = altered(act, { hostId: OTHER_HOST });
    return give(a, foreign, [await signProposal(p.operator, foreign)]);
  }),
  withAct("cross-host: a grant for another host", "wrong-host", async (a, p, act) => {
    const assertions = [await signProposal(p.operator, act)];
    return a.grant(await a.seal(act, { assertions, grant: { hostId: OTHER_HOST } }));
  }),
  withAct("cross-action: a yes to another act", "signature-wrong", async (a, p, act) =>
    give(a, act, [await signProposal(p.operator, altered(act, { action: "reload" }))]),
  ),
  withAct("cross-action: a grant for another act", "proposal-mismatch", async (a, p, act) => {
    const assertions = [await signProposal(p.operator, act)];
    return a.grant(await a.seal(act, { assertions, grant: { action: "reload" } }));
  }),
  {
    name: "cross-action: an act that is not on the host's list",
    because: ["action-unknown"],
    make: async ({ plane }) => {
      const askedBy = { kind: "person", person: "operator" } as const;
      const answer = await plane.propose({ service: SERVICE, action: `${ACTION}-all`, askedBy, reason: "x" });
      if (answer.type === "proposal") return { isRefused: false, reason: "minted", detail: "" };
      return { isRefused: true, reason: answer.reason, detail: answer.detail };
    },
  },
];

const ELSEWHERE: readonly Attempt[] = [
  withAct("wrong origin: signed on another site", "assertion-elsewhere", async (a, p, act) => {
    const challenge = challengeOf("proposal", act.bytes);
    return give(a, act, [await p.operator.sign(challenge, { origin: "https://desk-login.test" })]);
  }),
  withAct("wrong origin: another port of the same name", "assertion-elsewhere", async (a, p, act) => {
    const challenge = challengeOf("proposal", act.bytes);
    return give(a, act, [await p.operator.sign(challenge, { origin: `http://${a.party.rpId}:1` })]);
  }),
  withAct("wrong rpId: a passkey's yes for another domain", "assertion-elsewhere", async (a, p, act) =>
    give(a, act, [await p.operator.sign(challengeOf("proposal", act.bytes), { rpId: "desk-login.test" })]),
  ),
  withAct("wrong origin: in a frame of another site", "assertion-elsewhere", async (a, p, act) =>
    give(a, act, [await p.operator.sign(challengeOf("proposal", act.bytes), { isCrossOrigin: true })]),
  ),
  withAct("no user verification: nobody's finger was checked", "user-not-verified", async (a, p, act) =>
    give(a, act, [await p.operator.sign(challengeOf("proposal", act.bytes), { isUnverified: true })]),
  ),
  withAct("confusion: the making of a passkey as a yes", "assertion-malformed", async (a, p, act) =>
    give(a, act, [await p.operator.sign(challengeOf("proposal", act.bytes), { type: "webauthn.create" })]),
  ),
];

const ODD: readonly Attempt[] = ODD_DER.map(([how, change]) =>
  withAct(`odd DER: ${how}`, "signature-wrong", async (a, p, act) =>
    give(a, act, [withSignature(await signProposal(p.operator, act), change)]),
  ),
);

const CONFUSED: readonly Attempt[] = [
  withAct("confusion: the desk's Ed25519 signature as a passkey's", "signature-wrong", async (a, p, act) => {
    const envelope = await a.seal(act);
    const [own] = envelope.signatures;
    const signature =
      own?.scheme === "ed25519" ? Buffer.from(own.signature, "base64").toString("base64url") : "";
    return give(a, act, [{ ...(await signProposal(p.operator, act)), signature }]);
  }),
  withAct("confusion: the passkey's name as a desk key's", "people-missing", async (a, p, act) => {
    const envelope = await a.seal(act);
    const [own] = envelope.signatures;
    const signatures = own?.scheme === "ed25519" ? [own, { ...own, keyId: p.operator.credentialId }] : [];
    return a.grant({ ...envelope, signatures });
  }),
  withAct("confusion: a scheme that is none", "envelope-malformed", async (a, p, act) => {
    const envelope = await a.seal(act);
    const assertion = { ...(await signProposal(p.operator, act)), scheme: "none" };
    return a.toSocket({ ...envelope, signatures: [...envelope.signatures, assertion] });
  }),
  withAct("confusion: an envelope of version 1", "envelope-malformed", async (a, _, act) =>
    a.toSocket({ ...(await a.seal(act)), version: 1 }),
  ),
  withAct("confusion: a proposal's bytes as the grant", "envelope-malformed", async (a, p, act) => {
    const assertions = [await signProposal(p.operator, act)];
    return a.toSocket(await sealEnvelope(act.bytes, a.deskKey, { assertions }));
  }),
];

const PARTS = ["authenticatorData", "clientDataJSON", "signature"] as const;

const MISSHAPEN: readonly Attempt[] = [
  ...PARTS.map((part) =>
    withAct(`truncated: ${part}`, ["assertion-malformed", "signature-wrong"], async (a, p, act) =>
      give(a, act, [withPart(await signProposal(p.operator, act), part, cut)]),
    ),
  ),
  ...PARTS.map((part) =>
    withAct(`huge: ${part}`, "envelope-malformed", async (a, p, act) => {
      const envelope = await a.seal(act, { assertions: [await signProposal(p.operator, act)] });
      const huge = withPart(await signProposal(p.operator, act), part, swollen);
      return a.toSocket({ ...envelope, signatures: [...envelope.signatures, huge] });
    }),
  ),
  withAct("huge: more signatures than an envelope may have", "envelope-malformed", async (a, p, act) => {
    const envelope = await a.seal(act);
    const assertion = await signProposal(p.operator, act);
    const signatures = [...envelope.signatures, ...Array.from({ length: 8 }, () => assertion)];
    return a.toSocket({ ...envelope, signatures });
  }),
  withAct("huge: a grant of 20 KB", "envelope-malformed", async (a, _, act) =>
    a.toSocket({ ...(await a.seal(act)), payload: encodeBase64(encodeUtf8("x".repeat(20_000))) }),
  ),
  {
    name: "huge: a line longer than the socket reads",
    because: ["frame-too-large"],
    make: (a) =>
      a.line(`{"version":2,"id":1,"type":"execute","envelope":"${"x".repeat(ACTUATOR_FRAME_BYTES_MAX)}"}`),
  },
  {
    name: "truncated: a line that is no JSON",
    because: ["frame-malformed"],
    make: (a) => a.line('{"version":2,"id":1,"type":"execute","envelope":{"ver'),
  },
];

/** While one person's passkey is enough. */
export const ATTEMPTS_ON_ACTS: readonly Attempt[] = [
  ...FORGED,
  ...ALTERED,
  ...REPLAYED,
  ...CROSSED,
  ...ELSEWHERE,
  ...ODD,
  ...CONFUSED,
  ...MISSHAPEN,
];
