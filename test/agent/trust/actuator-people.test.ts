// People's signatures at the real actuator: what a passkey's yes does, and that no key of the desk stands for one. The attacker in this file has
// the desk's key.
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ONE_PERSON } from "@countersign/shared/wire/level-rule";
import { ActuatorHost, askFor, HOST_ID, type Minted } from "../actuator-host.ts";
import { newPerson, signTrust, standingBy, type TestPerson, trustOf } from "./approvers.ts";

let host: ActuatorHost;
let alice: TestPerson;
let bob: TestPerson;
beforeEach(async () => {
  host = await ActuatorHost.create();
  alice = host.alice;
  bob = await newPerson("bob", { isSynced: true });
});
afterEach(async () => {
  await host.remove();
});

/** Another rule for level 4, with alice and bob. */
async function acceptRule(changes: Partial<typeof ONE_PERSON>): Promise<void> {
  const levels = { 4: { ...ONE_PERSON, ...changes } };
  await host.accept(await signTrust(trustOf([alice, bob], host.desk.publicKey, { levels })));
}

describe("a person's yes", () => {
  test("runs the act, and the outcome names who gave it", async () => {
    await host.start();
    const minted = await host.propose();
    expect(minted.proposal).toMatchObject({
      askedBy: { kind: "rule", rule: "check-failing" },
      reason: "It does not answer.",
      requires: ONE_PERSON,
      precondition: null,
      verification: { unit: null, checks: ["port"] },
    });
    expect(minted.proposal.runAs).not.toBe("");
    expect(await host.approve(minted)).toMatchObject({ type: "accepted" });
    expect(await host.outcome()).toMatchObject({
      status: "succeeded",
      signers: [
        { scheme: "ed25519", keyId: "desk-1" },
        { scheme: "webauthn", person: "alice", credentialId: alice.phone.credentialId, counter: 1 },
      ],
    });
    expect(await host.effectCount()).toBe(1);
  });

  test("is not needed below level 4, where the desk's key alone will do", async () => {
    await host.start();
    const minted = await host.propose("web", "retry");
    expect(await host.approve(minted, {}, { people: [] })).toMatchObject({ type: "accepted" });
    expect(await host.outcome()).toMatchObject({ signers: [{ scheme: "ed25519" }] });
  });

  test("counts once for each person: two of two run it", async () => {
    await acceptRule({ people: 2 });
    await host.start();
    const minted = await host.propose();
    expect(await host.approve(minted, {}, { people: [alice, bob] })).toMatchObject({ type: "accepted" });
    expect((await host.outcome()).signers).toHaveLength(3);
  });

  test("with a count that went back is told, and runs", async () => {
    await host.start();
    const first = await host.propose();
    const second = await host.propose();
    const early = [await alice.sign("proposal", second.bytes)];
    expect(await host.approve(first)).toMatchObject({ type: "accepted" });
    await host.outcome();
    expect(await host.approve(second, {}, { assertions: early })).toMatchObject({ type: "accepted" });
    expect((await host.outcome(1)).signers?.[1]).toMatchObject({ counter: 1, counterBefore: 2 });
  });
});

describe("with the desk's key nothing runs", () => {
  async function expectRefused(minted: Minted, by: Parameters<typeof host.approve>[2], reason: string) {
    expect(await host.approve(minted, {}, by)).toMatchObject({ type: "refused", reason });
    await wait(100);
    expect(await host.effectCount()).toBe(0);
  }

  test("without a person, or by a stranger's or another act's signature", async () => {
    await host.start();
    const minted = await host.propose();
    const other = await host.propose();
    await expectRefused(minted, { people: [] }, "people-missing");
    await expectRefused(minted, { people: [bob] }, "credential-unknown");
    const elsewhere = { party: { rpId: "evil.example", origins: ["https://evil.example"] } };
    const mallory = await newPerson("alice", elsewhere);
    const posing = {
      ...(await mallory.sign("proposal", minted.bytes)),
      credentialId: alice.phone.credentialId,
    };
    await expectRefused(minted, { assertions: [posing] }, "assertion-elsewhere");
    const replayed = [await alice.sign("proposal", other.bytes)];
    await expectRefused(minted, { assertions: replayed }, "signature-wrong");
    const trust = [await alice.sign("trust", minted.bytes)];
    await expectRefused(minted, { assertions: trust }, "signature-wrong");
    const one = await alice.sign("proposal", minted.bytes);
    await expectRefused(minted, { assertions: [one, one] }, "signature-repeated");
  });

  test("by one person where two must sign, or by the one who asked", async () => {
    await acceptRule({ people: 2, mayAskerSign: false });
    await host.start();
    const minted = await host.propose("web", "restart", { askedBy: { kind: "person", person: "bob" } });
    await expectRefused(minted, { people: [alice] }, "people-missing");
    await expectRefused(minted, { people: [alice, bob] }, "asker-signed");
  });

  test("by a passkey that is synced where it may not be", async () => {
    await acceptRule({ credentials: "device-bound" });
    await host.start();
    await expectRefused(await host.propose(), { people: [bob] }, "credential-synced");
  });

  test("where the rule was made stricter since, nor where it was loosened", async () => {
    await acceptRule({ people: 1 });
    await host.start();
    const loose = await host.propose();
    await acceptRule({ people: 2 });
    const strict = await host.propose();
    await expectRefused(loose, { people: [alice] }, "people-missing");
    await acceptRule({ people: 1 });
    await expectRefused(strict, { people: [alice] }, "people-missing");
  });

  test("where root accepted nobody: no proposal, and no act that was minted before", async () => {
    await host.start();
    const minted = await host.propose();
    await host.accept(null);
    await expectRefused(minted, {}, "level-closed");
    const refused = await host.client.propose(askFor());
    expect(refused).toMatchObject({ reason: "level-closed" });
    expect(JSON.stringify(refused)).toContain("countersign-agent trust accept");
    const below = await host.propose("web", "retry");
    expect(await host.approve(below, {}, { people: [] })).toMatchObject({ type: "accepted" });
    await host.outcome(1);
  });
});

describe("a yes in advance", () => {
  test("runs its act as often as it says, whatever restarts in between", async () => {
    await host.start();
    const standing = await standingBy([alice], HOST_ID, { usesMax: 2 });
    for (const sequence of [0, 1]) {
      const answer = await host.approve(await host.propose(), {}, { standing });
      expect(answer).toMatchObject({ type: "accepted" });
      const { signers } = await host.outcome(sequence);
      expect(signers?.[1]).toMatchObject({ person: "alice", standing: expect.any(String) as string });
      expect(signers?.[1]).not.toHaveProperty("counterBefore");
      await host.stop();
      await host.start();
    }
    const third = await host.approve(await host.propose(), {}, { standing });
    expect(third).toMatchObject({ type: "refused", reason: "standing-used-up" });
    expect(await host.effectCount()).toBe(2);
  });

  const now = Date.now();
  const hour = 3_600_000;
  test.each([
    ["is over", { givenAt: now - 2 * hour, untilAt: now - 1 }, "standing-over"],
    ["has not begun", { givenAt: now + hour, untilAt: now + 2 * hour }, "standing-over"],
    ["is for another action", { action: "retry" }, "standing-mismatch"],
    ["is for another service", { service: "worker" }, "standing-mismatch"],
    ["is for another host", { hostId: `host_${"b".repeat(32)}` }, "standing-mismatch"],
    ["names another giver", { givenBy: "bob" }, "standing-mismatch"],
  ])("that %s runs nothing", async (_, changes, reason) => {
    await host.start();
    const standing = await standingBy([alice], HOST_ID, changes);
    const answer = await host.approve(await host.propose(), {}, { standing });
    expect(answer).toMatchObject({ type: "refused", reason });
    expect(await host.effectCount()).toBe(0);
  });

  test("that a stranger signed, that was altered, or that comes beside a yes, runs nothing", async () => {
    await host.start();
    const minted = await host.propose();
    const strange = await standingBy([bob], HOST_ID);
    expect(await host.approve(minted, {}, { standing: strange })).toMatchObject({
      reason: "credential-unknown",
    });
    const good = await standingBy([alice], HOST_ID);
    const text = Buffer.from(good.content, "base64").toString().replace('"usesMax":2', '"usesMax":9');
    const altered = { ...good, content: Buffer.from(text).toString("base64") };
    expect(await host.approve(minted, {}, { standing: altered })).toMatchObject({
      reason: "signature-wrong",
    });
    const both = { standing: good, people: [alice] };
    expect(await host.approve(minted, {}, both)).toMatchObject({ reason: "envelope-malformed" });
    expect(await host.effectCount()).toBe(0);
  });

  test("covers no level 5", async () => {
    await host.start();
    const standing = await standingBy([alice], HOST_ID, { action: "fall-back" });
    const minted = await host.propose("web", "fall-back");
    expect(await host.approve(minted, {}, { standing })).toMatchObject({ reason: "standing-mismatch" });
  });
});
