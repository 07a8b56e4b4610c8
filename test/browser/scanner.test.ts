// What mail scanners, link previews and prefetching browsers do to links, in a real browser: they open every one and submit
// every form. A stranger's changes nothing; a signed-in device's own GETs change nothing; forms that another page copied are
// refused. And no link of the desk is dead.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { ControlPlane } from "../../control-plane/embedded/control-plane.ts";
import type { Approval } from "../../control-plane/src/core/desk/records/approval.ts";
import { type Device, hasChromium, newDevice, PHONE, startBrowser } from "./chromium.ts";
import { startDesk } from "./desk-by-name.ts";
import { beginTrust } from "./first-passkey.ts";
import { SimulatedHost } from "./simulated-host.ts";

const WAIT = { timeout: 40_000, interval: 100 };
/** More views than this are no desk of three hosts: something makes links without end. */
const VIEWS_MAX = 250;
const POLICY = `
version: 1
liveness: { profile: fast, reconnectGrace: 5s }
checkFailing: { failuresMin: 2, held: 500ms }
ladder: { observeFirst: 100ms }
channels: { terminal: { kind: terminal } }
responders: [{ id: operator, name: "Operator", channels: [terminal] }]
escalation: { steps: [{ notify: [operator], after: 0s }], repeat: 1h }
`;

/** A form as a scanner finds it: where it goes, and what stands in it. */
interface FoundForm {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

describe.skipIf(!hasChromium())("a scanner", () => {
  const stateDir = mkdtempSync(join(tmpdir(), "countersign-scanner-"));
  const web = new SimulatedHost("web-1", [{ service: "nginx", proposalLifetimeMs: 3_600_000 }]);
  const quiet = new SimulatedHost("web-2", [{ service: "nginx", proposalLifetimeMs: 3_600_000 }]);
  let controlPlane: ControlPlane;
  let browser: Browser;
  let person: Device;
  let waiting: Approval;
  /** a sign-in link that nobody has used yet */
  let invitation: string;
  const paths = new Set<string>();
  /** by where they go: each view has the one that signs out */
  const forms = new Map<string, FoundForm>();

  beforeAll(async () => {
    browser = await startBrowser();
    controlPlane = await startDesk({ stateDir, policyText: POLICY, port: 0 });
    const { url } = await ask<{ url: string }>("sign-in-tokens", { responder: "operator" });
    // Only while nobody is signed in is a link given out instead of sent.
    person = await newDevice(browser, controlPlane.url, { viewport: PHONE, javaScriptEnabled: false });
    await person.page.goto(url);
    await person.page.getByLabel("Name of this device").fill("Phone");
    await person.page.getByRole("button", { name: "Sign in this device" }).click();
    await beginTrust(person.page, controlPlane.url);
    await person.page.goto(`${controlPlane.url}/people`);
    await person.page.getByRole("button", { name: "Sign in another device" }).click();
    invitation = (await person.page.textContent("main pre")) ?? "";
    for (const host of [web, quiet])
      await host.join(controlPlane.url, (await ask<{ token: string }>("enrolment-tokens", {})).token);
    web.breakService("nginx");
    await vi.waitUntil(async () => {
      const { approvals } = await ask<{ approvals: readonly Approval[] }>("incidents", null);
      const [found] = approvals;
      if (found !== undefined) waiting = found;
      return found !== undefined;
    }, WAIT);
  });

  afterAll(async () => {
    await browser?.close();
    for (const host of [web, quiet]) host.leave();
    await controlPlane?.stop();
    rmSync(stateDir, { recursive: true, force: true });
  });

  async function ask<T>(path: string, body: object | null): Promise<T> {
    const response = await fetch(`${controlPlane.url}/v1/admin/${path}`, {
      method: body === null ? "GET" : "POST",
      headers: { authorization: `Bearer ${controlPlane.adminToken}`, "content-type": "application/json" },
      ...(body === null ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`Ask ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** All that people have done, and what waits for them. That a person saw a question, or their page, is no act. */
  async function done() {
    const { rows } = await ask<{
      rows: readonly { readonly act: string; readonly actor: { kind: string } }[];
    }>("audit?limit=100", null);
    const { approvals, incidents } = await ask<{
      approvals: readonly Approval[];
      incidents: readonly { incidentId: string; state: string }[];
    }>("incidents", null);
    return {
      acts: rows.filter(
        ({ act, actor }) => isSomebody(actor.kind) && act !== "approval-seen" && act !== "page-seen",
      ),
      undecided: approvals.filter(({ decidedAt }) => decidedAt === null).map(({ findingId }) => findingId),
      incidents: incidents.map(({ incidentId, state }) => ({ incidentId, state })),
      signIns: await ask("sign-ins", null),
      policy: await ask("policy", null),
      grants: web.grants.length + quiet.grants.length,
    };
  }

  /** Opens a path and collects what it leads to. */
  async function scan(page: Page, path: string): Promise<readonly string[]> {
    // What is downloaded is no page, and leads nowhere.
    if (path.split("?")[0]?.endsWith(".md") === true) {
      const answer = await page.context().request.get(controlPlane.url + path);
      expect(answer.status(), path).toBeLessThan(500);
      return [];
    }
    const response = await page.goto(controlPlane.url + path);
    expect(response?.status(), path).toBeLessThan(500);
    const found = await page.evaluate(() => {
      const { document } = globalThis as unknown as { document: ScannedDocument };
      return {
        links: [...document.querySelectorAll("a[href]")].map((link) => String(link.href)),
        forms: [...document.querySelectorAll("form")].map((form) => ({
          // a field of the name "action" would stand before the property
          action: form.getAttribute("action") ?? "",
          method: form.getAttribute("method") ?? "get",
          fields: [...form.querySelectorAll("input, select, textarea")].map((field): [string, string] => [
            String(field.name),
            String(field.value),
          ]),
        })),
      };
    });
    for (const { action, fields, method } of found.forms)
      if (method === "post") forms.set(action, { action, fields: Object.fromEntries(fields) });
    return found.links
      .filter((link) => link.startsWith(`${controlPlane.url}/`))
      .map((link) => link.slice(controlPlane.url.length).split("#")[0] ?? "/");
  }

  it("that is signed in, as a browser that fetches ahead, finds every link alive and changes nothing", async () => {
    const before = await done();
    const queue = ["/", `/approvals/${waiting.approvalId}`, `/incidents/${waiting.incidentId}`];
    const dead: string[] = [];
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      if (paths.has(path)) continue;
      paths.add(path);
      expect(paths.size).toBeLessThan(VIEWS_MAX);
      const links = await scan(person.page, path);
      const heading = await person.page.textContent("h1").catch(() => null);
      if (heading === "There is nothing here") dead.push(path);
      queue.push(...links);
    }
    expect(dead).toEqual([]);
    expect(paths.size).toBeGreaterThan(15);
    expect(await done()).toEqual(before);
  });

  it("that is a stranger learns nothing, and changes nothing by any form it saw or finds", async () => {
    const before = await done();
    const stranger = await newDevice(browser, controlPlane.url, { viewport: PHONE });
    const own = forms.size;
    for (const path of [...paths, new URL(invitation).pathname]) {
      await scan(stranger.page, path);
      expect(await stranger.page.textContent("body")).not.toContain("web-1");
    }
    for (const { action, fields } of forms.values())
      await stranger.context.request.post(controlPlane.url + action, {
        form: fields,
        headers: { origin: controlPlane.url },
      });
    expect(forms.size).toBeGreaterThan(own);
    await stranger.context.close();
    expect(await done()).toEqual(before);
  });

  it("finds its copies of the person's forms refused on another page", async () => {
    const before = await done();
    const copied = [...forms.values()].filter(({ fields }) => fields["csrf"] !== undefined);
    const { server, url } = await copyOf(copied, controlPlane.url);
    const statuses = new Set<number>();
    for (const index of copied.keys()) {
      await person.page.goto(`${url}/${index}`);
      const [answer] = await Promise.all([
        person.page.waitForResponse((response) => response.request().method() === "POST"),
        person.page.getByRole("button").click(),
      ]);
      statuses.add(answer.status());
    }
    server.close();
    expect(copied.length).toBeGreaterThan(5);
    expect([...statuses]).toEqual([403]);
    expect(await done()).toEqual(before);
  });

  it("has left the sign-in link as it was", async () => {
    const late = await newDevice(browser, controlPlane.url, { viewport: PHONE, javaScriptEnabled: false });
    await late.page.goto(invitation);
    await late.page.getByLabel("Name of this device").fill("Laptop");
    await late.page.getByRole("button", { name: "Sign in this device" }).click();
    expect(await late.page.textContent("footer")).toContain("on Laptop");
    await late.context.close();
  });
});

/** Rules, hosts and the desk itself go on meanwhile. */
function isSomebody(kind: string): boolean {
  return kind === "person" || kind === "admin" || kind === "unknown";
}

/** As much of a document as is scanned: the tests know no types of a browser. */
interface ScannedDocument {
  querySelectorAll(selector: string): Iterable<ScannedElement>;
}
interface ScannedElement extends ScannedDocument {
  readonly href: unknown;
  getAttribute(name: string): string | null;
  readonly name: unknown;
  readonly value: unknown;
}

/** A page of somebody else's with the same forms and tokens, each behind one button. */
async function copyOf(
  copied: readonly FoundForm[],
  target: string,
): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer((request, response) => {
    const form = copied[Number(request.url?.slice(1))];
    const inputs = Object.entries(form?.fields ?? {}).map(
      ([name, value]) => `<input type="hidden" name="${name}" value="${value}">`,
    );
    response.writeHead(200, { "content-type": "text/html" });
    response.end(
      `<form method="post" action="${target}${form?.action ?? "/"}">${inputs.join("")}<button>Win a prize</button></form>`,
    );
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  // the same site as the desk, so that the browser sends its cookie along
  return { server, url: `http://localhost:${(server.address() as AddressInfo).port}` };
}
