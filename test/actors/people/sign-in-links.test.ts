// Sign-in links that the admin token asks for: given while nobody is signed in, from then on sent to the person they are for.
import { runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { SIGN_IN_TTL_MS } from "@countersign/shared/values/limits";
import { byAdmin } from "../../../control-plane/src/core/words/actor.ts";
import type { Env } from "../../../control-plane/src/env.ts";
import { ask, bindings, desk, takeClock } from "../world/fleet.ts";
import { signedInDevice } from "./device.ts";

const token = "an-admin-token-of-the-tests-0123456789";

interface Sent {
  readonly kind: string;
  readonly responder: string;
  readonly url: string;
}

/** Gives the desk a terminal that keeps what it is sent, and answers with a status. */
async function terminalThatAnswers(status: number): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  const fetch = async (request: Request) => {
    sent.push(await request.json<Sent>());
    return new Response(null, { status });
  };
  await deskWith({ TERMINAL: { fetch } });
  return sent;
}

async function deskWith(change: Partial<Record<keyof Env, unknown>>): Promise<void> {
  await runInDurableObject(
    desk(),
    (instance) => void Object.assign(instance, { env: { ...bindings, ...change } }),
  );
}

async function askForLink(responder = "operator") {
  const answer = await ask("/v1/admin/sign-in-tokens", { method: "POST", token, body: { responder } });
  return { status: answer.status, body: await answer.json<Record<string, unknown>>() };
}

const actsOf = async () => (await desk().auditRows({ before: null, limit: 50 })).map(({ act }) => act);

afterEach(() => vi.useRealTimers());

describe("a sign-in link", () => {
  it("is given while nobody is signed in", async () => {
    const sent = await terminalThatAnswers(204);
    const { status, body } = await askForLink();
    expect([status, body["delivery"], sent.length]).toEqual([201, "printed", 0]);
    expect(body["url"]).toMatch(/^https:\/\/desk\.test\/sign-in\/csi_/);
  });

  it("is sent to the person it is for once somebody is signed in, and not told to who asked", async () => {
    await signedInDevice();
    const sent = await terminalThatAnswers(204);
    const { status, body } = await askForLink();
    expect([status, body["delivery"], body["channel"]]).toEqual([202, "paged", "terminal"]);
    expect(JSON.stringify(body)).not.toContain("csi_");
    expect(sent).toMatchObject([{ kind: "sign-in", responder: "operator" }]);
    const secret = sent[0]?.url.split("/").at(-1) ?? "";
    expect((await desk().redeemSignInToken(secret, "Second phone")).ok).toBe(true);
    expect(await actsOf()).toContain("sign-in-link-sent");
    expect(JSON.stringify(await desk().auditRows({ before: null, limit: 50 }))).not.toContain("csi_");
  });

  it("that no channel took is void", async () => {
    await signedInDevice();
    const sent = await terminalThatAnswers(500);
    const { status, body } = await askForLink();
    expect([status, body["type"]]).toEqual([502, "urn:countersign:problem:link-undelivered"]);
    const secret = sent[0]?.url.split("/").at(-1) ?? "";
    expect(await desk().redeemSignInToken(secret, "Phone")).toEqual({
      ok: false,
      error: { reason: "token-unknown" },
    });
  });

  it("is not made for a person whom no channel reaches, nor for a stranger", async () => {
    await signedInDevice();
    await deskWith({ TERMINAL: undefined });
    expect((await askForLink()).body["type"]).toBe("urn:countersign:problem:no-channel");
    expect((await askForLink("nobody")).status).toBe(422);
    expect(await actsOf()).not.toContain("sign-in-token-created");
  });

  it("is given again when no sign-in is valid any more", async () => {
    const { advance } = takeClock();
    await signedInDevice();
    await terminalThatAnswers(204);
    expect((await askForLink()).status).toBe(202);
    advance(SIGN_IN_TTL_MS);
    expect((await askForLink()).status).toBe(201);
  });
});

describe("an invitation by a person who is signed in", () => {
  const BOTH = `version: 1
responders:
  - { id: operator, name: Operator, channels: [terminal] }
  - { id: ada, name: Ada, channels: [terminal] }
`;

  it("goes to whom it is for by their own channel, and is shown to nobody", async () => {
    const phone = await signedInDevice();
    await desk().applyPolicy({ expectedVersion: 0, by: byAdmin(), why: "", text: BOTH });
    const sent = await terminalThatAnswers(204);
    const answer = await phone.submit(await phone.form("/people", "/people/ada/invite"));
    expect([answer.status, (await answer.text()).includes("csi_")]).toEqual([200, false]);
    expect(sent).toMatchObject([{ kind: "sign-in", responder: "ada" }]);
    expect(await actsOf()).toContain("sign-in-link-sent");
  });

  it("is refused where no channel takes it, and when three links wait", async () => {
    const phone = await signedInDevice();
    await desk().applyPolicy({ expectedVersion: 0, by: byAdmin(), why: "", text: BOTH });
    const form = await phone.form("/people", "/people/ada/invite");
    await terminalThatAnswers(500);
    expect((await phone.submit(form)).status).toBe(409);
    await terminalThatAnswers(204);
    for (const status of [200, 200, 200, 409]) expect((await phone.submit(form)).status).toBe(status);
  });
});
