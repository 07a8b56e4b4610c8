// What the actuator remembers of its proposals, on a real disk: the newest so many, across its own restart, and nothing that is old.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { PROPOSAL_LIFETIME_MAX_MS, PROPOSALS_OPEN_MAX } from "@countersign/shared/values/limits";
import { openProposals } from "../../edge-agent/src/actuator/proposals.ts";

const bootId = "0f3c7a9e-51d2-4b8e-9c64-2a7e1b5d8f30";
const instant = (monotonicMs: number) => ({ bootId, monotonicMs, wallMs: 0 });
const nonceOf = (index: number) => String(index).padStart(22, "n");
const mintedAs = (index: number, monotonicMs = 0) => ({
  nonce: nonceOf(index),
  bytes: "AAAA",
  at: instant(monotonicMs),
});

let directory = "";
let path = "";

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "countersign-proposals-"));
  path = join(directory, "proposals.json");
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

it("keeps its limit, then drops the oldest, and knows them after a restart", async () => {
  const proposals = await openProposals(path);
  for (let index = 0; index < PROPOSALS_OPEN_MAX; index += 1) await proposals.add(mintedAs(index));
  expect(proposals.find(nonceOf(0))).not.toBeNull();
  await proposals.add(mintedAs(PROPOSALS_OPEN_MAX));
  expect(proposals.find(nonceOf(0))).toBeNull();
  const again = await openProposals(path);
  expect(again.find(nonceOf(0))).toBeNull();
  expect(again.find(nonceOf(1))).not.toBeNull();
  expect(again.openCount(instant(0))).toBe(PROPOSALS_OPEN_MAX);
});

it("counts one as open to the end of the longest lifetime, and not in another boot", async () => {
  const proposals = await openProposals(path);
  await proposals.add(mintedAs(1));
  expect(proposals.openCount(instant(PROPOSAL_LIFETIME_MAX_MS - 1))).toBe(1);
  expect(proposals.openCount(instant(PROPOSAL_LIFETIME_MAX_MS + 1))).toBe(0);
  expect(proposals.openCount({ ...instant(0), bootId: bootId.replace("0f", "ff") })).toBe(0);
});

it("starts empty from a file that cannot be read as its own", async () => {
  await writeFile(path, '{"version":1,"proposals":[{"nonce":"short"}],"sightings":[]}');
  expect((await openProposals(path)).openCount(instant(0))).toBe(0);
});
