// Grants that must execute nothing on a real host: forged, for another host, expired, replayed, or when the service changed since.
// They are handed to the real actuator on its real socket, signed with the desk's real key where only something else is wrong.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { decodeBase64 } from "@countersign/shared/values/base64";
import { makeId } from "@countersign/shared/values/ids";
import { signEnvelope, type SigningKey } from "@countersign/shared/wire/envelope";
import { Grant } from "@countersign/shared/wire/grant";
import { parseProposal, proposalHashOf, type Proposal } from "@countersign/shared/wire/proposal";
import { generateKeyPair } from "@countersign/shared/wire/signature";
import { waitFor } from "../../control-plane/embedded/story/steps.ts";
import { deskKeyIdOf } from "../../control-plane/src/platform/desk/grant-signing.ts";
import { createActuatorClient, type ActuatorClient } from "../../edge-agent/src/actuator-client.ts";
import { killService, mainPidOf, startFleet, type Fleet } from "./fleet.ts";
import { describeOnMachine } from "./prerequisites.ts";

/** Long enough for a wrongly admitted restart to show; a right one takes 0.2 s. */
const NOTHING_HAPPENS_MS = 1_500;

interface Minted {
  readonly proposal: Proposal;
  readonly hash: string;
}

describeOnMachine("a grant that is not good", () => {
  let fleet: Fleet;
  let actuator: ActuatorClient;
  let deskKey: SigningKey;

  beforeAll(async () => {
    fleet = await startFleet();
    // The agent would carry grants of its own accord; here the test is the only one that speaks to the actuator.
    await fleet.machine.run(["systemctl", "stop", "countersign-agent.service"]);
    actuator = createActuatorClient({
      socketPath: `${fleet.machine.rootPath}/run/countersign/actuator.sock`,
    });
    const { deskPrivateKey, deskPublicKey } = fleet.secrets();
    deskKey = { keyId: deskKeyIdOf(deskPublicKey), privateKey: deskPrivateKey };
  });
  afterAll(() => fleet?.end());

  beforeEach(async () => {
    await killService(fleet.machine).catch(() => {});
    await waitFor("the service to be dead", 10_000, async () =>
      (await mainPidOf(fleet.machine)) === 0 ? true : null,
    );
  });

  async function mint(): Promise<Minted> {
    const answer = await actuator.propose("demo", "restart");
    if (answer.type !== "proposed") throw new Error(`Mint a proposal: ${answer.reason} ${answer.detail}`);
    const bytes = decodeBase64(answer.proposal) ?? new Uint8Array();
    const proposal = parseProposal(bytes);
    if (!proposal.ok) throw new Error(`Read the proposal: ${proposal.error.detail}`);
    return { proposal: proposal.value, hash: proposalHashOf(bytes) };
  }

  function grantOf({ proposal, hash }: Minted, changes: Partial<Grant> = {}): Grant {
    return Grant.parse({
      version: 1,
      grantId: makeId("grt", crypto.getRandomValues(new Uint8Array(16))),
      hostId: proposal.hostId,
      nonce: proposal.nonce,
      proposalHash: hash,
      action: proposal.action,
      service: proposal.service,
      approvedBy: "operator",
      approvedAt: Date.now(),
      proposalAgeMaxMs: 60_000,
      ...changes,
    });
  }

  async function execute(grant: Grant, key: SigningKey = deskKey) {
    const envelope = await signEnvelope(new TextEncoder().encode(JSON.stringify(grant)), [key]);
    return actuator.execute(grant.grantId, envelope);
  }

  async function expectRefused(grant: Grant, reason: string, key: SigningKey = deskKey): Promise<void> {
    const before = await mainPidOf(fleet.machine);
    expect(await execute(grant, key)).toMatchObject({ type: "refused", reason });
    await sleep(NOTHING_HAPPENS_MS);
    expect(await mainPidOf(fleet.machine)).toBe(before);
  }

  test("is refused when it is forged", async () => {
    const forger = { ...(await generateKeyPair()), keyId: deskKey.keyId };
    await expectRefused(grantOf(await mint()), "signature-wrong", forger);
    await expectRefused(grantOf(await mint()), "signature-missing", { ...forger, keyId: "desk-other" });
  });

  test("is refused when it is for another host", async () => {
    await expectRefused(grantOf(await mint(), { hostId: `host_${"0".repeat(32)}` }), "wrong-host");
  });

  test("is refused when it has expired", async () => {
    const minted = await mint();
    await sleep(600);
    await expectRefused(grantOf(minted, { proposalAgeMaxMs: 500 }), "expired");
  });

  test("is refused when the service was started since", async () => {
    const minted = await mint();
    await fleet.machine.run(["systemctl", "start", "demo.service"]);
    await expectRefused(grantOf(minted), "precondition-changed");
  });

  test("runs once when it is good, and is refused when it is replayed", async () => {
    const grant = grantOf(await mint());
    expect(await execute(grant)).toMatchObject({ type: "accepted" });
    await waitFor("a new main process", 20_000, async () => (await mainPidOf(fleet.machine)) || null);
    await waitFor("the end of the execution", 20_000, async () => {
      const { executionsRunning } = await actuator.status();
      return executionsRunning === 0 ? true : null;
    });
    await expectRefused(grant, "nonce-used");
    await killService(fleet.machine);
    await expectRefused(grant, "nonce-used");
  });

  test("is told at once as failed, with what helps, when systemd refuses the start by its limit", async () => {
    const { machine } = fleet;
    const folder = "/etc/systemd/system/demo.service.d";
    const limit = "[Unit]\nStartLimitBurst=1\nStartLimitIntervalSec=1h\n";
    await machine.write(`${folder}/limit.conf`, limit, 0o644);
    await machine.run(["systemctl", "daemon-reload"]);
    // what ran before in this file counts against the budget
    const catalogue = "/etc/countersign/catalogue.yaml";
    const text = await machine.run(["cat", catalogue]);
    await machine.write(
      catalogue,
      text.replace("services:", "budget: { restartsMax: 50, window: 1h }\nservices:"),
      0o644,
    );
    await machine.exec(["systemctl", "start", "demo.service"]);
    await killService(machine).catch(() => {});
    await waitFor("the service to be dead", 10_000, async () => (await mainPidOf(machine)) === 0 || null);
    const grant = grantOf(await mint());
    const startedAt = Date.now();
    expect(await execute(grant)).toMatchObject({ type: "accepted" });
    const outcome = await waitFor("the outcome", 20_000, async () => {
      const outcomes = await actuator.outcomes(0);
      return outcomes.find(({ grantId }) => grantId === grant.grantId) ?? null;
    });
    expect(Date.now() - startedAt).toBeLessThan(10_000);
    expect(outcome.detail).toContain("`systemctl reset-failed demo.service` lets it start again");
    expect(outcome).toMatchObject({
      status: "failed",
      unitAfter: { activeState: "failed", result: "signal" },
    });
  });
});
