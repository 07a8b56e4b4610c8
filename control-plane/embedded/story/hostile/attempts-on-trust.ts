// Attempts to have the host believe other people: versions that are old, skip one, belong to another chain, or are signed by too few or by nobody.
import { encodeBase64 } from "@countersign/shared/values/base64";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import type { FleetTrust, SignedTrust } from "@countersign/shared/wire/fleet-trust";
import type { KnownTrust } from "@countersign/shared/wire/trust-chain";
import { signProposal, signTrust } from "./attacker.ts";
import type { Attempt, People } from "./attempt.ts";
import { attackersVersion } from "./fleet-versions.ts";

/** The versions that the host was given, oldest first, as they were signed. */
export type Versions = readonly { readonly known: KnownTrust; readonly signed: SignedTrust }[];

/** From the third version on. */
export function attemptsOnTrust(versions: Versions): readonly Attempt[] {
  const [first, second, third] = versions;
  if (first === undefined || second === undefined || third === undefined) return [];
  const attempt = (
    name: string,
    because: string,
    make: (people: People) => SignedTrust | Promise<SignedTrust>,
  ): Attempt => ({
    name,
    because: [because],
    make: async (attacker, people) => attacker.trust(await make(people)),
  });
  const byBoth = async (trust: FleetTrust, { deputy, operator }: People) =>
    (await signTrust(trust, [operator, deputy])).signed;
  const next = (before: KnownTrust): FleetTrust => ({
    ...before.trust,
    version: before.trust.version + 1,
    previous: before.hash,
  });
  return [
    attempt("old trust: the first version", "trust-older", () => first.signed),
    attempt("old trust: the version before, with the revoked passkey", "trust-older", () => second.signed),
    attempt("trust that skips a version", "trust-skips", (p) =>
      byBoth({ ...next(third.known), version: 5 }, p),
    ),
    attempt("trust of another chain: after the version before", "trust-other-chain", (p) =>
      byBoth({ ...next(third.known), previous: second.known.hash }, p),
    ),
    attempt("trust of another chain: a second third version", "trust-other-chain", (p) =>
      byBoth({ ...next(second.known), threshold: 1 }, p),
    ),
    attempt("trust that nobody signed, with the attacker's passkey", "trust-unsigned", async (p) => {
      const { signed } = await signTrust(attackersVersion(third.known, p), []);
      return signed;
    }),
    attempt("trust that the attacker's own passkey signed", "trust-unsigned", async (p) => {
      const { signed } = await signTrust(attackersVersion(third.known, p), [p.stranger]);
      return signed;
    }),
    attempt("trust signed by one of two", "trust-unsigned", async (p) => {
      const { signed } = await signTrust(next(third.known), [p.operator]);
      return signed;
    }),
    attempt("trust signed by a revoked passkey beside another's", "trust-unsigned", async (p) => {
      const { signed } = await signTrust(next(third.known), [p.deputy, p.spare]);
      return signed;
    }),
    attempt("trust altered after signing", "trust-unsigned", async (p) => {
      const { signatures } = await byBoth(next(third.known), p);
      const text = JSON.stringify(attackersVersion(third.known, p));
      return { trust: encodeBase64(encodeUtf8(text)), signatures };
    }),
    attempt("truncated: a trust of half its bytes", "trust-malformed", async (p) => {
      const signed = await byBoth(next(third.known), p);
      return { ...signed, trust: signed.trust.slice(0, 400) };
    }),
    {
      name: "trust: what the attacker's passkey signs is still nobody's",
      because: ["credential-unknown"],
      make: async (attacker, { stranger }) => {
        const act = await attacker.mint();
        const assertions = [await signProposal(stranger, act)];
        return attacker.grant(await attacker.seal(act, { assertions }));
      },
    },
  ];
}
