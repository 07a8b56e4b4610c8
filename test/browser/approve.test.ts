// The person's part in a real browser, at phone and desktop size, against the real Worker in workerd: sign in, add a host, take the
// page, open the approval, answer. The host is test code on a real socket; it sees whether a grant arrives.
// COUNTERSIGN_UPDATE_SCREENSHOTS=1 writes docs/images.
import { mkdtempSync, mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { FINGERPRINT_WORDS } from "@countersign/shared/values/fingerprint";
import type { ControlPlane } from "../../control-plane/embedded/control-plane.ts";
import { fakePushover } from "../providers/pushover.ts";
import { serveProvider, type ServedProvider } from "../providers/serve.ts";
import {
  DESKTOP,
  hasChromium,
  measure,
  newDevice,
  PHONE,
  SMALL_PHONE,
  startBrowser,
  type Device,
} from "./chromium.ts";
import { startDesk } from "./desk-by-name.ts";
import { createFirstPasskey } from "./first-passkey.ts";
import { SimulatedHost } from "./simulated-host.ts";
import { shareAuthenticator, type VirtualAuthenticator } from "./virtual-authenticator.ts";

const IMAGES = join(import.meta.dirname, "../../docs/images");
const HOUR_MS = 3_600_000;
/** The keys that https://pushover.net/api has in its examples. */
const PHONE_USER = "uQiRzpo4DXghDmr9QzzfQu27cmVRsG";
const PHONE_TOKEN = "azGDORePK8gMaC0QOYAMyEEuzJnyUi";
const SHORT_LIFE_MS = 5_000;
/** The sheet opens, the authenticator signs, the form goes out. */
const SIGNED = { timeout: 30_000 };
/** What travels, compressed. */
const PAGE_BYTES_MAX = 9_000;
/** The smallest phone on which question, reason and command stand whole above the answers. */
const SHORT_PHONE = { width: 360, height: 640 };
/** A host that has only just come is asked for nothing before its checks could have passed. */
const CALM_MS = 7_000;
/** As people should be paged: by what rings a phone on silent, and another person after that. */
const policyAt = (pushover: string) => `
version: 1
channels:
  terminal: { kind: terminal }
  phone: { kind: pushover, user: ${PHONE_USER}, secret: CHANNEL_PHONE, server: ${pushover} }
responders:
  - { id: operator, name: Operator, channels: [phone, terminal], send: at-once }
  - { id: bob, name: Bob, channels: [phone] }
escalation: { steps: [{ notify: [operator], after: 0s }, { notify: [bob], after: 5m }] }
liveness: { profile: fast }
checkFailing: { failuresMin: 2, held: 1s }
ladder: { observeFirst: 100ms }
verify: { stability: 2s }
incident: { resolveAfter: 2s }
`;

async function boxOf(page: Page, selector: string) {
  const box = await page.locator(selector).boundingBox();
  if (box === null) throw new Error(`there is no ${selector}`);
  return box;
}

async function bottomOf(page: Page, selector: string): Promise<number> {
  const { height, y } = await boxOf(page, selector);
  return y + height;
}

describe.skipIf(!hasChromium())("a person with a browser", () => {
  const stateDir = mkdtempSync(join(tmpdir(), "countersign-browser-"));
  const host = new SimulatedHost("web-1", [
    { service: "web", proposalLifetimeMs: HOUR_MS },
    { service: "queue", proposalLifetimeMs: HOUR_MS },
    { service: "cache", proposalLifetimeMs: SHORT_LIFE_MS },
  ]);
  const pages: Array<Readonly<Record<string, unknown>>> = [];
  let controlPlane: ControlPlane;
  const clock = {
    get now() {
      return Date.now();
    },
  };
  const provider = fakePushover(clock, { token: PHONE_TOKEN, users: [PHONE_USER] });
  /** where the messages lead that came to phones */
  const links: string[] = [];
  let pushover: ServedProvider;
  let browser: Browser;
  let phone: Device;
  let desktop: Device;
  let passkey: VirtualAuthenticator;

  beforeAll(async () => {
    const onPage = (page: Readonly<Record<string, unknown>>) => pages.push(page);
    pushover = await serveProvider({
      answer: async (request) => {
        links.push(new URLSearchParams(await request.clone().text()).get("url") ?? "");
        return provider.answer(request);
      },
    });
    const bindings = { CHANNEL_PHONE: PHONE_TOKEN };
    controlPlane = await startDesk({
      port: 0,
      stateDir,
      policyText: policyAt(pushover.url),
      bindings,
      onPage,
    });
    browser = await startBrowser();
    const { url } = controlPlane;
    phone = await newDevice(browser, url, {
      viewport: PHONE,
      deviceScaleFactor: 2,
      hasTouch: true,
    });
    desktop = await newDevice(browser, url, { viewport: DESKTOP, javaScriptEnabled: false });
  });

  afterAll(async () => {
    host.leave();
    await browser?.close();
    await controlPlane?.stop();
    await pushover?.close();
    rmSync(stateDir, { recursive: true, force: true });
  });

  async function signInLink(responder: string): Promise<string> {
    const response = await fetch(`${controlPlane.url}/v1/admin/sign-in-tokens`, {
      method: "POST",
      headers: { authorization: `Bearer ${controlPlane.adminToken}`, "content-type": "application/json" },
      body: JSON.stringify({ responder }),
    });
    const { url } = (await response.json()) as { url?: string };
    return url ?? links.findLast((link) => link.includes("/sign-in/")) ?? "";
  }

  async function signIn(device: Device, deviceName: string, responder = "operator"): Promise<void> {
    const link = await signInLink(responder);
    await fetch(link);
    await device.page.goto(link);
    await device.page.reload();
    await device.page.getByLabel("Name of this device").fill(deviceName);
    await device.page.getByRole("button", { name: "Sign in this device" }).click();
    await expect.poll(() => device.page.url()).toBe(`${controlPlane.url}/`);
  }

  /** Breaks a service and gives the link of the page that arrives. */
  async function approvalLinkFor(service: string): Promise<string> {
    host.breakService(service);
    const isWanted = (page: Readonly<Record<string, unknown>>) =>
      page["approvalId"] !== null && JSON.stringify(page).includes(service);
    await vi.waitUntil(() => pages.some(isWanted), { timeout: 30_000, interval: 50 });
    return String(pages.find(isWanted)?.["url"]);
  }

  async function screenshot(device: Device, name: string): Promise<void> {
    if (process.env["COUNTERSIGN_UPDATE_SCREENSHOTS"] !== "1") return;
    mkdirSync(IMAGES, { recursive: true });
    await device.page.screenshot({ path: join(IMAGES, name) });
  }

  it("signs in two devices; opening a link beforehand does not spend it", async () => {
    await signIn(phone, "Phone");
    await signIn(desktop, "Laptop");
    await signIn(await newDevice(browser, controlPlane.url, { viewport: PHONE }), "Pixel", "bob");
    expect(await phone.page.textContent("h1")).not.toMatch(/needs? you$/);
  });

  it("makes the fleet's first passkey on the phone, and shows the words that root compares", async () => {
    const { page } = phone;
    await page.goto(controlPlane.url);
    expect(await page.textContent("h1")).toBe("Nobody can approve a restart yet");
    await page.getByRole("link", { name: "Create your passkey" }).tap();
    await page.waitForURL(/\/passkey$/);
    passkey = await createFirstPasskey(page, controlPlane.url);
    expect((await page.textContent("[data-says=fingerprint]"))?.trim().split(/\s+/)).toHaveLength(
      FINGERPRINT_WORDS,
    );
    expect(await measure(page)).toEqual({ tooWideBy: 0, smallTargets: [] });
    await page.goto(controlPlane.url);
    expect(await page.textContent("h1")).not.toContain("approve");
  });

  it("adds a host with the command that is shown once", async () => {
    await phone.page.getByRole("button", { name: "Menu" }).tap();
    await phone.page.getByRole("link", { name: "Hosts", exact: true }).tap();
    await phone.page.waitForURL(/\/hosts$/);
    await phone.page.goto(`${controlPlane.url}/hosts/new`);
    await phone.page.getByRole("button", { name: "Make an enrolment token" }).click();
    const command = (await phone.page.locator("pre.mono").textContent()) ?? "";
    const [, url = "", token = ""] = /enroll --url (\S+) --token (\S+)/.exec(command) ?? [];
    expect(url).toBe(controlPlane.url);
    await host.join(url, token);
    await new Promise((resolve) => setTimeout(resolve, CALM_MS));
    await phone.page.goto(controlPlane.url);
    expect(await phone.page.textContent("main")).toContain("web-1");
  });

  it("approves on a phone by passkey, and the host gets one grant for exactly what was shown and signed", async () => {
    const link = await approvalLinkFor("web");
    const { page } = phone;
    const response = await page.goto(link);
    expect(gzipSync((await response?.body()) ?? "").length).toBeLessThan(PAGE_BYTES_MAX);
    expect(await page.textContent("h1")).toBe("Restart web on web-1?");
    const argv = await page.locator("ol.argv li").allTextContents();
    expect(argv).toEqual([
      "/usr/bin/sudo",
      "-n",
      "/usr/bin/systemctl",
      "restart",
      "--no-block",
      "web.service",
    ]);
    const text = (await page.textContent("body")) ?? "";
    for (const words of [
      "web-1",
      "Runs as root on web-1",
      "the rule check-failing",
      "connection refused",
      "0 of 3 restarts allowed within an hour are used",
      "stays well for 2 seconds",
      "ends in",
    ])
      expect(text).toContain(words);
    await screenshot(phone, "approval-phone.png");
    const button = page.getByRole("button", { name: "Approve restart" });
    expect((await button.boundingBox())?.y).toBeGreaterThan(PHONE.height / 2);
    expect(await page.locator(".bar button").allInnerTexts()).toEqual([
      "Deny\nends it; pages wait 60\u00A0min",
      "I take it\nstays open; no pages for 60\u00A0min",
      "Approve restart\nruns once, within 2 minutes of your yes",
    ]);
    await page.setViewportSize(SHORT_PHONE);
    expect(await bottomOf(page, "ol.argv")).toBeLessThanOrEqual((await boxOf(page, ".bar")).y);
    await page.setViewportSize(PHONE);
    const shownHash = await page
      .locator("form[action$='/approve'] input[name=proposalHash]")
      .getAttribute("value");

    const stale = await phone.context.newPage();
    await stale.goto(link);
    await shareAuthenticator(passkey, stale);
    await button.tap();
    await expect.poll(() => page.textContent("h1"), SIGNED).toBe("Restarting web on web-1");
    expect(page.url()).toBe(link);
    expect(await page.locator("ol.steps > li").count()).toBe(5);
    expect(await page.getByRole("button", { name: /Approve|Deny/ }).count()).toBe(0);
    await vi.waitUntil(() => host.grants.length > 0, { timeout: 30_000 });

    await stale.getByRole("button", { name: "Approve restart" }).tap();
    await expect
      .poll(() => stale.textContent("main"), SIGNED)
      .toContain("approved this already, perhaps you. It is not run twice.");
    await stale.close();
    expect(host.grants).toHaveLength(1);
    expect(host.grants[0]?.grant).toMatchObject({
      proposalHash: shownHash,
      service: "web",
      approvedBy: "operator",
    });
    // The host has verified it itself (simulated-actuator.ts).
    expect(host.grants[0]?.signers).toMatchObject([
      { scheme: "ed25519" },
      { scheme: "webauthn", person: "operator" },
    ]);
  });

  it("follows the act to its end by itself: nobody loads the view again, and it says for how long it was down", async () => {
    const [received] = host.grants;
    if (received !== undefined) host.finishRestart(received);
    const badge = () => phone.page.locator("main .st").first().textContent();
    await expect.poll(badge, { timeout: 30_000, interval: 300 }).toBe("Fixed");
    expect(await phone.page.textContent("h1")).toBe("web on web-1 is well again");
    expect(await phone.page.textContent("figcaption")).toMatch(/^(?:Down|Failed for) [0-9.]+ s\./);
    expect(await phone.page.locator("svg.lane").getAttribute("aria-label")).toMatch(
      /^broke .* well after .*\.$/,
    );
    expect(await phone.page.textContent("footer")).not.toContain("Fetched anew");
    expect(await phone.page.textContent("[data-says=verdict]")).toBe(
      "web-1 itself verified: you by The phone.",
    );
    await phone.page.getByRole("link", { name: "The incident" }).click();
    await expect
      .poll(async () => (await phone.page.reload(), badge()), { timeout: 30_000, interval: 300 })
      .toBe("Over");
  });

  it("denies on a desktop, and nothing reaches the host", async () => {
    const link = await approvalLinkFor("queue");
    const { page } = desktop;
    await page.goto(controlPlane.url);
    await screenshot(desktop, "desk-desktop.png");
    await page.getByRole("link", { name: "Answer: restart queue" }).click();
    await page.waitForURL(link);
    // Without a script the view informs and takes a no; a passkey signs nothing.
    const yes = page.getByRole("button", { name: "Approve restart" });
    expect(await yes.innerText()).toBe("Approve restart\nsigning needs script, and none runs here");
    expect(await yes.isDisabled()).toBe(true);
    await page.getByRole("button", { name: "Deny" }).click();
    await expect.poll(() => page.locator("main .st").first().textContent()).toBe("Denied");
    expect(await page.textContent("h1")).toBe("You denied restarting queue on web-1");
    expect(await page.textContent("main")).toContain("Nothing ran");
    expect(await page.getByRole("button", { name: /Approve|Deny/ }).count()).toBe(0);
    expect(host.grants).toHaveLength(1);
  });

  it("acknowledges the incident that is left", async () => {
    await desktop.page.getByRole("link", { name: "The incident" }).click();
    await desktop.page.getByRole("button", { name: /^(?:Acknowledge|I take it)/ }).click();
    await expect.poll(() => desktop.page.locator("main .st").first().textContent()).toMatch(/^Taken by /);
  });

  it("asks for it again on the phone, after the no, and finds it waiting for an answer", async () => {
    const { page } = phone;
    await page.goto(desktop.page.url());
    await page.getByRole("link", { name: "Ask for …" }).tap();
    await page.waitForURL(/\/ask\/host_/);
    expect(await measure(page)).toEqual({ tooWideBy: 0, smallTargets: [] });
    const form = page.locator("form[action$='/queue']");
    await form.getByLabel("For").selectOption("restart");
    await form.getByLabel("Why").fill("the key is new");
    await form.getByRole("button", { name: "Ask web-1" }).tap();
    // The view leads on to the question by itself, once the host has said what it would run.
    await page.waitForURL(/\/approvals\//, { timeout: 30_000 });
    expect(await measure(page)).toEqual({ tooWideBy: 0, smallTargets: [] });
    expect(await page.textContent("main")).toContain("You ask: the key is new");
    expect(await page.getByRole("button", { name: "Approve restart" }).count()).toBe(1);
    expect(host.grants).toHaveLength(1);
  });

  it("says that a request expired, and a late tap executes nothing", async () => {
    const link = await approvalLinkFor("cache");
    const { page } = phone;
    await page.goto(link);
    await new Promise((resolve) => setTimeout(resolve, SHORT_LIFE_MS + 500));
    await page.getByRole("button", { name: "Approve restart" }).tap();
    await expect
      .poll(() => page.textContent("main"), SIGNED)
      .toContain("The time for an answer was over before yours came. Nothing ran.");
    // The view that shows it comes by itself: nothing was signed for it.
    await expect.poll(() => page.locator("main .st").first().textContent(), SIGNED).toBe("Nobody answered");
    expect(await page.textContent("main")).toContain("Nobody said yes, and nobody said no.");
    expect(await page.getByRole("button", { name: /Approve|Deny/ }).count()).toBe(0);
    expect(host.grants).toHaveLength(1);
  });

  it("fits every view on a small phone, with buttons a thumb can hit", async () => {
    await phone.page.setViewportSize(SMALL_PHONE);
    const steering = [
      "/brake",
      "/silences",
      "/silences/new",
      "/silences/new/fleet",
      "/standing",
      "/standing/new",
    ];
    const rest = ["/policy", "/shadow", "/runbooks", "/runbooks/host-silent", "/hosts/new", "/sign-in/none"];
    for (const path of ["/", "/audit", ...steering, ...rest, "/nowhere"]) {
      await phone.page.goto(controlPlane.url + path);
      expect(await measure(phone.page), path).toEqual({ tooWideBy: 0, smallTargets: [] });
    }
  });

  it("tells who is not signed in nothing", async () => {
    const stranger = await newDevice(browser, controlPlane.url, { viewport: PHONE });
    const bodies = new Set<string>();
    // the first page is a one-time link, which is meant for who is not signed in
    const told = pages.find(({ kind }) => kind !== "sign-in");
    for (const path of ["/", "/audit", new URL(String(told?.["url"])).pathname, "/approvals/apr_none"]) {
      const response = await stranger.page.goto(controlPlane.url + path);
      expect(response?.status()).toBe(401);
      bodies.add((await stranger.page.textContent("body")) ?? "");
    }
    expect(bodies.size).toBe(1);
    expect([...bodies][0]).not.toContain("web");
    await stranger.context.close();
  });

  it("signs out", async () => {
    await desktop.page.getByRole("button", { name: "Sign out" }).click();
    await expect.poll(() => desktop.page.textContent("h1")).toBe("This device is not signed in");
    expect(await desktop.context.cookies()).toEqual([]);
  });

  it("asks for nothing outside the desk and breaks no policy of its own", () => {
    // Chromium reports every answer of 4xx as a console line; those are meant here.
    const meant = /Failed to load resource: the server responded with a status of 4/;
    expect([...phone.complaints, ...desktop.complaints].filter((line) => !meant.test(line))).toEqual([]);
  });
});
