// The desk's one script in a real browser, under the policy of its view: it opens the sheet and sends what was signed, once; where nothing was
// signed it says why. The views stand at the desk's address, and the test is who answers.
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { encodeBase64Url } from "@countersign/shared/values/base64";
import { assert } from "@countersign/shared/values/result";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { Assertion, challengeOf, type Credential, verifyAssertion } from "@countersign/shared/wire/assertion";
import type { Current } from "../../control-plane/browser/current.ts";
import { Layout } from "../../control-plane/src/web/frame/layout.tsx";
import { markupOf } from "../../control-plane/src/web/frame/markup.ts";
import {
  PASSKEY_SCRIPT,
  PASSKEY_SCRIPT_PATH,
  passkeyScriptHeaders,
} from "../../control-plane/src/web/look/passkey-script.ts";
import { policyOf } from "../../control-plane/src/web/look/view-policy.ts";
import { creationOptionsOf, readRegistration } from "../../control-plane/src/web/passkeys/first-passkey.ts";
import { PasskeyForm, type PasskeyOptions } from "../../control-plane/src/web/signing/passkey-form.tsx";
import { PARTY, states } from "../gallery/passkeys.tsx";
import { ALICE } from "../gallery/shown-state.ts";
import { ADVICE, hasChromium, PHONE, startBrowser } from "./chromium.ts";
import { addAuthenticator, type VirtualAuthenticator } from "./virtual-authenticator.ts";

const [ORIGIN] = PARTY.origins as [string];
const TOKEN = "a-token";
const SIGNED = encodeUtf8("the exact bytes of a proposal");
const challenge = challengeOf("proposal", SIGNED);
const CREATING = creationOptionsOf({ party: PARTY, token: TOKEN, reader: ALICE });

function challengeText(...[kind, bytes]: Parameters<typeof challengeOf>): string {
  return encodeBase64Url(challengeOf(kind, bytes));
}

/** What the device is asked for to sign; by which passkeys. */
function signingBy(...credentialIds: readonly string[]): PasskeyOptions {
  return {
    challenge: encodeBase64Url(challenge),
    rpId: PARTY.rpId,
    allowCredentials: credentialIds.map((id) => ({ type: "public-key", id })),
    userVerification: "required",
  };
}

const CURRENT = { path: "/current", read: "what is read" };

function SigningView(props: {
  readonly moves?: number | null;
  readonly options: PasskeyOptions;
  readonly current?: { readonly path: string; readonly read: string };
}) {
  const { moves = null, options, ...current } = props;
  const form = { action: "/approve", kind: "get", token: TOKEN, options, ...current } as const;
  return (
    <Layout title="Restart?" frame={ALICE} moves={moves}>
      <h1>Restart?</h1>
      <PasskeyForm {...form} says="Approve restart" ready="runs once">
        <input type="hidden" name="proposalHash" value="as it was shown" />
      </PasskeyForm>
    </Layout>
  );
}

describe.skipIf(!hasChromium())("signing in a browser", () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];
  /** bodies of forms, as they came */
  let sent: URLSearchParams[];
  let opened: number;
  /** what the desk says at the tap; null: it cannot be reached */
  let current: { readonly status: number; readonly body: string } | null;
  let askedCount: number;

  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(() => arrive());
  afterEach(() => context.close());

  async function arrive(options: { readonly javaScriptEnabled?: boolean } = {}): Promise<void> {
    await context?.close();
    context = await browser.newContext({ viewport: PHONE, ...options });
    page = await context.newPage();
    [complaints, sent, opened] = [[], [], 0];
    [current, askedCount] = [null, 0];
    page.on("console", (message) => ADVICE.test(message.text()) || complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
  }

  /** Opens a view; forms go to nobody but this test. */
  async function open(view: Parameters<typeof markupOf>[0], refreshSeconds?: number): Promise<void> {
    const markup = await markupOf(view);
    await page.route(`${ORIGIN}/**`, (route) => {
      const request = route.request();
      const { pathname } = new URL(request.url());
      if (pathname === CURRENT.path) {
        askedCount += 1;
        return current === null ? route.abort("internetdisconnected") : route.fulfill(current);
      }
      if (request.method() === "POST") {
        sent.push(new URLSearchParams(request.postData() ?? ""));
        return route.fulfill({ contentType: "text/html", body: "<title>sent</title>" });
      }
      if (pathname === PASSKEY_SCRIPT_PATH)
        return route.fulfill({ headers: passkeyScriptHeaders(request.url()), body: PASSKEY_SCRIPT });
      if (!["/view", "/newer"].includes(pathname)) return route.fulfill({ status: 204 });
      opened += 1;
      return route.fulfill({
        contentType: "text/html",
        headers: {
          "content-security-policy": policyOf(markup),
          ...(refreshSeconds === undefined ? {} : { refresh: `${refreshSeconds}; url=/view` }),
        },
        body: markup,
      });
    });
    await page.goto(`${ORIGIN}/view`);
  }

  /** Makes a passkey in a new authenticator of this tab. */
  async function enrolled(): Promise<{ authenticator: VirtualAuthenticator; credential: Credential }> {
    const authenticator = await addAuthenticator(page);
    await open(states[0]!.view);
    await page.getByLabel("Name of this passkey").fill("Alice's phone");
    await button().click();
    await expect.poll(() => sent.length).toBe(1);
    const [form] = sent.splice(0);
    const expected = { party: PARTY, token: TOKEN, name: "Alice's phone" };
    const read = await readRegistration(form?.get("registration") ?? "", expected);
    assert(read.ok, "the passkey is taken");
    // The form is on its way to what answered it, and would take the place of where we go.
    await page.waitForFunction(`document.title === "sent"`);
    await page.goto("about:blank");
    await page.unrouteAll();
    complaints = [];
    return { authenticator, credential: read.value };
  }

  const button = () => page.locator("form[data-passkey] button");
  const said = () => page.locator("form[data-passkey] [role=status]").textContent();

  it("makes a passkey that the desk takes, once however often it is tapped, and only with a name", async () => {
    await addAuthenticator(page, { isSynced: true });
    await open(states[0]!.view);
    await button().click();
    expect(sent).toEqual([]);
    await page.getByLabel("Name of this passkey").fill("Alice's phone");
    await button().dblclick();
    await expect.poll(() => sent.length).toBe(1);
    const form = sent[0]!;
    expect([...form.keys()]).toEqual(["csrf", "registration", "name"]);
    const expected = { party: PARTY, token: TOKEN, name: "Alice's phone" };
    const taken = await readRegistration(form.get("registration") ?? "", expected);
    expect(taken).toMatchObject({ ok: true, value: { isSynced: true, algorithm: "ES256" } });
    expect(CREATING).toMatchObject({ attestation: "none" });
    expect(complaints).toEqual([]);
  });

  it("signs exactly what it was asked for, which the host's verifier takes, and sends it once", async () => {
    const { credential } = await enrolled();
    await open(<SigningView options={signingBy(credential.credentialId)} />);
    expect(await button().innerText()).toBe("Approve restart\nruns once");
    await button().dblclick();
    await expect.poll(() => page.title()).toBe("sent");
    expect(sent).toHaveLength(1);
    const assertion = Assertion.parse(JSON.parse(sent[0]?.get("assertion") ?? "null"));
    expect(await verifyAssertion(assertion, { credential, challenge, party: PARTY })).toMatchObject({
      ok: true,
    });
    expect(complaints).toEqual([]);
  });

  it("says that nothing was signed when the sheet is cancelled, and can be tapped again", async () => {
    await enrolled();
    await open(<SigningView options={signingBy(encodeBase64Url(encodeUtf8("somebody else's")))} />);
    await button().click();
    await expect.poll(said).toMatch(/^You cancelled, or .*: nothing was signed\.$/);
    expect(await button().isEnabled()).toBe(true);
    await button().click();
    await expect.poll(said).toMatch(/nothing was signed/);
    expect(sent).toEqual([]);
  });

  it("is not taken away under the finger by a view that fetches itself anew", async () => {
    const { authenticator, credential } = await enrolled();
    const { authenticatorId, cdp } = authenticator;
    await cdp.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled: false });
    await open(<SigningView options={signingBy(credential.credentialId)} moves={1} />, 1);
    await expect.poll(() => opened, { timeout: 30_000 }).toBeGreaterThan(1);
    await button().click();
    const before = opened;
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(opened).toBe(before);
    expect(await said()).toBe("Waiting for your passkey …");
    expect(await button().isDisabled()).toBe(true);
  });

  it("moves again after it was cancelled", async () => {
    await enrolled();
    await open(<SigningView options={signingBy(encodeBase64Url(encodeUtf8("nobody's")))} moves={1} />, 1);
    await button().click();
    await expect.poll(said).toMatch(/nothing was signed/);
    const before = opened;
    await expect.poll(() => opened, { timeout: 30_000 }).toBeGreaterThan(before);
  });

  describe("asks at the tap what is current, once", () => {
    /** What stands for the question now: renewed, over bytes of its own. */
    const NEWER = encodeUtf8("the exact bytes of the renewed proposal");
    async function stands(given: Partial<Extract<Current, { readonly state: "open" }>> = {}) {
      const { credential } = await enrolled();
      const options = { ...signingBy(credential.credentialId), challenge: challengeText("proposal", NEWER) };
      const body: Current = {
        state: "open",
        approvalId: "apr_newer",
        proposalHash: "as it is",
        read: CURRENT.read,
        changed: "",
        options,
        action: "/newer/approve",
        token: "a-newer-token",
        next: "/newer",
        ...given,
      };
      current = { status: 200, body: JSON.stringify(body) };
      await open(<SigningView options={signingBy(credential.credentialId)} current={CURRENT} />);
      return credential;
    }

    it("signs the renewed one where it reads the same, without a second tap", async () => {
      const credential = await stands();
      const posted = page.waitForRequest((request) => request.method() === "POST");
      await button().dblclick();
      expect(new URL((await posted).url()).pathname).toBe("/newer/approve");
      await expect.poll(() => sent.length).toBe(1);
      expect(askedCount).toBe(1);
      const [form] = sent;
      expect([form?.get("csrf"), form?.get("proposalHash")]).toEqual(["a-newer-token", "as it is"]);
      const assertion = Assertion.parse(JSON.parse(form?.get("assertion") ?? "null"));
      const expected = { credential, challenge: challengeOf("proposal", NEWER), party: PARTY };
      expect(await verifyAssertion(assertion, expected)).toMatchObject({ ok: true });
      expect(complaints).toEqual([]);
    });

    it("says in a line what reads otherwise, shows it as it is now, and signs nothing", async () => {
      await stands({ read: "something else", changed: "It was failed and is active now." });
      await button().click();
      await expect.poll(said).toBe("It was failed and is active now. Then tap again.");
      expect(await button().isDisabled()).toBe(true);
      await expect.poll(() => new URL(page.url()).pathname, { timeout: 30_000 }).toBe("/newer");
      expect(sent).toEqual([]);
    });

    it("says that somebody has answered meanwhile, shows how, and signs nothing", async () => {
      await stands();
      const over: Current = { state: "closed", says: "Somebody denied this already.", next: "/newer" };
      current = { status: 200, body: JSON.stringify(over) };
      await button().click();
      await expect.poll(said).toBe("Somebody denied this already. Nothing was signed.");
      await expect.poll(() => new URL(page.url()).pathname, { timeout: 30_000 }).toBe("/newer");
      expect(sent).toEqual([]);
    });

    it.each([
      ["offline", null, /^The desk cannot be reached: .* Nothing was signed\.$/],
      ["an answer that breaks off", { status: 200, body: "{" }, /^The desk's answer broke off/],
      ["a desk that fails", { status: 500, body: "" }, /^The desk did not say how it stands \(500\)/],
    ])("can be tapped again after %s", async (_what, answer, words) => {
      const credential = await stands();
      const good = current;
      current = answer;
      await button().click();
      await expect.poll(said).toMatch(words);
      expect(sent).toEqual([]);
      current = good;
      await button().click();
      await expect.poll(() => sent.length).toBe(1);
      expect(JSON.parse(sent[0]?.get("assertion") ?? "null")).toMatchObject({
        credentialId: credential.credentialId,
      });
    });

    it("says that the device was signed out meanwhile, and leads to signing in", async () => {
      await stands();
      current = { status: 401, body: "<title>Sign in</title>" };
      const before = opened;
      await button().click();
      await expect.poll(said).toBe("You are signed out on this device. Nothing was signed.");
      await expect.poll(() => opened, { timeout: 30_000 }).toBeGreaterThan(before);
      expect(sent).toEqual([]);
    });
  });

  it("says it where no script runs, and its button does nothing", async () => {
    await arrive({ javaScriptEnabled: false });
    await open(<SigningView options={signingBy()} />);
    expect(await button().innerText()).toBe("Approve restart\nsigning needs script, and none runs here");
    expect(await button().isDisabled()).toBe(true);
  });

  it("says it where the browser knows no passkeys", async () => {
    await page.addInitScript("delete window.PublicKeyCredential");
    await open(<SigningView options={signingBy()} />);
    await expect
      .poll(said)
      .toMatch(/^This browser knows no passkeys\. Inside another app, .* phone's own browser/);
    expect(await button().isDisabled()).toBe(true);
  });

  it.each([
    ["InvalidStateError", /has a passkey for this desk already: nothing was signed/],
    ["NotSupportedError", /makes no passkey of a kind that hosts can check/],
    ["SecurityError", /do not work at this address/],
    ["SomethingNewError", /^It failed \(told\): nothing was signed/],
  ])("says %s in words", async (name, words) => {
    await page.addInitScript(
      `navigator.credentials.get = () => Promise.reject(new DOMException("told", "${name}"))`,
    );
    await open(<SigningView options={signingBy()} />);
    await button().click();
    await expect.poll(said).toMatch(words);
    expect(sent).toEqual([]);
  });
});
