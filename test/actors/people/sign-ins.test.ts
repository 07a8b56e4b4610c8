// SignIns that end, in workerd: by the person, by the admin token, and by a policy that the person is not in any more.
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { actorNameOf, byPerson } from "../../../control-plane/src/core/words/actor.ts";
import { USE_NOTED_EVERY_MS } from "../../../control-plane/src/platform/desk/desk-people.ts";
import { ask, bindings, connectedAgent, desk, enrolledHost, signInToken, takeClock } from "../world/fleet.ts";
import { firstPasskey, signedYes } from "../world/passkeys.ts";
import { type Device, signedInDevice } from "./device.ts";

const token = bindings.ADMIN_TOKEN;
const BOTH = `version: 1
responders:
  - { id: operator, name: Operator, channels: [terminal] }
  - { id: ada, name: Ada, channels: [terminal] }
`;
const ADA_ALONE = `version: 1
responders: [{ id: ada, name: Ada, channels: [terminal] }]
escalation: { steps: [{ notify: [ada], after: 0s }] }
`;

interface Listed {
  readonly signInId: string;
  readonly deviceName: string;
  readonly responder: string;
  readonly openedAt: number;
}

async function api(method: string, path: string, body?: object) {
  const answer = await ask(path, { method, token, ...(body === undefined ? {} : { body }) });
  return { status: answer.status, body: await answer.json<Record<string, unknown>>() };
}

async function signIns(): Promise<readonly Listed[]> {
  return (await api("GET", "/v1/admin/sign-ins")).body["signIns"] as readonly Listed[];
}

async function apply(text: string, expectedVersion: number, more: object = {}) {
  const applied = await api("PUT", "/v1/admin/policy", { text, expectedVersion, ...more });
  await desk().settled();
  return applied;
}

const statusOf = async (device: Device) => (await device.request("/")).status;
const audited = async () =>
  (await desk().auditRows({ before: null, limit: 50 })).map(({ act, actor, subject }) => [
    act,
    actorNameOf(actor),
    subject,
  ]);

afterEach(() => vi.useRealTimers());

describe("a sign-in", () => {
  it("is listed with its device and ended by the admin token, with who in the audit", async () => {
    const [phone, tablet] = [await signedInDevice("Phone"), await signedInDevice("Tablet")];
    const listed = await signIns();
    expect(listed.map(({ deviceName, responder }) => `${deviceName} ${responder}`)).toEqual(
      expect.arrayContaining(["Phone operator", "Tablet operator"]),
    );
    expect(JSON.stringify(listed)).not.toContain(phone.cookie.split("=")[1] ?? "?");
    const { signInId = "" } = listed.find(({ deviceName }) => deviceName === "Phone") ?? {};
    expect(await api("DELETE", `/v1/admin/sign-ins/${signInId}`)).toEqual({
      status: 200,
      body: { ended: 1 },
    });
    expect([await statusOf(phone), await statusOf(tablet)]).toEqual([401, 200]);
    expect((await api("DELETE", `/v1/admin/sign-ins/${signInId}`)).status).toBe(404);
    expect(await audited()).toContainEqual(["sign-in-ended", "admin", signInId]);
  });

  it("says when its device was used last, and writes that at most once an hour", async () => {
    const { advance } = takeClock();
    const phone = await signedInDevice();
    const usedAt = async () => (await desk().signIns("operator"))[0]?.usedAt ?? 0;
    const openedAt = await usedAt();
    advance(USE_NOTED_EVERY_MS - 1);
    await phone.request("/people");
    expect(await usedAt()).toBe(openedAt);
    advance(1);
    await phone.request("/people");
    const notedAt = await usedAt();
    expect(notedAt).toBe(openedAt + USE_NOTED_EVERY_MS);
    advance(USE_NOTED_EVERY_MS / 2);
    for (const path of ["/", "/people", "/incidents"]) await phone.request(path);
    expect(await usedAt()).toBe(notedAt);
  });

  it("of a desk that was made before uses were noted is noted all the same", async () => {
    const { advance } = takeClock();
    const phone = await signedInDevice();
    await runInDurableObject(desk(), (_instance, { storage }) => storage.sql.exec("DROP TABLE sign_in_uses"));
    await evictDurableObject(desk());
    advance(USE_NOTED_EVERY_MS);
    expect((await phone.request("/people")).status).toBe(200);
    expect((await desk().signIns("operator"))[0]?.usedAt).toBe(Date.now());
  });

  it("ends with all of its person, and so do links that wait for them", async () => {
    const devices = [await signedInDevice("Phone"), await signedInDevice("Tablet")];
    const token = await signInToken("operator");
    const path = "/v1/admin/responders/operator/sign-ins";
    expect((await api("DELETE", path)).body).toEqual({ ended: 2 });
    expect((await api("DELETE", path)).body).toEqual({ ended: 0 });
    expect(await Promise.all(devices.map(statusOf))).toEqual([401, 401]);
    const redeemed = await desk().redeemSignInToken(token, "Late");
    expect(redeemed).toEqual({ ok: false, error: { reason: "token-unknown" } });
    expect(await audited()).toContainEqual(["sign-ins-ended", "admin", "operator"]);
    // nobody is signed in now: the token alone opens the door again
    const asked = await api("POST", "/v1/admin/sign-in-tokens", { responder: "operator" });
    expect([asked.status, asked.body["delivery"]]).toEqual([201, "printed"]);
  });

  it("is not ended by whoever has no admin token, nor for a stranger's name", async () => {
    await signedInDevice();
    expect((await ask("/v1/admin/sign-ins")).status).toBe(401);
    expect((await ask("/v1/admin/responders/operator/sign-ins", { method: "DELETE" })).status).toBe(401);
    expect((await api("DELETE", "/v1/admin/responders/constructor/sign-ins")).status).toBe(422);
    expect((await api("DELETE", "/v1/admin/sign-ins/__proto__")).status).toBe(404);
    expect(await signIns()).toHaveLength(1);
  });
});

describe("a person's own sign-ins", () => {
  it("are ended one by one, or all but the one that asks", async () => {
    const [phone, tablet, laptop] = [
      await signedInDevice("Phone"),
      await signedInDevice("Tablet"),
      await signedInDevice("Laptop"),
    ];
    const { signInId = "" } = (await signIns()).find(({ deviceName }) => deviceName === "Tablet") ?? {};
    const ended = await phone.submit(await phone.form("/people", `/sign-ins/end/${signInId}`));
    expect([ended.status, await statusOf(tablet), await statusOf(laptop)]).toEqual([303, 401, 200]);
    await phone.submit(await phone.form("/people", "/sign-ins/end-others"));
    expect([await statusOf(phone), await statusOf(laptop)]).toEqual([200, 401]);
    expect(await audited()).toContainEqual(["sign-ins-ended", "operator", "operator"]);
  });

  it("are no one else's to end", async () => {
    const [phone] = [await signedInDevice(), await signedInDevice("Tablet")];
    await apply(BOTH, 0);
    const token = await signInToken("ada");
    await desk().redeemSignInToken(token, "Ada's");
    const listed = await signIns();
    const own = listed.find(({ deviceName }) => deviceName === "Tablet");
    const hers = listed.find(({ responder }) => responder === "ada");
    const form = await phone.form("/people", `/sign-ins/end/${own?.signInId}`);
    const forged = await phone.submit({ ...form, action: `/people/sign-ins/end/${hers?.signInId}` });
    expect([forged.status, (await signIns()).length]).toEqual([403, 3]);
    const of = { signInId: hers?.signInId ?? "", by: byPerson("operator"), of: "operator" };
    expect(await desk().endSignIn(of)).toEqual({ ok: false, error: { reason: "sign-in-unknown" } });
  });
});

describe("a person who leaves the policy", () => {
  it("is signed out for good: the name that comes back lets no old device in", async () => {
    const phone = await signedInDevice();
    const token = await signInToken("operator");
    await apply(ADA_ALONE, 0, { confirm: true });
    await apply(BOTH, 1);
    expect([await statusOf(phone), await signIns()]).toEqual([401, []]);
    expect((await desk().redeemSignInToken(token, "Late")).ok).toBe(false);
    expect(await audited()).toContainEqual(["sign-ins-ended", "desk", "operator"]);
  });

  it("allows nothing in advance any more, not even when the name comes back", async () => {
    const host = await enrolledHost();
    await connectedAgent(host);
    const device = await signedInDevice();
    const path = `/standing/review/service%2F${host.hostId}%2Fdemo?action=restart&uses=2&hours=24&why=leaks`;
    const own = await firstPasskey();
    await device.submit(await signedYes(await device.form(path, "/standing/give"), own));
    expect((await desk().brakes()).standing).toHaveLength(1);
    await apply(ADA_ALONE, 0, { confirm: true });
    await apply(BOTH, 1);
    expect((await desk().brakes()).standing).toEqual([]);
  });

  it("is signed out when a deploy brings a policy without them", async () => {
    await signedInDevice();
    await runInDurableObject(desk(), (_instance, { storage }) => {
      storage.sql.exec("UPDATE sign_ins SET responder = 'grace'");
    });
    await evictDurableObject(desk());
    expect(await signIns()).toEqual([]);
    expect(await audited()).toContainEqual(["sign-ins-ended", "desk", "grace"]);
  });
});

describe("a policy that leaves nobody signed in", () => {
  it("wants to be confirmed, and says who loses access", async () => {
    const phone = await signedInDevice();
    const refused = await apply(ADA_ALONE, 0);
    expect([refused.status, refused.body]).toMatchObject([
      409,
      { type: "urn:countersign:problem:nobody-left", losesAccess: ["operator"] },
    ]);
    expect(await statusOf(phone)).toBe(200);
    const applied = await apply(ADA_ALONE, 0, { confirm: true });
    expect([applied.status, applied.body]).toMatchObject([200, { version: 1, losesAccess: ["operator"] }]);
    expect(await statusOf(phone)).toBe(401);
  });

  it("wants it of an undo too, and of nobody who is not signed in", async () => {
    expect((await apply(ADA_ALONE, 0)).status).toBe(200);
    const token = await signInToken("ada");
    await desk().redeemSignInToken(token, "Ada's");
    const undo = (more: object) => api("POST", "/v1/admin/policy/undo", { expectedVersion: 1, ...more });
    expect((await undo({})).body["type"]).toBe("urn:countersign:problem:nobody-left");
    expect((await undo({ confirm: true })).body).toMatchObject({ losesAccess: ["ada"] });
  });

  it("is applied where somebody who is signed in stays", async () => {
    await apply(BOTH, 0);
    const [phone] = [await signedInDevice()];
    const token = await signInToken("ada");
    await desk().redeemSignInToken(token, "Ada's");
    const applied = await apply(ADA_ALONE, 1);
    expect([applied.status, applied.body["losesAccess"]]).toEqual([200, ["operator"]]);
    expect(await statusOf(phone)).toBe(401);
  });
});
