// Every view in every state in a real browser, with no script but the desk's own and under the desk's own policy: at the sizes of a small
// phone, a phone and a desktop, in light and in dark. Nothing is wider than the screen, what a thumb must hit is large
// enough, and axe finds nothing. COUNTERSIGN_LOOK_DIR=DIR writes a picture of each, for a person to look at;
// COUNTERSIGN_LOOK_ONLY=NAME,… of those whose names begin so.
import { mkdirSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { markupOf } from "../../control-plane/src/web/frame/markup.ts";
import { HOME_SCREEN_FILES } from "../../control-plane/src/web/home-screen.ts";
import {
  PASSKEY_SCRIPT,
  PASSKEY_SCRIPT_SOURCE,
  passkeyScriptHeaders,
} from "../../control-plane/src/web/look/passkey-script.ts";
import { policyOf } from "../../control-plane/src/web/look/view-policy.ts";
import { STATES } from "../gallery/all-states.ts";
import { DESKTOP, type Device, hasChromium, measure, newDevice, PHONE, startBrowser } from "./chromium.ts";

const LOOK_DIR = process.env["COUNTERSIGN_LOOK_DIR"] ?? "";
/** axe in its small form */
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const ONLY = (process.env["COUNTERSIGN_LOOK_ONLY"] ?? "").split(",").filter((name) => name !== "");
const SHORT_PHONE = { width: 360, height: 640 };
const SIZES = [SHORT_PHONE, PHONE, DESKTOP];
const SCHEMES = ["light", "dark"] as const;
/** Rules of axe that judge where things are; what a thumb must hit is measured here by itself. */
const LAYOUT_RULES = ["scrollable-region-focusable", "css-orientation-lock", "meta-viewport"];

const shown = STATES.filter(({ name }) => ONLY.length === 0 || ONLY.some((start) => name.startsWith(start)));

describe.skipIf(!hasChromium())("the gallery", () => {
  let browser: Browser;
  let server: Server;
  let url: string;
  let device: Device;

  beforeAll(async () => {
    if (LOOK_DIR !== "") mkdirSync(LOOK_DIR, { recursive: true });
    const markups = new Map<string, string>();
    for (const { name, view } of shown) markups.set(`/${name}`, await markupOf(view));
    server = createServer((request, response) => {
      if (HOME_SCREEN_FILES.some(({ path }) => path === request.url))
        return void response.writeHead(204).end();
      if (request.url === PASSKEY_SCRIPT_SOURCE)
        return void response.writeHead(200, passkeyScriptHeaders(url + request.url)).end(PASSKEY_SCRIPT);
      const markup = markups.get(request.url ?? "");
      response.writeHead(markup === undefined ? 404 : 200, {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": policyOf(markup ?? ""),
      });
      response.end(markup ?? "");
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    // by name: at an address no passkey can be used
    url = `http://localhost:${(server.address() as AddressInfo).port}`;
    browser = await startBrowser();
    device = await newDevice(browser, url, { viewport: PHONE });
    // axe is a script of ours that the page's own policy rightly refuses; it comes in by the debugger's door, past that policy, and not by
    // a question to each page, which would take as long as all that axe does there.
    await device.page.addInitScript({ path: AXE });
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  it.each(shown.map(({ name }) => name))("%s", async (name) => {
    const { complaints, page } = device;
    complaints.length = 0;
    await page.goto(`${url}/${name}`);
    for (const viewport of SIZES) {
      await page.setViewportSize(viewport);
      for (const colorScheme of SCHEMES) {
        // axe is what takes time here: both phones have one layout, a scheme changes nothing but colours, at every size the same, and a
        // size nothing but where things are.
        const isToBeRead = viewport === SHORT_PHONE || (viewport === DESKTOP && colorScheme === "light");
        if (!isToBeRead && LOOK_DIR === "") continue;
        await page.emulateMedia({ colorScheme });
        await photograph(page, name, `${viewport.width}x${viewport.height}-${colorScheme}`);
        if (!isToBeRead) continue;
        const rules =
          viewport === DESKTOP ? LAYOUT_RULES : colorScheme === "light" ? null : ["color-contrast"];
        expect(await violationsIn(page, rules), `${viewport.width} ${colorScheme}`).toEqual([]);
      }
      expect(await measure(page), `at ${viewport.width}`).toEqual({ tooWideBy: 0, smallTargets: [] });
    }
    await page.setViewportSize({ width: 320, height: 568 });
    expect(await measure(page), "at 320").toMatchObject({ tooWideBy: 0 });
    expect(complaints).toEqual([]);
  });
});

async function photograph(page: Page, name: string, look: string): Promise<void> {
  if (LOOK_DIR === "") return;
  await page.screenshot({ path: join(LOOK_DIR, `${name}-${look}.png`), fullPage: true });
  if (look.startsWith("360")) await page.screenshot({ path: join(LOOK_DIR, `${name}-${look}-first.png`) });
}

/** What axe finds by these rules (null: by all), in a line each: rule, place, why. */
async function violationsIn(page: Page, rules: string[] | null): Promise<readonly string[]> {
  const found = await page.evaluate(async (only) => {
    const { axe: here } = globalThis as unknown as { axe: typeof axe };
    const runOnly = only === null ? {} : { runOnly: only };
    return (await here.run({ resultTypes: ["violations"], ...runOnly })).violations;
  }, rules);
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ failureSummary, target }) => `${id} at ${target.join(" ")}: ${failureSummary ?? ""}`),
  );
}
