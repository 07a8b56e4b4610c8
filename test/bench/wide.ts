// Benchmark: one cause on a fleet, on real parts. Real sockets to local workerd, two shards; the same check of every host fails within a minute, as
// its agent would tell it. Measured is how long after the third failure a person is rung, and how many pages come in the first ten minutes.
// A failure counts from the instant at which the check has failed often enough, and for long enough, by the policy: what comes after is ours.
import { setTimeout as sleep } from "node:timers/promises";
import { Policy } from "../../control-plane/src/policy/policy.ts";
import { failingReport } from "../system/light-agent.ts";
import { filesNeeded, openFilesMax, startCrowd } from "./crowd.ts";
import { figure, promise, type Measured, type Say } from "./figures.ts";

const HOST_COUNT = 2_000;
const WITHIN_MS = 60_000;
const RESULT_EVERY_MS = 5_000;
const WATCHED_MS = 10 * 60_000;
const FIRST_RING_MAX_MS = 10_000;
const PAGES_MAX = 3;

const { failuresMin, heldMs } = Policy.parse({ version: 1 }).checkFailing;

/** Why it cannot run here, or null. */
export function wideObstacle(): string | null {
  const [wanted, allowed] = [filesNeeded(HOST_COUNT), openFilesMax()];
  if (allowed === null || allowed >= wanted) return null;
  return `it opens up to ${wanted} files and this shell allows ${allowed}: run "ulimit -n ${wanted}" first`;
}

/** Measures one cause on a whole fleet. */
export async function benchWide(say: Say): Promise<Measured> {
  const crowd = await startCrowd({ agentCount: HOST_COUNT, say });
  try {
    const before = crowd.pages.length;
    say(`${HOST_COUNT} hosts fail within a minute`);
    const startedAt = Date.now();
    const failedAt = crowd.agents.map(
      (_agent, index) => startedAt + Math.floor((index * WITHIN_MS) / HOST_COUNT),
    );
    // Firing takes so many results, and the first must be old enough: three of them are there then.
    const takesMs = Math.max(
      (failuresMin - 1) * RESULT_EVERY_MS,
      Math.ceil(heldMs / RESULT_EVERY_MS) * RESULT_EVERY_MS,
    );
    const thirdAt = (failedAt[2] ?? startedAt) + takesMs;
    const results = takesMs / RESULT_EVERY_MS + 1;
    let firstAt = Infinity;
    const watch = setInterval(() => {
      if (crowd.pages.length > before) firstAt = Math.min(firstAt, Date.now());
    }, 50);
    await Promise.all(
      crowd.agents.map(async (agent, index) => {
        await sleep((failedAt[index] ?? startedAt) - Date.now());
        for (let result = 0; result < results; result += 1) {
          agent.report([failingReport("api")]);
          if (result < results - 1) await sleep(RESULT_EVERY_MS);
        }
      }),
    );
    say("watching until ten minutes are over");
    await sleep(Math.max(0, startedAt + WATCHED_MS - Date.now()));
    clearInterval(watch);
    const pageCount = crowd.pages.length - before;
    const firstRingMs = firstAt - thirdAt;
    return {
      figures: [
        promise(
          figure(`${HOST_COUNT} hosts: first ring after the third failure`, firstRingMs / 1_000, "s", {
            kind: "limit",
            value: FIRST_RING_MAX_MS / 1_000,
            what: "aim",
          }),
          firstRingMs <= FIRST_RING_MAX_MS,
        ),
        promise(
          figure(`${HOST_COUNT} hosts: pages to the one person in ten minutes`, pageCount, "pages", {
            kind: "limit",
            value: PAGES_MAX,
            what: "aim",
          }),
          pageCount <= PAGES_MAX,
        ),
      ],
      notes: [
        `the third failure is counted from its result number ${failuresMin}, when the first was ${heldMs / 1_000} s old`,
        "agents report whenever they have a result, as real ones do; what they cost is on the same machine",
      ],
    };
  } finally {
    await crowd.end();
  }
}
