// Benchmark: what the host's verification of a grant costs, from the frame's text to the admitted act, and the parts of it; beside plain Ed25519 and
// SimpleWebAuthn, which take turns with it. The world is the battery's (test/mutation).
import { verifyAuthenticationResponse } from "@simplewebauthn/server";
import { encodeBase64Url } from "@countersign/shared/values/base64";
import {
  type Assertion,
  challengeOf,
  type Credential,
  verifyAssertion,
} from "@countersign/shared/wire/assertion";
import { encodeForSigning } from "@countersign/shared/wire/envelope";
import { generateKeyPair, isSignedBy, signBytes } from "@countersign/shared/wire/signature";
import { Attacker } from "../mutation/attack.ts";
import { judgeOf } from "../mutation/battery.ts";
import { hostGate } from "../mutation/gate.ts";
import { newPasskey, PARTY, signChallenge } from "../mutation/passkey.ts";
import { drawWorld } from "../mutation/world.ts";
import { SeededRandom } from "../simulation/seeded-random.ts";
import { coseOf } from "../unit/shared/wire/simple-webauthn.ts";
import { figure, median, percentile, type Beside, type Measured, type Say } from "./figures.ts";

const ROUNDS = 2_000;
const QUICK_ROUNDS = 200;
const WARM_ROUNDS = 100;
/** What a host may take for it. */
const AIM: Beside = { kind: "limit", value: 3, what: "aim" };

type Way = () => Promise<boolean>;

export async function benchVerify(say: Say, isQuick: boolean): Promise<Measured> {
  const ways = await waysToVerify();
  const spentMs = new Map(Object.keys(ways).map((name): [string, number[]] => [name, []]));
  const rounds = isQuick ? QUICK_ROUNDS : ROUNDS;
  say(`${rounds} rounds`);
  for (let round = 0; round < WARM_ROUNDS + rounds; round += 1)
    for (const [name, way] of Object.entries(ways)) {
      const startedAt = performance.now();
      const holds = await way();
      const endedAt = performance.now();
      if (!holds) throw new Error(`Verify ${name}: it does not hold`);
      if (round >= WARM_ROUNDS) spentMs.get(name)?.push(endedAt - startedAt);
    }
  const of = (name: keyof typeof ways): readonly number[] => spentMs.get(name) ?? [];
  const besides: Beside[] = (["plain Ed25519", "SimpleWebAuthn, ES256"] as const).map((what) => ({
    kind: "measured",
    value: median(of(what)),
    what,
  }));
  return {
    figures: [
      figure("a grant with a person's yes, median", median(of("a grant")), "ms", AIM),
      figure("a grant with a person's yes, p99", percentile(of("a grant"), 0.99), "ms"),
      figure(
        "a grant that two people signed, or one in advance, median",
        median(of("a grant of more")),
        "ms",
        AIM,
      ),
      ...besides.map((beside) => figure("an assertion, ES256, median", median(of("ES256")), "ms", beside)),
      ...besides.map((beside) => figure("an assertion, EdDSA, median", median(of("EdDSA")), "ms", beside)),
    ],
    notes: [
      `${rounds} rounds after ${WARM_ROUNDS} to warm up, each way in turn. A grant: from the frame's text through the host's own gate (parse, the desk's signature,`,
      "the assertion, admission) to the plan; no journal. Keys are imported anew each time, as the host does.",
    ],
  };
}

async function waysToVerify() {
  const challenge = challengeOf("proposal", new TextEncoder().encode("an act"));
  const [phone, token] = [newPasskey("phone"), newPasskey("token", { algorithm: "EdDSA" })];
  const [es256, edDsa] = [phone, token].map((passkey) => signChallenge(passkey, challenge));
  const world = await drawWorld();
  const judge = judgeOf(world, hostGate);
  const attacker = new Attacker(world);
  const frames = Array.from({ length: 200 }, (_, seed) => attacker.honest(new SeededRandom(seed)));
  const isOfOne = ({ frame }: { readonly frame: string }) =>
    frame.split('"webauthn"').length === 2 && !frame.includes('"standing"');
  const [one, more] = [frames.find(isOfOne), frames.find((attempt) => !isOfOne(attempt))];
  if (es256 === undefined || edDsa === undefined || one === undefined || more === undefined)
    throw new Error("Draw what is verified: it is not there");
  const pair = await generateKeyPair();
  const bytes = encodeForSigning("grant", new Uint8Array(400));
  const signature = await signBytes(pair.privateKey, bytes);
  const own =
    (assertion: Assertion, credential: Credential): Way =>
    async () =>
      (await verifyAssertion(assertion, { credential, challenge, party: PARTY })).ok;
  return {
    "a grant": async () => (await judge(one)).refusal === null,
    "a grant of more": async () => (await judge(more)).refusal === null,
    ES256: own(es256, phone.credential),
    EdDSA: own(edDsa, token.credential),
    "plain Ed25519": () => isSignedBy(pair.publicKey, signature, bytes),
    "SimpleWebAuthn, ES256": async () => {
      const { credentialId: id, scheme: _, ...response } = es256;
      const { verified } = await verifyAuthenticationResponse({
        response: { id, rawId: id, type: "public-key", clientExtensionResults: {}, response },
        expectedChallenge: encodeBase64Url(challenge),
        expectedOrigin: PARTY.origins,
        expectedRPID: PARTY.rpId,
        credential: { id, publicKey: coseOf(phone.credential), counter: 0 },
      });
      return verified;
    },
  } as const satisfies Readonly<Record<string, Way>>;
}
