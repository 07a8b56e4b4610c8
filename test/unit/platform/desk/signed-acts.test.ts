// What passkeys have signed, as the desk looks at it when an act comes in and before a grant is sealed: real signatures of a software
// authenticator.
import { describe, expect, it } from "vitest";
import { decodeBase64 } from "@countersign/shared/values/base64";
import { STANDING_BYTES_MAX } from "@countersign/shared/values/limits";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { type Assertion, challengeOf } from "@countersign/shared/wire/assertion";
import { DESK_ALONE, type LevelRule, ONE_PERSON } from "@countersign/shared/wire/level-rule";
import { parseStanding, type StandingContent, standingHashOf } from "@countersign/shared/wire/standing";
import type { SoftwareAuthenticator } from "../../../../control-plane/embedded/story/authenticator.ts";
import type { Approval } from "../../../../control-plane/src/core/desk/records/approval.ts";
import type { StandingApproval } from "../../../../control-plane/src/core/desk/records/standing-approval.ts";
import { byAdmin, byPerson } from "../../../../control-plane/src/core/words/actor.ts";
import {
  checkSigned,
  readyApprove,
  readyStanding,
  type Signers,
} from "../../../../control-plane/src/platform/desk/signed-acts.ts";
import type { Doer } from "../../../../control-plane/src/platform/rpc.ts";
import { Desk, proposalText } from "../../core/desk/desk-fixtures.ts";
import { passkey, signersOf } from "./signers.ts";

const [ALICES, BOBS, STRANGERS] = [await passkey(), await passkey(), await passkey()];
const ELSEWHERE = await passkey({ origin: "https://evil.example.org" });
const SIGNERS = signersOf({ alice: ALICES, bob: BOBS });
const TWO: LevelRule = { ...ONE_PERSON, people: 2 };

function doer(responder: string): Doer {
  return { kind: "person", responder, deviceId: "dev_1" };
}

/** A desk with an open question of a host that demands this. */
function asked(requires: LevelRule = ONE_PERSON) {
  const desk = new Desk();
  desk.fire({ proposalRequestId: "prq_1" });
  desk.propose({ proposal: proposalText({ requires }) });
  return desk;
}

function sign(own: SoftwareAuthenticator, { proposalBytes }: Approval): Promise<Assertion> {
  return own.sign(challengeOf("proposal", decodeBase64(proposalBytes)!));
}

async function approve(
  desk: Desk,
  by: string,
  options: { own?: SoftwareAuthenticator; signed?: Approval; signers?: Signers | null; named?: string } = {},
) {
  const approval = desk.approval();
  const { named = approval.approvalId, own = by === "bob" ? BOBS : ALICES } = options;
  const { signed = approval, signers = SIGNERS } = options;
  const { proposalHash } = desk.state.approvals.get(named)!;
  const act = { kind: "approve", approvalId: named, proposalHash } as const;
  const gesture = await sign(own, signed);
  return readyApprove(act, { doer: doer(by), gesture }, { state: desk.state, signers, now: desk.now });
}

describe("a yes by passkey", () => {
  it("becomes a signature of the acting person, by the fleet's trust", async () => {
    const desk = asked();
    const ready = await approve(desk, "alice");
    expect(ready).toMatchObject({
      signature: { person: "alice", credentialId: ALICES.credentialId, credentialName: "alice's key" },
      withdrawn: [],
    });
    expect(desk.act("alice", ready).answer.ok).toBe(true);
    expect((await checkSigned(desk.approval(), null, SIGNERS)).ok).toBe(true);
  });

  it.each([
    ["somebody else's passkey", { own: BOBS }, "passkey-not-yours"],
    ["a passkey that nobody knows", { own: STRANGERS }, "passkey-not-yours"],
    ["a passkey, in a fleet without approvers", { signers: null }, "passkey-not-yours"],
  ])("by %s is refused, with a reason for the record", async (_what, options, reason) => {
    const ready = await approve(asked(), "alice", options);
    expect(ready).toMatchObject({ refused: { reason } });
    expect(ready.signature).toBeUndefined();
  });

  it("made on another site, or over something else, is refused", async () => {
    const evil = signersOf({ alice: ELSEWHERE });
    expect(await approve(asked(), "alice", { own: ELSEWHERE, signers: evil })).toMatchObject({
      refused: { reason: "passkey-wrong", why: expect.stringContaining("assertion-elsewhere") },
    });
    const other = { ...asked().approval(), proposalBytes: proposalText({ action: "stop" }) };
    expect(await approve(asked(), "alice", { signed: other })).toMatchObject({
      refused: { reason: "passkey-wrong" },
    });
  });

  it("over a proposal that was renewed beneath the person suspects nobody", async () => {
    const desk = asked();
    const older = desk.approval();
    desk.tickAfter(60_000);
    desk.propose({ requestId: "prq_2", proposal: proposalText({ nonce: "m".repeat(22) }) });
    const named = older.approvalId;
    expect(await approve(desk, "alice", { signed: older, named })).toMatchObject({
      refused: { reason: "proposal-changed" },
    });
    expect(await approve(desk, "alice", { named })).toMatchObject({ signature: { person: "alice" } });
  });

  it("is not looked at where the desk's key alone will do", async () => {
    const ready = await approve(asked(DESK_ALONE), "alice", { own: STRANGERS });
    expect(ready).toEqual({
      kind: "approve",
      approvalId: ready.approvalId,
      proposalHash: ready.proposalHash,
    });
  });

  it("finds out passkeys that have signed before and are no approver's any more", async () => {
    const desk = asked(TWO);
    desk.act("alice", await approve(desk, "alice"));
    const ready = await approve(desk, "bob", { signers: signersOf({ bob: BOBS, alice: STRANGERS }) });
    expect(ready).toMatchObject({ signature: { person: "bob" }, withdrawn: [ALICES.credentialId] });
  });
});

describe("before a grant is sealed", () => {
  it("signatures are verified once more, by the trust of then", async () => {
    const desk = asked(TWO);
    desk.act("alice", await approve(desk, "alice"));
    expect(await checkSigned(desk.approval(), null, SIGNERS)).toMatchObject({
      error: { reason: expect.stringContaining("2 people must have signed") },
    });
    desk.act("bob", await approve(desk, "bob"));
    const approval = desk.approval();
    expect((await checkSigned(approval, null, SIGNERS)).ok).toBe(true);
    expect((await checkSigned(approval, null, signersOf({ alice: ALICES }))).ok).toBe(false);
    expect((await checkSigned(approval, null, null)).ok).toBe(false);
    const altered = { ...approval, proposalBytes: proposalText({ requires: TWO, action: "stop" }) };
    expect((await checkSigned(altered, null, SIGNERS)).ok).toBe(false);
  });

  it("nothing is asked of signatures where the desk's key alone will do", async () => {
    expect((await checkSigned(asked(DESK_ALONE).approval(), null, null)).ok).toBe(true);
  });
});

const NOW = 2_000_000;
const CONTENT: StandingContent = {
  version: 2,
  nonce: "n".repeat(22),
  hostId: `host_${"a".repeat(32)}`,
  service: "demo",
  action: "restart",
  usesMax: 2,
  givenAt: NOW,
  untilAt: NOW + 3_600_000,
  givenBy: "alice",
  why: "it leaks",
};
const TEXT = JSON.stringify(CONTENT);
const COVERED = {
  standingId: "std_1",
  decidedBy: byPerson("alice"),
  decidedAt: NOW + 1,
  proposal: {
    hostId: CONTENT.hostId,
    service: "demo",
    action: "restart",
    requires: ONE_PERSON,
    askedBy: { kind: "rule", rule: "check-failing" },
  },
} as Approval;

async function ask(
  text: string,
  changes: {
    hash?: string;
    by?: Doer;
    own?: SoftwareAuthenticator | null;
    signed?: string;
    now?: number;
  } = {},
) {
  const { by = doer("alice"), hash = standingHashOf(text), now = NOW, own = ALICES, signed = text } = changes;
  const gesture = own === null ? undefined : await own.sign(challengeOf("standing", encodeUtf8(signed)));
  return readyStanding(
    { kind: "give-standing", text, hash, hostName: "web-1" },
    { doer: by, gesture },
    { signers: SIGNERS, now },
  );
}

async function given(content: StandingContent = CONTENT): Promise<StandingApproval> {
  const ready = await ask(JSON.stringify(content));
  if (!ready.ok) throw new Error(ready.error.reason);
  const { kind: _kind, ...standing } = ready.value;
  return { ...standing, by: byPerson("alice"), usesCount: 1, givenAt: NOW };
}

const check = async (standing: StandingApproval | null, approval: Approval = COVERED, signers = SIGNERS) =>
  (await checkSigned(approval, standing, signers)).ok;

describe("a yes in advance", () => {
  it("is taken as its giver's passkey has signed it, word for word", async () => {
    expect(await ask(TEXT)).toMatchObject({
      value: {
        standingId: `std_${CONTENT.nonce}`,
        signed: { text: TEXT, credentialName: "alice's key", isSynced: false },
      },
    });
  });

  it.each([
    ["whose hash is of another text", { hash: standingHashOf(`${TEXT} `) }, "proposal-changed"],
    ["of another person", { by: doer("bob") }, "people-only"],
    ["of the admin token", { by: byAdmin("alice") }, "people-only"],
    ["without a passkey", { own: null }, "passkey-needed"],
    ["signed by another's passkey", { own: BOBS }, "passkey-not-yours"],
    ["signed otherwise", { signed: `${TEXT} ` }, "passkey-wrong"],
    ["made an hour ago", { now: NOW + 3_600_000 }, "standing-bounds"],
  ])("%s is not taken", async (_what, changes, reason) => {
    expect(await ask(TEXT, changes)).toMatchObject({ error: { reason } });
  });

  it("is no text of version 1, and none with a word more", async () => {
    expect(await ask("{}")).toMatchObject({ error: { reason: "proposal-changed" } });
    expect(await ask(JSON.stringify({ ...CONTENT, version: 1 }))).toMatchObject({ ok: false });
    expect(await ask(JSON.stringify({ ...CONTENT, argv: ["rm"] }))).toMatchObject({ ok: false });
    const padded = (bytes: number) => TEXT.padEnd(bytes, " ");
    expect(parseStanding(padded(STANDING_BYTES_MAX)).ok).toBe(true);
    expect(parseStanding(padded(STANDING_BYTES_MAX + 1)).ok).toBe(false);
  });

  it("covers the approval that it was signed for", async () => {
    expect(await check(await given())).toBe(true);
  });

  it.each<[string, object]>([
    ["another host", { proposal: { ...COVERED.proposal, hostId: `host_${"b".repeat(32)}` } }],
    ["another service", { proposal: { ...COVERED.proposal, service: "other" } }],
    ["another action", { proposal: { ...COVERED.proposal, action: "reload" } }],
    ["two people", { proposal: { ...COVERED.proposal, requires: TWO } }],
    ["another person", { decidedBy: byPerson("bob") }],
    ["the end", { decidedAt: CONTENT.untilAt }],
    ["nobody's decision", { decidedAt: null }],
  ])("covers not %s", async (_what, changes) => {
    expect(await check(await given(), { ...COVERED, ...changes })).toBe(false);
  });

  it("covers nothing when there is none, when its text was changed, or when its giver's passkey has left the trust", async () => {
    expect(await check(null)).toBe(false);
    const standing = await given();
    const { signed } = standing;
    const later = signed.text.replace(String(CONTENT.untilAt), String(CONTENT.untilAt + 1));
    expect(later).not.toBe(signed.text);
    expect(await check({ ...standing, signed: { ...signed, text: later } })).toBe(false);
    expect(await check(standing, COVERED, signersOf({ bob: BOBS }))).toBe(false);
    expect(await check(standing, COVERED, signersOf({ bob: ALICES }))).toBe(false);
  });

  it("covers not more uses than were signed", async () => {
    expect(await check({ ...(await given()), usesCount: 2 })).toBe(true);
    expect(await check({ ...(await given()), usesMax: 9, usesCount: 3 })).toBe(false);
  });
});
