// Incidents of several findings in a real browser: one service with three, the same on many hosts, and a silent part of the fleet, decided by the
// real control plane from what hosts told. COUNTERSIGN_LOOK_DIR=DIR also writes screenshots of them, for a person to look at.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { ControlPlane } from "../../control-plane/embedded/control-plane.ts";
import type { Incident } from "../../control-plane/src/core/desk/records/incident.ts";
import { type Device, hasChromium, measure, newDevice, PHONE, startBrowser } from "./chromium.ts";
import { startDesk } from "./desk-by-name.ts";
import { beginTrust } from "./first-passkey.ts";
import { writeLooks } from "./look.ts";
import { SimulatedHost } from "./simulated-host.ts";

const LOOK_DIR = process.env["COUNTERSIGN_LOOK_DIR"] ?? "";
const WAIT = { timeout: 40_000, interval: 100 };
const MINUTE_MS = 60_000;
const POLICY = `
version: 1
liveness: { profile: fast, reconnectGrace: 5s }
checkFailing: { failuresMin: 2, held: 500ms }
ladder: { observeFirst: 100ms }
rules:
  no-progress: { window: 2s }
  fleet-silent: { hostsMin: 3, share: 0.2 }
channels: { terminal: { kind: terminal } }
responders: [{ id: operator, name: "Operator", channels: [terminal] }]
escalation: { steps: [{ notify: [operator], after: 0s }] }
`;

const service = (name: string) => ({ service: name, proposalLifetimeMs: 3_600_000 });
const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_each, index) => String(from + index).padStart(2, "0"));

describe.skipIf(!hasChromium())("incidents of several findings", () => {
  const stateDir = mkdtempSync(join(tmpdir(), "countersign-kinds-"));
  const web = new SimulatedHost("web-1", [service("nginx")]);
  const apps = numbered(1, 8).map((number) => new SimulatedHost(`app-${number}`, [service("app")]));
  const edges = numbered(1, 4).map((number) => new SimulatedHost(`edge-${number}`, [service("cache")]));
  const hosts = [web, ...apps, ...edges];
  let controlPlane: ControlPlane;
  let browser: Browser;
  let phone: Device;

  beforeAll(async () => {
    browser = await startBrowser();
    controlPlane = await startDesk({ stateDir, policyText: POLICY, port: 0 });
    const { url } = await ask<{ url: string }>("sign-in-tokens", { responder: "operator" });
    phone = await newDevice(browser, controlPlane.url, { viewport: PHONE, javaScriptEnabled: false });
    await phone.page.goto(url);
    await phone.page.getByLabel("Name of this device").fill("Phone");
    await phone.page.getByRole("button", { name: "Sign in this device" }).click();
    await beginTrust(phone.page, controlPlane.url);
    for (const host of hosts)
      await host.join(controlPlane.url, (await ask<{ token: string }>("enrolment-tokens", {})).token);
  });

  afterAll(async () => {
    await browser?.close();
    for (const host of hosts) host.leave();
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

  async function incidentOf(kind: Incident["place"]["kind"], isReady: (incident: Incident) => boolean) {
    let found: Incident | undefined;
    await vi.waitUntil(async () => {
      const { incidents } = await ask<{ incidents: readonly Incident[] }>("incidents", null);
      found = incidents.find((incident) => incident.place.kind === kind && isReady(incident));
      return found !== undefined;
    }, WAIT);
    return found as Incident;
  }

  async function read(incident: Incident): Promise<string> {
    // away from the view first: it loads itself anew, and one that does so now would take this navigation's place
    await phone.page.goto("about:blank");
    const response = await phone.page.goto(`${controlPlane.url}/incidents/${incident.incidentId}`);
    expect(response?.status()).toBe(200);
    expect(await measure(phone.page)).toEqual({ tooWideBy: 0, smallTargets: [] });
    return (await phone.page.textContent("main")) ?? "";
  }

  it("shows the same trouble of many hosts as one, and offers nothing for it", async () => {
    for (const host of apps.slice(0, 6)) host.breakService("app");
    const incident = await incidentOf("wide", ({ title }) => title.startsWith("app fails on 6 "));
    const text = await read(incident);
    for (const words of ["app-01", "app-06", "No restart is offered", "Who is next"])
      expect(text).toContain(words);
    expect(text).toMatch(/6 of \d+ hosts fail/);
    expect(await phone.page.getByRole("link", { name: "app-01" }).count()).toBe(1);
  });

  it("shows three findings of one service, each with its evidence and runbook", async () => {
    web.breakService("nginx");
    web.tell([
      { kind: "restart", service: "nginx", by: "systemd", ago: 40 * MINUTE_MS },
      { kind: "restart", service: "nginx", by: "systemd", ago: 20 * MINUTE_MS },
      { kind: "restart", service: "nginx", by: "systemd", ago: 30_000 },
      { kind: "work", service: "nginx", counter: "requests", value: 48_112, ago: 60 * MINUTE_MS },
    ]);
    const incident = await incidentOf(
      "trouble",
      ({ subject }) => subject.kind === "service" && subject.service === "nginx",
    );
    await vi.waitUntil(async () => {
      const { findings } = await ask<{ findings: readonly object[] }>(
        `incidents/${incident.incidentId}`,
        null,
      );
      return findings.length >= 3;
    }, WAIT);
    await read(incident);
    const runbooks = phone.page.locator("main li a[href^='/runbooks/']");
    const paths: readonly string[] = await runbooks.evaluateAll((links) =>
      links.map((link) => link.getAttribute("href") ?? ""),
    );
    for (const reason of ["check-failing", "no-progress", "restart-loop-suspected"])
      expect(paths).toContain(`/runbooks/${reason}`);
  });

  it("shows hosts that fell silent together as one, with what lies beneath", async () => {
    for (const host of [...edges, ...apps.slice(0, 1)]) host.leave();
    const incident = await incidentOf("fleet", () => true);
    await vi.waitUntil(async () => (await read(incident)).includes("5 of 5 hosts are away"), WAIT);
    const text = await read(incident);
    for (const words of ["edge-01", "edge-04", "app-01"]) expect(text).toContain(words);
  });

  // Asserts nothing, so without a folder to write to there is no test to skip.
  if (LOOK_DIR !== "")
    it("is looked at", async () => {
      const { incidents } = await ask<{ incidents: readonly Incident[] }>("incidents", null);
      const paths = incidents.map(
        ({ incidentId, place, state }, index) =>
          [`kinds-${place.kind}-${state}-${index}`, `/incidents/${incidentId}`] as const,
      );
      const storageState = await phone.context.storageState();
      const looks = [["kinds-desk", "/"] as const, ...paths];
      await writeLooks({ browser, url: controlPlane.url, storageState, paths: looks, directory: LOOK_DIR });
    }, 300_000);

  it("asks for nothing outside the desk and breaks no policy of its own", () => {
    expect(phone.complaints).toEqual([]);
  });
});
