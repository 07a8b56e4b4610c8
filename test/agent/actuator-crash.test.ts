// The actuator is killed with -9 at each point around an execution. Whatever the point: never twice, and never silently.
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ActuatorHost } from "./actuator-host.ts";

let host: ActuatorHost;
beforeEach(async () => {
  host = await ActuatorHost.create();
});
afterEach(async () => {
  await host.remove();
});

/** Executes a grant on an actuator that dies at `crash`, starts it again, and replays the grant. */
async function crashAt(crash: string) {
  await host.start({ crash });
  const minted = await host.propose();
  await host.approve(minted).catch(() => undefined);
  await host.ended();
  await host.start();
  const replayed = await host.approve(minted);
  const outcomes = await host.client.outcomes(0);
  return { minted, replayed, outcomes: outcomes.filter(({ status }) => status !== "refused") };
}

test("killed between journal and execution: lost, never run", async () => {
  const { replayed, outcomes } = await crashAt("before-execution");
  expect(replayed).toMatchObject({ reason: "nonce-used" });
  expect(outcomes).toMatchObject([{ status: "lost" }]);
  expect(await host.effectCount()).toBe(0);
});

test("killed after execution and before its outcome: lost, run once", async () => {
  for (const crash of ["after-execution", "before-outcome"]) {
    const before = await host.effectCount();
    const { replayed, outcomes } = await crashAt(crash);
    expect(replayed).toMatchObject({ reason: "nonce-used" });
    expect(outcomes.at(-1)).toMatchObject({ status: "lost" });
    expect(await host.effectCount()).toBe(before + 1);
    await host.stop();
  }
});

test("killed after the outcome was journalled: that outcome, run once", async () => {
  const { replayed, outcomes } = await crashAt("after-outcome");
  expect(replayed).toMatchObject({ reason: "nonce-used" });
  expect(outcomes).toMatchObject([{ status: "succeeded", sequence: 1 }]);
  expect(await host.effectCount()).toBe(1);
});

test("killed before the journal: nothing ran, and the grant still counts once", async () => {
  const { replayed } = await crashAt("before-journal");
  expect(replayed).toMatchObject({ type: "accepted" });
  expect(await host.outcome()).toMatchObject({ status: "succeeded" });
  expect(await host.effectCount()).toBe(1);
});

test("lost is reported once, whatever the number of restarts", async () => {
  const { outcomes } = await crashAt("before-execution");
  await host.stop();
  await host.start();
  const again = (await host.client.outcomes(0)).filter(({ status }) => status === "lost");
  expect(again).toEqual(outcomes);
  await host.client.acknowledge(again[0]!.sequence);
  await host.stop("SIGKILL");
  await host.start();
  expect((await host.client.outcomes(0)).filter(({ status }) => status === "lost")).toEqual([]);
});

test("a torn last line is dropped; a damaged line inside stops the actuator", async () => {
  await host.start();
  const minted = await host.propose();
  await host.approve(minted);
  await host.outcome();
  await host.stop("SIGKILL");
  const whole = await readFile(host.paths.journal, "utf8");
  await appendFile(host.paths.journal, whole.slice(0, 40));
  await host.start();
  expect(await host.approve(minted)).toMatchObject({ reason: "nonce-used" });
  expect(await host.effectCount()).toBe(1);
  await host.stop();

  await writeFile(host.paths.journal, `${whole.slice(0, 40)}\n${whole}`);
  await expect(host.start()).rejects.toThrow("line 1 is damaged");
});

test("a torn start means that nothing ran: it is no execution", async () => {
  await host.start({ crash: "before-tie" });
  const minted = await host.propose();
  await host.approve(minted).catch(() => undefined);
  await host.ended();
  const whole = await readFile(host.paths.journal, "utf8");
  await writeFile(host.paths.journal, whole.slice(0, -5));
  await host.start();
  expect(await host.client.outcomes(0)).toEqual([]);
});

test("a stop waits for what runs and reports it as what it was", async () => {
  await host.writeCatalogue({ pauseSeconds: 0.5 });
  await host.start();
  await host.approve(await host.propose());
  expect(await host.stop("SIGTERM")).toBe(0);
  await host.start();
  expect(await host.client.outcomes(0)).toMatchObject([{ status: "succeeded" }]);
  expect(await host.effectCount()).toBe(1);
});
