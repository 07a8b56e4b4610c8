// The fleet's first passkey by its view, inside workerd: what the form takes, from whom and how often, and what the view shows afterwards. The
// library that reads registrations runs here as it does on Cloudflare.
import { describe, expect, it } from "vitest";
import { decodeBase64, decodeBase64Url } from "@countersign/shared/values/base64";
import { fingerprintWordsOf } from "@countersign/shared/values/fingerprint";
import { trustHashOf } from "@countersign/shared/wire/fleet-trust";
import { newAuthenticator } from "../../../control-plane/embedded/story/authenticator.ts";
import { desk } from "../world/fleet.ts";
import { chooseDomain, firstPasskey, passkey } from "../world/passkeys.ts";
import { type Device, type Form, signedInDevice, STRANGER } from "./device.ts";

/** The form of the view, filled in by a device's authenticator. */
async function filledForm(device: Device, authenticator = passkey()): Promise<Form> {
  if ((await trustNow()) === null) await chooseDomain();
  const view = await (await device.request("/passkey")).text();
  const [, options = "{}"] = /data-options="([^"]*)"/.exec(view) ?? [];
  const { challenge } = JSON.parse(options.replaceAll("&quot;", '"')) as { readonly challenge: string };
  const form = await device.form("/passkey", "/passkey");
  const csrf =
    /data-passkey="create"[^>]*><input type="hidden" name="csrf" value="([^"]*)"/.exec(view)?.[1] ?? "";
  const made = (await authenticator).register(decodeBase64Url(challenge) ?? new Uint8Array());
  const registration = JSON.stringify(made);
  return { ...form, fields: { csrf, registration, name: "Alice's phone" } };
}

async function trustNow(): Promise<string | null> {
  return (await desk().trustNow()).versions.at(-1)?.trust ?? null;
}

describe("the first passkey", () => {
  it("is taken from a signed-in person, and the view shows the words that a host's root compares", async () => {
    const device = await signedInDevice();
    const answer = await device.submit(await filledForm(device));
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/passkey"]);
    const view = await (await device.request("/passkey")).text();
    const hash = trustHashOf(decodeBase64((await trustNow()) ?? "") ?? new Uint8Array());
    const words = fingerprintWordsOf(hash);
    expect(view).toContain(`${words.slice(0, 4).join(" ")}\n${words.slice(4).join(" ")}`);
    expect(view).toContain("Alice&#39;s phone");
    // one more is offered, folded: the list is begun
    expect(view).toContain("Make one on this device");
  });

  it("is taken once: what comes second waits, and changes nothing of the list", async () => {
    const device = await signedInDevice();
    const form = await filledForm(device);
    await firstPasskey();
    const before = await trustNow();
    const answer = await device.submit(form);
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/passkey"]);
    expect((await desk().approversNow()).candidates).toMatchObject([
      { person: "operator", credential: { name: "Alice's phone" } },
    ]);
    expect(await trustNow()).toBe(before);
  });

  it.each<[string, number, (form: Form, other: Form) => Form["fields"]]>([
    ["by a scanner that submits it as it stands", 400, ({ fields }) => ({ ...fields, registration: "" })],
    ["without a name", 400, ({ fields }) => ({ ...fields, name: "  " })],
    [
      "with what was made for another form",
      400,
      ({ fields }, other) => ({ ...fields, registration: other.fields["registration"] ?? "" }),
    ],
    ["with nonsense", 400, ({ fields }) => ({ ...fields, registration: '{"id":"x"}' })],
    ["without the form's token", 403, ({ fields }) => ({ ...fields, csrf: "" })],
  ])("is not taken %s", async (_what, status, change) => {
    const device = await signedInDevice();
    const form = await filledForm(device);
    const fields = change(form, await filledForm(device));
    expect((await device.submit({ ...form, fields })).status).toBe(status);
    expect(await trustNow()).toBeNull();
  });

  it("is not taken where it was made on another site, nor from who is not signed in", async () => {
    const device = await signedInDevice();
    const elsewhere = newAuthenticator({ origin: "https://desk.test.evil.example", rpId: "desk.test" });
    expect((await device.submit(await filledForm(device, elsewhere))).status).toBe(400);
    expect((await STRANGER.submit(await filledForm(device))).status).toBe(401);
    expect(await trustNow()).toBeNull();
  });
});
