// The fleet's trust at the real actuator: a next version comes in by the signatures of the one before and by nothing else, a crash loses none,
// and what was believed once is never forgotten in favour of something older.
import { readFile, rm, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { SignedTrust } from "@countersign/shared/wire/fleet-trust";
import { generateKeyPair } from "@countersign/shared/wire/signature";
import { ActuatorHost, askFor, HOST_ID } from "../actuator-host.ts";
import {
  knownOf,
  newPerson,
  nextTrust,
  signTrust,
  standingBy,
  type TestPerson,
  trustOf,
} from "./approvers.ts";

let host: ActuatorHost;
let bob: TestPerson;
let first: SignedTrust;
/** version 2: bob beside alice */
let second: SignedTrust;
/** version 3: bob alone */
let third: SignedTrust;
beforeEach(async () => {
  host = await ActuatorHost.create();
  bob = await newPerson("bob");
  first = await signTrust(trustOf([host.alice], host.desk.publicKey));
  await host.accept(first);
  second = await nextTrust(first, { approvers: [host.alice.approver, bob.approver] }, [host.alice]);
  third = await nextTrust(second, { approvers: [bob.approver] }, [host.alice]);
});
afterEach(async () => {
  await host.remove();
});

const markOf = (signed: SignedTrust) => ({
  version: knownOf(signed).trust.version,
  hash: knownOf(signed).hash,
});

/** Whether this person's yes runs an act now. */
async function counts(person: TestPerson): Promise<boolean> {
  const answer = await host.approve(await host.propose(), {}, { people: [person] });
  if (answer.type === "accepted") await expect.poll(running).toBe(0);
  return answer.type === "accepted";
}
const running = async () => (await host.client.status()).executionsRunning;

describe("a next version", () => {
  test("that the people of the one before signed is believed at once, and after a restart", async () => {
    await host.start();
    expect(await host.client.trust()).toEqual(markOf(first));
    expect(await counts(bob)).toBe(false);
    expect(await host.client.applyTrust(second)).toMatchObject({ trust: markOf(second), refusal: null });
    expect(await counts(bob)).toBe(true);
    await host.client.applyTrust(third);
    expect(await counts(host.alice)).toBe(false);
    await host.stop();
    await host.start();
    expect(await host.client.trust()).toEqual(markOf(third));
    expect(await counts(bob)).toBe(true);
    const records = (await readFile(host.paths.journal, "utf8")).split("\n");
    const versions = records.filter((line) => line.includes('"type":"trust"'));
    expect(versions).toHaveLength(3);
    expect(versions[1]).toContain('"person":"alice"');
  });

  test("takes the desk's key away, and gives another one", async () => {
    const key = await generateKeyPair();
    const deskKeys = [{ keyId: "desk-1", publicKey: key.publicKey }];
    await host.start();
    await host.client.applyTrust(await nextTrust(first, { deskKeys }, [host.alice]));
    expect(await host.approve(await host.propose())).toMatchObject({ reason: "signature-wrong" });
    expect(await host.approve(await host.propose(), {}, { key })).toMatchObject({ type: "accepted" });
  });

  test("is refused, with why, when it is older, skips, is another chain's, unsigned or nonsense", async () => {
    await host.start();
    const refused = async (signed: SignedTrust) => (await host.client.applyTrust(signed)).refusal?.reason;
    expect(await refused(first)).toBe("trust-older");
    expect(await refused(third)).toBe("trust-skips");
    expect(await refused({ ...second, signatures: [] })).toBe("trust-unsigned");
    const byBob = await nextTrust(first, { approvers: [bob.approver] }, [bob]);
    expect(await refused(byBob)).toBe("trust-unsigned");
    const altered = { ...second, trust: byBob.trust };
    expect(await refused(altered)).toBe("trust-unsigned");
    const other = await signTrust(trustOf([bob], host.desk.publicKey));
    expect(await refused(other)).toBe("trust-other-chain");
    const elsewhere = await nextTrust(other, {}, [bob]);
    expect(await refused(elsewhere)).toBe("trust-other-chain");
    expect(await refused({ trust: "AAAA", signatures: [] })).toBe("trust-malformed");
    expect(await host.client.trust()).toEqual(markOf(first));
    expect(await counts(bob)).toBe(false);
  });

  test("needs as many people as the one before demands", async () => {
    const two = [host.alice, bob];
    const strict = await signTrust(trustOf(two, host.desk.publicKey, { threshold: 2 }));
    await host.accept(strict);
    await host.start();
    const byOne = await nextTrust(strict, { threshold: 1 }, [host.alice]);
    expect((await host.client.applyTrust(byOne)).refusal?.reason).toBe("trust-unsigned");
    const byBoth = await nextTrust(strict, { threshold: 1 }, two);
    expect((await host.client.applyTrust(byBoth)).refusal).toBeNull();
  });

  test("is not believed where root has accepted none", async () => {
    await host.accept(null);
    await host.start();
    expect(await host.client.trust()).toBeNull();
    expect(await host.client.applyTrust(first)).toMatchObject({
      trust: null,
      refusal: { reason: "trust-not-accepted", offered: 1 },
    });
  });

  test("that root accepts takes the place of the chain before it", async () => {
    await host.start();
    await host.client.applyTrust(second);
    const anew = await signTrust(trustOf([bob], host.desk.publicKey));
    await host.accept(anew);
    expect(await host.client.trust()).toEqual(markOf(anew));
    expect(await counts(bob)).toBe(true);
    expect(await counts(host.alice)).toBe(false);
  });
});

describe("a crash around a next version", () => {
  test.each([
    ["before it is kept", "before-chain", false],
    ["after it is kept and before it is journalled", "after-chain", true],
    ["after it is journalled", "after-trust", true],
  ])("%s loses nothing that was believed", async (_, crash, isKept) => {
    await host.start({ crash });
    await host.client.applyTrust(second).catch(() => undefined);
    await host.ended();
    await host.start();
    expect(await host.client.trust()).toEqual(markOf(isKept ? second : first));
    expect(await counts(bob)).toBe(isKept);
    if (!isKept) expect((await host.client.applyTrust(second)).refusal).toBeNull();
    await host.client.applyTrust(third);
    expect(await counts(bob)).toBe(true);
  });
});

describe("nothing is permitted, and a next version heals it, when what was believed", () => {
  const expectClosed = async () => {
    expect(await host.client.propose(askFor())).toMatchObject({ reason: "level-closed" });
    const refused = await host.client.propose(askFor("web", "retry"));
    expect(refused).toMatchObject({ reason: "level-closed" });
    expect(JSON.stringify(refused)).toContain("trust verify");
  };
  test("is gone", async () => {
    await host.start();
    await host.client.applyTrust(second);
    const minted = await host.propose();
    await rm(host.paths.trustChain);
    await expectClosed();
    expect(await host.approve(minted)).toMatchObject({ reason: "level-closed" });
    expect(await host.client.trust()).toEqual(markOf(first));
    expect((await host.client.applyTrust(second)).refusal).toBeNull();
    expect(await host.approve(minted)).toMatchObject({ type: "accepted" });
  });
  test.each([
    ["is damaged", "{"],
    [
      "was exchanged for another one",
      JSON.stringify({ version: 1, versions: [{ trust: "AAAA", signatures: [] }] }),
    ],
  ])("%s, also after a restart", async (_, text) => {
    await host.start();
    await host.client.applyTrust(second);
    await host.client.applyTrust(third);
    await writeFile(host.paths.trustChain, text);
    await expectClosed();
    await host.stop();
    await host.start();
    await expectClosed();
    expect((await host.client.applyTrust(second)).refusal).toBeNull();
    await expectClosed();
    expect((await host.client.applyTrust(third)).refusal).toBeNull();
    expect(await counts(bob)).toBe(true);
  });
  test("was taken back to an older one", async () => {
    await host.start();
    await host.client.applyTrust(second);
    const older = await readFile(host.paths.trustChain);
    await host.client.applyTrust(third);
    await writeFile(host.paths.trustChain, older);
    await expectClosed();
  });
});

test("a trust file of version 1, or an accepted version that cannot be read, permits nothing", async () => {
  await host.start();
  const minted = await host.propose("web", "retry");
  const key = { keyId: "desk-1", role: "desk", algorithm: "ed25519", publicKey: host.desk.publicKey };
  const old = { version: 1, hostId: HOST_ID, keys: [key], rolesRequired: { 2: ["desk"] } };
  await writeFile(host.paths.trust, JSON.stringify(old));
  const answer = await host.approve(minted, {}, { people: [] });
  expect(answer).toMatchObject({ type: "refused", reason: "level-closed" });
  expect(JSON.stringify(answer)).toContain("version 1");
  expect(await host.client.trust()).toBeNull();
  await host.writeTrust();
  await writeFile(host.paths.fleetTrust, "[]");
  expect(await host.approve(minted, {}, { people: [] })).toMatchObject({ reason: "level-closed" });
  expect(await host.effectCount()).toBe(0);
});

describe("a yes in advance and a crash:", () => {
  test.each([
    ["a use counts from its start in the journal", "before-execution", "standing-used-up"],
    ["what was not journalled was no use", "before-journal", undefined],
  ])("%s", async (_, crash, reason) => {
    await host.start({ crash });
    const standing = await standingBy([host.alice], HOST_ID, { usesMax: 1 });
    await host.approve(await host.propose(), {}, { standing }).catch(() => undefined);
    await host.ended();
    await host.start();
    const again = await host.approve(await host.propose(), {}, { standing });
    expect(again.type === "refused" ? again.reason : undefined).toBe(reason);
  });
});
