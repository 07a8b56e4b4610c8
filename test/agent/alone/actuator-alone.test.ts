// The program that a person's yes waits for where the actuator is at rest: what it is made of, and what it does when more is asked of it.
import { execFile } from "node:child_process";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { bundleAlone } from "../../../edge-agent/build.ts";

let folder: string;
let alone: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cs-actuator-alone-"));
  alone = join(folder, "actuator-alone.mjs");
  await writeFile(alone, (await bundleAlone("actuator")).text);
  await copyFile(inject("agentBundle"), join(folder, "countersign-agent.mjs"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("it holds no execa, no socket of the network, no parser of commands and nothing of other commands", async () => {
  const sources = Object.keys((await bundleAlone("actuator")).inputs);
  const packages = new Set(
    sources.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(path)?.[1] ?? []),
  );
  expect([...packages].sort()).toEqual(["@noble/hashes", "leven", "yaml", "zod"]);
  expect(sources.filter((path) => /src\/(?:commands|agent)\//.test(path)).sort()).toEqual([
    "edge-agent/src/commands/actuator.ts",
    "edge-agent/src/commands/alone.ts",
    "edge-agent/src/commands/print.ts",
  ]);
});

test.each([[["actuator", "--help"]], [["--help"]]])("the whole program answers %j", async (args) => {
  const { stdout } = await promisify(execFile)(process.execPath, [alone, ...args]);
  expect(stdout).toContain("Usage: countersign-agent");
});
