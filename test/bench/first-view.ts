// Benchmark: the approval as a phone on a slow network opens it for the first time: an empty cache, slow 4G, a slow processor. Two marks: the first
// words are on the screen, and the yes can be tapped (its script has come). What a reader would get wrong: DevTools' latency is added to each request
// and to no connection, so Lighthouse raises it by 3.75 to make up for DNS, TCP and TLS; both are measured. Beside it stands the same text as one
// static file, the least that could be sent.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { ControlPlane } from "../../control-plane/embedded/control-plane.ts";
import { waitFor } from "../../control-plane/embedded/story/steps.ts";
import { hasChromium, newDevice, PHONE, startBrowser } from "../browser/chromium.ts";
import { startDesk } from "../browser/desk-by-name.ts";
import { SimulatedHost } from "../browser/simulated-host.ts";
import { addAuthenticator } from "../browser/virtual-authenticator.ts";
import { type Beside, figure, type Measured, median, promise, type Say } from "./figures.ts";

const ROUNDS = 9;
const CPU_SLOWER = 4;
const KBIT_PER_S = 1_000 / 8;
/** Lighthouse's slow 4G (https://github.com/GoogleChrome/lighthouse/blob/main/core/config/constants.js, mobileSlow4G). */
const DOWN_BYTES_PER_S = 1_600 * KBIT_PER_S;
const UP_BYTES_PER_S = 750 * KBIT_PER_S;
const ROUND_TRIP_MS = 150;
/** … what Lighthouse tells DevTools for it. */
const FRESH_CONNECTION_MS = ROUND_TRIP_MS * 3.75;

const BYTES_MAX = 14 * 1_024;
const FIRST_VIEW_MS_MAX = 1_500;
const HOUR_MS = 3_600_000;
/** A host that has only just come is asked for nothing before its checks could have passed. */
const CALM_MS = 7_000;
const OPENED_MS_MAX = 20_000;
const POLICY = `
version: 1
liveness: { profile: fast }
checkFailing: { failuresMin: 2, held: 1s }
ladder: { observeFirst: 100ms }
`;
/** In the page, before anything of it: notes when the yes can be tapped. */
const NOTE_YES = `new MutationObserver(() => {
  if (document.querySelector("form[data-passkey] button:not([disabled])") !== null) globalThis.yesAt ??= performance.now();
}).observe(document, { subtree: true, attributes: true, attributeFilter: ["disabled"] });`;

type Told = Readonly<Record<string, unknown>>;
type Cookies = Exclude<BrowserContextOptions["storageState"], string | undefined>;

/** Milliseconds from the start of each opening. */
interface Opened {
  readonly painted: number[];
  readonly ready: number[];
}

/** Why it cannot run here, or null. */
export function firstViewObstacle(): string | null {
  return hasChromium() ? null : "there is no Chromium on this machine";
}

/** Opens one waiting approval again and again, each time as a phone that was never there. */
export async function benchFirstView(say: Say): Promise<Measured> {
  const stateDir = mkdtempSync(join(tmpdir(), "countersign-first-view-"));
  const host = new SimulatedHost("web-1", [{ service: "web", proposalLifetimeMs: HOUR_MS }]);
  const pages: Told[] = [];
  const onPage = (page: Told) => pages.push(page);
  const controlPlane = await startDesk({ port: 0, stateDir, policyText: POLICY, onPage });
  const browser = await startBrowser();
  let plain: Server | null = null;
  try {
    say("signing in, making a passkey, breaking a service");
    const page = await signIn(browser, controlPlane, pages);
    const url = await brokenApproval(host, { controlPlane, pages });
    const html = await (await page.request.get(url)).text();
    const text = plainFileOf(html);
    plain = await serve(text);
    const beside = `http://localhost:${(plain.address() as AddressInfo).port}/`;
    const phone = { browser, cookies: await page.context().storageState() };
    await page.context().close();
    const takeTurns = async (latencyMs: number) => {
      const [ours, theirs]: [Opened, Opened] = [
        { painted: [], ready: [] },
        { painted: [], ready: [] },
      ];
      for (let round = 1; round <= ROUNDS; round += 1) {
        say(`${latencyMs} ms a request: round ${round} of ${ROUNDS}`);
        await open(phone, { url, latencyMs, hasYes: true }, ours);
        await open(phone, { url: beside, latencyMs, hasYes: false }, theirs);
      }
      return { latencyMs, ours, theirs };
    };
    const fresh = await takeTurns(FRESH_CONNECTION_MS);
    const open150 = await takeTurns(ROUND_TRIP_MS);
    return { figures: figuresOf([fresh, open150], { html, text }), notes: notesOf([fresh, open150], html) };
  } finally {
    host.leave();
    plain?.close();
    await browser.close();
    await controlPlane.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

async function askAdmin<T>({ adminToken, url }: ControlPlane, path: string, body: object): Promise<T> {
  const answer = await fetch(`${url}/v1/admin/${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${adminToken}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`Ask ${path}: ${answer.status}`);
  return (await answer.json()) as T;
}

/** A signed-in phone whose person has made the fleet's first passkey. */
async function signIn(browser: Browser, desk: ControlPlane, pages: readonly Told[]): Promise<Page> {
  const { page } = await newDevice(browser, desk.url, { viewport: PHONE });
  const answer = await askAdmin<{ url?: string }>(desk, "sign-in-tokens", { responder: "operator" });
  const link = await waitFor("the sign-in link", 10_000, () => {
    const sent = pages.find(({ kind }) => kind === "sign-in");
    return answer.url ?? (sent === undefined ? null : String(sent["url"]));
  });
  await page.goto(link);
  await page.getByLabel("Name of this device").fill("Phone");
  await page.getByRole("button", { name: "Sign in this device" }).click();
  await page.waitForURL(`${desk.url}/`);
  await addAuthenticator(page);
  await page.goto(`${desk.url}/passkey`);
  await page.getByLabel("Name of this passkey").fill("The phone");
  await page.getByRole("button", { name: "Create your passkey" }).click();
  await page.getByRole("heading", { name: "One person may approve" }).waitFor();
  return page;
}

/** Where a service's restart is asked for. */
async function brokenApproval(
  host: SimulatedHost,
  desk: { readonly controlPlane: ControlPlane; readonly pages: readonly Told[] },
): Promise<string> {
  const { controlPlane, pages } = desk;
  const { token } = await askAdmin<{ token: string }>(controlPlane, "enrolment-tokens", {});
  await host.join(controlPlane.url, token);
  await sleep(CALM_MS);
  host.breakService("web");
  return waitFor("a page with an approval", 30_000, () => {
    const found = pages.find(({ approvalId }) => typeof approvalId === "string");
    return found === undefined ? null : String(found["url"]);
  });
}

/** What somebody reads of it, as a file without style, shapes and script. */
function plainFileOf(html: string): string {
  const words = html
    .replace(/<style>.*?<\/style>/s, "")
    .replaceAll(/<svg\b.*?<\/svg>/gs, "")
    .replaceAll(/<script\b.*?<\/script>/gs, "")
    .replaceAll(/<link\b[^>]*>/g, "")
    .replaceAll(/ (?:class|data-[a-z]+|aria-[a-z]+|style)="[^"]*"/g, "");
  return words;
}

async function serve(html: string): Promise<Server> {
  const server = createServer((request, response) => {
    const isFile = request.url === "/";
    response.writeHead(isFile ? 200 : 404, { "content-type": "text/html; charset=utf-8" });
    response.end(isFile ? html : "");
  });
  await new Promise<void>((resolve) => server.listen({ host: "localhost", port: 0 }, resolve));
  return server;
}

/** One opening by a phone whose browser has nothing kept but the sign-in. */
async function open(
  { browser, cookies }: { readonly browser: Browser; readonly cookies: Cookies },
  what: { readonly url: string; readonly latencyMs: number; readonly hasYes: boolean },
  opened: Opened,
): Promise<void> {
  const context = await browser.newContext({ viewport: PHONE, storageState: cookies });
  try {
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    await cdp.send("Network.enable");
    await cdp.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: what.latencyMs,
      downloadThroughput: DOWN_BYTES_PER_S,
      uploadThroughput: UP_BYTES_PER_S,
    });
    await cdp.send("Emulation.setCPUThrottlingRate", { rate: CPU_SLOWER });
    await page.addInitScript(NOTE_YES);
    const answer = await page.goto(what.url);
    if (answer?.status() !== 200) throw new Error(`Open ${what.url}: ${answer?.status() ?? "no answer"}`);
    opened.painted.push(
      await instantOf(page, 'performance.getEntriesByName("first-contentful-paint")[0]?.startTime'),
    );
    if (what.hasYes) opened.ready.push(await instantOf(page, "globalThis.yesAt"));
  } finally {
    await context.close();
  }
}

async function instantOf(page: Page, expression: string): Promise<number> {
  const handle = await page.waitForFunction(expression, null, { polling: 50, timeout: OPENED_MS_MAX });
  return Number(await handle.jsonValue());
}

interface Turns {
  readonly latencyMs: number;
  readonly ours: Opened;
  readonly theirs: Opened;
}

function figuresOf(
  turns: readonly Turns[],
  { html, text }: { readonly html: string; readonly text: string },
) {
  const aim: Beside = { kind: "limit", value: FIRST_VIEW_MS_MAX, what: "aim" };
  const times = turns.flatMap(({ latencyMs, ours, theirs }) => {
    const plain: Beside = {
      kind: "measured",
      value: median(theirs.painted),
      what: "the same text, one static file",
    };
    const at = `${latencyMs} ms a request`;
    return [
      figure(`first words on the screen, ${at}, median`, median(ours.painted), "ms", aim),
      figure(`the same`, median(ours.painted), "ms", plain),
      figure(`the yes can be tapped, ${at}, median`, median(ours.ready), "ms", aim),
    ];
  });
  const bytes = gzipSync(html).length;
  const kb = (value: number) => value / 1_024;
  const most: Beside = { kind: "limit", value: kb(BYTES_MAX), what: "aim" };
  const least: Beside = {
    kind: "measured",
    value: kb(gzipSync(text).length),
    what: "the same text, one static file",
  };
  return [
    ...times,
    promise(figure("the view, compressed, before its script", kb(bytes), "KB", most), bytes <= BYTES_MAX),
    figure("the same", kb(bytes), "KB", least),
  ];
}

function notesOf(turns: readonly Turns[], html: string): readonly string[] {
  const list = (values: readonly number[]) => values.map((value) => value.toFixed(0)).join(" ");
  return [
    `Chromium, ${PHONE.width} × ${PHONE.height}, empty cache, ${ROUNDS} openings each, in turns; 1.6 Mbit/s down, 750 kbit/s up, processor ${CPU_SLOWER} times slower.`,
    `562.5 ms a request is what Lighthouse tells DevTools for slow 4G's ${ROUND_TRIP_MS} ms and a new connection with TLS; ${ROUND_TRIP_MS} ms is a connection that is open.`,
    `npm start's desk compresses nothing, so ${(Buffer.byteLength(html) / 1_024).toFixed(1)} KB went over the slow line; Cloudflare compresses views by itself.`,
    ...turns.flatMap(({ latencyMs, ours, theirs }) => [
      `${latencyMs} ms a request: words ${list(ours.painted)}; yes ${list(ours.ready)}; static file ${list(theirs.painted)}`,
    ]),
  ];
}
