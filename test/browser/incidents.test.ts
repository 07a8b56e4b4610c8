// Every page reason in a real browser, decided by the real control plane from what hosts told: title, severity, evidence, runbook.
// COUNTERSIGN_LOOK_DIR=DIR also writes screenshots of all pages at phone and desktop size, light and dark, for a person to look at.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { DESKTOP, hasChromium, newDevice, PHONE, startBrowser, type Device } from "./chromium.ts";
import { TroubledFleet } from "./troubled-fleet.ts";

const LOOK_DIR = process.env["COUNTERSIGN_LOOK_DIR"] ?? "";
const RUNBOOKS = join(import.meta.dirname, "../../docs/runbooks");
const REASONS = readdirSync(RUNBOOKS).map((name) => name.replace(/\.md$/, ""));

describe.skipIf(!hasChromium())("a fleet in trouble", () => {
  const stateDir = mkdtempSync(join(tmpdir(), "countersign-troubled-"));
  const fleet = new TroubledFleet(stateDir);
  let browser: Browser;
  let phone: Device;

  beforeAll(async () => {
    browser = await startBrowser();
    await fleet.start();
    phone = await newDevice(browser, fleet.controlPlane.url, {
      viewport: PHONE,
      deviceScaleFactor: 1,
      javaScriptEnabled: false,
    });
    await phone.page.goto(await fleet.signInLink());
    await phone.page.getByLabel("Name of this device").fill("Phone");
    await phone.page.getByRole("button", { name: "Sign in this device" }).click();
  });

  afterAll(async () => {
    await browser?.close();
    await fleet.stop();
    rmSync(stateDir, { recursive: true, force: true });
  });

  it("brings every page reason to the desk", async () => {
    await fleet.goWrong();
    const asked = (await fleet.approvals()).filter(({ subject }) =>
      ["web", "queue", "shop"].includes(subject.service ?? ""),
    );
    for (const { approvalId } of asked) {
      await phone.page.goto(`${fleet.controlPlane.url}/approvals/${approvalId}`);
      await phone.page.getByRole("button", { name: "Approve restart" }).click();
    }
    await fleet.actOn(3);
    await vi
      .waitUntil(
        async () => (await fleet.incidents()).some(({ reason }) => reason === "approval-unanswered"),
        { timeout: 15_000, interval: 200 },
      )
      .catch(() => {});
    fleet.fallSilent();
    await vi
      .waitUntil(async () => (await fleet.incidents()).some(({ reason }) => reason === "fleet-silent"), {
        timeout: 30_000,
        interval: 200,
      })
      .catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const open = new Set((await fleet.incidents()).map(({ reason }) => reason as string));
    expect(REASONS.filter((reason) => !open.has(reason))).toEqual([]);
  });

  it("looks", async () => {
    if (LOOK_DIR === "") return;
    const { url } = fleet.controlPlane;
    const state = await phone.context.storageState();
    const incidents = await fleet.incidents();
    const approvals = await fleet.approvals();
    const paths = [
      ["desk", "/"],
      ["brake", "/brake"],
      ["audit", "/audit"],
      ...incidents.map(({ incidentId, reason, state: s }, i) => [
        `incident-${reason}-${s}-${i}`,
        `/incidents/${incidentId}`,
      ]),
      ...approvals.map(({ approvalId, state: s }, i) => [`approval-${s}-${i}`, `/approvals/${approvalId}`]),
    ] as [string, string][];
    for (const [look, options] of Object.entries({
      "phone-light": { viewport: PHONE, colorScheme: "light" },
      "phone-dark": { viewport: PHONE, colorScheme: "dark" },
      "desktop-light": { viewport: DESKTOP, colorScheme: "light" },
    } as const)) {
      const device = await newDevice(browser, url, { ...options, storageState: state });
      for (const [name, path] of paths) {
        if (look !== "phone-light" && /^incident/.test(name) && !/check-failing|stuck|fleet/.test(name))
          continue;
        await device.page.goto(url + path);
        await device.page.screenshot({ path: join(LOOK_DIR, look, `${name}.png`), fullPage: true });
      }
      await device.context.close();
    }
  });
});
