// How many versions of the fleet's trust a host keeps, on both sides of the bound; all else of it is tried at the real actuator.
import { expect, test } from "vitest";
import { TRUST_CHAIN_MAX } from "@countersign/shared/values/limits";
import { ok } from "@countersign/shared/values/result";
import type { SignedTrust } from "@countersign/shared/wire/fleet-trust";
import { generateKeyPair } from "@countersign/shared/wire/signature";
import type { ActuatorPorts } from "../../../../edge-agent/src/actuator/ports.ts";
import { applyTrust } from "../../../../edge-agent/src/actuator/trust-keeper.ts";
import { EMPTY_JOURNAL } from "../../../../edge-agent/src/core/actuator/journal-state.ts";
import { knownOf, newPerson, nextTrust, PARTY, signTrust, trustOf } from "../../../agent/trust/approvers.ts";

test.each([
  [TRUST_CHAIN_MAX - 1, undefined, TRUST_CHAIN_MAX],
  [TRUST_CHAIN_MAX, "trust-chain-full", 0],
])("after %i versions one more is refused as %s", async (count, reason, savedCount) => {
  const alice = await newPerson("alice");
  const { publicKey } = await generateKeyPair();
  const first = await signTrust(trustOf([alice], publicKey));
  const anchor = knownOf(first);
  const host = { version: 2 as const, hostId: `host_${"a".repeat(32)}`, party: PARTY };
  const steps = Array.from({ length: count }, () => ({ known: anchor, signed: first, signers: [] }));
  const saved: SignedTrust[] = [];
  const ports = {
    loadTrust: () =>
      Promise.resolve(
        ok({
          host: { ...host, deskKeys: [{ keyId: "desk-1", publicKey }] },
          chain: { anchor, steps, reached: anchor, broken: null },
        }),
      ),
    saveChain: (versions: readonly SignedTrust[]) => {
      saved.push(...versions);
      return Promise.resolve();
    },
    journal: { state: () => EMPTY_JOURNAL, append: () => Promise.resolve(ok(null)) },
    now: () => ({ bootId: "", monotonicMs: 0, wallMs: 0 }),
  } as unknown as ActuatorPorts;
  const answer = await applyTrust(await nextTrust(first, {}, [alice]), ports);
  expect(answer.refusal?.reason).toBe(reason);
  expect(saved).toHaveLength(savedCount);
});
