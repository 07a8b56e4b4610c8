// Debian's Chromium, driven by playwright-core. Where it is missing the layer skips loudly on a laptop and fails in CI.
import { existsSync } from "node:fs";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";

const CHROMIUM_PATH = "/usr/bin/chromium";
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const PHONE = { width: 390, height: 844 };
export const SMALL_PHONE = { width: 320, height: 568 };
export const DESKTOP = { width: 1280, height: 800 };

/** True where the layer can run; throws in CI when it cannot. */
export function hasChromium(): boolean {
  if (existsSync(CHROMIUM_PATH)) return true;
  const sentence = `SKIPPED test/browser: there is no ${CHROMIUM_PATH}; install it with: apt-get install --no-install-recommends chromium`;
  if (process.env["CI"] !== undefined && process.env["CI"] !== "") throw new Error(sentence);
  process.stderr.write(`\n${sentence}\n`);
  return false;
}

/** Starts a browser with an empty profile. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM_PATH, args: ARGUMENTS });
}

export interface Device {
  readonly context: BrowserContext;
  readonly page: Page;
  /** what the browser complained about, policy violations included; addresses asked for outside the desk */
  readonly complaints: string[];
}

/** Chromium would have RS256 too: hosts read two kinds of keys, and no third. */
export const ADVICE = /pubKeyCredParams is missing at least one of the default algorithm identifiers/;

/** A device with its own cookies. */
export async function newDevice(
  browser: Browser,
  url: string,
  options: Parameters<Browser["newContext"]>[0],
): Promise<Device> {
  const context = await browser.newContext({ locale: "en-GB", ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => ADVICE.test(message.text()) || complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== url) complaints.push(`asked for ${request.url()}`);
  });
  return { context, page, complaints };
}

interface MeasuredDocument {
  readonly documentElement: { readonly scrollWidth: number };
  querySelectorAll(selector: string): Iterable<{
    readonly textContent: string | null;
    closest(selector: string): unknown;
    getBoundingClientRect(): { readonly height: number; readonly width: number };
  }>;
}

/** Sizes of what a thumb must hit, and whether the page is wider than its screen. */
export async function measure(
  page: Page,
): Promise<{ readonly tooWideBy: number; readonly smallTargets: readonly string[] }> {
  const viewport = page.viewportSize() ?? PHONE;
  // by one question: each costs a browser more than the measuring
  return page.evaluate((width) => {
    const { document } = globalThis as unknown as { document: MeasuredDocument };
    const targets = [...document.querySelectorAll("main button, main .btn")]
      // what is folded away has no size that could be believed
      .filter((element) => element.closest("details:not([open])") === null)
      .filter((element) => {
        const box = element.getBoundingClientRect();
        return box.height < 44 || box.width < 44;
      });
    // not the root's box: what overflows it makes it no wider, and the screen scrolls all the same
    const tooWideBy = Math.max(0, document.documentElement.scrollWidth - width);
    return { tooWideBy, smallTargets: targets.map(({ textContent }) => textContent ?? "") };
  }, viewport.width);
}
