// The HTTP edge: who may ask, and what every wrong request is told.
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { HTTP_BODY_BYTES_MAX } from "@countersign/shared/values/limits";
import { byAdmin } from "../../../control-plane/src/core/words/actor.ts";
import { ask, bindings, connectedAgent, desk, enrolledHost, shard } from "../world/fleet.ts";

const token = bindings.ADMIN_TOKEN;

describe("a wrong request", () => {
  it.each([
    ["GET", "/v1/nothing", undefined, 404, "not-found"],
    ["GET", "/v1/enrol", undefined, 405, "method-not-allowed"],
    ["POST", "/healthz", "", 405, "method-not-allowed"],
    ["POST", "/v1/enrol", "{", 400, "body-malformed"],
    ["POST", "/v1/enrol", "{}", 400, "body-malformed"],
    ["POST", "/v1/enrol", `{"token":"${"x".repeat(HTTP_BODY_BYTES_MAX)}"}`, 413, "body-too-large"],
    ["GET", "/v1/admin/hosts", undefined, 401, "admin-unauthorised"],
    ["GET", "/v1/admin/nothing", undefined, 401, "admin-unauthorised"],
  ])("%s %s is a problem document", async (method, path, body, status, reason) => {
    const response = await ask(path, { method, body });
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({ status, type: `urn:countersign:problem:${reason}` });
  });

  it("with a body of the largest size is still read", async () => {
    const body = `{"token":"${"x".repeat(HTTP_BODY_BYTES_MAX - 12)}"}`;
    expect(body.length).toBe(HTTP_BODY_BYTES_MAX);
    expect((await ask("/v1/enrol", { method: "POST", body })).status).toBe(400);
  });

  it("with a wrong admin token is not let in", async () => {
    expect((await ask("/v1/admin/hosts", { token: `${token}x` })).status).toBe(401);
  });
});

describe("the admin API", () => {
  it("lists hosts and incidents, and makes tokens", async () => {
    const host = await enrolledHost();
    await connectedAgent(host);
    await shard().settled();
    const hosts = await (await ask("/v1/admin/hosts", { token })).json();
    expect(hosts).toMatchObject({ hosts: [{ hostId: host.hostId, liveness: "up" }] });
    expect(await (await ask("/v1/admin/incidents", { token })).json()).toMatchObject({ incidents: [] });
    const made = await ask("/v1/admin/enrolment-tokens", { method: "POST", token });
    expect(made.status).toBe(201);
    expect(made.headers.get("cache-control")).toBe("no-store");
    const body = { responder: "operator" };
    const link = await ask("/v1/admin/sign-in-tokens", { method: "POST", token, body });
    expect((await link.json<{ url: string }>()).url).toMatch(/^https:\/\/desk\.test\/sign-in\/csi_/);
    const unknown = { responder: "nobody" };
    expect((await ask("/v1/admin/sign-in-tokens", { method: "POST", token, body: unknown })).status).toBe(
      422,
    );
    expect((await ask("/v1/admin/incidents/inc_unknown", { token })).status).toBe(404);
  });
});

describe("the audit chain", () => {
  async function audited(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) await desk().createEnrolmentToken(byAdmin());
  }

  it("verifies over several pages, and is listed newest first", async () => {
    await audited(505);
    const verified = await (await ask("/v1/admin/audit/verify", { token })).json();
    expect(verified).toMatchObject({ ok: true, rowCount: 505, brokenAt: null, cut: null });
    const page = await (
      await ask("/v1/admin/audit", { token })
    ).json<{ nextBefore: number; rows: unknown[] }>();
    expect(page.rows).toHaveLength(100);
    expect(page.nextBefore).toBe(406);
  });

  it.each([
    ["a changed row", "UPDATE audit SET why = 'nothing happened' WHERE sequence = 3", 3],
    ["a removed row", "DELETE FROM audit WHERE sequence = 3", 3],
    ["a removed beginning", "DELETE FROM audit WHERE sequence < 3", 1],
  ])("breaks at %s", async (_what, statement, brokenAt) => {
    await audited(6);
    await runInDurableObject(desk(), (_instance, { storage }) => void storage.sql.exec(statement));
    expect(await (await ask("/v1/admin/audit/verify", { token })).json()).toEqual({ ok: false, brokenAt });
  });
});
