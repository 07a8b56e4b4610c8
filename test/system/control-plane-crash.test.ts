// Our own crash must page nobody: the control plane is killed with -9 while fifty agents and a real host are connected, and started
// again. And afterwards it must still be able to see: a host that really goes is paged.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { waitFor } from "../../control-plane/embedded/story/steps.ts";
import { LIVENESS_PROFILES } from "../../control-plane/src/policy/policy.ts";
import { startFleet, type Fleet } from "./fleet.ts";
import { startLightAgent, type LightAgent } from "./light-agent.ts";
import { describeOnMachine } from "./prerequisites.ts";

const AGENT_COUNT = 50;
const DOWN_MS = 3_000;
/** The default reconnect grace, then the page bound, then something to spare. */
const QUIET_MS = 20_000 + LIVENESS_PROFILES.fast.pageBoundMs + 5_000;

describeOnMachine("a control plane that is killed", () => {
  let fleet: Fleet;
  let agents: readonly LightAgent[] = [];
  const liveness = async () => (await fleet.hosts()).map((host) => host.liveness);

  beforeAll(async () => {
    fleet = await startFleet();
    const { url } = fleet.controlPlane();
    const numbers = Array.from({ length: AGENT_COUNT }, (_, index) => index + 1);
    agents = await Promise.all(
      numbers.map(async (number) =>
        startLightAgent(url, await fleet.admin().createEnrolmentToken(), `light-${number}`),
      ),
    );
    await waitFor("all agents to be welcome", 30_000, () =>
      agents.every((agent) => agent.isWelcome()) ? true : null,
    );
  });
  afterAll(async () => {
    for (const agent of agents) agent.stop();
    await fleet?.end();
  });

  test("pages nobody, finds everyone again, and still sees who goes", async () => {
    await waitFor("all to be up", 30_000, async () =>
      (await liveness()).every((word) => word === "up") ? true : null,
    );
    await fleet.crashControlPlane(DOWN_MS);
    await waitFor("all agents to be back", 30_000, () =>
      agents.every((agent) => agent.isWelcome()) ? true : null,
    );
    await sleep(QUIET_MS);
    expect(fleet.pages).toEqual([]);
    const now = await liveness();
    expect(now).toHaveLength(AGENT_COUNT + 1);
    expect(now.filter((word) => word !== "up")).toEqual([]);

    agents[0]?.stop();
    const paged = await waitFor("the page about the one that goes", 30_000, () => fleet.pages[0] ?? null);
    expect(String(paged.page.title)).toContain("light-1");
  });
});
