// Attempts while two people must sign, neither of them who asked, by passkeys that stay on their device.
import type { Assertion } from "@countersign/shared/wire/assertion";
import type { SoftwareAuthenticator } from "../authenticator.ts";
import { type Attacker, type Minted, signProposal, signStanding, standingText } from "./attacker.ts";
import { type Attempt, type People, withAct } from "./attempt.ts";

const BY_RULE = { kind: "rule", rule: "check-failing" } as const;

async function give(attacker: Attacker, act: Minted, signers: readonly SoftwareAuthenticator[]) {
  const assertions: Assertion[] = [];
  for (const passkey of signers) assertions.push(await signProposal(passkey, act));
  return attacker.grant(await attacker.seal(act, { assertions }));
}

/** An attempt on an act that a rule asked for, so that nobody is its asker. */
function asked(
  name: string,
  because: string,
  signers: (people: People) => readonly SoftwareAuthenticator[],
): Attempt {
  return {
    name,
    because: [because],
    make: async (attacker, people) => give(attacker, await attacker.mint(BY_RULE), signers(people)),
  };
}

/** From the second version on. */
export const ATTEMPTS_ON_QUORUM: readonly Attempt[] = [
  asked("quorum: the desk's key alone", "people-missing", () => []),
  asked("quorum: one of two people", "people-missing", ({ operator }) => [operator]),
  asked("quorum: one person twice, by two passkeys", "people-missing", ({ operator, spare }) => [
    operator,
    spare,
  ]),
  asked("quorum: one passkey twice", "signature-repeated", ({ operator }) => [operator, operator]),
  asked("quorum: a passkey that leaves its device", "credential-synced", ({ operator, synced }) => [
    operator,
    synced,
  ]),
  withAct("quorum: who asked is one of two", "asker-signed", (a, p, act) =>
    give(a, act, [p.operator, p.deputy]),
  ),
  {
    name: "old trust: an act that was signed while one person was enough",
    because: ["people-missing"],
    make: async (a, { early }) => a.grant(await a.seal(early.act, { assertions: [early.assertion] })),
  },
  {
    name: "quorum: a yes in advance by one of two",
    because: ["people-missing"],
    make: async (a, { operator }) => {
      const standing = await signStanding(operator, standingText(a.hostId));
      return a.grant(await a.seal(await a.mint(BY_RULE), { standing }));
    },
  },
];

/** From the third version on: the spare passkey is out of it. */
export const ATTEMPTS_BY_REVOKED: readonly Attempt[] = [
  asked("revoked credential: beside another person's", "credential-unknown", ({ deputy, spare }) => [
    deputy,
    spare,
  ]),
  asked("revoked credential: beside two people's", "credential-unknown", ({ deputy, operator, spare }) => [
    operator,
    deputy,
    spare,
  ]),
];
