// The host's clock is set hours ahead and hours back under a running agent: checks, keepalives and reports go on at their pace, and only the instants
// in what is told change with it.
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { enrolDirectly, writeCatalogue } from "../peers/agent-process.ts";
import { catalogueOf, newAgent, newHost, newPeer } from "../peers/host-under-test.ts";
import { pause, until } from "../peers/until.ts";

const HOUR_MS = 3_600_000;
const LOOK_MS = 2_000;

test.each([-5 * HOUR_MS, 5 * HOUR_MS])(
  "a clock that jumps by %i ms costs no check and no keepalive",
  async (jumpMs) => {
    const peer = await newPeer();
    const checked = await newPeer();
    const host = await newHost();
    const jump = join(host.root, "jump");
    const hook = join(host.root, "clock.mjs");
    await writeFile(
      hook,
      `import { existsSync } from "node:fs";
     const now = Date.now;
     Date.now = () => now() + (existsSync(${JSON.stringify(jump)}) ? ${jumpMs} : 0);`,
    );
    await enrolDirectly(host, peer.url);
    await writeCatalogue(host, catalogueOf(checked.port));
    const agent = newAgent(host, { hook });
    const connection = await peer.connection(0);
    await connection.waitFor("report", ({ services }) => services[0]?.results[0]?.status === "pass");

    await writeFile(jump, "");
    const pings = connection.pingsAt.length;
    await pause(LOOK_MS);
    expect(connection.pingsAt.length - pings, "keepalives").toBeGreaterThan(LOOK_MS / 100 / 2);
    // It is noticed as soon as ever that the port is closed, and told with the clock that is.
    await checked.die();
    const failed = await connection.waitFor(
      "report",
      ({ services }) => services[0]?.results[0]?.status === "fail",
    );
    const finishedAt = failed.services[0]?.results[0]?.finishedAt ?? 0;
    expect(Math.abs(finishedAt - Date.now() - jumpMs)).toBeLessThan(60_000);
    // And back again.
    await rm(jump);
    const told = connection.messages.length;
    await until(() => connection.messages.length > told + 2, "reports that go on");
    expect(connection.closed).toBeNull();
    expect(agent.events("check web port"), "nothing hangs").toEqual([]);
    expect(agent.events("keepalive")).toEqual([]);
  },
);
