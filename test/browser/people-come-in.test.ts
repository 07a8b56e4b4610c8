// How people come in, are let in and are taken out, in a real browser at a phone's size: a code from who is here, a passkey on their own phone, eight words
// on both sides, the next list signed; signing in by passkey; an enrolment that fails half-way; a restart that two must sign; a passkey that is taken
// out while its person reads, on a device that signed in by it and on one that did not.
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
import { addAuthenticator, shareAuthenticator, type VirtualAuthenticator } from "./virtual-authenticator.ts";

const HOUR_MS = 3_600_000;
const SIGNED = { timeout: 30_000 };
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
  const host = new SimulatedHost("web-1", [
    { service: "web", proposalLifetimeMs: HOUR_MS },
    { service: "queue", proposalLifetimeMs: HOUR_MS },
  ]);
  const pages: Array<Readonly<Record<string, unknown>>> = [];
  let controlPlane: ControlPlane;
  let browser: Browser;
  let alice: Device;
  let omar: Device;
  let omarsKey: VirtualAuthenticator;
  let restart = "";

  beforeAll(async () => {
    const onPage = (page: Readonly<Record<string, unknown>>) => pages.push(page);
    controlPlane = await startDesk({ port: 0, stateDir, policyText: POLICY, onPage });
    browser = await startBrowser();
    [alice, omar] = [await phone(), await phone()];
  });

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

  /** Breaks a service, and says where its restart is asked for. */
  async function approvalFor(service: string): Promise<string> {
    const known = new Set(pages.map(({ approvalId }) => approvalId));
    host.breakService(service);
    const isAsked = ({ approvalId }: Readonly<Record<string, unknown>>) =>
      typeof approvalId === "string" && !known.has(approvalId);
    await vi.waitUntil(() => pages.some(isAsked), { timeout: 30_000, interval: 50 });
    return `${controlPlane.url}/approvals/${String(pages.find(isAsked)?.["approvalId"])}`;
  }

  const wordsOn = async ({ page }: Device, within: string) =>
    (await page.locator(`${within} [data-says=fingerprint]`).first().textContent())?.trim().split(/\s+/);

  /** Another tab of Omar's phone, signed in by a link: its sign-in hangs on no passkey. */
  async function phoneByLink(): Promise<Device> {
    const device = await phone();
    const isLink = ({ kind }: Readonly<Record<string, unknown>>) => kind === "sign-in";
    const sentBefore = pages.filter(isLink).length;
    await askAdmin("sign-in-tokens", { responder: "omar" });
    await vi.waitUntil(() => pages.filter(isLink).length > sentBefore, { timeout: 30_000, interval: 50 });
    await device.page.goto(String(pages.findLast(isLink)?.["url"]));
    await device.page.getByLabel("Name of this device").fill("Omar's tablet");
    await device.page.getByRole("button", { name: "Sign in this device" }).click();
    await device.page.waitForURL(`${controlPlane.url}/`);
    await shareAuthenticator(omarsKey, device.page);
    return device;
  }

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

  it("says on both phones who is missing after the first signature, and nothing runs", async () => {
    const { token } = await askAdmin<{ token: string }>("enrolment-tokens", {});
    await host.join(controlPlane.url, token);
    await new Promise((resolve) => setTimeout(resolve, CALM_MS));
    restart = await approvalFor("queue");
    const { page } = alice;
    await page.goto(restart);
    expect(await page.textContent("[data-says=signed-so-far]")).toBe("Two people must sign: you and Omar.");
    const yes = page.getByRole("button", { name: "Approve restart" });
    await expect.poll(() => yes.innerText()).toContain("your signature; 1 more must follow");
    await yes.click();
    await page.locator(".bar [data-says=signed]").waitFor(SIGNED);
    expect(await page.textContent(".bar [data-says=signed]")).toBe(
      "You have signed. One more person must sign: Omar.",
    );
    expect(await yes.count()).toBe(0);
    expect(await measure(page)).toEqual({ tooWideBy: 0, smallTargets: [] });
    await omar.page.goto(restart);
    expect(await omar.page.textContent("[data-says=signed-so-far]")).toBe(
      "Alice has signed. One more person must sign: you.",
    );
    expect(host.grants).toEqual([]);
  });

  it("runs by the second, in one envelope, and the host itself has verified both", async () => {
    const { page } = omar;
    await page.getByRole("button", { name: "Approve restart" }).click();
    await expect.poll(() => page.textContent("h1"), SIGNED).toBe("Restarting queue on web-1");
    await vi.waitUntil(() => host.grants.length > 0, { timeout: 30_000 });
    const [received] = host.grants;
    if (received === undefined) throw new Error("the host got no grant");
    expect(received.signers).toMatchObject([
      { scheme: "ed25519" },
      { scheme: "webauthn", person: "alice" },
      { scheme: "webauthn", person: "omar" },
    ]);
    host.finishRestart(received);
    for (const { page: seen } of [omar, alice])
      await expect
        .poll(async () => (await seen.goto(restart), seen.locator("[data-says=verdict]").count()), SIGNED)
        .toBe(1);
    expect(await alice.page.textContent("[data-says=verdict]")).toBe(
      "web-1 itself verified: you by The phone and Omar by Omar's phone.",
    );
    expect(await page.textContent("[data-says=verdict]")).toBe(
      "web-1 itself verified: Alice by The phone and you by Omar's phone.",
    );
    expect(host.grants).toHaveLength(1);
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

  it("refuses a yes by a passkey that was taken out while its person read, and signs out what came in by it", async () => {
    const link = await approvalFor("web");
    const { page } = omar;
    await page.goto(link);
    await page.getByRole("button", { name: "Approve restart" }).waitFor();
    const byLink = await phoneByLink();
    await byLink.page.goto(link);
    const yes = byLink.page.getByRole("button", { name: "Approve restart" });
    await expect.poll(() => yes.isEnabled()).toBe(true);

    await alice.page.goto(`${controlPlane.url}/passkey`);
    await alice.page.getByRole("link", { name: "Remove Omar's phone of Omar" }).click();
    await alice.page.getByRole("heading", { name: "Remove Omar from who may approve?" }).waitFor();
    await signNextList(alice);

    await yes.click();
    await expect
      .poll(() => byLink.page.textContent("main"), SIGNED)
      .toContain("Your passkey is no longer in the list of who may approve. Nothing was signed.");
    await byLink.page.locator(".bar [data-says=cannot-sign]").waitFor(SIGNED);
    expect(await yes.count()).toBe(0);
    await page.getByRole("button", { name: "Approve restart" }).click();
    await page.getByRole("heading", { name: "This device is not signed in" }).waitFor(SIGNED);
    expect(host.grants).toHaveLength(1);
    await page.getByRole("button", { name: "Sign in with your passkey" }).click();
    await page.getByRole("heading", { name: "Passkey not known" }).waitFor(SIGNED);
    const { approvers } = await trustNow();
    expect(approvers.map(({ person }) => person)).toEqual(["alice"]);
    await byLink.context.close();
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
