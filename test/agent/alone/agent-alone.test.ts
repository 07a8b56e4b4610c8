// The program that stays on a host for months: what it is made of, and that it has its catalogue read by a process that ends.
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { bundleAlone } from "../../../edge-agent/build.ts";
import { loadCatalogueByChild } from "../../../edge-agent/src/files/catalogue-by-child.ts";
import { loadCatalogue } from "../../../edge-agent/src/files/load-catalogue.ts";
import { enrolDirectly, makeHostDirectories, type HostDirectories } from "../peers/agent-process.ts";
import { newAgent, newPeer } from "../peers/host-under-test.ts";
import { until } from "../peers/until.ts";

const CATALOGUE = `version: 1
services:
  - &web { name: web, checks: [{ name: port, kind: tcp, port: 1, every: 90s }] }
`;

let folder: string;
let alone: string;
let host: HostDirectories;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cs-alone-"));
  alone = join(folder, "agent-alone.mjs");
  await writeFile(alone, (await bundleAlone("agent")).text);
  host = await makeHostDirectories();
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await host.remove();
});

test("the agent alone holds no YAML, no execa, no parser of commands and nothing of other commands", async () => {
  const { inputs } = await bundleAlone("agent");
  const packages = new Set(
    Object.keys(inputs).flatMap(
      (path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(path)?.[1] ?? [],
    ),
  );
  expect([...packages].sort()).toEqual(["@noble/hashes", "ws", "zod"]);
  const sources = Object.keys(inputs);
  expect(sources.filter((path) => /src\/commands\//.test(path)).sort()).toEqual([
    "edge-agent/src/commands/alone.ts",
    "edge-agent/src/commands/run-as-agent.ts",
    "edge-agent/src/commands/run.ts",
  ]);
  // What words the mistakes of a file looks through the whole schema: the process that reads the catalogue does.
  expect(sources.filter((path) => /shared\/src\/files\/|expected-keys/.test(path))).toEqual([]);
  // An import of it would load all of undici (http-module.ts).
  expect((await bundleAlone("agent")).text).not.toMatch(/(?:from|import\()\s*"node:https?"/);
});

describe("the catalogue, read by a process that ends", () => {
  const program = () => [process.execPath, inject("agentBundle")] as const;

  test.each<[string, string]>([
    ["as it is", CATALOGUE],
    ["with what is wrong in it, and where", `${CATALOGUE}  - { name: web }\n`],
    ["that is no YAML", "version: [1\n"],
  ])("is the same as read here: %s", async (_what, text) => {
    await writeFile(host.catalogue, text, { mode: 0o644 });
    const read = await loadCatalogueByChild(host.catalogue, "process", program());
    const here = await loadCatalogue(host.catalogue, "process");
    if (here.ok) expect(read).toEqual(here);
    else expect(read).toMatchObject({ ok: false, error: { sentence: here.error.sentence } });
  });

  test.each<[string, readonly [string, ...string[]]]>([
    ["there is no such program", ["/nonexistent/node", "x.mjs"]],
    ["it ends badly", ["/bin/false"]],
    ["it prints something else", ["/bin/echo", "{}"]],
  ])("is no answer when %s", async (_what, broken) => {
    await writeFile(host.catalogue, CATALOGUE, { mode: 0o644 });
    expect(await loadCatalogueByChild(host.catalogue, "process", broken)).toBeNull();
  });
});

describe("the agent alone", () => {
  beforeAll(() => writeFile(host.catalogue, CATALOGUE, { mode: 0o644 }));

  test("watches, beside the whole program", async () => {
    const peer = await newPeer();
    await enrolDirectly(host, peer.url);
    await copyFile(inject("agentBundle"), join(folder, "countersign-agent.mjs"));
    const agent = newAgent(host, { program: [alone] });
    await until(() => agent.stderr().includes("Connected to"), "the connection");
    expect(agent.stderr()).toContain("Watching 1 services");
    expect(await agent.stop()).toMatchObject({ code: 0 });
  });

  test("becomes the whole program where that one cannot read the catalogue for it", async () => {
    const peer = await newPeer();
    await enrolDirectly(host, peer.url);
    const whole = await readFile(inject("agentBundle"), "utf8");
    const broken = 'if (process.argv[2] === "catalogue-value") process.exit(1);';
    await writeFile(join(folder, "countersign-agent.mjs"), whole.replace("\n", `\n${broken}\n`));
    const agent = newAgent(host, { program: [alone] });
    await until(() => agent.stderr().includes("Connected to"), "the connection");
    expect(await agent.stop()).toMatchObject({ code: 0 });
  });
});
