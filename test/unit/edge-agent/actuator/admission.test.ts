// Admission: the one grant that passes, and beside it every reason against, on both sides of each bound.
import { describe, expect, test } from "vitest";
import { Catalogue } from "@countersign/shared/host/catalogue";
import { decodeBase64, encodeBase64 } from "@countersign/shared/values/base64";
import { PROPOSAL_LIFETIME_MAX_MS } from "@countersign/shared/values/limits";
import { signEnvelope } from "@countersign/shared/wire/envelope";
import type { Grant } from "@countersign/shared/wire/grant";
import { Trust } from "@countersign/shared/wire/host-trust";
import { RefusalReason } from "@countersign/shared/wire/outcome";
import { proposalHashOf } from "@countersign/shared/wire/proposal";
import type { UnitState } from "@countersign/shared/wire/service-report";
import { generateKeyPair } from "@countersign/shared/wire/signature";
import { type AdmissionInput, decideAdmission } from "../../../../edge-agent/src/core/actuator/admission.ts";
import type { HostInstant } from "../../../../edge-agent/src/core/actuator/budget.ts";
import { decideMint, findEntry, type MintedProposal } from "../../../../edge-agent/src/core/actuator/mint.ts";
import { verifyGrant } from "../../../../edge-agent/src/core/actuator/verify-grant.ts";
import { FAILED, UNIT_TURNS } from "../../shared/host/unit-turns.ts";

const HOST_ID = `host_${"a".repeat(32)}`;
const BOOT = "00000000-0000-4000-8000-000000000001";
const MINTED_AT: HostInstant = { bootId: BOOT, monotonicMs: 1_000_000, wallMs: 1_800_000_000_000 };
function catalogueOf(changes: { unit?: string; verb?: string; level?: number } = {}): Catalogue {
  const { unit = "web.service", verb = "restart", level = 4 } = changes;
  return Catalogue.parse({
    version: 1,
    budget: { restartsMax: 3, window: "1h" },
    services: [
      {
        name: "web",
        unit,
        checks: [{ kind: "unit", name: "unit" }],
        actions: [{ name: "restart", kind: "systemctl", verb, level }],
      },
    ],
  });
}

const TRUST = Trust.parse({
  version: 1,
  hostId: HOST_ID,
  keys: [
    { keyId: "desk-1", role: "desk", algorithm: "ed25519", publicKey: encodeBase64(new Uint8Array(32)) },
  ],
  rolesRequired: { 4: ["desk"], 5: ["desk", "approver"] },
});

function mint(
  changes: { lifetimeMs?: number; catalogue?: Catalogue; hostId?: string; observed?: UnitState } = {},
): MintedProposal {
  const minted = decideMint({
    entry: findEntry(changes.catalogue ?? catalogueOf(), { service: "web", action: "restart" }),
    hostId: changes.hostId ?? HOST_ID,
    nonce: "n".repeat(32),
    now: MINTED_AT,
    frozen: false,
    observed: changes.observed ?? FAILED,
    restartCount: 0,
    restartsMax: 3,
    lifetimeMs: changes.lifetimeMs ?? PROPOSAL_LIFETIME_MAX_MS,
  });
  if (!minted.ok) throw new Error(minted.error.detail);
  return minted.value;
}

function grantFor(minted: MintedProposal, changes: Partial<Grant> = {}): Grant {
  return {
    version: 1,
    grantId: `grt_${"g".repeat(22)}`,
    hostId: HOST_ID,
    nonce: minted.nonce,
    proposalHash: proposalHashOf(decodeBase64(minted.bytes)!),
    action: "restart",
    service: "web",
    approvedBy: "alice",
    approvedAt: MINTED_AT.wallMs,
    proposalAgeMaxMs: 120_000,
    ...changes,
  };
}

interface Changes extends Partial<Omit<AdmissionInput, "verified" | "now">> {
  readonly grant?: Partial<Grant>;
  readonly roles?: readonly string[];
  readonly afterMs?: number;
  readonly bootId?: string;
}

function admit(changes: Changes = {}) {
  const { grant, roles = ["desk"], afterMs = 60_000, bootId = BOOT, ...rest } = changes;
  const minted = rest.minted === undefined ? mint() : rest.minted;
  const decided = decideAdmission({
    trust: TRUST,
    catalogue: catalogueOf(),
    isNonceUsed: false,
    frozen: false,
    observed: FAILED,
    restartCount: 0,
    ...rest,
    minted,
    verified: { grant: grantFor(minted ?? mint(), grant), roles },
    now: { bootId, monotonicMs: MINTED_AT.monotonicMs + afterMs, wallMs: 0 },
  });
  return decided.ok ? "admitted" : decided.error.reason;
}

test("the right grant is admitted, with the argv of this host's own proposal", () => {
  expect(admit()).toBe("admitted");
});

describe("age, by the clock that nobody can set", () => {
  test.each([
    [0, "admitted"],
    [120_000, "admitted"],
    [120_001, "expired"],
    [-1, "expired"],
  ])("of %i ms under a grant of 120 s: %s", (afterMs, expected) => {
    expect(admit({ afterMs })).toBe(expected);
  });
  test("is bounded by the proposal's own lifetime", () => {
    const minted = mint({ lifetimeMs: 5_000 });
    expect(admit({ minted, afterMs: 5_000 })).toBe("admitted");
    expect(admit({ minted, afterMs: 5_001 })).toBe("expired");
  });
  test("is bounded by the hour that no grant and no lifetime can stretch", () => {
    const minted = mint({ lifetimeMs: PROPOSAL_LIFETIME_MAX_MS * 10 });
    const grant = { proposalAgeMaxMs: Number.MAX_SAFE_INTEGER };
    expect(admit({ minted, grant, afterMs: PROPOSAL_LIFETIME_MAX_MS })).toBe("admitted");
    expect(admit({ minted, grant, afterMs: PROPOSAL_LIFETIME_MAX_MS + 1 })).toBe("expired");
  });
});

describe("refused", () => {
  const tampered = { ...mint(), bytes: encodeBase64(new TextEncoder().encode("{}")) };
  const foreign = mint({ hostId: `host_${"b".repeat(32)}` });
  const level5 = catalogueOf({ level: 5 });
  const ownUnit = catalogueOf();
  (ownUnit.services[0] as { unit: string }).unit = "countersign-agent.service";
  const table: readonly (readonly [string, Changes, RefusalReason])[] = [
    ["for another host", { grant: { hostId: `host_${"b".repeat(32)}` } }, "wrong-host"],
    ["a proposal of another host id", { minted: foreign }, "wrong-host"],
    ["a used nonce", { isNonceUsed: true }, "nonce-used"],
    ["no proposal", { minted: null }, "nonce-unknown"],
    ["a nonce of another proposal", { grant: { nonce: "m".repeat(32) } }, "nonce-unknown"],
    ["another hash", { grant: { proposalHash: "0".repeat(64) } }, "proposal-mismatch"],
    ["another action", { grant: { action: "stop" } }, "proposal-mismatch"],
    ["another service", { grant: { service: "db" } }, "proposal-mismatch"],
    ["stored bytes that are no proposal", { minted: tampered }, "proposal-mismatch"],
    ["no role", { roles: [] }, "signature-missing"],
    ["the wrong role", { roles: ["approver"] }, "signature-missing"],
    [
      "one role of two",
      { minted: mint({ catalogue: level5 }), catalogue: level5, roles: ["desk"] },
      "signature-missing",
    ],
    ["a level not listed", { trust: { ...TRUST, rolesRequired: {} } }, "signature-missing"],
    ["an empty list of roles", { trust: { ...TRUST, rolesRequired: { 4: [] } } }, "signature-missing"],
    ["after a reboot", { bootId: BOOT.replace("1", "2") }, "rebooted"],
    ["an entry that is gone", { catalogue: { ...catalogueOf(), services: [] } }, "action-unknown"],
    ["an entry with another verb", { catalogue: catalogueOf({ verb: "stop" }) }, "catalogue-changed"],
    ["an entry with another unit", { catalogue: catalogueOf({ unit: "db.service" }) }, "catalogue-changed"],
    ["an entry with another level", { catalogue: catalogueOf({ level: 2 }) }, "catalogue-changed"],
    ["our own unit", { catalogue: ownUnit }, "own-unit"],
    ["frozen", { frozen: true }, "frozen"],
    ["at the budget", { restartCount: 3 }, "budget-exhausted"],
    ["another state", { observed: { ...FAILED, activeState: "active" } }, "precondition-changed"],
    ["another invocation", { observed: { ...FAILED, invocationId: "2".repeat(32) } }, "precondition-changed"],
    ["an unobservable unit", { observed: { ...FAILED, activeState: "unknown" } }, "precondition-changed"],
  ];
  test.each(table)("%s", (_name, changes, expected) => {
    expect(admit(changes)).toBe(expected);
  });
  test.each(UNIT_TURNS)("or not, a unit that is %s", (_, minted, observed, turn) => {
    const expected = turn === null ? "admitted" : "precondition-changed";
    expect(admit({ minted: mint({ observed: minted }), observed })).toBe(expected);
  });
  test("one below the budget, and a change that is no precondition, are admitted", () => {
    expect(admit({ restartCount: 2 })).toBe("admitted");
    expect(admit({ observed: { ...FAILED, memoryCurrentBytes: 1 } })).toBe("admitted");
    const both = { minted: mint({ catalogue: level5 }), catalogue: level5, roles: ["desk", "approver"] };
    expect(admit(both)).toBe("admitted");
  });
  test("every reason that exists is in this file", () => {
    const verifying = ["envelope-malformed", "signature-wrong"];
    // test/unit/edge-agent/actuator/journal.test.ts
    const journalling = ["record-refused"];
    const seen = new Set([...table.map(([, , reason]) => reason), ...verifying, ...journalling, "expired"]);
    expect([...seen].sort()).toEqual([...RefusalReason.options].sort());
  });
});

describe("verifying the envelope", () => {
  test("names the roles that signed, and refuses the rest", async () => {
    const desk = await generateKeyPair();
    const approver = await generateKeyPair();
    const trust: Trust = {
      ...TRUST,
      keys: [
        { keyId: "desk-1", role: "desk", algorithm: "ed25519", publicKey: desk.publicKey },
        { keyId: "alice", role: "approver", algorithm: "ed25519", publicKey: approver.publicKey },
      ],
    };
    const payload = new TextEncoder().encode(JSON.stringify(grantFor(mint())));
    const key = (keyId: string, { privateKey }: { privateKey: string }) => ({ keyId, privateKey });
    const reasonOf = async (envelope: unknown) => {
      const verified = await verifyGrant(envelope, trust);
      return verified.ok ? verified.value.roles : verified.error.reason;
    };
    const both = await signEnvelope(payload, [key("desk-1", desk), key("alice", approver)]);
    expect(await reasonOf(both)).toEqual(["desk", "approver"]);
    expect(await reasonOf(await signEnvelope(payload, [key("alice", approver)]))).toEqual(["approver"]);
    expect(await reasonOf(await signEnvelope(payload, [key("desk-1", approver)]))).toBe("signature-wrong");
    expect(await reasonOf(await signEnvelope(payload, [key("desk-1", desk), key("alice", desk)]))).toBe(
      "signature-wrong",
    );
    expect(await reasonOf(await signEnvelope(payload, [key("mallory", desk)]))).toBe("signature-missing");
    expect(await reasonOf({ ...both, payloadType: "text/plain" })).toBe("envelope-malformed");
    expect(await reasonOf(null)).toBe("envelope-malformed");
    const noGrant = await signEnvelope(new TextEncoder().encode("{}"), [key("desk-1", desk)]);
    expect(await reasonOf(noGrant)).toBe("envelope-malformed");
  });
});

describe("minting is refused", () => {
  const input = {
    entry: findEntry(catalogueOf(), { service: "web", action: "restart" }),
    hostId: HOST_ID,
    nonce: "n".repeat(32),
    now: MINTED_AT,
    frozen: false,
    observed: FAILED,
    restartCount: 0,
    restartsMax: 3,
    lifetimeMs: 1_000,
  };
  test.each([
    ["an unknown action", { entry: null }, "action-unknown"],
    ["a frozen host", { frozen: true }, "frozen"],
    ["an exhausted budget", { restartCount: 3 }, "budget-exhausted"],
  ])("for %s", (_name, changes, expected) => {
    expect(decideMint({ ...input, ...changes })).toMatchObject({ ok: false, error: { reason: expected } });
  });
  test("for our own unit, by whatever way an argv names it", () => {
    const service = { ...input.entry!.service, unit: undefined };
    const argv = ["/usr/bin/systemctl", "restart", "countersign-agent.service"];
    const action = { ...input.entry!.action, kind: "exec" as const, argv };
    expect(decideMint({ ...input, entry: { service, action } })).toMatchObject({
      error: { reason: "own-unit" },
    });
  });
  test.each(["not-found", "masked", "bad-setting", "error"] as const)(
    "for a unit that is %s",
    (loadState) => {
      const observed = { ...FAILED, loadState };
      expect(decideMint({ ...input, observed })).toMatchObject({
        ok: false,
        error: { reason: "action-unknown" },
      });
      const action = { ...input.entry!.action, kind: "exec" as const, argv: ["/opt/failover"] };
      expect(decideMint({ ...input, observed, entry: { ...input.entry!, action } }).ok).toBe(true);
    },
  );
  test("and not one restart before", () => {
    expect(decideMint({ ...input, restartCount: 2 })).toMatchObject({ ok: true });
  });
});
