// Nobody can be paged, and other reasons why this deployment does not do its work: on every view, at an apply, and in /healthz.
import { createExecutionContext, runInDurableObject, SELF } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Env } from "../../../control-plane/src/env.ts";
import { IncidentDesk } from "../../../control-plane/src/platform/desk/incident-desk.ts";
import worker from "../../../control-plane/src/worker.ts";
import { type Device, signedInDevice } from "../people/device.ts";
import { ask, bindings, desk, ORIGIN, takeClock } from "../world/fleet.ts";

const token = "an-admin-token-of-the-tests-0123456789";
const VIEWS = [
  "/",
  "/brake",
  "/silences",
  "/standing",
  "/policy",
  "/shadow",
  "/audit",
  "/runbooks",
  "/hosts/new",
  "/no-such-view",
];

/** Replaces bindings of the desk, as a deploy would. */
async function deskWith(change: Partial<Record<keyof Env, unknown>>): Promise<void> {
  await runInDurableObject(desk(), (instance) => {
    const { env } = instance as unknown as { env: Env };
    void Object.assign(instance, { env: { ...env, ...change } });
  });
}

/** Asks the Worker with other bindings. */
async function health(change: Partial<Record<keyof Env, unknown>> = {}) {
  const answer = await worker.fetch(
    new Request(`${ORIGIN}/healthz`),
    { ...bindings, ...change },
    createExecutionContext(),
  );
  return { status: answer.status, body: await answer.json<{ status: string; reasons?: string[] }>() };
}

async function alarmsOn(device: Device, path: string): Promise<readonly string[]> {
  const html = await (await device.request(path)).text();
  return [...html.matchAll(/data-reason="([^"]*)"/g)].map(([, reason = ""]) => reason);
}

describe("a deployment whose only channel is a terminal that is not there", () => {
  it("says on every view that nobody can be paged", async () => {
    const device = await signedInDevice();
    expect(await alarmsOn(device, "/")).toEqual([]);
    await deskWith({ TERMINAL: undefined });
    for (const path of VIEWS)
      expect([path, await alarmsOn(device, path)]).toEqual([path, ["no-channel", "channel-broken"]]);
    expect((await SELF.fetch(ORIGIN)).status).toBe(401);
    expect(await (await SELF.fetch(ORIGIN)).text()).not.toContain("data-reason");
  });

  it("opens route-missing at the next look, and delivers no page", async () => {
    await deskWith({ TERMINAL: undefined });
    await desk().watch();
    const { incidents } = await desk().overview();
    expect(incidents.map(({ reason }) => reason)).toEqual(["route-missing"]);
  });

  it("is told as it is now, and not as it was at the last look", async () => {
    const states = async () => (await desk().reach()).channels.map(({ state }) => state);
    await deskWith({ TERMINAL: undefined });
    expect(await states()).toEqual(["broken"]);
    await desk().watch();
    // Bound, and the control plane started anew: nobody waits a minute to see that it is well.
    await deskWith({ TERMINAL: bindings.TERMINAL });
    expect(await states()).toEqual(["never-tried"]);
  });

  it("warns at an apply", async () => {
    await deskWith({ TERMINAL: undefined });
    const body = { text: "version: 1\nverify: { stability: 5m }\n", expectedVersion: 0 };
    const applied = await ask("/v1/admin/policy", { method: "PUT", token, body });
    expect(applied.status).toBe(200);
    const { warnings } = await applied.json<{ warnings: { reason: string }[] }>();
    expect(warnings.map(({ reason }) => reason)).toEqual(["no-channel", "channel-broken"]);
  });
});

describe("/healthz", () => {
  let advance: (durationMs: number) => void;
  let hours = 0;

  beforeEach(() => {
    ({ advance } = takeClock());
    // what an earlier test was told is forgotten
    hours += 1;
    advance(hours * 3_600_000);
    vi.spyOn(console, "error").mockReturnValue();
  });
  afterEach(() => vi.restoreAllMocks());

  it("is ok, and nothing else, when all is well", async () => {
    expect(await health()).toEqual({ status: 200, body: { status: "ok" } });
  });

  it.each([
    ["policy-invalid", { POLICY: "version: 7" }],
    ["desk-key-invalid", { DESK_PUBLIC_KEY: "" }],
    ["desk-key-invalid", { DESK_PRIVATE_KEY: undefined }],
    ["desk-key-invalid", { DESK_PUBLIC_KEY: "A".repeat(43) + "=" }],
    ["public-url-unusable", { PUBLIC_URL: undefined }],
    ["public-url-unusable", { PUBLIC_URL: "https://countersign.example.workers.dev" }],
  ])("says %s (%#)", async (reason, change) => {
    expect(await health(change)).toEqual({ status: 503, body: { status: "failing", reasons: [reason] } });
  });

  it.each([
    ["no-channel", { TERMINAL: undefined }],
    [
      "database-down",
      {
        DB: {
          prepare: () => {
            throw new Error("down");
          },
        },
      },
    ],
    ["database-down", { DB: { prepare: () => ({ first: () => new Promise(() => {}) }) } }],
  ])("says what the desk knows: %s (%#)", async (reason, change) => {
    await deskWith(change);
    expect((await health()).body.reasons).toEqual([reason]);
  });

  it("says it when the desk does not answer", async () => {
    vi.spyOn(IncidentDesk.prototype, "health").mockRejectedValue(new Error("gone"));
    expect((await health()).body.reasons).toEqual(["desk-unreachable"]);
  });

  it("asks once in ten seconds", async () => {
    expect((await health()).status).toBe(200);
    await deskWith({ TERMINAL: undefined });
    advance(9_999);
    expect((await health()).status).toBe(200);
    advance(1);
    expect((await health()).status).toBe(503);
  });
});

describe("without a public address", () => {
  const PUBLIC_URL = "https://countersign.example.workers.dev";
  const post = (path: string, body: object) =>
    worker.fetch(
      new Request(`${ORIGIN}/v1/admin/${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      }),
      { ...bindings, PUBLIC_URL },
      createExecutionContext(),
    );

  it.each([
    ["sign-in-tokens", { responder: "operator" }],
    ["enrolment-tokens", {}],
  ])("%s are not made", async (path, body) => {
    const answer = await post(path, body);
    const { type } = await answer.json<{ type: string }>();
    expect([answer.status, type]).toEqual([503, "urn:countersign:problem:public-url-unusable"]);
    expect(await desk().auditRows({ before: null, limit: 10 })).toEqual([]);
  });
});
