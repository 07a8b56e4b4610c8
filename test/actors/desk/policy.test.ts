// Applying a policy to a running control plane, in workerd: versions, who and when, undo, shards that follow, and what an apply never
// touches.
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { sha256Hex } from "@countersign/shared/values/digest";
import { YAML_FILE_BYTES_MAX } from "@countersign/shared/values/limits";
import { type Actor, byAdmin, byPerson } from "../../../control-plane/src/core/words/actor.ts";
import { FLEET } from "../../../control-plane/src/core/words/subject.ts";
import { POLICY_VERSIONS_MAX } from "../../../control-plane/src/platform/desk/desk-policies.ts";
import { PATIENT } from "../../patience.ts";
import { ask, bindings, connectedAgent, desk, enrolledHost, serviceReport, shard } from "../world/fleet.ts";
import { actsOn } from "../world/workerd-words.ts";

const token = bindings.ADMIN_TOKEN;
const FAST = "version: 1\nliveness: { profile: fast }";
const SHADOW = "version: 1\nshadow: true # for now";

interface Shown {
  readonly version: number;
  readonly text: string;
  readonly problem: string | null;
  readonly history: readonly {
    readonly version: number;
    readonly appliedBy: string;
    readonly restores: number | null;
  }[];
}

async function show(): Promise<Shown> {
  return (await ask("/v1/admin/policy", { token })).json<Shown>();
}

async function apply(text: string, expectedVersion: number, more: object = {}) {
  const body = { text, expectedVersion, by: "ada", ...more };
  const response = await ask("/v1/admin/policy", { method: "PUT", token, body });
  await desk().settled();
  return response;
}

async function undo(expectedVersion: number) {
  const response = await ask("/v1/admin/policy/undo", { method: "POST", token, body: { expectedVersion } });
  await desk().settled();
  return response;
}

function storedPolicyOf(name = "shard-0") {
  return runInDurableObject(shard(name), (_instance, { storage }) => {
    const rows = storage.sql.exec("SELECT record AS value FROM records WHERE kind = 'policy'").toArray();
    return rows[0] === undefined
      ? null
      : (JSON.parse(rows[0].value as string) as { version: number; text: string });
  });
}

async function auditActs(): Promise<readonly { actor: Actor; act: string; why: string }[]> {
  return (await desk().auditRows({ before: null, limit: 100 })).map(({ actor, act, why }) => ({
    actor,
    act,
    why,
  }));
}

describe("the policy", () => {
  it("is the deployment's own before one is applied", async () => {
    expect(await show()).toEqual({ version: 0, text: bindings.POLICY, problem: null, history: [] });
  });

  it("is applied to the version that was seen, with who and what in the audit, and no value", async () => {
    const text = `${FAST}\nchannels: { terminal: { kind: terminal }, phone: { kind: ntfy, topic: secret-topic } }`;
    const applied = await apply(text, 0, { why: "quieter nights" });
    expect(applied.status).toBe(200);
    expect(await applied.json()).toEqual({ version: 1, hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await show()).toMatchObject({
      version: 1,
      text,
      history: [{ version: 1, appliedBy: byAdmin("ada") }],
    });
    const [row] = await auditActs();
    expect(row).toMatchObject({ actor: byAdmin("ada"), act: "policy-applied" });
    expect(row?.why).toMatch(/^version 1, sha256 [0-9a-f]{64}: .*liveness\.keepalive.*\(quieter nights\)$/);
    expect(row?.why).not.toContain("secret-topic");
  });

  it("refuses an apply to another version, and changes nothing", async () => {
    await apply(FAST, 0);
    const late = await apply(SHADOW, 0);
    expect(late.status).toBe(409);
    expect(await late.json()).toMatchObject({
      type: "urn:countersign:problem:policy-version-mismatch",
      version: 1,
    });
    expect((await show()).text).toBe(FAST);
  });

  it("refuses a wrong one with every place that is wrong, and stores nothing", async () => {
    const wrong = await apply("version: 1\nlivness: {}", 0);
    expect(wrong.status).toBe(422);
    expect(await wrong.json()).toMatchObject({ problems: [{ path: "livness", line: 2, column: 1 }] });
    expect((await show()).version).toBe(0);
    expect((await auditActs()).filter(({ act }) => act.startsWith("policy-"))).toEqual([]);
  });

  it.each([
    ["PUT", "/v1/admin/policy", { text: FAST }, 400],
    ["PUT", "/v1/admin/policy", { text: FAST, expectedVersion: 0, by: "a\nb" }, 400],
    ["PUT", "/v1/admin/policy", "x".repeat(8 * YAML_FILE_BYTES_MAX), 413],
    ["POST", "/v1/admin/policy/undo", { expectedVersion: 0 }, 409],
    ["POST", "/v1/admin/shadow/false-alarms", { findingId: "nothing" }, 404],
    ["DELETE", "/v1/admin/policy", undefined, 405],
  ])("%s %s with %j is %i", async (method, path, body, status) => {
    expect((await ask(path, { method, token, body })).status).toBe(status);
    expect((await ask(path, { method, body })).status).toBe(401);
  });

  it("is undone to what was in force before, one after the other, down to the deployment's own", async () => {
    await apply(FAST, 0);
    await apply(SHADOW, 1);
    expect(await (await undo(2)).json()).toMatchObject({ version: 3 });
    expect(await show()).toMatchObject({ version: 3, text: FAST, history: [{ restores: 1 }, {}, {}] });
    await apply(SHADOW, 3);
    await undo(4);
    expect((await show()).text).toBe(FAST);
    await undo(5);
    expect((await show()).text).toBe(bindings.POLICY);
    expect((await undo(6)).status).toBe(409);
    expect((await auditActs())[0]).toMatchObject({
      act: "policy-undone",
      why: expect.stringContaining("version 0"),
    });
  });

  it("is in force already: nothing is done, no version is made and no row is written", async () => {
    await apply(FAST, 0);
    const rows = (await auditActs()).length;
    const again = { version: 1, hash: sha256Hex(FAST) };
    expect(await (await apply(FAST, 1)).json()).toEqual({ ...again, same: "text" });
    const spelled = `${FAST} # as before\nshadow: false\n`;
    expect(await (await apply(spelled, 1)).json()).toEqual({ ...again, same: "meaning" });
    expect((await show()).history).toHaveLength(1);
    expect(await auditActs()).toHaveLength(rows);
    const kept = await apply(spelled, 1, { keepText: true });
    expect(await kept.json()).toEqual({ version: 2, hash: sha256Hex(spelled) });
    expect(await show()).toMatchObject({ version: 2, text: spelled });
  });

  it("is a new version when the newest one cannot be read, whatever is in force instead", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    await apply(FAST, 0);
    await runInDurableObject(desk(), (_instance, { storage }) => {
      storage.sql.exec("INSERT INTO policies VALUES (2, 'version: 9', '', 0, 'x', '', NULL)");
    });
    await evictDurableObject(desk());
    expect(await (await apply(FAST, 2)).json()).toMatchObject({ version: 3 });
    expect((await show()).problem).toBeNull();
  });

  it("is told before it is applied: who loses access, what is not bound, whom it could not page", async () => {
    const text = `version: 1
channels:
  phone: { kind: ntfy, topic: t, secret: CHANNEL_NOBODY_BOUND_IT }
responders: [{ id: ada, name: Ada, channels: [phone] }]
escalation: { steps: [{ notify: [ada], after: 0s }] }`;
    const plan = async (body: object) =>
      ask("/v1/admin/policy/dry-run", { method: "POST", token, body: { expectedVersion: 0, ...body } });
    expect(await (await plan({ text })).json()).toMatchObject({
      version: 0,
      same: null,
      losesAccess: ["operator"],
      leavesNobody: false,
      warnings: expect.arrayContaining([{ reason: "no-channel" }]),
      unbound: [{ channel: "phone", secret: "CHANNEL_NOBODY_BOUND_IT" }],
    });
    expect(await (await plan({ text: bindings.POLICY })).json()).toMatchObject({ same: "text", unbound: [] });
    expect((await plan({ text: "version: 2" })).status).toBe(422);
    expect((await plan({ text, expectedVersion: 4 })).status).toBe(409);
    expect((await plan({ text: null })).status).toBe(409);
    expect((await show()).version).toBe(0);
    await apply(text, 0);
    expect(await (await plan({ text: null, expectedVersion: 1 })).json()).toMatchObject({
      restores: 0,
      text: bindings.POLICY,
      losesAccess: ["ada"],
    });
  });

  it("keeps the newest versions, and the last good one when the newest cannot be read", async () => {
    await apply(FAST, 0);
    await runInDurableObject(desk(), (_instance, { storage }) => {
      for (let version = 2; version <= POLICY_VERSIONS_MAX; version += 1)
        storage.sql.exec("INSERT INTO policies VALUES (?, ?, '', 0, 'admin', '', NULL)", version, FAST);
    });
    await apply(SHADOW, POLICY_VERSIONS_MAX);
    expect((await show()).history).toHaveLength(POLICY_VERSIONS_MAX);
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const broken = POLICY_VERSIONS_MAX + 2;
    await runInDurableObject(desk(), (_instance, { storage }) => {
      storage.sql.exec("INSERT INTO policies VALUES (?, 'version: 9', '', 0, 'x', '', NULL)", broken);
    });
    await evictDurableObject(desk());
    const shown = await show();
    expect(shown.problem).toContain("expected 1, got 9");
    expect(logged).toHaveBeenCalled();
    // still at work, by the last good one
    expect((await ask("/v1/admin/incidents", { token })).status).toBe(200);
  });
});

describe("a shard", () => {
  beforeEach(async () => {
    await enrolledHost();
    await shard().settled();
  });

  it("is told at once, and keeps it over an eviction", async () => {
    await apply(FAST, 0);
    expect(await storedPolicyOf()).toEqual({ version: 1, text: FAST, hash: sha256Hex(FAST) });
  });

  it("asks with each watch for what it was not told", async () => {
    await runInDurableObject(desk(), (_instance, { storage }) => {
      storage.sql.exec("INSERT INTO policies VALUES (7, ?, '', 0, 'admin', '', NULL)", SHADOW);
    });
    await shard().watch();
    await shard().settled();
    expect(await storedPolicyOf()).toEqual({ version: 7, text: SHADOW, hash: "" });
  });

  it("passes over an older version, and one that it cannot read", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    await shard().takePolicy({ version: 5, text: FAST, hash: "5" });
    await shard().takePolicy({ version: 4, text: SHADOW, hash: "4" });
    await shard().takePolicy({ version: 6, text: "version: 9", hash: "6" });
    expect(await storedPolicyOf()).toEqual({ version: 5, text: FAST, hash: "5" });
  });

  it("has its agents connect again for a new pace, and pages nobody for it", async () => {
    const host = await enrolledHost("web-2");
    const agent = await connectedAgent(host);
    await apply(FAST, 0);
    expect(await agent.expectClose()).toBe(1012);
    const again = await connectedAgent(host);
    expect(await again.expect("welcome")).toMatchObject({ keepaliveMs: 2_000, lateAfterMs: 6_000 });
    await shard().settled();
    await desk().settled();
    expect((await desk().overview()).incidents).toEqual([]);
  });

  it("keeps its sockets when the pace stays", async () => {
    const agent = await connectedAgent(await enrolledHost("web-3"));
    await apply(SHADOW, 0);
    await agent.ping();
    expect(agent.closedWith).toBeNull();
  });
});

describe("an apply", () => {
  it("lifts no freeze, ends no silence, takes no acknowledgement back", async () => {
    await actsOn("operator", { kind: "freeze", scope: FLEET, why: "hands off" });
    const now = Date.now();
    await actsOn("operator", {
      kind: "silence",
      matcher: { hostId: null, service: null, reason: "stale-code" },
      why: "known",
      startsAt: now,
      endsAt: now + 3_600_000,
    });
    await desk().settled();
    const rows = () =>
      runInDurableObject(desk(), (_instance, { storage }) =>
        storage.sql
          .exec(
            "SELECT kind, id, record FROM records WHERE kind IN ('freeze', 'silence', 'incident') ORDER BY kind, id",
          )
          .toArray(),
      );
    const before = await rows();
    expect(before.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["freeze", "silence"]));
    await apply("version: 1\nincident: { acknowledgement: 1s }", 0);
    await apply(SHADOW, 1);
    await undo(2);
    expect(await rows()).toEqual(before);
    expect(await desk().brakes()).toMatchObject({
      freezes: [{ by: byPerson("operator") }],
      silences: [{ by: byPerson("operator") }],
    });
  });
});

describe("a rule in shadow", () => {
  it("is recorded in the desk, marked by a person, and pages when it is promoted while it fires", async () => {
    const host = await enrolledHost();
    await apply(`${SHADOW}\ncheckFailing: { failuresMin: 1, held: 0s }\nladder: { observeFirst: 0s }`, 0);
    const agent = await connectedAgent(host);
    const report = { type: "report", digest: true, sentAt: Date.now(), services: [serviceReport("fail")] };
    agent.send(report);
    const findings = await vi.waitFor(async () => {
      await shard().settled();
      const answer = await ask("/v1/admin/shadow", { token });
      const shown = await answer.json<{ findings: { findingId: string }[]; counts: object[] }>();
      // Nothing would be asked before the check of a host that has only just connected could pass.
      expect(shown.counts).toMatchObject([{ reason: "check-failing", wouldHavePaged: 1, wouldHaveActed: 0 }]);
      return shown.findings;
    }, PATIENT);
    expect((await desk().overview()).incidents).toEqual([]);
    const body = { findingId: findings[0]?.findingId, by: "ada" };
    const marked = await ask("/v1/admin/shadow/false-alarms", { method: "POST", token, body });
    expect(marked.status).toBe(200);
    await apply("version: 1\ncheckFailing: { failuresMin: 1, held: 0s }", 1);
    expect((await desk().overview()).incidents).toMatchObject([{ reason: "check-failing", state: "open" }]);
  });
});
