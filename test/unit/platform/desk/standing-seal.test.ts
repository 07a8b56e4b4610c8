// The seal of a standing approval: it holds for exactly what its giver saw, and for nothing that was changed afterwards.
import { describe, expect, it } from "vitest";
import { STANDING_BYTES_MAX } from "@countersign/shared/values/limits";
import { generateKeyPair } from "@countersign/shared/wire/signature";
import { parseStanding, standingHashOf, type StandingContent } from "@countersign/shared/wire/standing";
import type { Approval } from "../../../../control-plane/src/core/desk/records/approval.ts";
import type { StandingApproval } from "../../../../control-plane/src/core/desk/records/standing-approval.ts";
import { byPerson } from "../../../../control-plane/src/core/words/actor.ts";
import { checkSeal, sealStanding } from "../../../../control-plane/src/platform/desk/standing-seal.ts";

const keys = await generateKeyPair();
const KEY = { DESK_PUBLIC_KEY: keys.publicKey, DESK_PRIVATE_KEY: keys.privateKey };
const DEVICE = `dev_${"d".repeat(22)}`;
const CONTENT: StandingContent = {
  version: 1,
  nonce: "n".repeat(22),
  hostId: `host_${"a".repeat(32)}`,
  service: "demo",
  action: "restart",
  usesMax: 2,
  untilAt: 1_000_000,
  givenBy: "alice",
  deviceId: DEVICE,
  why: "it leaks",
};
const APPROVAL = {
  decidedBy: byPerson("alice"),
  decidedAt: 999_999,
  proposal: { hostId: CONTENT.hostId, service: "demo", action: "restart" },
} as Approval;

function ask(text: string, changes: { hash?: string; by?: string; deviceId?: string } = {}) {
  const { by: responder = "alice", deviceId = DEVICE, hash = standingHashOf(text) } = changes;
  const by = { kind: "person", responder, deviceId } as const;
  return sealStanding({ kind: "give-standing", text, hash, hostName: "web-1" }, by, KEY);
}

async function given(content: StandingContent = CONTENT): Promise<StandingApproval> {
  const sealed = await ask(JSON.stringify(content));
  if (!sealed.ok) throw new Error(sealed.error.reason);
  const { kind: _kind, ...standing } = sealed.value;
  return { ...standing, by: byPerson("alice"), usesCount: 1, givenAt: 0 };
}

const check = async (standing: StandingApproval | null, approval: Approval = APPROVAL) =>
  (await checkSeal(approval, standing, keys.publicKey)).ok;

describe("sealing", () => {
  it("takes the text that the gesture was bound to, by its own giver and device", async () => {
    const text = JSON.stringify(CONTENT);
    expect((await ask(text)).ok).toBe(true);
    expect(await ask(text, { hash: standingHashOf(`${text} `) })).toMatchObject({
      error: { reason: "proposal-changed" },
    });
    expect(await ask(text, { by: "bob" })).toMatchObject({ error: { reason: "people-only" } });
    expect(await ask(text, { deviceId: `dev_${"e".repeat(22)}` })).toMatchObject({
      error: { reason: "people-only" },
    });
    expect(await ask("{}")).toMatchObject({ error: { reason: "proposal-changed" } });
    expect(await ask(JSON.stringify({ ...CONTENT, argv: ["rm"] }))).toMatchObject({ ok: false });
  });

  it("reads a text at its limit, and none that is a byte longer", () => {
    const padded = (bytes: number) => JSON.stringify(CONTENT).padEnd(bytes, " ");
    expect(parseStanding(padded(STANDING_BYTES_MAX)).ok).toBe(true);
    expect(parseStanding(padded(STANDING_BYTES_MAX + 1)).ok).toBe(false);
  });
});

describe("a seal", () => {
  it("holds for the approval that it covers", async () => {
    expect(await check(await given())).toBe(true);
  });

  it.each([
    ["another host", { proposal: { ...APPROVAL.proposal, hostId: `host_${"b".repeat(32)}` } }],
    ["another service", { proposal: { ...APPROVAL.proposal, service: "other" } }],
    ["another action", { proposal: { ...APPROVAL.proposal, action: "reload" } }],
    ["another person", { decidedBy: byPerson("bob") }],
    ["the end", { decidedAt: CONTENT.untilAt }],
    ["nobody's decision", { decidedAt: null }],
  ])("holds not for %s", async (_what, changes) => {
    expect(await check(await given(), { ...APPROVAL, ...changes })).toBe(false);
  });

  it("holds not when there is none, when it is of another key, or when its text was changed", async () => {
    expect(await check(null)).toBe(false);
    const { seal, ...unsealed } = await given();
    const later = seal.text.replace("1000000", "9000000");
    expect(later).not.toBe(seal.text);
    expect(await check({ ...unsealed, seal: { ...seal, text: later } })).toBe(false);
    const other = await generateKeyPair();
    expect((await checkSeal(APPROVAL, await given(), other.publicKey)).ok).toBe(false);
  });

  it("holds not for more uses than were signed", async () => {
    expect(await check({ ...(await given()), usesCount: 2 })).toBe(true);
    expect(await check({ ...(await given()), usesMax: 9, usesCount: 3 })).toBe(false);
  });
});
