// `npm start -- --story --json` itself, for both kinds of demo host: exit 0, one JSON document on stdout, every step with evidence, and
// nothing left behind.
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { PROJECT_ROOT } from "../../control-plane/embedded/bundle.ts";
import type { StorySummary } from "../../control-plane/embedded/story/story.ts";
import { describeOnMachine } from "./prerequisites.ts";

const STEPS = [
  "host-enrolled",
  "service-broken",
  "page-arrived",
  "approval-read",
  "asked-once",
  "approved",
  "restarted",
  "verified",
  "incident-resolved",
  "power-lost",
  "silence-paged",
];

async function playStory(host: string): Promise<StorySummary> {
  const entry = join(PROJECT_ROOT, "control-plane/embedded/start.ts");
  const args = ["--story", "--json", "--host", host, "--port", "0"];
  const { stdout, stderr, exitCode } = await execa(process.execPath, [entry, ...args], {
    reject: false,
    timeout: 170_000,
  });
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout) as StorySummary;
}

describeOnMachine("the story", () => {
  test("happens on a real systemd machine", async () => {
    const summary = await playStory("systemd");
    expect(summary).toMatchObject({
      ok: true,
      host: "systemd",
      outcome: "succeeded",
      verification: "verified",
    });
    expect(summary.steps.map(({ name }) => name)).toEqual(STEPS);
    const restarted = summary.steps.find(({ name }) => name === "restarted")?.evidence;
    expect(restarted?.["argv"]).toEqual([
      "/usr/bin/sudo",
      "-n",
      "/usr/bin/systemctl",
      "restart",
      "--no-block",
      "demo.service",
    ]);
    expect(restarted?.["newMainPid"]).not.toBe(restarted?.["oldMainPid"]);
  });

  test("happens with processes of one user", async () => {
    const summary = await playStory("process");
    expect(summary).toMatchObject({
      ok: true,
      host: "process",
      outcome: "succeeded",
      verification: "verified",
    });
    expect(summary.steps.map(({ name }) => name)).toEqual(STEPS);
  });
});
