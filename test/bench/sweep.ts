// Benchmark: what one sweep of a full shard costs, shell included, in the real workerd: a thousand connected hosts whose rules have learned,
// so that what is attached to their sockets is near its bound. Beside it stands, of the same run, a bare look at the same sockets.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { HOSTS_PER_SHARD_MAX } from "@countersign/shared/values/limits";
import type { Fact } from "@countersign/shared/wire/fact";
import { filesNeeded, openFilesMax, startCrowd, type Crowd } from "./crowd.ts";
import { figure, median, type Measured, type Say } from "./figures.ts";

const SERVICES = ["agent", "api"] as const;
const LEARNED_HOURS = 60;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const FACTS_PER_FRAME = 60;
const ROUNDS = 12;
/** More than a keepalive period, so that every host was heard since the sweep before. */
const PAUSE_MS = 6_000;
const SWEEPS_AT_ONCE = 4;
const LOOKS_AT_ONCE = 40;
const LEARNED_TIMEOUT_MS = 120_000;

/** Why it cannot run here, or null. */
export function sweepObstacle(): string | null {
  const [wanted, allowed] = [filesNeeded(HOSTS_PER_SHARD_MAX), openFilesMax()];
  if (allowed === null || allowed >= wanted) return null;
  return `it opens up to ${wanted} files and this shell allows ${allowed}: run "ulimit -n ${wanted}" first`;
}

/** Measures the sweeps of a full shard. */
export async function benchSweep(say: Say): Promise<Measured> {
  const workerEntry = join(import.meta.dirname, "worker", "sweeping-worker.ts");
  const crowd = await startCrowd({ agentCount: HOSTS_PER_SHARD_MAX, say, workerEntry });
  try {
    say(`${LEARNED_HOURS} hours of facts for each host`);
    const attachedBytes = await teachAll(crowd, say);
    say("sweeping");
    const sweeps: number[] = [];
    const looks: number[] = [];
    const again: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      await sleep(PAUSE_MS);
      sweeps.push(await msOf(crowd, "sweep", 1));
      again.push(await msOf(crowd, "sweep", SWEEPS_AT_ONCE));
      looks.push(await msOf(crowd, "look", LOOKS_AT_ONCE));
    }
    const look = median(looks);
    return {
      figures: [
        figure("one sweep, median", median(sweeps), "ms", { kind: "limit", value: 10, what: "aim" }),
        figure("one sweep, median", median(sweeps), "ms", {
          kind: "measured",
          value: look,
          what: "readyState and last keepalive of each socket, the same run",
        }),
        figure("one sweep, least", Math.min(...sweeps), "ms"),
        figure("one sweep, worst", Math.max(...sweeps), "ms"),
        figure("another right after it, median", median(again), "ms"),
        figure("attached to one socket", attachedBytes / HOSTS_PER_SHARD_MAX, "bytes"),
      ],
      notes: [
        `${HOSTS_PER_SHARD_MAX} live hosts with ${SERVICES.length} services that learned for ${LEARNED_HOURS} hours; ${ROUNDS} sweeps, ${PAUSE_MS / 1_000} s apart, so that every host was heard in between; after each of them ${SWEEPS_AT_ONCE} more and ${LOOKS_AT_ONCE} looks.`,
        "Wall time from outside, one request that does nothing taken off: the thousand agents go on pinging meanwhile, in a process beside it.",
      ],
    };
  } finally {
    await crowd.end();
  }
}

/** Milliseconds that one of them takes. */
async function msOf(crowd: Crowd, what: "look" | "sweep", times: number): Promise<number> {
  const idle = await timed(() => ask(crowd, what, 0));
  return ((await timed(() => ask(crowd, what, times))) - idle) / times;
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
}

async function ask({ url }: Crowd, what: string, times: number): Promise<number> {
  const response = await fetch(`${url}/bench/repeat?what=${what}&times=${times}`);
  if (!response.ok) throw new Error(`Ask the shard to ${what}: ${response.status}`);
  return (await response.json()) as number;
}

/** Lets each host tell its past; gives the bytes that are attached to all sockets when no more comes. */
async function teachAll(crowd: Crowd, say: Say): Promise<number> {
  const endAt = Date.now() + LEARNED_TIMEOUT_MS;
  const facts = factsUntil(Date.now());
  for (const agent of crowd.agents)
    for (let from = 0; from < facts.length; from += FACTS_PER_FRAME)
      agent.tell(facts.slice(from, from + FACTS_PER_FRAME));
  for (let before = -1; ;) {
    const bytes = await ask(crowd, "measure", 1);
    say(`${Math.round(bytes / HOSTS_PER_SHARD_MAX)} bytes are attached to a socket`);
    if (bytes === before) return bytes;
    if (Date.now() > endAt) throw new Error("Teach hosts: they still learn");
    before = bytes;
    await sleep(3_000);
  }
}

function factsUntil(now: number): readonly Fact[] {
  const facts: Fact[] = [];
  for (let hour = LEARNED_HOURS; hour > 0; hour -= 1)
    for (const [index, service] of SERVICES.entries()) {
      const at = now - hour * HOUR_MS + index * MINUTE_MS;
      const base = { service, at } as const;
      facts.push(
        { ...base, kind: "session", startedAt: at - MINUTE_MS, class: null, detail: "" },
        { ...base, kind: "work", counter: "jobs", value: (LEARNED_HOURS - hour) * 10 },
        { ...base, kind: "latency", latencyMs: 20 + (hour % 7) },
      );
    }
  return facts;
}
