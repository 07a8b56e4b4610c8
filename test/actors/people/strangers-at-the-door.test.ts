// What another site, a stranger or a later change can do with signing in by passkey and with a review that is open: nothing that its person did not do.
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { decodeBase64Url } from "@countersign/shared/values/base64";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { challengeOf } from "@countersign/shared/wire/assertion";
import type { SoftwareAuthenticator } from "../../../control-plane/embedded/story/authenticator.ts";
import { desk } from "../world/fleet.ts";
import { candidate, firstPasskey, newestMark } from "../world/passkeys.ts";
import { type Device, deskMemory, OWN_FORM, signedInDevice, STRANGER } from "./device.ts";

const OPENED = { "sec-fetch-dest": "document", "sec-fetch-site": "none" };

async function answered(own: SoftwareAuthenticator, kind: "sign-in" | "proposal" | "trust" = "sign-in") {
  const { challenge } = await desk().signInChallenge();
  const assertion = JSON.stringify(await own.sign(challengeOf(kind, encodeUtf8(challenge))));
  return { action: "/sign-in", fields: { csrf: challenge, assertion } };
}

describe("signing in by passkey", () => {
  it("is taken from the desk's own view alone: another site signs nobody in as somebody else", async () => {
    const form = await answered(await firstPasskey());
    for (const headers of [
      { ...OWN_FORM, origin: "https://evil.test", "sec-fetch-site": "cross-site" },
      { ...OWN_FORM, origin: "https://other.desk.test", "sec-fetch-site": "same-site" },
      { ...OWN_FORM, origin: "null" },
      { "content-type": OWN_FORM["content-type"] },
    ]) {
      const answer = await STRANGER.submit(form, headers);
      expect([answer.status, answer.headers.get("set-cookie")]).toEqual([403, null]);
    }
    const answer = await STRANGER.submit(form);
    expect(answer.status).toBe(303);
    expect(answer.headers.get("set-cookie")).toMatch(
      /^__Host-countersign-sign-in=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect((await STRANGER.submit(form)).headers.get("set-cookie")).toBeNull();
  });

  it("leads nowhere but to this desk", async () => {
    const own = await firstPasskey();
    for (const wanted of [
      "https://evil.test/",
      "//evil.test",
      "/\\evil.test",
      "/%2f/evil.test\n",
      "javascript:1",
    ]) {
      const cookie = `__Host-countersign-wanted=${encodeURIComponent(wanted)}`;
      const answer = await STRANGER.submit(await answered(own), { ...OWN_FORM, cookie });
      expect([answer.status, answer.headers.get("location")]).toEqual([303, "/"]);
    }
  });

  it("counts attempts, and a flood of views leaves no row", async () => {
    const own = await firstPasskey();
    const [memory, rows] = [await deskMemory(), await rowCount()];
    for (let count = 0; count < 5; count += 1)
      expect((await STRANGER.request("/sign-in", { headers: OPENED })).status).toBe(200);
    expect([await deskMemory(), await rowCount()]).toEqual([memory, rows]);
    for (let count = 0; count < 20; count += 1) await STRANGER.submit(await answered(own, "proposal"));
    expect((await STRANGER.submit(await answered(own))).status).toBe(429);
    expect(await (await STRANGER.request("/sign-in", { headers: OPENED })).text()).not.toContain(
      "data-passkey",
    );
  });
});

describe("a review of the next list", () => {
  it("signs exactly what it showed: another address, or a passkey that was exchanged, is another list", async () => {
    const own = await firstPasskey();
    const device = await signedInDevice();
    const [shown, other] = [await candidate("operator", "Shown"), await candidate("operator", "Other")];
    const form = await device.form(`/passkey/next?add=${shown.credentialId}`, "/passkey/next");
    const signs = async (asked: string) => {
      const assertion = JSON.stringify(await signedOn(device, own, asked));
      return device.submit({ ...form, fields: { ...form.fields, asked, assertion } });
    };
    const before = await newestMark();
    expect((await signs(`add=${other.credentialId}`)).status).toBe(409);
    await desk().trustAct(
      { kind: "withdraw-passkey", credentialId: shown.credentialId },
      { kind: "person", responder: "operator", deviceId: "dev_x" },
    );
    expect((await device.submit({ ...form, fields: { ...form.fields, assertion: "{}" } })).status).toBe(409);
    expect(await newestMark()).toEqual(before);
  });
});

/** What the passkey signs of the review at an address. */
async function signedOn(device: Device, own: SoftwareAuthenticator, asked: string) {
  const view = await (await device.request(`/passkey/next?${asked}`)).text();
  const [, options = "{}"] = /data-options="([^"]*)"/.exec(view) ?? [];
  const { challenge } = JSON.parse(options.replaceAll("&quot;", '"')) as { readonly challenge: string };
  return own.sign(decodeBase64Url(challenge) ?? new Uint8Array());
}

async function rowCount(): Promise<string> {
  return runInDurableObject(desk(), (_instance, { storage }) =>
    ["used_challenges", "tokens", "sign_ins", "passkey_uses"]
      .map(
        (table) => storage.sql.exec<{ count: number }>(`SELECT COUNT(*) AS count FROM ${table}`).one().count,
      )
      .join(" "),
  );
}
