// How many versions of the fleet's trust a host keeps: the last that fits is taken, and the next waits for root.
import { expect, it } from "vitest";
import { TRUST_CHAIN_MAX } from "@countersign/shared/values/limits";
import { HostTrust } from "@countersign/shared/wire/host-trust";
import { type KnownTrust, readSignedTrust } from "@countersign/shared/wire/trust-chain";
import type { ActuatorPorts } from "../../../../edge-agent/src/actuator/ports.ts";
import { applyTrust } from "../../../../edge-agent/src/actuator/trust-keeper.ts";
import { signing } from "../../../contract/fixtures.ts";

const { marks, versions } = signing.trust;
const known = versions.map((version): KnownTrust => {
  const read = readSignedTrust(version);
  if (!read.ok) throw new Error(`Read the fixture: ${read.error.detail}`);
  return read.value;
});
const host = HostTrust.parse(signing.hostTrust.accepted[0]?.file);

/** A host that keeps so many versions already; the last of them is the second. */
function keeping(count: number) {
  const saved: number[] = [];
  const step = { known: known[1]!, signed: versions[1]!, signers: [] };
  const chain = {
    anchor: known[0]!,
    steps: Array.from({ length: count }, () => step),
    reached: known[1]!,
    broken: null,
  };
  const ports: Pick<ActuatorPorts, "loadTrust" | "saveChain"> & Record<"journal" | "now", unknown> = {
    loadTrust: () => Promise.resolve({ ok: true, value: { host, chain } }),
    saveChain: (kept) => Promise.resolve(void saved.push(kept.length)),
    journal: {
      state: () => ({ trust: null, counters: new Map() }),
      append: () => Promise.resolve({ ok: true }),
    },
    now: () => ({ bootId: "", monotonicMs: 0, wallMs: 0 }),
  };
  return { saved, ports: ports as unknown as ActuatorPorts };
}

it("takes one more while there is room", async () => {
  const { ports, saved } = keeping(TRUST_CHAIN_MAX - 1);
  expect(await applyTrust(versions[2]!, ports)).toEqual({ type: "trust", trust: marks[2], refusal: null });
  expect(saved).toEqual([TRUST_CHAIN_MAX]);
});

it("and none when there is not", async () => {
  const { ports, saved } = keeping(TRUST_CHAIN_MAX);
  expect(await applyTrust(versions[2]!, ports)).toMatchObject({
    trust: marks[1],
    refusal: { reason: "trust-chain-full", offered: 3 },
  });
  expect(saved).toEqual([]);
});
