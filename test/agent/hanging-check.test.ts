// One missing result, twice: a real agent whose check hangs, before the embedded control plane in workerd, and a replay of
// the same story. It is the same page, as long after the run that hangs began, and within two periods of the check.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { adminOf } from "../../control-plane/embedded/admin.ts";
import { type ControlPlane, startControlPlane } from "../../control-plane/embedded/control-plane.ts";
import { parseIncident } from "../../control-plane/replay/file/incident-file.ts";
import { runReplay } from "../../control-plane/replay/run-replay.ts";
import { startCommand, writeCatalogue } from "./peers/agent-process.ts";
import { prepareHang } from "./peers/hanging-work.ts";
import { newAgent, newHost } from "./peers/host-under-test.ts";
import { pause, until } from "./peers/until.ts";

const EVERY_MS = 6_000;
/** A replay's channel and calls take a moment, a process and its timers another. */
const TOLERANCE_MS = 1_000;
// The slack is also how long a host is waited for that was only just heard.
const POLICY = `version: 1
liveness: { profile: fast }
rules: { check-stale: { slack: 4s } }
responders: [{ id: ada, name: Ada, channels: [terminal] }]
escalation: { steps: [{ notify: [ada], after: 0s }] }
`;

interface Arrived {
  readonly at: number;
  readonly text: string;
}

let folder: string;
let controlPlane: ControlPlane;
const pages: Arrived[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cs-hanging-"));
  controlPlane = await startControlPlane({
    port: 0,
    stateDir: join(folder, "state"),
    policyText: POLICY,
    onPage: (page) => pages.push({ at: Date.now(), text: JSON.stringify(page) }),
  });
});

afterAll(async () => {
  await controlPlane.stop();
  await rm(folder, { recursive: true, force: true });
});

/** From the beginning of the run that hangs to the page about it. */
async function pageOfAgent(): Promise<{ readonly afterMs: number; readonly text: string }> {
  const { url, adminToken } = controlPlane;
  const host = await newHost();
  const token = await adminOf(url, adminToken).createEnrolmentToken();
  const enrolled = startCommand(["enroll", "--url", url, "--token", token, ...host.flags]);
  expect(await enrolled.finished).toMatchObject({ code: 0 });
  const check = `{ name: port, kind: tcp, port: 1, every: ${EVERY_MS}ms, timeout: 3s }`;
  await writeCatalogue(host, `version: 1\nservices: [{ name: web, checks: [${check}] }]\n`);
  const { hook, hangs, trigger } = await prepareHang(host.root, "checks/tcp-check.ts");
  const agent = newAgent(host, { hook });
  await until(() => agent.stderr().includes("Connected to"), "the connection");
  await pause(EVERY_MS);
  await hangs();
  const page = await until(() => pages[0], "the page", 30_000);
  return { afterMs: page.at - Number(await readFile(trigger, "utf8")), text: page.text };
}

function pageOfReplay(): {
  readonly afterMs: number;
  readonly reason: string | null;
  readonly title: string;
} {
  const text = `version: 1
title: a check hangs
start: 2026-03-01T02:00:00Z
end: +5m
policy: ${JSON.stringify({ rules: { "check-stale": { slack: "4s" } } })}
hosts: [{ name: web-1, services: [{ name: web, checks: [{ name: port, kind: tcp, every: ${EVERY_MS}ms }] }] }]
events: [{ at: +1m, check: { name: port, status: missing } }]
expect: []
`;
  const incident = parseIncident("hanging", text);
  if (!incident.ok) throw new Error(JSON.stringify(incident.error));
  const [page] = runReplay(incident.value).record.pages;
  if (page === undefined) throw new Error("The replay paged nobody");
  return { afterMs: page.at - incident.value.startAt - 60_000, reason: page.reason, title: page.title };
}

test(
  "a check that hangs pages the same with a real agent in workerd and in a replay",
  { timeout: 120_000 },
  async () => {
    const replayed = pageOfReplay();
    const real = await pageOfAgent();
    expect(replayed).toMatchObject({ reason: "check-stale" });
    // The same words, but for the name of the host and the time of day.
    const [words = ""] = replayed.title.split("web-1")[1]?.split(/\d\d:\d\d/) ?? [];
    expect(words).toMatch(/no check result since $/);
    expect(real.text).toContain(words);
    expect(Math.abs(real.afterMs - replayed.afterMs)).toBeLessThan(TOLERANCE_MS);
    expect(real.afterMs).toBeLessThanOrEqual(2 * EVERY_MS);
  },
);
