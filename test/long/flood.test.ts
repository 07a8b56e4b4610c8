// One host sends as fast as it can and connects again at once, for a minute, against real workerd: the other host is paged as on a quiet
// day, and the audit hardly grows. Prints its figures.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FloodStory, pause } from "./flood-story.ts";

const FLOOD_MS = 60_000;
/** The flood has begun to hurt, if it can. */
const LEAD_MS = 10_000;
const RATIO_MAX = 1.5;
const AUDIT_GROWTH_MAX = 100;

describe("one host floods for a minute", () => {
  const story = new FloodStory();
  beforeAll(() => story.start());
  afterAll(() => story.stop());

  it("and another host's failing check is paged as soon as ever", async () => {
    // A third one would be one incident of its host with the others, and joins what people know of.
    const quietMs = await story.failAndBePaged("quiet");
    const before = await story.auditCount();
    const floodAt = performance.now();
    const madHostId = await story.startFlood();
    await pause(LEAD_MS);
    const floodedMs = await story.failAndBePaged("flooded");
    await pause(Math.max(0, floodAt + FLOOD_MS - performance.now()));
    const reasons = await story.openReasonsOf(madHostId);
    const { sentCount, connectionCount } = await story.endFlood();
    const growth = (await story.auditCount()) - before;
    process.stdout.write(
      `quiet ${quietMs.toFixed(0)} ms, flooded ${floodedMs.toFixed(0)} ms, ratio ${(floodedMs / quietMs).toFixed(2)}; ` +
        `audit + ${growth} rows; ${sentCount} frames on ${connectionCount} connections\n`,
    );
    expect(floodedMs / quietMs).toBeLessThan(RATIO_MAX);
    expect(growth).toBeLessThan(AUDIT_GROWTH_MAX);
    // A seventh of its frames are no frames: what it says is not understood either, which is a page in words of its own.
    expect([...reasons].sort()).toEqual(["host-flooding", "host-silent"]);
  });
});
