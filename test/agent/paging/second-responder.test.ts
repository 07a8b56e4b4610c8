// The story that receipts are for, with a real control plane in workerd and providers on loopback: the first
// responder's channel takes the ring and shows it to nobody, so that nobody answers; the second is rung on a phone that
// insists, says "I have it" there, and everybody's phones fall silent.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { adminOf } from "../../../control-plane/embedded/admin.ts";
import { type ControlPlane, startControlPlane } from "../../../control-plane/embedded/control-plane.ts";
import { always, withFaults } from "../../providers/faults.ts";
import type { FakeProvider } from "../../providers/provider.ts";
import { fakePushover } from "../../providers/pushover.ts";
import { type ServedProvider, serveProvider } from "../../providers/serve.ts";
import { failingReport, type LightAgent, startLightAgent } from "../../system/light-agent.ts";
import { pause, until } from "../peers/until.ts";

const TOKEN = "azGDORePK8gMaC0QOYAMyEEuzJnyUi";
const [ALICE, BOB] = ["u1aaaaaaaaaaaaaaaaaaaaaaaaaaaa", "u2bbbbbbbbbbbbbbbbbbbbbbbbbbbb"] as const;
const SECOND_STEP = "5s";
const CLOCK = {
  get now() {
    return Date.now();
  },
};

let folder: string;
let controlPlane: ControlPlane;
let agent: LightAgent;
const served: ServedProvider[] = [];
const [atAlices, atBobs] = [ALICE, BOB].map((user) => fakePushover(CLOCK, { token: TOKEN, users: [user] }));

function pushover(user: string, server: string) {
  return { kind: "pushover", user, server, secret: "CHANNEL_PUSHOVER" };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cs-second-"));
  const swallows = withFaults(atAlices!, always({ kind: "accepted-and-lost" }));
  for (const provider of [swallows, atBobs!]) served.push(await serveProvider(provider));
  const [first = "", second = ""] = served.map(({ url }) => url);
  const policyText = JSON.stringify({
    version: 1,
    liveness: { profile: "fast" },
    checkFailing: { failuresMin: 3, held: "2s" },
    channels: { hers: pushover(ALICE, first), his: pushover(BOB, second) },
    responders: [
      { id: "alice", name: "Alice", channels: ["hers"] },
      { id: "bob", name: "Bob", channels: ["his"] },
    ],
    escalation: {
      steps: [
        { notify: ["alice"], after: "0s" },
        { notify: ["bob"], after: SECOND_STEP },
      ],
    },
  });
  const bindings = { CHANNEL_PUSHOVER: TOKEN };
  controlPlane = await startControlPlane({ port: 0, stateDir: join(folder, "state"), policyText, bindings });
  const { url, adminToken } = controlPlane;
  agent = await startLightAgent(url, await adminOf(url, adminToken).createEnrolmentToken(), "web-1");
});

afterAll(async () => {
  agent.stop();
  for (const provider of served) await provider.close();
  await controlPlane.stop();
  await rm(folder, { recursive: true, force: true });
});

async function incidentStates(): Promise<readonly string[]> {
  const { url, adminToken } = controlPlane;
  const response = await fetch(`${url}/v1/admin/incidents`, {
    headers: { authorization: `Bearer ${adminToken}` },
  });
  const { incidents } = (await response.json()) as { incidents: readonly { state: string }[] };
  return incidents.map(({ state }) => state);
}

const ringsAt = ({ arrived }: FakeProvider) => arrived.filter(({ isLoud }) => isLoud);

test(
  "who is on the second step is reached, takes it where it rang, and the first one's phone falls silent too",
  {
    timeout: 60_000,
  },
  async () => {
    await until(() => agent.isWelcome(), "the host to be up");
    for (let time = 0; time < 4; time += 1) {
      agent.report([failingReport("shop")]);
      await pause(1_000);
    }
    // Taken by her provider, which says so to the desk, and seen by nobody.
    const hers = await until(() => ringsAt(atAlices!)[0], "her ring", 20_000);
    const his = await until(() => ringsAt(atBobs!)[0], "his ring", 20_000);
    expect(his.title).toMatch(/^web-1\/shop: .*failing since \d\d:\d\d UTC$/);
    expect(his.at - hers.at).toBeGreaterThan(4_000);
    expect(await incidentStates()).toEqual(["open"]);
    expect(await atBobs!.acknowledge(his.handle)).toBe(true);
    for (let waited = 0; waited < 20 && !(await incidentStates()).includes("acknowledged"); waited += 1)
      await pause(1_000);
    expect(await incidentStates()).toEqual(["acknowledged"]);
    await until(() => atAlices!.ringing.size === 0, "her provider to be told", 10_000);
    expect(ringsAt(atBobs!)).toHaveLength(1);
  },
);
