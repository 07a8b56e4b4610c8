// Benchmark: how soon silence is heard. A thousand agents ping, some of them stop at random instants without closing their socket, and
// the audit says when each was noticed. The audit's instant is when the *desk* had written the flip down, so the delivery from the
// shard is in the figures. The page itself waits for the policy's page bound and is not measured here.
import { setTimeout as sleep } from "node:timers/promises";
import type { Actor } from "../../control-plane/src/core/words/actor.ts";
import { LIVENESS_PROFILES } from "../../control-plane/src/policy/policy.ts";
import type { LightAgent } from "../system/light-agent.ts";
import { filesNeeded, openFilesMax, startCrowd, type Crowd } from "./crowd.ts";
import { figure, mean, percentile, promise, type Beside, type Measured, type Say } from "./figures.ts";

/** How many agents, and by how much their last ping to *late* may miss T at p99. */
export interface Fleet {
  readonly agentCount: number;
  readonly missedMsAim: number;
}
/** One shard that is full. */
export const ONE_SHARD: Fleet = { agentCount: 1_000, missedMsAim: 250 };
export const NINE_SHARDS: Fleet = { agentCount: 9_000, missedMsAim: 500 };

const DEATH_COUNT = 300;
const SETTLE_MS = 12_000;
/** Deaths are spread over four keepalive periods, so that every phase occurs. */
const DEATHS_WITHIN_MS = 20_000;
/** After the last deadline: for the sweep, the delivery, and any false alarm. */
const AFTERMATH_MS = 5_000;
const CRON_PERIOD_MS = 60_000;
const CRON_PHASES = 60;

interface Death {
  readonly hostId: string;
  readonly diedAt: number;
  readonly lastPingAt: number;
}

interface AuditRow {
  readonly sequence: number;
  readonly at: number;
  readonly actor: Actor;
  readonly act: string;
  readonly why: string;
}

/** Why it cannot run here, or null. */
export function detectionObstacle({ agentCount }: Fleet): string | null {
  const [wanted, allowed] = [filesNeeded(agentCount), openFilesMax()];
  if (allowed === null || allowed >= wanted) return null;
  return `it opens up to ${wanted} files and this shell allows ${allowed}: run "ulimit -n ${wanted}" first`;
}

export async function benchDetection(say: Say, fleet: Fleet): Promise<Measured> {
  const { agentCount } = fleet;
  const crowd = await startCrowd({ agentCount, say });
  try {
    say(`${agentCount} agents are up after ${(crowd.enrolledInMs / 1_000).toFixed(1)} s; letting them ping`);
    await sleep(SETTLE_MS);
    say(`${DEATH_COUNT} fall silent at random instants`);
    const deaths = await killSome(crowd.agents);
    const { lateAfterMs } = LIVENESS_PROFILES.default;
    say("waiting for the last deadline");
    await sleep(lateAfterMs + AFTERMATH_MS);
    const noticed = noticedFlips(await readAudit(crowd));
    return { figures: figuresOf(deaths, noticed, fleet), notes: notesOf(crowd) };
  } finally {
    await crowd.end();
  }
}

async function killSome(agents: readonly LightAgent[]): Promise<readonly Death[]> {
  const shuffled = agents
    .map((agent) => ({ agent, order: Math.random() }))
    .toSorted((left, right) => left.order - right.order)
    .map(({ agent }) => agent);
  return Promise.all(
    shuffled.slice(0, DEATH_COUNT).map(async (agent) => {
      await sleep(Math.random() * DEATHS_WITHIN_MS);
      agent.fallSilent();
      return { hostId: agent.hostId, diedAt: Date.now(), lastPingAt: agent.lastPingAt() };
    }),
  );
}

async function readAudit(crowd: Crowd): Promise<readonly AuditRow[]> {
  const rows: AuditRow[] = [];
  for (let before: number | null = Number.MAX_SAFE_INTEGER; before !== null;) {
    const query: string = before === Number.MAX_SAFE_INTEGER ? "" : `?before=${before}`;
    const page: { rows: AuditRow[]; nextBefore: number | null } = await crowd.readAdmin(`audit${query}`);
    rows.push(...page.rows);
    before = page.nextBefore;
  }
  return rows;
}

/** First instant at which each host was written down as late. */
function noticedFlips(rows: readonly AuditRow[]): ReadonlyMap<string, number> {
  const noticed = new Map<string, number>();
  for (const { actor, act, why, at } of rows) {
    if (act !== "noted" || actor.kind !== "host" || !/^(?:up|unknown) → late/.test(why)) continue;
    const { hostId } = actor;
    noticed.set(hostId, Math.min(at, noticed.get(hostId) ?? at));
  }
  return noticed;
}

function figuresOf(deaths: readonly Death[], noticed: ReadonlyMap<string, number>, { missedMsAim }: Fleet) {
  const { keepaliveMs, lateAfterMs } = LIVENESS_PROFILES.default;
  const dead = new Map(deaths.map((death) => [death.hostId, death]));
  const found = deaths.filter(({ hostId, diedAt }) => (noticed.get(hostId) ?? 0) > diedAt);
  const falseCount = [...noticed].filter(
    ([hostId, at]) => (dead.get(hostId)?.diedAt ?? Infinity) > at,
  ).length;
  const fromDeath = found.map(({ hostId, diedAt }) => (noticed.get(hostId) ?? 0) - diedAt);
  const fromPing = found.map(({ hostId, lastPingAt }) => (noticed.get(hostId) ?? 0) - lastPingAt);
  const model = cronModel(deaths, lateAfterMs);
  const limit = (ms: number, what: string): Beside => ({ kind: "limit", value: ms / 1_000, what });
  const cron = (ms: number): Beside => ({
    kind: "model",
    value: ms / 1_000,
    what: "table of last pings, read by a 60 s cron",
  });
  const seconds = (name: string, ms: number, beside: Beside) => figure(name, ms / 1_000, "s", beside);
  const meanLimit = lateAfterMs - keepaliveMs / 2;
  return [
    promise(
      figure("silent hosts found", found.length, "hosts", {
        kind: "limit",
        value: deaths.length,
        what: "died",
      }),
      found.length === deaths.length,
    ),
    promise(figure("living hosts called late", falseCount, "hosts"), falseCount === 0),
    seconds("death to late, mean", mean(fromDeath), limit(meanLimit, "T − P/2")),
    seconds("death to late, p50", percentile(fromDeath, 0.5), limit(meanLimit, "T − P/2")),
    seconds("death to late, p99", percentile(fromDeath, 0.99), limit(lateAfterMs, "T")),
    seconds("last ping to late, p50", percentile(fromPing, 0.5), limit(lateAfterMs, "T")),
    seconds(
      "last ping to late, p99",
      percentile(fromPing, 0.99),
      limit(lateAfterMs + missedMsAim, `T + ${missedMsAim / 1_000} s, the aim`),
    ),
    seconds("last ping to late, worst", Math.max(...fromPing), limit(lateAfterMs, "T")),
    seconds("death to late, p50", percentile(fromDeath, 0.5), cron(percentile(model, 0.5))),
    seconds("death to late, p99", percentile(fromDeath, 0.99), cron(percentile(model, 0.99))),
  ];
}

/** The same deaths, noticed at the first tick of a cron at which the last ping is older than T; every phase of the cron once. */
function cronModel(deaths: readonly Death[], lateAfterMs: number): readonly number[] {
  const phases = Array.from({ length: CRON_PHASES }, (_, index) => (index * CRON_PERIOD_MS) / CRON_PHASES);
  return phases.flatMap((phase) =>
    deaths.map(({ diedAt, lastPingAt }) => {
      const dueAt = lastPingAt + lateAfterMs;
      const tickAt = Math.ceil((dueAt - phase) / CRON_PERIOD_MS) * CRON_PERIOD_MS + phase;
      return tickAt - diedAt;
    }),
  );
}

function notesOf({ agents, enrolledInMs, pages }: Crowd): readonly string[] {
  return [
    `${agents.length} agents in one Node process, local workerd, default profile (P 5 s, T 12 s); ${DEATH_COUNT} stop pinging within ${DEATHS_WITHIN_MS / 1_000} s, sockets left open.`,
    "A death lies P/2 after the last ping on average: so T − P/2 is the mean's limit counted from the death, and T every host's counted from its last ping.",
    "Late is read from the audit: the instant at which the desk has written it down, delivery from the shard included.",
    `Enrolling and connecting all took ${(enrolledInMs / 1_000).toFixed(1)} s. Pages meanwhile: ${pages.length} (the page bound is 60 s).`,
  ];
}
