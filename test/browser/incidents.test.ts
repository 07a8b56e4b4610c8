// Every page reason in a real browser, decided by the real control plane from what hosts told: title, severity, evidence, runbook.
// COUNTERSIGN_LOOK_DIR=DIR also writes screenshots of all views at phone and desktop size, light and dark, for a person to look at.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PAGE_LATE_AFTER_MS } from "../../control-plane/src/core/desk/page-undelivered.ts";
import type { Finding } from "../../control-plane/src/core/desk/records/finding.ts";
import type { Incident } from "../../control-plane/src/core/desk/records/incident.ts";
import { isHosted, serviceOf } from "../../control-plane/src/core/words/subject.ts";
import { reasonTitleOf } from "../../control-plane/src/policy/reason-titles.ts";
import { hasChromium, measure, newDevice, PHONE, startBrowser, type Device } from "./chromium.ts";
import { createFirstPasskey } from "./first-passkey.ts";
import { writeLooks } from "./look.ts";
import { TroubledFleet } from "./troubled-fleet.ts";

const LOOK_DIR = process.env["COUNTERSIGN_LOOK_DIR"] ?? "";
const RUNBOOKS = join(import.meta.dirname, "../../docs/runbooks");
/** No host can bring these about: test/actors/hosts/shard-unreachable.test.ts, unreadable-desk.test.ts and unreadable-shard.test.ts. */
const NOT_TOLD_BY_HOSTS = ["shard-unreachable", "record-unreadable"];
const REASONS = readdirSync(RUNBOOKS)
  .map((name) => name.replace(/\.md$/, ""))
  .filter((reason) => !NOT_TOLD_BY_HOSTS.includes(reason));
/** Sam's channel takes no page: they are said to be missing once the first is so old. */
const UNDELIVERED_WAIT_MS = PAGE_LATE_AFTER_MS + 30_000;
/** Bytes of a view as it is sent, compressed: a third of a second on a bad connection of 0.5 Mbit/s. */
const INCIDENT_BYTES_MAX = 20 * 1024;

describe.skipIf(!hasChromium())("a fleet in trouble", () => {
  const stateDir = mkdtempSync(join(tmpdir(), "countersign-troubled-"));
  const fleet = new TroubledFleet(stateDir);
  let browser: Browser;
  let phone: Device;
  let incidents: readonly Incident[] = [];
  let findings: readonly Finding[] = [];

  beforeAll(async () => {
    browser = await startBrowser();
    await fleet.start(async () => {
      const { url } = fleet.controlPlane;
      phone = await newDevice(browser, url, { viewport: PHONE });
      await phone.page.goto(await fleet.signInLink());
      await phone.page.getByLabel("Name of this device").fill("Phone");
      await phone.page.getByRole("button", { name: "Sign in this device" }).click();
      await phone.page.waitForURL(`${url}/`);
      await createFirstPasskey(phone.page, url);
    });
  });

  afterAll(async () => {
    await browser?.close();
    await fleet.stop();
    rmSync(stateDir, { recursive: true, force: true });
  });

  async function open(path: string): Promise<string> {
    const response = await phone.page.goto(fleet.controlPlane.url + path);
    expect(response?.status(), path).toBe(200);
    return (await phone.page.textContent("main")) ?? "";
  }

  function findingOf(reason: string): Finding {
    const found = findings.find((finding) => finding.reason === reason);
    if (found === undefined) throw new Error(`nothing was found for ${reason}`);
    return found;
  }

  /** The view in which a finding is explained. */
  function pathOf({ findingId, incidentId }: Finding): string {
    return `/incidents/${incidentId}?finding=${findingId}`;
  }

  function findingOn(service: string): Finding {
    const found = findings.find(({ subject }) => serviceOf(subject) === service);
    if (found === undefined) throw new Error(`nothing was found about ${service}`);
    return found;
  }

  it("brings every page reason to the desk; a new reason needs its story in trouble-story.ts", async () => {
    await fleet.failServices();
    for (const approvalId of await fleet.approvalsOf(["web", "queue", "shop"])) {
      await open(`/approvals/${approvalId}`);
      await phone.page.getByRole("button", { name: "Approve restart" }).click();
      await expect.poll(() => phone.page.textContent("h1"), { timeout: 30_000 }).toMatch(/^Restarting /);
    }
    await fleet.waitFor((all) => all.some(({ reason }) => reason === "approval-unanswered"));
    await fleet.actOn(3);
    await fleet.goWrong();
    await fleet.failOnThirdHost();
    fleet.fallSilent();
    const has = (all: readonly Finding[], reason: string) => all.some((one) => one.reason === reason);
    await fleet
      .waitFor((all) => REASONS.every((reason) => has(all, reason)), UNDELIVERED_WAIT_MS)
      .catch(() => {});
    incidents = await fleet.incidents();
    findings = await fleet.findings();
    expect(REASONS.filter((reason) => !has(findings, reason))).toEqual([]);
  }, 300_000);

  it.each(REASONS)("shows %s with title, severity, evidence, and its runbook a tap away", async (reason) => {
    const finding = findingOf(reason);
    const main = await open(pathOf(finding));
    const chosen = phone.page.locator("section[aria-labelledby=chosen]");
    const text = (await chosen.textContent()) ?? "";
    // A question that can still be answered is not told as unanswered.
    const title =
      reason === "approval-unanswered" ? /Nobody (?:has )?answered/.exec(text)?.[0] : finding.title;
    for (const words of [title ?? finding.title, finding.severity]) expect(text).toContain(words);
    expect(finding.evidence.length).toBeGreaterThan(0);
    for (const line of finding.evidence) expect(main).toContain(line.text);
    expect(await measure(phone.page)).toEqual({ tooWideBy: 0, smallTargets: [] });
    expect(gzipSync(await phone.page.content()).length).toBeLessThan(INCIDENT_BYTES_MAX);
    await chosen.locator("a[href^='/runbooks/']").click();
    expect(await phone.page.textContent("h1")).toBe(reasonTitleOf(reason));
    expect(await phone.page.getByRole("heading", { name: "False alarm?" }).count()).toBe(1);
  });

  it("says why an incident pages nobody, and what is frozen over it", async () => {
    const store = findingOn("store");
    expect(store.standing).toBe("beneath");
    const main = await open(pathOf(store));
    expect(main).toContain("Automation on the fleet is frozen by the desk");
  });

  it("tells 205 refusals as one incident, with their number as of when it was last told", () => {
    expect(findings.filter(({ reason }) => reason === "remediation-stuck")).toHaveLength(1);
    const evidence = JSON.stringify(findingOf("remediation-stuck").evidence);
    expect(Number(/(\d+) attempts/.exec(evidence)?.[1])).toBeGreaterThanOrEqual(20);
  });

  it("marks a finding as flapping", async () => {
    expect(await open(pathOf(findingOn("dns")))).toContain("It comes and goes: it began 3 times.");
  });

  it("lists the most urgent first, and each host has a view of its own", async () => {
    await open("/");
    const severities = await phone.page.locator(".card .severity").allTextContents();
    const rank = (severity: string) => ["critical", "error", "warning", "info"].indexOf(severity);
    const open_ = severities.map(rank);
    expect(open_.slice(0, 10)).toEqual(open_.slice(0, 10).toSorted((left, right) => left - right));
    await phone.page.getByRole("link", { name: "web-1", exact: true }).click();
    const host = (await phone.page.textContent("main")) ?? "";
    for (const words of ["out of memory", "connection refused", "Lift the fleet's freeze"])
      expect(host).toContain(words);
    expect(await measure(phone.page)).toEqual({ tooWideBy: 0, smallTargets: [] });
  });

  // Asserts nothing, so without a folder to write to there is no test to skip.
  if (LOOK_DIR !== "")
    it("is looked at", async () => {
      const { url } = fleet.controlPlane;
      const storageState = await phone.context.storageState();
      const approvals = await fleet.approvals();
      const web =
        incidents
          .map(({ subject }) => subject)
          .filter(isHosted)
          .find(({ hostName }) => hostName === "web-1")?.hostId ?? "";
      const paths: Array<readonly [string, string]> = [
        ["desk", "/"],
        ["host", `/hosts/${web}`],
        ["brake", "/brake"],
        ["brake-found", "/brake?q=node"],
        ["freeze", `/brake/freeze/host%2F${web}`],
        ["silences-new", "/silences/new"],
        ["silence", `/silences/new/service%2F${web}%2Fcache?reason=check-failing`],
        ["standing-new", `/standing/new/service%2F${web}%2Fcache`],
        [
          "standing-review",
          `/standing/review/service%2F${web}%2Fcache?action=restart&uses=3&hours=48&why=It+leaks+until+Friday`,
        ],
        ["policy", "/policy"],
        ["policy-version", "/policy/1"],
        ["shadow", "/shadow"],
        ["audit", "/audit"],
        ["runbooks", "/runbooks"],
        ["runbook", "/runbooks/host-silent"],
      ];
      for (const [index, one] of incidents.entries())
        paths.push([`incident-${one.reason}-${index}`, `/incidents/${one.incidentId}`]);
      for (const [index, one] of approvals.entries())
        paths.push([`approval-${one.state}-${index}`, `/approvals/${one.approvalId}`]);
      await writeLooks({ browser, url, storageState, paths, directory: LOOK_DIR });
    }, 300_000);

  it("asks for nothing outside the desk and breaks no policy of its own", () => {
    expect(phone.complaints).toEqual([]);
  });
});
