// Benchmark: what healthy hosts write. A hundred hosts ping in real time for a minute and send as many digests as in an hour, through
// the real Worker with a ledger around its storage (worker/counting-worker.ts). Rows are a promise: none. Alarms are not: each
// setAlarm is one billed row, and one alarm serves all hosts of a shard.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServiceReport } from "@countersign/shared/wire/service-report";
import { LIVENESS_PROFILES } from "../../control-plane/src/policy/policy.ts";
import { startCrowd, type Crowd } from "./crowd.ts";
import { figure, promise, type Beside, type Figure, type Measured, type Say } from "./figures.ts";

const AGENT_COUNT = 100;
const SERVICES_PER_HOST = 3;
const WINDOW_MS = 60_000;
/** Two keepalive periods: evenly spread keepalives are what makes the most sweeps. */
const SPREAD_MS = 10_000;
const HOUR_MS = 3_600_000;
/** After the first reports: their services are new, and new things are written down. */
const SETTLE_MS = 15_000;
/** The agent sends a digest every 15 minutes; here an hour's four in one minute. */
const DIGESTS = 4;

interface Written {
  readonly shard: { readonly rows: number; readonly alarms: number; readonly wakes: number };
  readonly desk: { readonly rows: number; readonly alarms: number };
  readonly d1: { readonly rows: number };
}

export async function benchRows(say: Say): Promise<Measured> {
  const workerEntry = join(import.meta.dirname, "worker", "counting-worker.ts");
  const crowd = await startCrowd({ agentCount: AGENT_COUNT, say, spreadMs: SPREAD_MS, workerEntry });
  try {
    say("hosts report their services for the first time");
    reportAll(crowd);
    await sleep(SETTLE_MS);
    const before = await readWritten(crowd);
    say(`counting for ${WINDOW_MS / 1_000} s`);
    for (let digest = 0; digest < DIGESTS; digest += 1) {
      await sleep(WINDOW_MS / DIGESTS / 2);
      reportAll(crowd);
      await sleep(WINDOW_MS / DIGESTS / 2);
    }
    const after = await readWritten(crowd);
    const healthyCount = (await crowd.hosts()).filter(isHealthy).length;
    if (healthyCount !== AGENT_COUNT)
      throw new Error(`Count rows: only ${healthyCount} hosts stayed healthy`);
    return { figures: figuresOf(before, after), notes: notesOf(before, after) };
  } finally {
    await crowd.end();
  }
}

function isHealthy(host: Awaited<ReturnType<Crowd["hosts"]>>[number]): boolean {
  return host.liveness === "up" && host.services.every(({ status }) => status === "healthy");
}

function reportAll(crowd: Crowd): void {
  const names = Array.from({ length: SERVICES_PER_HOST }, (_, index) => `service-${index + 1}`);
  for (const agent of crowd.agents) agent.report(names.map(healthyReport));
}

function healthyReport(service: string): ServiceReport {
  const now = Date.now();
  return {
    service,
    unit: {
      activeState: "active",
      subState: "running",
      result: "success",
      restartCount: 0,
      invocationId: "0123456789abcdef0123456789abcdef",
      mainPid: 4_120,
      activeEnterAt: 1,
      // what changes all the time on a healthy host
      memoryCurrentBytes: 50_000_000 + Math.floor(Math.random() * 1_000_000),
    },
    results: [
      {
        check: "http",
        kind: "http",
        status: "pass",
        severity: "error",
        summary: `200 in ${1 + Math.floor(Math.random() * 9)} ms`,
        latencyMs: Math.random() * 10,
        finishedAt: now,
        ttlMs: 60_000,
      },
    ],
  };
}

async function readWritten({ url }: Crowd): Promise<Written> {
  const response = await fetch(`${url}/bench/written`);
  if (!response.ok) throw new Error(`Read the ledger: ${response.status}`);
  return (await response.json()) as Written;
}

function figuresOf(before: Written, after: Written): readonly Figure[] {
  const perHostHour = (rows: number) => (rows * HOUR_MS) / WINDOW_MS / AGENT_COUNT;
  const pingsPerHour = HOUR_MS / LIVENESS_PROFILES.default.keepaliveMs;
  const table: Beside = { kind: "model", value: pingsPerHour, what: "one row updated per ping" };
  const none = (name: string, rows: number) =>
    promise(figure(name, perHostHour(rows), "rows/host-hour", table), rows === 0);
  const alarms = after.shard.alarms - before.shard.alarms;
  const alarmsPerHour = (alarms * HOUR_MS) / WINDOW_MS;
  return [
    none("rows in the shard", after.shard.rows - before.shard.rows),
    none("rows in the desk", after.desk.rows - before.desk.rows),
    none("rows in D1", after.d1.rows - before.d1.rows),
    figure("alarms of the shard, shared by its hosts", alarmsPerHour, "rows/shard-hour"),
    figure(`the same per host, ${AGENT_COUNT} hosts`, alarmsPerHour / AGENT_COUNT, "rows/host-hour", table),
    figure("the same per host, 1000 hosts (computed)", alarmsPerHour / 1_000, "rows/host-hour", table),
  ];
}

function notesOf(before: Written, after: Written): readonly string[] {
  const { shard, desk, d1 } = before;
  return [
    `${AGENT_COUNT} hosts with ${SERVICES_PER_HOST} services each, default profile, ${WINDOW_MS / 1_000} s of real time with ${DIGESTS} full digests per host (as many as in an hour).`,
    "Counted by the platform: SQLite's rowsWritten (index rows included), calls of setAlarm, and D1's meta.rows_written.",
    `The ledger is not blind: enrolling and first reports wrote ${shard.rows} rows in the shard, ${desk.rows} in the desk and ${d1.rows} in D1.`,
    "Sweeps ring at the oldest keepalive + T: with keepalives spread evenly one per T − P = 7 s, which is the most there can be while all are healthy.",
    `The shard was constructed ${after.shard.wakes - before.shard.wakes} times meanwhile; the desk set ${after.desk.alarms - before.desk.alarms} alarms.`,
  ];
}
