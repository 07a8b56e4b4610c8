// What the desk does around an act before it is decided: two of them are made ready, every other one goes through as it came, without the device.
import { describe, expect, it } from "vitest";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { challengeOf } from "@countersign/shared/wire/assertion";
import { type StandingContent, standingHashOf } from "@countersign/shared/wire/standing";
import type { StandingApproval } from "../../../../control-plane/src/core/desk/records/standing-approval.ts";
import { EMPTY_DESK } from "../../../../control-plane/src/core/desk/state/empty-desk.ts";
import { byAdmin, byPerson } from "../../../../control-plane/src/core/words/actor.ts";
import { FLEET } from "../../../../control-plane/src/core/words/subject.ts";
import { readyAct } from "../../../../control-plane/src/platform/desk/ready-act.ts";
import type { ActCall } from "../../../../control-plane/src/platform/rpc.ts";
import { passkey, signersOf } from "./signers.ts";

const NOW = 2_000_000;
const PASSKEY = await passkey();
const ALICE = { kind: "person", responder: "alice", deviceId: `dev_${"d".repeat(22)}` } as const;
const HOST_ID = `host_${"a".repeat(32)}`;
const CONTENT: StandingContent = {
  version: 2,
  nonce: "n".repeat(22),
  hostId: HOST_ID,
  service: "demo",
  action: "restart",
  usesMax: 2,
  givenAt: NOW,
  untilAt: NOW + 3_600_000,
  givenBy: ALICE.responder,
  why: "it leaks",
};
const TEXT = JSON.stringify(CONTENT);
const GIVEN = { kind: "give-standing", text: TEXT, hash: standingHashOf(TEXT), hostName: "web-1" } as const;
const GESTURE = await PASSKEY.sign(challengeOf("standing", encodeUtf8(TEXT)));
const RETIRE = { kind: "retire-host", hostId: HOST_ID, why: "sold" } as const;

/** A desk that knows of one host, and of standing approvals that are over. */
function ready(call: ActCall, known: { host?: "enrolled" | "retired"; over?: readonly string[] } = {}) {
  const keyTaken: string[] = [];
  const archive = {
    standing: (id: string) => (known.over?.includes(id) === true ? ({} as StandingApproval) : null),
  };
  const hosts = {
    isRetired: () => known.host === "retired",
    find: (hostId: string) =>
      known.host === "enrolled" ? { hostId, shard: "shard-0", name: "web-1" } : null,
    retire: (hostId: string) => void keyTaken.push(hostId),
  };
  const trust = { signers: () => signersOf({ alice: PASSKEY }) };
  const uses: string[] = [];
  const approvers = {
    noteUse: ({ credentialId }: { credentialId: string }, usedFor: string) =>
      void uses.push(`${credentialId} ${usedFor}`),
  };
  return readyAct(call, { approvers, archive, hosts, state: EMPTY_DESK, trust }, NOW).then((readied) => ({
    readied,
    keyTaken,
    uses,
  }));
}

it("every other act is decided as it came, by its person or the admin token, and the device stays out of the record", async () => {
  const act = { kind: "freeze", scope: FLEET, why: "odd" } as const;
  const { readied } = await ready({ act, by: ALICE });
  expect(readied.ok && readied.value.event).toEqual({ kind: "act", act, by: byPerson("alice") });
  const discarded = { kind: "discard-record", recordKey: "desk/silence/sil_1" } as const;
  const admin = await ready({ act: discarded, by: byAdmin("ops") });
  expect(admin.readied.ok && admin.readied.value.event).toEqual({
    kind: "act",
    act: discarded,
    by: byAdmin("ops"),
  });
});

it("a passkey's use is noted with what the decision writes, not before", async () => {
  const { readied, uses } = await ready({ act: GIVEN, by: ALICE, gesture: GESTURE });
  expect(uses).toEqual([]);
  if (readied.ok) readied.value.alsoWrite();
  expect(uses).toEqual([`${PASSKEY.credentialId} standing`]);
});

describe("a host that is retired", () => {
  it("is found, and loses its key with what the decision writes, not before", async () => {
    const { keyTaken, readied } = await ready({ act: RETIRE, by: ALICE }, { host: "enrolled" });
    expect(readied).toMatchObject({ value: { event: { act: { ...RETIRE, hostName: "web-1" } } } });
    expect(keyTaken).toEqual([]);
    if (readied.ok) readied.value.alsoWrite();
    expect(keyTaken).toEqual([HOST_ID]);
  });

  it("is told again when it was retired before, and refused when it was never enrolled", async () => {
    const { keyTaken, readied } = await ready({ act: RETIRE, by: ALICE }, { host: "retired" });
    expect(readied).toMatchObject({ value: { event: { act: { hostName: null } } } });
    if (readied.ok) readied.value.alsoWrite();
    expect(keyTaken).toEqual([]);
    expect((await ready({ act: RETIRE, by: ALICE })).readied).toMatchObject({
      error: { reason: "host-unknown" },
    });
  });
});

describe("a yes in advance", () => {
  it("is taken as it was signed, and the same text once, also when it is over", async () => {
    const standingId = `std_${CONTENT.nonce}`;
    const call = { act: GIVEN, by: ALICE, gesture: GESTURE };
    const { readied } = await ready(call);
    expect(readied).toMatchObject({ value: { event: { act: { standingId, action: "restart" } } } });
    expect((await ready(call, { over: [standingId] })).readied).toMatchObject({
      error: { reason: "standing-used" },
    });
  });

  it.each([
    ["another person", { ...ALICE, responder: "bob" }],
    ["the admin token", byAdmin("alice")],
  ])("is not taken for %s", async (_what, by) => {
    expect((await ready({ act: GIVEN, by, gesture: GESTURE })).readied).toMatchObject({
      error: { reason: "people-only" },
    });
  });
});
