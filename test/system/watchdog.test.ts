// The agent's unit under a real systemd: a loop that turns earns its life, and one that is stuck is ended and started anew.
import { afterAll, beforeAll, expect, test } from "vitest";
import { waitFor } from "../../control-plane/embedded/story/steps.ts";
import { AGENT_UNIT } from "../../edge-agent/src/core/evidence/systemd-units.ts";
import { type Fleet, startFleet } from "./fleet.ts";
import { describeOnMachine } from "./prerequisites.ts";

/** Short, so that nobody waits for three minutes; the agent goes by what systemd asks of it. */
const PERIOD_SECONDS = 6;

describeOnMachine("systemd's watchdog over the agent", () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet();
    const { machine } = fleet;
    expect(await show("WatchdogUSec")).toBe("3min");
    const dropin = `[Service]\nWatchdogSec=${PERIOD_SECONDS}s\n`;
    await machine.write(`/etc/systemd/system/${AGENT_UNIT}.d/soon.conf`, dropin, 0o644);
    await machine.run(["systemctl", "daemon-reload"]);
    await machine.run(["systemctl", "restart", AGENT_UNIT]);
  });
  afterAll(() => fleet?.end());

  const show = async (property: string) =>
    (await fleet.machine.run(["systemctl", "show", `--property=${property}`, "--value", AGENT_UNIT])).trim();

  test("spares one whose loop turns, ends one whose loop is stuck, and the next one is up", async () => {
    const pid = await show("MainPID");
    await new Promise((resolve) => setTimeout(resolve, 2.5 * PERIOD_SECONDS * 1_000));
    expect(await show("MainPID"), "it says that it lives").toBe(pid);
    await fleet.machine.run(["kill", "-STOP", pid]);
    await waitFor("a new agent", 60_000, async () => {
      const now = await show("MainPID");
      return now !== "0" && now !== pid ? now : null;
    });
    expect(await show("NRestarts")).toBe("1");
    await waitFor("it to be up", 60_000, async () => {
      const host = (await fleet.hosts()).find(({ hostId }) => hostId === fleet.hostId);
      return host?.liveness === "up" && host.connection !== null ? host : null;
    });
  });
});
