// The real agent and the real control plane, in profile fast, with a protocol between them that does not fit: what the agent reports is
// refused, and its keepalives go on. A person is paged; a deploy after which it is understood ends it, and pages nobody.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { adminOf } from "../../control-plane/embedded/admin.ts";
import { type ControlPlane, startControlPlane } from "../../control-plane/embedded/control-plane.ts";
import { demoPolicy } from "../../control-plane/embedded/demo-policy.ts";
import type { TerminalPage } from "../../control-plane/embedded/workerd-messages.ts";
import type { Incident } from "../../control-plane/src/core/desk/records/incident.ts";
import type { HostState } from "../../control-plane/src/core/shard/host/shard-state.ts";
import { LIVENESS_PROFILES } from "../../control-plane/src/policy/policy.ts";
import { runCommand, writeCatalogue } from "./peers/agent-process.ts";
import { type FrameRelay, startFrameRelay } from "./peers/frame-relay.ts";
import { catalogueOf, newAgent, newHost } from "./peers/host-under-test.ts";
import { until } from "./peers/until.ts";

const { pageBoundMs } = LIVENESS_PROFILES.fast;
/** A page waits up to three seconds, and this machine has other things to do. */
const SLACK_MS = 8_000;
async function askAdmin<T>(path: string): Promise<T> {
  const { adminToken, url } = controlPlane;
  const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${adminToken}` } });
  return (await response.json()) as T;
}

/** Liveness of each host, and how many of its digests were refused. */
async function hostStates(): Promise<readonly unknown[]> {
  const { hosts } = await askAdmin<{ hosts: readonly { hostId: string }[] }>("/v1/admin/hosts");
  const states = await Promise.all(
    hosts.map(async ({ hostId }) => askAdmin<{ host: HostState }>(`/v1/admin/hosts/${hostId}`)),
  );
  return states
    .map(({ host }) => host)
    .map(({ liveness, unheard }) => [liveness, unheard?.refusedCount ?? 0]);
}

/** What has not cleared. */
async function openReasons(): Promise<readonly string[]> {
  const { incidents } = await askAdmin<{ incidents: readonly Incident[] }>("/v1/admin/incidents");
  return incidents.filter(({ clearedAt }) => clearedAt === null).map(({ reason }) => reason);
}

const ofVersionZero = (text: string) =>
  text.includes('"type":"hello"') ? text : text.replace('"version":1', '"version":0');

let folder: string;
let controlPlane: ControlPlane;
let relay: FrameRelay;
const pages: TerminalPage[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cs-not-understood-"));
  controlPlane = await startControlPlane({
    port: 0,
    stateDir: join(folder, "state"),
    policyText: demoPolicy("fast"),
    onPage: (page) => pages.push(page),
  });
  relay = await startFrameRelay(controlPlane.url);
});

afterAll(async () => {
  await relay.stop();
  await controlPlane.stop();
  await rm(folder, { recursive: true, force: true });
});

test("an agent that is too old for its control plane is paged, however well it pings, until it is understood", async () => {
  const host = await newHost();
  const { url, adminToken } = controlPlane;
  const token = await adminOf(url, adminToken).createEnrolmentToken();
  const enrolled = await runCommand("enroll", "--url", relay.url, "--token", token, ...host.flags);
  expect(enrolled.code).toBe(0);
  await writeCatalogue(host, catalogueOf(Number(new URL(url).port)));
  let pings = 0;
  relay.change = (text) => {
    if (text === "ping") pings += 1;
    return ofVersionZero(text);
  };
  const startedAt = performance.now();
  const agent = newAgent(host);
  const paged = await until(() => pages[0], "a page", pageBoundMs + SLACK_MS);
  expect(paged).toMatchObject({ kind: "ring" });
  expect(performance.now() - startedAt).toBeLessThan(pageBoundMs + SLACK_MS);
  expect(pings).toBeGreaterThan(0);
  expect([await hostStates(), await openReasons()]).toEqual([[["down", 2]], ["host-silent"]]);

  relay.cut();
  const before = pings;
  await until(
    () => pings > before && agent.events("connection").length > 1,
    "keepalives on another connection",
  );
  expect(await hostStates()).toEqual([["down", 2]]);

  relay.change = (text) => text;
  relay.cut();
  await expect.poll(hostStates, { timeout: 30_000 }).toEqual([["up", 0]]);
  await expect.poll(openReasons, { timeout: 30_000 }).toEqual([]);
  expect(pages).toHaveLength(1);
});
