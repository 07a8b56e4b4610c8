// The fleet's first passkey, made before its hosts come: by the browser itself, or where no script may run by a software authenticator that fills in
// the same form.
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { decodeBase64Url } from "@countersign/shared/values/base64";
import { newAuthenticator } from "../../control-plane/embedded/story/authenticator.ts";
import { addAuthenticator, type VirtualAuthenticator } from "./virtual-authenticator.ts";

/** A signed-in person creates it by the view, as they would; gives the tab's authenticator. */
export async function createFirstPasskey(page: Page, url: string): Promise<VirtualAuthenticator> {
  const authenticator = await addAuthenticator(page);
  await page.goto(`${url}/passkey`);
  await page.getByLabel("Name of this passkey").fill("The phone");
  await page.getByRole("button", { name: "Create your passkey" }).click();
  await page.getByRole("heading", { name: "One person may approve" }).waitFor();
  return authenticator;
}

/** The same without a script: nobody in the test signs by it afterwards. */
export async function beginTrust(page: Page, url: string): Promise<void> {
  await page.waitForURL(`${url}/`);
  const { request } = page.context();
  const view = await (await request.get(`${url}/passkey`)).text();
  const [, options = "{}", csrf = ""] =
    /data-passkey="create" data-options="([^"]*)"><input type="hidden" name="csrf" value="([^"]*)"/.exec(
      view,
    ) ?? [];
  const { challenge } = JSON.parse(options.replaceAll("&quot;", '"')) as { readonly challenge: string };
  const authenticator = await newAuthenticator({ origin: url, rpId: new URL(url).hostname });
  const registration = authenticator.register(decodeBase64Url(challenge) ?? new Uint8Array());
  const answer = await request.post(`${url}/passkey`, {
    form: { csrf, name: "The phone", registration: JSON.stringify(registration) },
    headers: { origin: url, "sec-fetch-site": "same-origin" },
  });
  expect(await answer.text()).toContain("One person may approve");
}
