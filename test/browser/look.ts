// Screenshots of whole views for a person to look at: phone and desktop, light and dark.
import { join } from "node:path";
import type { Browser, BrowserContext } from "playwright-core";
import { DESKTOP, newDevice, PHONE } from "./chromium.ts";

const LOOKS = {
  "phone-light": { viewport: PHONE, colorScheme: "light" },
  "phone-dark": { viewport: PHONE, colorScheme: "dark" },
  "desktop-light": { viewport: { ...DESKTOP, height: 900 }, colorScheme: "light" },
  "desktop-dark": { viewport: { ...DESKTOP, height: 900 }, colorScheme: "dark" },
} as const;

/** Writes DIRECTORY/LOOK/NAME.png for every path; a sticky bar stands where it is at first. */
export async function writeLooks(asked: {
  readonly browser: Browser;
  readonly url: string;
  readonly storageState: Awaited<ReturnType<BrowserContext["storageState"]>>;
  readonly paths: ReadonlyArray<readonly [name: string, path: string]>;
  readonly directory: string;
}): Promise<void> {
  const { browser, directory, paths, storageState, url } = asked;
  for (const [look, options] of Object.entries(LOOKS)) {
    const device = await newDevice(browser, url, { ...options, storageState });
    for (const [name, path] of paths) {
      await device.page.goto(url + path);
      await device.page.screenshot({ path: join(directory, look, `${name}.png`), fullPage: true });
    }
    await device.context.close();
  }
}
