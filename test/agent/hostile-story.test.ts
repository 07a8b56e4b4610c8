// `npm start -- --story --hostile --json`: a person's act runs; then whoever has the whole control plane, with its keys and its database, and an agent on
// the host, has the host run nothing. Every attempt is answered by the host itself, for the reason that is meant; on a real systemd machine it is
// test/system/story.test.ts.
import { join } from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { PROJECT_ROOT } from "../../control-plane/embedded/bundle.ts";
import type { HostileSummary } from "../../control-plane/embedded/story/hostile/hostile-story.ts";

/** What the attacks are about; each has at least one attempt, whose name begins with it. */
const KINDS = [
  "forged",
  "altered",
  "asker altered after signing",
  "replayed",
  "malleable",
  "cross-host",
  "cross-action",
  "wrong origin",
  "wrong rpId",
  "no user verification",
  "other credential",
  "revoked credential",
  "old trust",
  "trust that skips",
  "trust that nobody signed",
  "quorum: one person twice",
  "standing over its count",
  "standing altered",
  "odd DER",
  "confusion",
  "truncated",
  "huge",
];

it("runs what a person has signed, and nothing else for a stolen control plane", async () => {
  const entry = join(PROJECT_ROOT, "control-plane/embedded/start.ts");
  const argv = [entry, "--story", "--hostile", "--json", "--host", "process", "--port", "0"];
  const { exitCode, stderr, stdout } = await execa(process.execPath, argv, {
    reject: false,
    timeout: 170_000,
  });
  expect(exitCode, stderr).toBe(0);
  const { attempts, executions, honest, steps } = JSON.parse(stdout) as HostileSummary;
  expect({ executions, honest }).toEqual({ executions: 0, honest: 3 });
  expect(steps.map(({ name, ok }) => [name, ok])).toContainEqual(["still-obeys-people", true]);
  expect(attempts.filter(({ reason, wrong }) => wrong !== undefined || reason === "")).toEqual([]);
  expect(KINDS.filter((kind) => attempts.every(({ name }) => !name.startsWith(kind)))).toEqual([]);
}, 180_000);
