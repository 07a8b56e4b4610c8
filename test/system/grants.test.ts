// What runs on a real host when the desk is the attacker's. The whole control plane is a peer of the test's own, with the desk's real key; the
// machine is real, with its systemd, sudo and root's files. An act runs that an approver's passkey signed, byte for byte, and no other one.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { decodeBase64 } from "@countersign/shared/values/base64";
import { fingerprintWordsOf } from "@countersign/shared/values/fingerprint";
import { makeId } from "@countersign/shared/values/ids";
import type { Assertion } from "@countersign/shared/wire/assertion";
import { sealEnvelope, type SigningKey } from "@countersign/shared/wire/envelope";
import type { SignedTrust } from "@countersign/shared/wire/fleet-trust";
import { Grant } from "@countersign/shared/wire/grant";
import { FIRST_RULES, ONE_PERSON } from "@countersign/shared/wire/level-rule";
import { parseProposal, proposalHashOf, type Proposal } from "@countersign/shared/wire/proposal";
import { generateKeyPair } from "@countersign/shared/wire/signature";
import type { SignedStanding } from "@countersign/shared/wire/standing";
import { waitFor } from "../../control-plane/embedded/story/steps.ts";
import type { Link } from "../../edge-agent/demo-host/link.ts";
import { installOnMachine } from "../../edge-agent/demo-host/machine-install.ts";
import { bootMachine, type Machine, prepareLink } from "../../edge-agent/demo-host/machine.ts";
import { type ActuatorClient, type Ask, createActuatorClient } from "../../edge-agent/src/actuator-client.ts";
import { pathsOf } from "../../edge-agent/src/paths.ts";
import {
  type ControlPlanePeer,
  type DeskKeys,
  makeDeskKeys,
  startControlPlanePeer,
} from "../agent/peers/control-plane-peer.ts";
import {
  knownOf,
  newPerson,
  nextTrust,
  PARTY,
  signTrust,
  standingBy,
  trustOf,
} from "../agent/trust/approvers.ts";
import { killService, mainPidOf } from "./fleet.ts";
import { describeOnMachine } from "./prerequisites.ts";

/** Long enough for a wrongly admitted restart to show; a right one takes 0.2 s. */
const NOTHING_HAPPENS_MS = 1_500;
const DEMO: Ask = {
  service: "demo",
  action: "restart",
  askedBy: { kind: "person", person: "bob" },
  reason: "It is dead.",
};

interface Minted {
  readonly bytes: Uint8Array;
  readonly proposal: Proposal;
}

interface By {
  readonly key?: SigningKey;
  readonly assertions?: readonly Assertion[];
  readonly standing?: SignedStanding;
}

describeOnMachine("on a real host, of what a desk sends", () => {
  const ends: (() => Promise<unknown>)[] = [];
  let machine: Machine;
  let peer: ControlPlanePeer;
  let actuator: ActuatorClient;
  let deskKey: SigningKey;
  let hostId: string;
  let first: SignedTrust;
  let alice: Awaited<ReturnType<typeof newPerson>>;
  let bob: typeof alice;
  let mallory: typeof alice;

  beforeAll(async () => {
    [alice, bob, mallory] = [
      await newPerson("alice"),
      await newPerson("bob", { isSynced: true }),
      await newPerson("mallory"),
    ];
    const desk: DeskKeys = await makeDeskKeys();
    deskKey = { keyId: "desk-1", privateKey: desk.privateKey };
    first = await signTrust(trustOf([alice], desk.publicKey));
    const link: Link = await prepareLink();
    machine = await bootMachine(link);
    ends.push(() => machine.destroy());
    peer = await startControlPlanePeer({ host: link.gateway, desk });
    ends.push(() => peer.die());
    peer.behaviour.keepaliveMs = 1_000;
    peer.behaviour.lateAfterMs = 5_000;
    peer.behaviour.approvers = { party: PARTY, trust: first };
    const trustWords = fingerprintWordsOf(knownOf(first).hash).join(" ");
    const { url } = peer;
    const enrolled = await installOnMachine(machine, { url, token: desk.token, trustWords, say: () => {} });
    ({ hostId } = enrolled);
    // What ran before in this file counts against the budget, and one more action is of level 5.
    const { catalogue } = pathsOf();
    const text = await machine.run(["cat", catalogue]);
    const budget = "budget: { restartsMax: 50, window: 1h }\nservices:";
    await machine.write(catalogue, text.replace("services:", budget), 0o644);
    actuator = createActuatorClient({ socketPath: `${machine.rootPath}${pathsOf().socket}` });
  });
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  beforeEach(async () => {
    await killService(machine).catch(() => {});
    await waitFor("the service to be dead", 30_000, async () =>
      (await mainPidOf(machine)) === 0 ? true : null,
    );
  });

  async function mint(ask: Partial<Ask> = {}): Promise<Minted> {
    const answer = await actuator.propose({ ...DEMO, ...ask });
    if (answer.type !== "proposed") throw new Error(`Mint a proposal: ${answer.reason} ${answer.detail}`);
    const bytes = decodeBase64(answer.proposal) ?? new Uint8Array();
    const proposal = parseProposal(bytes);
    if (!proposal.ok) throw new Error(`Read the proposal: ${proposal.error.detail}`);
    return { bytes, proposal: proposal.value };
  }

  function grantOf({ bytes, proposal }: Minted, changes: Partial<Grant> = {}): Grant {
    return Grant.parse({
      version: 2,
      grantId: makeId("grt", crypto.getRandomValues(new Uint8Array(16))),
      hostId: proposal.hostId,
      nonce: proposal.nonce,
      proposalHash: proposalHashOf(bytes),
      action: proposal.action,
      service: proposal.service,
      approvedBy: "operator",
      approvedAt: Date.now(),
      proposalAgeMaxMs: 60_000,
      ...changes,
    });
  }

  async function execute(grant: Grant, { assertions = [], key = deskKey, standing }: By) {
    const payload = new TextEncoder().encode(JSON.stringify(grant));
    return actuator.execute(grant.grantId, await sealEnvelope(payload, key, { assertions, standing }));
  }

  /** What alice's passkey signs for these bytes. */
  const byAlice = async ({ bytes }: Minted) => [await alice.sign("proposal", bytes)];

  async function expectRefused(grant: Grant, by: By, reason: string): Promise<void> {
    const before = await mainPidOf(machine);
    expect(await execute(grant, by)).toMatchObject({ type: "refused", reason });
    await sleep(NOTHING_HAPPENS_MS);
    expect(await mainPidOf(machine)).toBe(before);
  }

  async function expectRuns(grant: Grant, by: By) {
    expect(await execute(grant, by)).toMatchObject({ type: "accepted" });
    const isThis = ({ grantId }: { grantId: string | null }) => grantId === grant.grantId;
    const findOutcome = async () => {
      const { messages } = await peer.connection(0);
      const told = messages.flatMap((message) => (message.type === "outcome" ? [message.outcome] : []));
      return told.find(isThis) ?? (await actuator.outcomes(0)).find(isThis) ?? null;
    };
    return waitFor("the outcome", 30_000, findOutcome);
  }

  test("an act runs that an approver's passkey signed, once, and the host says who it was", async () => {
    const minted = await mint();
    expect(minted.proposal).toMatchObject({ runAs: "root", requires: ONE_PERSON });
    const grant = grantOf(minted);
    const by = { assertions: await byAlice(minted) };
    expect(await expectRuns(grant, by)).toMatchObject({
      status: "succeeded",
      signers: [
        { scheme: "ed25519" },
        { scheme: "webauthn", person: "alice", credentialId: alice.phone.credentialId },
      ],
    });
    expect(await mainPidOf(machine)).toBeGreaterThan(0);
    await expectRefused(grant, by, "nonce-used");
    await killService(machine);
    await expectRefused(grant, by, "nonce-used");
  });

  test("nothing runs by the desk's key alone, or by a passkey of somebody else", async () => {
    const minted = await mint();
    const grant = grantOf(minted);
    await expectRefused(grant, {}, "people-missing");
    await expectRefused(
      grant,
      { assertions: [await mallory.sign("proposal", minted.bytes)] },
      "credential-unknown",
    );
    const posing = await mallory.sign("proposal", minted.bytes);
    const asAlice = { ...posing, credentialId: alice.phone.credentialId };
    await expectRefused(grant, { assertions: [asAlice] }, "signature-wrong");
    const [own] = await byAlice(minted);
    await expectRefused(grant, { assertions: own === undefined ? [] : [own, own] }, "signature-repeated");
  });

  test("nothing runs by what alice signed for something else", async () => {
    const minted = await mint();
    const grant = grantOf(minted);
    const other = await mint({ askedBy: { kind: "person", person: "alice" } });
    await expectRefused(grant, { assertions: await byAlice(other) }, "signature-wrong");
    const text = new TextDecoder().decode(minted.bytes).replace("It is dead.", "It is fine.");
    const altered = await alice.sign("proposal", new TextEncoder().encode(text));
    await expectRefused(grant, { assertions: [altered] }, "signature-wrong");
    await expectRefused(grant, { assertions: [await alice.sign("trust", minted.bytes)] }, "signature-wrong");
    const elsewhere = { rpId: "evil.example", origins: ["https://evil.example"] };
    const phished = await newPerson("alice", { party: elsewhere });
    const there = {
      ...(await phished.sign("proposal", minted.bytes)),
      credentialId: alice.phone.credentialId,
    };
    await expectRefused(grant, { assertions: [there] }, "assertion-elsewhere");
  });

  test("nothing runs by a forged desk, for another host, too late, or after the service was started", async () => {
    const minted = await mint();
    const assertions = await byAlice(minted);
    const forger = { ...(await generateKeyPair()), keyId: deskKey.keyId };
    await expectRefused(grantOf(minted), { assertions, key: forger }, "signature-wrong");
    const stranger = { ...forger, keyId: "desk-other" };
    await expectRefused(grantOf(minted), { assertions, key: stranger }, "signature-missing");
    const other = { hostId: `host_${"0".repeat(32)}` };
    await expectRefused(grantOf(minted, other), { assertions }, "wrong-host");
    await expectRefused(grantOf(minted, { proposalAgeMaxMs: 100 }), { assertions }, "expired");
    await machine.run(["systemctl", "start", "demo.service"]);
    await expectRefused(grantOf(minted), { assertions }, "precondition-changed");
  });

  test("a yes in advance runs its act as often as it says, and the desk makes none", async () => {
    const content = { service: "demo", usesMax: 1 };
    const forged = await standingBy([mallory], hostId, content);
    await expectRefused(grantOf(await mint()), { standing: forged }, "credential-unknown");
    const good = await standingBy([alice], hostId, content);
    const text = Buffer.from(good.content, "base64").toString().replace('"usesMax":1', '"usesMax":9');
    const stretched = { ...good, content: Buffer.from(text).toString("base64") };
    await expectRefused(grantOf(await mint()), { standing: stretched }, "signature-wrong");
    expect(await expectRuns(grantOf(await mint()), { standing: good })).toMatchObject({
      status: "succeeded",
    });
    await killService(machine);
    // The count is in the journal, whatever became of the actuator.
    await machine.run(["systemctl", "stop", "countersign-actuator.service"]);
    await expectRefused(grantOf(await mint()), { standing: good }, "standing-used-up");
  });

  describe("of the fleet's trust", () => {
    /** By the frame that a control plane sends. */
    async function send(signed: SignedTrust) {
      const connection = await peer.connection(0);
      const before = connection.messages.length;
      connection.send({ version: 2, type: "trust", signed, party: PARTY });
      const answer = await connection.waitFor(
        "trust-answer",
        (message) => connection.messages.indexOf(message) >= before,
      );
      return answer.refusal?.reason ?? answer.trust?.version;
    }

    test("nothing is believed that its people have not signed; what they signed is believed at once", async () => {
      const { hello } = await peer.connection(0);
      expect(hello.signing).toMatchObject({ version: 2, trust: { version: 1 } });
      const approvers = [mallory.approver];
      expect(await send(await nextTrust(first, { approvers }, []))).toBe("trust-unsigned");
      expect(await send(await nextTrust(first, { approvers }, [mallory]))).toBe("trust-unsigned");
      expect(await send(await signTrust(trustOf([mallory], "A".repeat(43) + "=")))).toBe("trust-other-chain");
      const levels = { ...FIRST_RULES, 4: { ...ONE_PERSON, people: 2, mayAskerSign: false } };
      const people = [alice.approver, bob.approver, mallory.approver];
      const second = await nextTrust(first, { approvers: people, levels }, [alice]);
      expect(await send(await nextTrust(second, {}, [alice]))).toBe("trust-skips");
      expect(await send(second)).toBe(2);
      expect(await send(first)).toBe("trust-older");
      const minted = await mint();
      const [one] = await byAlice(minted);
      const two = await bob.sign("proposal", minted.bytes);
      const three = await mallory.sign("proposal", minted.bytes);
      if (one === undefined) throw new Error("alice has signed");
      await expectRefused(grantOf(minted), { assertions: [one] }, "people-missing");
      await expectRefused(grantOf(minted), { assertions: [one, two] }, "asker-signed");
      expect(await expectRuns(grantOf(minted), { assertions: [one, three] })).toMatchObject({
        status: "succeeded",
      });
      const shown = JSON.parse(
        await machine.run(["countersign-agent", "trust", "history", "--json"]),
      ) as object;
      expect(shown).toMatchObject({
        versions: [{ version: 1 }, { version: 2, signers: [{ person: "alice" }] }],
      });
      const third = await nextTrust(second, { approvers: [alice.approver], levels: FIRST_RULES }, [mallory]);
      expect(await send(third)).toBe(3);
      await killService(machine);
      const late = await mint();
      const assertions = [await mallory.sign("proposal", late.bytes)];
      await expectRefused(grantOf(late), { assertions }, "credential-unknown");
    });

    test("a chain that is taken back permits nothing, and root's floor closes what the fleet allows", async () => {
      const { trust, trustChain } = pathsOf();
      await machine.run(["cp", "-p", trustChain, "/root/chain"]);
      await machine.run(["rm", trustChain]);
      expect(await actuator.propose(DEMO)).toMatchObject({ reason: "level-closed" });
      expect((await machine.exec(["countersign-agent", "trust", "verify"])).code).toBe(1);
      await machine.run(["cp", "-p", "/root/chain", trustChain]);
      await machine.run(["countersign-agent", "trust", "verify"]);
      const own = JSON.parse(await machine.run(["cat", trust])) as object;
      await machine.write(trust, JSON.stringify({ ...own, floor: { 4: "closed" } }), 0o644);
      expect(await actuator.propose(DEMO)).toMatchObject({ reason: "level-closed" });
      await machine.write(trust, JSON.stringify(own), 0o644);
      await mint();
    });
  });

  test("is told at once as failed, with what helps, when systemd refuses the start by its limit", async () => {
    const folder = "/etc/systemd/system/demo.service.d";
    const limit = "[Unit]\nStartLimitBurst=1\nStartLimitIntervalSec=1h\n";
    await machine.write(`${folder}/limit.conf`, limit, 0o644);
    await machine.run(["systemctl", "daemon-reload"]);
    await machine.exec(["systemctl", "start", "demo.service"]);
    await killService(machine).catch(() => {});
    await waitFor("the service to be dead", 30_000, async () => (await mainPidOf(machine)) === 0 || null);
    const minted = await mint();
    const startedAt = Date.now();
    const outcome = await expectRuns(grantOf(minted), { assertions: await byAlice(minted) });
    expect(Date.now() - startedAt).toBeLessThan(30_000);
    expect(outcome.detail).toContain("`systemctl reset-failed demo.service` lets it start again");
    expect(outcome).toMatchObject({
      status: "failed",
      unitAfter: { activeState: "failed", result: "signal" },
    });
  });
});
