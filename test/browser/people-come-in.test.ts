// How people come in, are let in and are taken out, in a real browser at a phone's size: a code from who is here, a passkey on their own phone, eight words
// on both sides, the next list signed; signing in by passkey; an enrolment that fails half-way; a passkey that is taken out while its person reads.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { decodeBase64 } from "@countersign/shared/values/base64";
import { type FleetTrust, parseTrust } from "@countersign/shared/wire/fleet-trust";
import type { ControlPlane } from "../../control-plane/embedded/control-plane.ts";
import { type Device, hasChromium, measure, newDevice, PHONE, startBrowser } from "./chromium.ts";
import { startDesk } from "./desk-by-name.ts";
import { createFirstPasskey } from "./first-passkey.ts";
import { SimulatedHost } from "./simulated-host.ts";
import { addAuthenticator, type VirtualAuthenticator } from "./virtual-authenticator.ts";

const HOUR_MS = 3_600_000;
const SIGNED = { timeout: 10_000 };
const CALM_MS = 7_000;
const TELEGRAM =
  "Mozilla/5.0 (Linux; Android 15; Pixel 9; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/142.0.0.0 Mobile Safari/537.36 Telegram-Android/11.5.3";
const POLICY = `
version: 1
liveness: { profile: fast }
checkFailing: { failuresMin: 2, held: 1s }
ladder: { observeFirst: 100ms }
channels: { terminal: { kind: terminal } }
responders:
  - { id: alice, name: Alice, channels: [terminal] }
  - { id: omar, name: Omar, channels: [terminal], roles: [approve] }
escalation: { steps: [{ notify: [alice, omar], after: 0s }], repeat: 1h }
`;

describe.skipIf(!hasChromium())("people who come in", () => {
  const stateDir = mkdtempSync(join(tmpdir(), "countersign-people-"));
  const host = new SimulatedHost("web-1", [{ service: "web", proposalLifetimeMs: HOUR_MS }]);
  const pages: Array<Readonly<Record<string, unknown>>> = [];
  let controlPlane: ControlPlane;
  let browser: Browser;
  let alice: Device;
  let omar: Device;
  let omarsKey: VirtualAuthenticator;

  beforeAll(async () => {
    const onPage = (page: Readonly<Record<string, unknown>>) => pages.push(page);
    controlPlane = await startDesk({ port: 0, stateDir, policyText: POLICY, onPage });
    browser = await startBrowser();
    [alice, omar] = [await phone(), await phone()];
  }, 90_000);

  afterAll(async () => {
    host.leave();
    await browser?.close();
    await controlPlane?.stop();
    rmSync(stateDir, { recursive: true, force: true });
  });

  const phone = (options: { readonly userAgent?: string } = {}) =>
    newDevice(browser, controlPlane.url, { viewport: PHONE, hasTouch: true, ...options });

  async function askAdmin<T>(path: string, body?: object): Promise<T> {
    const answer = await fetch(`${controlPlane.url}/v1/admin/${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${controlPlane.adminToken}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await answer.json()) as T;
  }

  async function trustNow(): Promise<FleetTrust> {
    const { versions } = await askAdmin<{ versions: readonly { readonly trust: string }[] }>("trust");
    const parsed = parseTrust(decodeBase64(versions.at(-1)?.trust ?? "") ?? new Uint8Array());
    if (!parsed.ok) throw new Error(parsed.error.detail);
    return parsed.value;
  }

  const wordsOn = async ({ page }: Device, within: string) =>
    (await page.locator(`${within} [data-says=fingerprint]`).first().textContent())?.trim().split(/\s+/);

  async function signNextList({ page }: Device): Promise<void> {
    await page.getByRole("button", { name: "Sign this list" }).click();
    await page.locator("[data-says=in-force]").waitFor(SIGNED);
  }

  it("begins with Alice, whom every view tells that she is alone", async () => {
    const { url } = await askAdmin<{ url: string }>("sign-in-tokens", { responder: "alice" });
    const { page } = alice;
    await page.goto(url);
    await page.getByLabel("Name of this device").fill("Alice's phone");
    await page.getByRole("button", { name: "Sign in this device" }).click();
    await page.waitForURL(`${controlPlane.url}/`);
    await createFirstPasskey(page, controlPlane.url);
    await page.goto(`${controlPlane.url}/hosts`);
    expect(await page.locator("aside").textContent()).toContain("Only you can approve, by one passkey");
    await page.getByRole("link", { name: "Add a second" }).click();
    await page.waitForURL(/\/passkey$/);
  });

  it("shows a code to who stands beside her, and whoever reads it comes to make a passkey", async () => {
    await alice.page.goto(`${controlPlane.url}/people`);
    await alice.page.getByRole("button", { name: "Show a code for Omar here" }).click();
    await alice.page.getByRole("heading", { name: "Let Omar read this code" }).waitFor();
    const link = (await alice.page.locator("pre.all").textContent())?.trim() ?? "";
    await omar.page.goto(link);
    await omar.page.getByLabel("Name of this device").fill("Omar's phone");
    await omar.page.getByRole("button", { name: "Sign in this device" }).click();
    await omar.page.waitForURL(/\/passkey$/);
    expect(await omar.page.textContent("[data-says=not-an-approver]")).toContain("make a passkey");
    expect(await measure(omar.page)).toEqual({ tooWideBy: 0, smallTargets: [] });
    const again = await phone();
    await again.page.goto(link);
    await again.page.getByLabel("Name of this device").fill("Somebody else's");
    await again.page.getByRole("button", { name: "Sign in this device" }).click();
    await again.page.getByRole("heading", { name: "Link used" }).waitFor();
    await again.context.close();
  });

  it("changes nothing by an enrolment that fails half-way, and it can be tried again", async () => {
    const before = await trustNow();
    const { page } = omar;
    omarsKey = await addAuthenticator(page, { isSynced: true });
    await omarsKey.setVerified(false);
    await page.getByLabel("Name of this passkey").fill("Omar's phone");
    await page.getByRole("button", { name: "Create your passkey" }).click();
    await expect
      .poll(() => page.locator("form[data-passkey] [role=status]").textContent(), SIGNED)
      .toContain("no passkey was made");
    expect(await trustNow()).toEqual(before);
    await omarsKey.setVerified(true);
    await page.getByRole("button", { name: "Create your passkey" }).click();
    await page.locator("[data-says=own-candidate]").waitFor(SIGNED);
    expect(await trustNow()).toEqual(before);
  });

  it("lets in by a list that Alice signs, after the same eight words stood on both phones", async () => {
    const words = await wordsOn(omar, "[data-says=own-candidate]");
    expect(words).toHaveLength(8);
    await alice.page.goto(`${controlPlane.url}/passkey`);
    expect(await wordsOn(alice, "[data-says=candidate]")).toEqual(words);
    await alice.page.getByRole("link", { name: "Let them in…" }).click();
    await alice.page.getByRole("heading", { name: "Let Omar approve?" }).waitFor();
    expect(await wordsOn(alice, "[data-says=compare]")).toEqual(words);
    expect(await measure(alice.page)).toEqual({ tooWideBy: 0, smallTargets: [] });
    await signNextList(alice);
    expect((await trustNow()).approvers.map(({ person }) => person)).toEqual(["alice", "omar"]);
    await omar.page.goto(`${controlPlane.url}/passkey`);
    expect(await omar.page.textContent("h1")).toBe("2 people may approve");
  });

  it("makes no second passkey on a phone that has one, which would take the place of the first", async () => {
    const { page } = omar;
    await page.getByText("Make one on this device").click();
    await page.getByLabel("Name of this passkey").fill("The same phone");
    await page.getByRole("button", { name: "Create your passkey" }).click();
    await expect
      .poll(() => page.locator("form[data-passkey] [role=status]").textContent(), SIGNED)
      .toContain("has a passkey for this desk already");
  });

  it("signs Omar in by his passkey, on whatever he opened", async () => {
    const { page } = omar;
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.goto(`${controlPlane.url}/silences`);
    await page.getByRole("heading", { name: "This device is not signed in" }).waitFor();
    await page.getByRole("button", { name: "Sign in with your passkey" }).click();
    await page.waitForURL(/\/silences$/, SIGNED);
    expect(await page.textContent("footer")).toContain("Signed in as Omar");
  });

  it("has a restart need two people, once Alice and the list say so", async () => {
    const { page } = alice;
    await page.goto(`${controlPlane.url}/passkey`);
    await page.getByText("Change what a level needs").click();
    await page.getByLabel("4 restart").selectOption("2");
    await page.getByRole("button", { name: "Look at this change" }).last().click();
    await page.getByRole("heading", { name: "Change what a restart needs?" }).waitFor();
    await signNextList(alice);
    expect((await trustNow()).levels[4]).toMatchObject({ people: 2 });
  });

  it("needs both for the list itself, and says who is missing", async () => {
    await alice.page.goto(`${controlPlane.url}/passkey/next?threshold=2`);
    expect(await alice.page.locator("[data-warning=all-must-sign]").count()).toBe(1);
    await signNextList(alice);
    await alice.page.goto(`${controlPlane.url}/passkey/next?threshold=1&level4=1`);
    await alice.page.getByRole("button", { name: "Sign this list" }).click();
    await alice.page.locator("[data-says=draft]").waitFor(SIGNED);
    expect(await alice.page.textContent("[data-says=draft]")).toContain(
      "Alice has signed the next list; one more person must",
    );
    expect((await trustNow()).threshold).toBe(2);
    await omar.page.goto(`${controlPlane.url}/passkey`);
    await omar.page.getByRole("link", { name: "Look at it" }).click();
    await signNextList(omar);
    expect(await trustNow()).toMatchObject({ threshold: 1, levels: { 4: { people: 1 } } });
  });

  it("refuses a yes by a passkey that was taken out while its person read, and signs them out", async () => {
    const { token } = await askAdmin<{ token: string }>("enrolment-tokens", {});
    await host.join(controlPlane.url, token);
    await new Promise((resolve) => setTimeout(resolve, CALM_MS));
    host.breakService("web");
    const isAsked = (page: Readonly<Record<string, unknown>>) => typeof page["approvalId"] === "string";
    await vi.waitUntil(() => pages.some(isAsked), { timeout: 20_000, interval: 50 });
    const { page } = omar;
    await page.goto(`${controlPlane.url}/approvals/${String(pages.find(isAsked)?.["approvalId"])}`);
    await page.getByRole("button", { name: "Approve restart" }).waitFor();

    await alice.page.goto(`${controlPlane.url}/passkey`);
    await alice.page.getByRole("link", { name: "Remove Omar's phone of Omar" }).click();
    await alice.page.getByRole("heading", { name: "Remove Omar from who may approve?" }).waitFor();
    await signNextList(alice);

    await page.getByRole("button", { name: "Approve restart" }).click();
    await page.getByRole("heading", { name: "This device is not signed in" }).waitFor(SIGNED);
    expect(host.grants).toEqual([]);
    await page.getByRole("button", { name: "Sign in with your passkey" }).click();
    await page.getByRole("heading", { name: "Passkey not known" }).waitFor(SIGNED);
    const { approvers } = await trustNow();
    expect(approvers.map(({ person }) => person)).toEqual(["alice"]);
  });

  it("tells inside a chat's browser to open the address in the phone's own", async () => {
    const inside = await phone({ userAgent: TELEGRAM });
    await inside.page.goto(`${controlPlane.url}/approvals/apr_x`);
    const card = inside.page.locator("[data-says=inside-another-app]");
    expect(await card.textContent()).toContain("You are inside Telegram: passkeys may not work here.");
    expect((await card.locator("pre").textContent())?.trim()).toBe(`${controlPlane.url}/approvals/apr_x`);
    await inside.context.close();
  });
});
