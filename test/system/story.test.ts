// `npm start -- --story --json` itself, for both kinds of demo host: exit 0, one JSON document on stdout, every step with evidence, and
// nothing left behind.
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { PROJECT_ROOT } from "../../control-plane/embedded/bundle.ts";
import type { HostileSummary } from "../../control-plane/embedded/story/hostile/hostile-story.ts";
import type { StorySummary } from "../../control-plane/embedded/story/story.ts";
import { describeOnMachine } from "./prerequisites.ts";

const STEPS = [
  "passkey-made",
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

async function play<T>(...args: readonly string[]): Promise<T> {
  const entry = join(PROJECT_ROOT, "control-plane/embedded/start.ts");
  const { stdout, stderr, exitCode } = await execa(
    process.execPath,
    [entry, "--story", "--json", "--port", "0", ...args],
    {
      reject: false,
      timeout: 170_000,
    },
  );
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout) as T;
}

/** What the host itself says of who signed. */
function expectVerdict({ steps }: StorySummary): void {
  const approved = steps.find(({ name }) => name === "approved")?.evidence;
  const credentialId: unknown = approved?.["credentialId"];
  expect(approved).toMatchObject({
    scheme: "webauthn",
    verdict: [{ scheme: "ed25519" }, { scheme: "webauthn", person: "operator", credentialId }],
  });
}

describeOnMachine("the story", () => {
  test("happens on a real systemd machine", async () => {
    const summary = await play<StorySummary>("--host", "systemd");
    expect(summary).toMatchObject({
      ok: true,
      host: "systemd",
      outcome: "succeeded",
      verification: "verified",
    });
    expect(summary.steps.map(({ name }) => name)).toEqual(STEPS);
    expectVerdict(summary);
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
    const summary = await play<StorySummary>("--host", "process");
    expect(summary).toMatchObject({
      ok: true,
      host: "process",
      outcome: "succeeded",
      verification: "verified",
    });
    expect(summary.steps.map(({ name }) => name)).toEqual(STEPS);
    expectVerdict(summary);
  });

  test("has a real systemd machine refuse all that a stolen control plane can try", async () => {
    const summary = await play<HostileSummary>("--hostile", "--host", "systemd");
    expect(summary).toMatchObject({ ok: true, host: "systemd", executions: 0, honest: 3 });
    expect(summary.attempts.length).toBeGreaterThan(80);
    expect(summary.attempts.filter(({ wrong }) => wrong !== undefined)).toEqual([]);
  });
});
