// The journal on a real disk, tied to proposals.json: an actuator whose journal lost lines stops, one that was killed between the two
// writes goes on, and what its reader would refuse is never written.
import { readFile, rm, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { JOURNAL_COMPACT_BYTES, openJournal } from "../../edge-agent/src/actuator/journal.ts";
import { openProposals } from "../../edge-agent/src/actuator/proposals.ts";
import type { StartedRecord } from "../../edge-agent/src/core/actuator/journal-state.ts";
import { UNKNOWN_UNIT_STATE } from "../../edge-agent/src/core/evidence/unit-state.ts";
import { ActuatorHost } from "./actuator-host.ts";

let host: ActuatorHost;
beforeEach(async () => {
  host = await ActuatorHost.create();
});
afterEach(async () => {
  await host.remove();
});

/** A host that has executed one grant and was killed; and the journal's lines. */
async function hostThatActed() {
  await host.start();
  const minted = await host.propose();
  const before = await readFile(host.paths.journal, "utf8");
  await host.approve(minted);
  await host.outcome();
  await host.stop("SIGKILL");
  const lines = (await readFile(host.paths.journal, "utf8")).trimEnd().split("\n");
  return { minted, before, lines };
}
const now = () => ({ bootId: "00000000-0000-4000-8000-000000000001", monotonicMs: 1, wallMs: 1 });
const write = (lines: readonly string[]) =>
  writeFile(host.paths.journal, lines.map((line) => `${line}\n`).join(""));
const reopen = async () => openJournal(host.paths.journal, await openProposals(host.paths.proposals), now);

describe("an actuator does not start", () => {
  test("when lines were cut from the end or inside, or the journal is gone or an older one", async () => {
    const { before, lines } = await hostThatActed();
    // what was believed from the beginning, the start and the end
    expect(lines).toHaveLength(3);
    await write(lines.slice(1));
    await expect(reopen()).rejects.toThrow("lines are missing before line 1");
    await writeFile(host.paths.journal, before);
    await expect(reopen()).rejects.toThrow("last lines are missing");
    await rm(host.paths.journal);
    await expect(reopen()).rejects.toThrow("last lines are missing");
    await write(lines.slice(0, 1));
    await expect(host.start()).rejects.toThrow("last lines are missing");
    expect(await host.effectCount()).toBe(1);
  });

  test("until a person has moved both files away: then an old grant is for nothing that is known", async () => {
    const { minted, lines } = await hostThatActed();
    await write(lines.slice(0, 1));
    await rm(host.paths.journal);
    await rm(host.paths.proposals);
    await host.start();
    expect(await host.approve(minted)).toMatchObject({ reason: "nonce-unknown" });
    expect(await host.effectCount()).toBe(1);
  });
});

describe("an actuator goes on", () => {
  test("when it was killed between the journal's line and its mark", async () => {
    await host.start({ crash: "before-tie" });
    const minted = await host.propose();
    await host.approve(minted).catch(() => undefined);
    await host.ended();
    await host.start();
    expect(await host.approve(minted)).toMatchObject({ reason: "nonce-used" });
    expect((await host.client.outcomes(0)).map(({ status }) => status)).toEqual(["lost", "refused"]);
    expect(await host.effectCount()).toBe(0);
  });

  test("when proposals.json is older than the journal, as after that crash, or gone", async () => {
    await host.start();
    const minted = await host.propose();
    const older = await readFile(host.paths.proposals);
    await host.approve(minted);
    await host.outcome();
    await host.stop("SIGKILL");
    await writeFile(host.paths.proposals, older);
    await host.start();
    expect(await host.approve(minted)).toMatchObject({ reason: "nonce-used" });
    await host.stop();
    await rm(host.paths.proposals);
    const journal = await reopen();
    expect(journal.state().executions.has(minted.proposal.nonce)).toBe(true);
    await journal.close();
    expect(await host.effectCount()).toBe(1);
  });
});

const startedWith = (changes: Partial<StartedRecord> = {}): StartedRecord => ({
  type: "started",
  nonce: "n".repeat(32),
  service: "web",
  at: now(),
  action: "restart",
  grantId: "grt_1",
  proposalHash: "0".repeat(64),
  argv: ["/bin/true"],
  approvedBy: "alice",
  approvedAt: 0,
  unitBefore: UNKNOWN_UNIT_STATE,
  ...changes,
});

describe("a record", () => {
  const open = async () =>
    openJournal(`${host.directory}/j`, await openProposals(`${host.directory}/p`), now);

  test("that could not be read again is refused, and costs nothing else", async () => {
    const journal = await open();
    for (const activeEnterAt of [-315_619_200_000, 2 ** 53, 1.5])
      expect(
        await journal.append(startedWith({ unitBefore: { ...UNKNOWN_UNIT_STATE, activeEnterAt } })),
      ).toMatchObject({ error: { reason: "record-refused", detail: "unitBefore.activeEnterAt" } });
    for (const restartCount of [-1, 2 ** 53, 0.5, Infinity])
      expect(
        await journal.append(startedWith({ unitBefore: { ...UNKNOWN_UNIT_STATE, restartCount } })),
      ).toMatchObject({ error: { reason: "record-refused", detail: "unitBefore.restartCount" } });
    expect(await journal.append(startedWith({ nonce: "m".repeat(32) }))).toMatchObject({ ok: true });
    await journal.close();
    const again = await open();
    expect(again.state().executions.has("m".repeat(32))).toBe(true);
    await again.close();
  });

  test("outlives a compaction, which ends tied to its own last line", async () => {
    const journal = await open();
    for (const [index, nonce] of ["a", "b", "c"].map((letter) => letter.repeat(32)).entries()) {
      const argv = ["x".repeat(JOURNAL_COMPACT_BYTES / 3 + index)];
      await journal.append(startedWith({ nonce, argv }));
      await journal.append({
        type: "outcome",
        outcome: {
          nonce,
          grantId: null,
          action: "restart",
          service: "web",
          status: "succeeded",
          refusal: null,
          detail: "",
          unitBefore: null,
          unitAfter: null,
          startedAt: 1,
          finishedAt: 1,
          sequence: index + 1,
        },
      });
    }
    await journal.close();
    const lines = (await readFile(`${host.directory}/j`, "utf8")).trimEnd().split("\n");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ record: { type: "base" } });
    const again = await open();
    expect([...again.state().executions.keys()].sort()).toEqual(
      ["a", "b", "c"].map((letter) => letter.repeat(32)),
    );
    await again.close();
    await writeFile(`${host.directory}/j`, `${lines.slice(0, -1).join("\n")}\n`);
    await expect(open()).rejects.toThrow("last lines are missing");
  });
});
