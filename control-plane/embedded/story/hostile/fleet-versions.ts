// The versions of the fleet's trust in the hostile story: the first one made on the desk, the second for two people who must both sign, the third
// without the operator's spare passkey. People sign them; the attacker only carries them, and from the third on tries others.
import type { FleetTrust } from "@countersign/shared/wire/fleet-trust";
import { type LevelRule, ONE_PERSON } from "@countersign/shared/wire/level-rule";
import type { KnownTrust } from "@countersign/shared/wire/trust-chain";
import type { SoftwareAuthenticator } from "../authenticator.ts";
import type { People } from "./attempt.ts";

const BOTH: LevelRule = { ...ONE_PERSON, people: 2, mayAskerSign: false, credentials: "device-bound" };

/** Two people, three passkeys that stay on their device and one that does not; both must sign levels 4 and 5, and the next version. */
export function secondVersion(first: KnownTrust, { deputy, spare, synced }: People): FleetTrust {
  const [own] = first.trust.approvers;
  const credentials = [...(own?.credentials ?? []), pinned(spare, "Spare key")];
  return {
    ...next(first),
    approvers: [
      { person: own?.person ?? "operator", credentials },
      { person: "deputy", credentials: [pinned(deputy, "Deputy's key"), pinned(synced, "Deputy's phone")] },
    ],
    threshold: 2,
    levels: { ...first.trust.levels, 4: BOTH, 5: BOTH },
  };
}

/** The same without the spare passkey. */
export function thirdVersion(second: KnownTrust, { spare }: People): FleetTrust {
  const approvers = second.trust.approvers.map(({ credentials, person }) => ({
    person,
    credentials: credentials.filter(({ credentialId }) => credentialId !== spare.credentialId),
  }));
  return { ...next(second), approvers };
}

/** What an attacker would like: the stranger alone is enough for everything. */
export function attackersVersion(before: KnownTrust, { stranger }: People): FleetTrust {
  return {
    ...next(before),
    approvers: [{ person: "operator", credentials: [pinned(stranger, "Phone")] }],
    threshold: 1,
    levels: { 1: ONE_PERSON, 2: ONE_PERSON, 3: ONE_PERSON, 4: ONE_PERSON, 5: ONE_PERSON },
  };
}

function next({ hash, trust }: KnownTrust): FleetTrust {
  return { ...trust, version: trust.version + 1, previous: hash };
}

function pinned({ credentialId, isSynced, publicKey }: SoftwareAuthenticator, name: string) {
  return { credentialId, algorithm: "ES256", publicKey, isSynced, name } as const;
}
