// Minting: what a proposal says, and every reason against one.
import { describe, expect, test } from "vitest";
import { Catalogue } from "@countersign/shared/host/catalogue";
import { decodeBase64 } from "@countersign/shared/values/base64";
import { PROPOSAL_LIFETIME_MAX_MS } from "@countersign/shared/values/limits";
import type { HostTrust } from "@countersign/shared/wire/host-trust";
import { ONE_PERSON } from "@countersign/shared/wire/level-rule";
import { parseProposal } from "@countersign/shared/wire/proposal";
import { generateKeyPair } from "@countersign/shared/wire/signature";
import type { BelievedTrust } from "../../../../edge-agent/src/core/actuator/believed-trust.ts";
import { decideMint, findEntry } from "../../../../edge-agent/src/core/actuator/mint.ts";
import { knownOf, newPerson, PARTY, signTrust, trustOf } from "../../../agent/trust/approvers.ts";
import { FAILED } from "../../shared/host/unit-turns.ts";

const desk = await generateKeyPair();
const HOST: HostTrust = {
  version: 2,
  hostId: `host_${"a".repeat(32)}`,
  party: PARTY,
  deskKeys: [{ keyId: "desk-1", publicKey: desk.publicKey }],
};
const TRUST: BelievedTrust = {
  host: HOST,
  fleet: knownOf(await signTrust(trustOf([await newPerson("alice")], desk.publicKey))),
};
const CATALOGUE = Catalogue.parse({
  version: 1,
  services: [
    {
      name: "web",
      unit: "web.service",
      checks: [{ kind: "unit", name: "unit" }],
      actions: [{ name: "restart", kind: "systemctl", verb: "restart", level: 4 }],
    },
  ],
});
const MINT = {
  entry: findEntry(CATALOGUE, { service: "web", action: "restart" }),
  trust: TRUST,
  askedBy: { kind: "person", person: "bob" },
  reason: "It does not answer.",
  actuatorUser: "countersign-actuator",
  nonce: "n".repeat(32),
  now: {
    bootId: "00000000-0000-4000-8000-000000000001",
    monotonicMs: 1_000_000,
    wallMs: 1_800_000_000_000,
  },
  frozen: false,
  observed: FAILED,
  restartCount: 0,
  restartsMax: 3,
  lifetimeMs: PROPOSAL_LIFETIME_MAX_MS,
} as const;

test.each([
  [true, true],
  [false, undefined],
])("a proposal says of its service that it is protected as the catalogue does: %s", (isProtected, said) => {
  const services = CATALOGUE.services.map((service) => ({ ...service, protected: isProtected }));
  const entry = findEntry({ ...CATALOGUE, services }, { service: "web", action: "restart" });
  const minted = decideMint({ ...MINT, entry });
  if (!minted.ok) throw new Error(minted.error.detail);
  const proposal = parseProposal(decodeBase64(minted.value.bytes) ?? new Uint8Array());
  expect(proposal.ok && proposal.value.isProtected).toBe(said);
});

test("a proposal says who asked, why, as whom it runs, what it demands and by what it is judged", () => {
  const minted = decideMint(MINT);
  if (!minted.ok) throw new Error(minted.error.detail);
  const proposal = parseProposal(decodeBase64(minted.value.bytes) ?? new Uint8Array());
  expect(proposal).toMatchObject({
    ok: true,
    value: {
      version: 2,
      askedBy: { kind: "person", person: "bob" },
      reason: "It does not answer.",
      runAs: "root",
      requires: ONE_PERSON,
      precondition: { activeState: "failed", invocationId: FAILED.invocationId, isStarting: false },
      verification: { unit: "web.service", checks: ["unit"] },
    },
  });
});

test.each([
  [
    "a user's unit",
    { unit: "openclaw-gateway.service", manager: "user", user: "bob" },
    { kind: "systemctl", verb: "restart" },
    {
      runAs: "root",
      unit: "bob’s openclaw-gateway.service",
      command: "/usr/bin/systemctl --user --machine=bob@.host restart --no-block openclaw-gateway.service",
    },
  ],
  [
    "a container",
    { container: { name: "n8n" } },
    { kind: "container", verb: "restart" },
    { runAs: "root", unit: "docker’s n8n", command: "/usr/bin/docker restart n8n" },
  ],
  [
    "an act as bob",
    {},
    { kind: "exec", argv: ["/opt/flush", "now"], runAs: "bob" },
    { runAs: "bob", unit: null, command: "-u bob /opt/flush now" },
  ],
  [
    "an act of the actuator's own user",
    {},
    { kind: "exec", argv: ["/opt/flush", "now"] },
    { runAs: "countersign-actuator", unit: null, command: "/opt/flush now" },
  ],
])("a proposal says of %s whose it is and as whom it runs", (_why, source, act, expected) => {
  const service = { name: "x", ...source, checks: [{ kind: "tcp", name: "port", port: 1 }] };
  const actions = [{ name: "restart", level: 4, ...act }];
  const catalogue = Catalogue.parse({ version: 1, services: [{ ...service, actions }] });
  const entry = findEntry(catalogue, { service: "x", action: "restart" });
  const minted = decideMint({ ...MINT, entry });
  if (!minted.ok) throw new Error(minted.error.detail);
  const proposal = parseProposal(decodeBase64(minted.value.bytes) ?? new Uint8Array());
  if (!proposal.ok) throw new Error("the proposal cannot be read");
  const { argv, precondition, runAs, verification } = proposal.value;
  expect(argv.join(" ").replace("/usr/bin/sudo -n ", "")).toBe(expected.command);
  expect(runAs).toBe(expected.runAs);
  expect(verification).toEqual({ unit: expected.unit, checks: ["port"] });
  expect(precondition === null).toBe(expected.unit === null);
});

describe("minting is refused", () => {
  const closed: BelievedTrust = { host: HOST, fleet: null };
  test.each([
    ["an unknown action", { entry: null }, "action-unknown"],
    ["a frozen host", { frozen: true }, "frozen"],
    ["an exhausted budget", { restartCount: 3 }, "budget-exhausted"],
    ["a level that nobody can sign for", { trust: closed }, "level-closed"],
  ])("for %s", (_name, changes, expected) => {
    expect(decideMint({ ...MINT, ...changes })).toMatchObject({ ok: false, error: { reason: expected } });
  });
  test("for a closed level with what root does about it", () => {
    const refused = decideMint({ ...MINT, trust: closed });
    expect(refused.ok ? "" : refused.error.detail).toContain("countersign-agent trust accept");
  });
  test("for a container of ours", () => {
    const service = {
      ...MINT.entry!.service,
      unit: undefined,
      container: { name: "countersign-x", engine: "docker" as const },
    };
    const action = { ...MINT.entry!.action, kind: "container" as const, verb: "restart" as const };
    expect(decideMint({ ...MINT, entry: { service, action } })).toMatchObject({
      error: { reason: "own-unit" },
    });
  });
  test("for our own unit, by whatever way an argv names it", () => {
    const service = { ...MINT.entry!.service, unit: undefined };
    const argv = ["/usr/bin/systemctl", "restart", "countersign-agent.service"];
    const action = { ...MINT.entry!.action, kind: "exec" as const, argv };
    expect(decideMint({ ...MINT, entry: { service, action } })).toMatchObject({
      error: { reason: "own-unit" },
    });
  });
  test.each(["not-found", "masked", "bad-setting", "error"] as const)(
    "for a unit that is %s",
    (loadState) => {
      const observed = { ...FAILED, loadState };
      expect(decideMint({ ...MINT, observed })).toMatchObject({
        ok: false,
        error: { reason: "action-unknown" },
      });
      const action = { ...MINT.entry!.action, kind: "exec" as const, argv: ["/opt/failover"] };
      expect(decideMint({ ...MINT, observed, entry: { ...MINT.entry!, action } }).ok).toBe(true);
    },
  );
  test("and not one restart before", () => {
    expect(decideMint({ ...MINT, restartCount: 2 })).toMatchObject({ ok: true });
  });
});
