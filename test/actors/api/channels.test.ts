// POST /v1/channels/NAME end to end: what a provider brings by itself, whom it is answered to, and what it costs
// whoever is not the provider. No channel of the list need hear for it: here the ntfy channel hears as the tests'
// pigeon does (test/unit/platform/desk/pigeon.ts).
import { runInDurableObject, SELF } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NTFY } from "../../../control-plane/src/channels/ntfy.ts";
import type { Delivery } from "../../../control-plane/src/core/desk/records/pages/delivery.ts";
import { FAILED_ATTEMPTS_MAX, UNPROVEN_MAX } from "../../../control-plane/src/core/doors/failed-attempts.ts";
import { byAdmin } from "../../../control-plane/src/core/words/actor.ts";
import { PIGEON } from "../../unit/platform/desk/pigeon.ts";
import { bindings, desk, ORIGIN } from "../world/fleet.ts";

/** What the pigeon hears with. */
const EARS = {
  hear: async (...told: Parameters<NonNullable<(typeof PIGEON)["hear"]>>) => PIGEON.hear?.(...told),
};
const PATH = "/v1/channels/way";
const TOKEN = bindings.CHANNEL_WEBHOOK;

beforeEach(async () => {
  Object.assign(NTFY, EARS);
  const channels = {
    terminal: { kind: "terminal" },
    way: { kind: "ntfy", topic: "t", secret: "CHANNEL_WEBHOOK" },
  };
  const text = JSON.stringify({ version: 1, channels });
  const applied = await desk().applyPolicy({
    expectedVersion: 0,
    by: byAdmin(),
    why: "",
    text,
    confirm: true,
  });
  expect(applied.ok).toBe(true);
});
afterEach(() => {
  Object.assign(NTFY, { hear: undefined });
});

function bring(
  body: string | object,
  over: { path?: string; proof?: string; origin?: string; headers?: Record<string, string> } = {},
): Promise<Response> {
  const { headers = {}, origin = ORIGIN, path = PATH, proof = `${TOKEN} ${ORIGIN}${path}` } = over;
  return SELF.fetch(`${origin}${path}`, {
    method: "POST",
    headers: { "x-pigeon": proof, "cf-connecting-ip": "203.0.113.9", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

/** A guess at the operator's door, from the same address. */
function admin(): Promise<Response> {
  const headers = { authorization: "Bearer guess", "cf-connecting-ip": "203.0.113.9" };
  return SELF.fetch(`${ORIGIN}/v1/admin/reach`, { headers });
}

/** A page that the channel took, as it is stored; the desk wakes with it. */
async function carried(): Promise<void> {
  const delivery: Delivery = {
    deliveryKey: "inc_1:ring:1:operator@way",
    pageKey: "inc_1:ring:1:operator",
    incidentId: "inc_1",
    responder: "operator",
    channel: "way",
    kind: "ring",
    handle: "r1",
    acceptedAt: Date.now(),
    stage: "accepted",
    stageAt: Date.now(),
    askAt: null,
    asks: 0,
    arrivesByAt: null,
    settle: null,
    settleAt: Date.now() + 3_600_000,
    settleAttempts: 0,
  };
  await desk().settled();
  await runInDurableObject(desk(), (_instance, { storage }) =>
    storage.sql.exec(
      "INSERT INTO records VALUES ('delivery', ?, ?)",
      delivery.deliveryKey,
      JSON.stringify(delivery),
    ),
  );
  await runInDurableObject(desk(), (_instance, state) => state.abort("ends")).catch(() => {});
}

describe("a provider", () => {
  it("is answered in its own form, to the letter, by what became of what it brought", async () => {
    await carried();
    const seen = await bring({ handle: "r1", stage: "seen" });
    expect([seen.status, await seen.text()]).toEqual([200, "<Said>taken\u202e</Said>"]);
    expect(Object.fromEntries(seen.headers)).toMatchObject({
      "content-type": "text/xml",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    expect(await (await bring({ handle: "r2", stage: "seen" })).text()).toBe("<Said>unknown\u202e</Said>");
  });

  it("signs the address that it was given, whatever host a proxy put there, with what it added", async () => {
    const path = `${PATH}?step=2&step=%2F`;
    const told = await bring({}, { path, origin: "http://10.0.0.7:8787" });
    expect(told.status).toBe(200);
    expect((await bring({}, { path, proof: `${TOKEN} ${ORIGIN}${PATH}` })).status).toBe(401);
  });

  it("may send a form, of which the channel sees each byte", async () => {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    expect((await bring("Digits=1&CallSid=CA%201", { headers })).status).toBe(200);
  });
});

describe("whoever is not the provider", () => {
  it("is told the same of every channel, and leaves nothing behind", async () => {
    const before = await desk().auditRows({ before: null, limit: 100 });
    const answers = await Promise.all([
      bring({}, { proof: "guess" }),
      bring({}, { path: "/v1/channels/terminal" }),
      bring({}, { path: "/v1/channels/nothing" }),
      bring({}, { path: "/v1/channels/constructor" }),
    ]);
    const told = new Set(await Promise.all(answers.map(async (answer) => answer.text())));
    expect([answers.map(({ status }) => status), told.size]).toEqual([[401, 401, 401, 401], 1]);
    expect([...told][0]).toContain("provider-unproven");
    expect(await desk().auditRows({ before: null, limit: 100 })).toEqual(before);
  });

  it("is refused what is too long or no text before anything is checked", async () => {
    expect((await bring("x".repeat(16_385))).status).toBe(413);
    expect((await bring("x".repeat(16_384))).status).toBe(200);
  });

  it("does not keep the provider out by guesses that come from its own addresses, nor people from their doors", async () => {
    for (let guess = 0; guess < 2 * FAILED_ATTEMPTS_MAX; guess += 1)
      expect((await bring({}, { proof: "guess" })).status).toBe(401);
    expect((await bring({})).status).toBe(200);
    expect((await admin()).status).toBe(401);
  });

  it("does not keep the provider out by guesses at another door", async () => {
    for (let guess = 0; guess < FAILED_ATTEMPTS_MAX; guess += 1) await admin();
    expect((await admin()).status).toBe(429);
    expect((await bring({})).status).toBe(200);
  });

  it("is turned away when it floods, and by its address alone", async () => {
    for (let guess = 0; guess < UNPROVEN_MAX; guess += 1) await bring({}, { proof: "guess" });
    expect((await bring({})).status).toBe(429);
    expect((await bring({}, { headers: { "cf-connecting-ip": "203.0.113.10" } })).status).toBe(200);
  });
});
