// Which drop-ins of sessions `install` writes and removes in a folder of units: its own, and nobody else's.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Catalogue } from "@countersign/shared/host/catalogue";
import {
  removeSessionDropins,
  sessionDropinSteps,
} from "../../../edge-agent/src/commands/session-dropin-files.ts";
import type { Step } from "../../../edge-agent/src/commands/step.ts";
import { renderSessionDropin } from "../../../edge-agent/src/core/evidence/session-dropin.ts";

const LEDGER = "/var/lib/bob/ledger.ndjson";
const print = { line: () => {}, error: () => {} };
let unitDir: string;
beforeEach(async () => {
  unitDir = await mkdtemp(join(tmpdir(), "countersign-units-"));
});
afterEach(() => rm(unitDir, { recursive: true, force: true }));

const pathOf = (unit: string) => join(unitDir, `${unit}.service.d`, "countersign-session.conf");
const read = (unit: string) => readFile(pathOf(unit), "utf8").catch(() => null);

async function write(unit: string, text: string): Promise<void> {
  await mkdir(dirname(pathOf(unit)), { recursive: true });
  await writeFile(pathOf(unit), text);
}

function declaring(...units: readonly string[]): Catalogue {
  return Catalogue.parse({
    version: 1,
    services: units.map((name) => ({
      name,
      unit: `${name}.service`,
      checks: [{ name: "unit", kind: "unit" }],
      evidence: { ledger: LEDGER, sessions: {} },
    })),
  });
}

/** Does what `install --session-dropins` does; returns the files of others that stood in its way. */
async function install(catalogue: Catalogue): Promise<readonly string[]> {
  const fileStep = (path: string, text: string): Step => ({
    what: path,
    run: async () => {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    },
  });
  const { foreign, steps } = await sessionDropinSteps(catalogue, fileStep, unitDir);
  for (const { run } of steps) await run();
  return foreign;
}

test("what install wrote says so, follows the catalogue, and goes with it", async () => {
  expect(await install(declaring("bob"))).toEqual([]);
  expect(await read("bob")).toMatch(/^# Made by `countersign-agent install`\.\n# bob\.service\.d/);
  await write("bob", "# Made by `countersign-agent install`.\n[Service]\n");
  await install(declaring("bob"));
  expect(await read("bob")).toContain("ExecStartPre=");
  await install(declaring("alice"));
  expect([await read("bob"), await read("alice")]).toEqual([null, expect.any(String)]);
  await removeSessionDropins(print, unitDir);
  expect(await read("alice")).toBeNull();
});

test.each([
  ["of which the catalogue says nothing", declaring("alice"), []],
  ["in place of which the catalogue declares another", declaring("bob"), ["bob"]],
])("what a person wrote there stays, %s", async (_, catalogue, inTheWay) => {
  const text = renderSessionDropin({ unit: "bob.service", ledger: "/srv/other.ndjson", classes: [] });
  await write("bob", text);
  expect(await install(catalogue)).toEqual(inTheWay.map(pathOf));
  await removeSessionDropins(print, unitDir);
  expect(await read("bob")).toBe(text);
});

test("what a person wrote by what is printed for the same declaration is as it should be, and theirs", async () => {
  const text = renderSessionDropin({ unit: "bob.service", ledger: LEDGER, classes: [] });
  await write("bob", text);
  expect(await install(declaring("bob"))).toEqual([]);
  expect(await read("bob")).toBe(text);
});
