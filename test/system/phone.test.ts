// The whole way of a person, on a phone-sized browser with a passkey, to a real systemd host: the page's link, the yes, one gesture, and the service
// runs again. What counts is taps: the link is one, the yes is the other. The authenticator is Chromium's; all else is what stands in production.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { waitFor } from "../../control-plane/embedded/story/steps.ts";
import type { TerminalPage } from "../../control-plane/embedded/workerd-messages.ts";
import { hasChromium, newDevice, PHONE, startBrowser } from "../browser/chromium.ts";
import { addAuthenticator, addPasskey } from "../browser/virtual-authenticator.ts";
import { killService, mainPidOf, startFleet, type Fleet } from "./fleet.ts";
import { describeOnMachine } from "./prerequisites.ts";

/** A person sees within this that their yes is under way. */
const SEEN_MS = 3_000;

(hasChromium() ? describeOnMachine : () => {})("a person with a phone and a passkey", () => {
  let fleet: Fleet;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    fleet = await startFleet();
    browser = await startBrowser();
    page = await signedInPhone();
  });
  afterAll(async () => {
    await browser?.close();
    await fleet?.end();
  });

  /** A device of the operator's whose authenticator holds their passkey. */
  async function signedInPhone(): Promise<Page> {
    const { publicUrl } = fleet.controlPlane();
    const phone = await newDevice(browser, publicUrl, { viewport: PHONE, hasTouch: true });
    await fleet.admin().offerSignIn("operator");
    const link = await waitFor("the sign-in link", 30_000, () => pageOf(({ kind }) => kind === "sign-in"));
    await phone.page.goto(String(link.url));
    await phone.page.getByLabel("Name of this device").fill("Phone");
    await phone.page.getByRole("button", { name: "Sign in this device" }).tap();
    await phone.page.waitForURL(`${publicUrl}/`);
    const authenticator = await addAuthenticator(phone.page);
    const { passkey } = fleet.approver;
    await addPasskey(authenticator, { passkey, rpId: new URL(publicUrl).hostname, user: "operator" });
    return phone.page;
  }

  function pageOf(matches: (told: TerminalPage) => boolean): TerminalPage | null {
    return fleet.pages.map(({ page: told }) => told).findLast(matches) ?? null;
  }

  const badge = () => page.locator("main .st").first().textContent();

  test("gets from the page to a verified restart by two taps and one gesture", async () => {
    const oldMainPid = await mainPidOf(fleet.machine);
    await killService(fleet.machine);
    const isAsked = ({ approvalId }: TerminalPage) => typeof approvalId === "string";
    const told = await waitFor("the page", 30_000, () => pageOf(isAsked));

    // The first tap: the page's link.
    await page.goto(String(told.url));
    expect(await page.textContent("h1")).toBe("Restart demo on demo-host?");
    expect(await page.locator("ol.argv li").last().textContent()).toBe("demo.service");
    const yes = page.getByRole("button", { name: "Approve restart" });
    await expect.poll(() => yes.isEnabled()).toBe(true);

    // The second, and the gesture: the authenticator says yes to its sheet.
    const tappedAt = Date.now();
    await yes.tap();
    await page.locator("ol.steps").waitFor();
    const underWayMs = Date.now() - tappedAt;
    await expect
      .poll(async () => (await page.locator("ol.steps").textContent())?.includes("Handed over to"), {
        timeout: SEEN_MS,
        interval: 50,
      })
      .toBe(true);
    const handedMs = Date.now() - tappedAt;
    await page.getByText("checked it and ran it").waitFor({ timeout: 30_000 });
    const ranMs = Date.now() - tappedAt;
    process.stderr.write(
      `phone: ${underWayMs} ms from the tap to the running view, ${handedMs} ms to handed over, ${ranMs} ms to "ran" as it is seen\n`,
    );
    expect(handedMs).toBeLessThan(SEEN_MS);

    expect(await mainPidOf(fleet.machine)).not.toBe(oldMainPid);
    await expect.poll(badge, { timeout: 60_000, interval: 500 }).toBe("Fixed");
    expect(await page.textContent("[data-says=verdict]")).toContain("demo-host itself verified: you by");
  });
});
