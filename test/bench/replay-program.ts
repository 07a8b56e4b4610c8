// One measured run of the replay benchmark, in a process of its own so that heap and warm-up are its own: reads the story from stdin,
// and prints figures as JSON. `replay` runs it through the core; `floor` only puts the same events in their order and reads each as
// a fact; `profile` runs it with V8's sampling profiler on and says in whose files the time was spent.
import { Session } from "node:inspector/promises";
import { text } from "node:stream/consumers";
import { factOf } from "../../control-plane/replay/file/event-facts.ts";
import { parseIncident } from "../../control-plane/replay/file/incident-file.ts";
import type { Incident, PlannedEvent } from "../../control-plane/replay/file/planned-incident.ts";
import { finishReplay, stageReplay } from "../../control-plane/replay/run-replay.ts";
import { VirtualClock } from "../../control-plane/replay/world/virtual-clock.ts";

const DAY_MS = 86_400_000;

/** What one run says of itself. */
export interface ReplayRun {
  readonly eventCount: number;
  readonly decisionCount: number;
  /** facts that the floor has read */
  readonly readCount: number;
  readonly pageCount: number;
  /** days of the story that were run before the time was up */
  readonly days: number;
  readonly parseMs: number;
  readonly wallMs: number;
  /** of this process, while it ran: user and system, all threads (so the garbage collector's, too) */
  readonly cpuMs: number;
  readonly peakMb: number;
  /** share of the time by the part it was spent in; empty unless profiled */
  readonly shares: Readonly<Record<string, number>>;
}

type Ran = Pick<ReplayRun, "eventCount" | "decisionCount" | "readCount" | "pageCount" | "days">;

/** Runs day by day, until the story or the time is over. */
function replayWithin(incident: Incident, limitMs: number): Ran {
  const startedAt = performance.now();
  const { world, livenesses } = stageReplay(incident);
  let endedAt = incident.startAt;
  while (endedAt < incident.endAt && performance.now() - startedAt < limitMs) {
    endedAt = Math.min(incident.endAt, endedAt + DAY_MS);
    world.clock.advanceTo(endedAt);
  }
  const { record, decisionCount } = finishReplay(incident, { world, livenesses, endedAt });
  const days = (endedAt - incident.startAt) / DAY_MS;
  const { eventCount, pages } = record;
  return { eventCount, decisionCount, readCount: 0, pageCount: pages.length, days };
}

// One entry of the clock for each line of the file: it walks over the hosts, and then to the next repetition.
function readOnly(incident: Incident): Ran {
  const clock = new VirtualClock(incident.startAt);
  const tally = { eventCount: 0, readCount: 0 };
  const next = (planned: PlannedEvent, fromAt: number, index: number, left: number): void => {
    clock.at(fromAt + index * planned.stepMs, () => {
      tally.eventCount += 1;
      if (factOf(planned, { now: clock.now, counted: 0, runningSinceAt: 0 }) !== null) tally.readCount += 1;
      if (index + 1 < planned.hosts.length) next(planned, fromAt, index + 1, left);
      else if (left > 1) next(planned, fromAt + (planned.everyMs ?? 0), 0, left - 1);
    });
  };
  for (const planned of incident.events) next(planned, planned.atMs, 0, planned.count);
  clock.advanceTo(incident.endAt);
  const days = (incident.endAt - incident.startAt) / DAY_MS;
  return { ...tally, decisionCount: 0, pageCount: 0, days };
}

async function profiled<T>(
  run: () => T,
): Promise<{ readonly value: T; readonly shares: ReplayRun["shares"] }> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.start");
  const value = run();
  const { profile } = await session.post("Profiler.stop");
  session.disconnect();
  const urlOf = new Map(
    profile.nodes.map(({ id, callFrame }) => [id, callFrame.url || callFrame.functionName]),
  );
  const spent: Record<string, number> = {};
  let whole = 0;
  profile.samples?.forEach((id, index) => {
    const us = profile.timeDeltas?.[index] ?? 0;
    const part = partOf(urlOf.get(id) ?? "");
    spent[part] = (spent[part] ?? 0) + us;
    whole += us;
  });
  const shares = Object.fromEntries(Object.entries(spent).map(([part, us]) => [part, us / whole]));
  return { value, shares };
}

function partOf(url: string): string {
  if (url.includes("/control-plane/src/core/") || url.includes("/shared/src/")) return "core";
  if (url.includes("/control-plane/replay/")) return "harness";
  return url === "(garbage collector)" ? "collector" : "other";
}

const [mode = "", limitSeconds = "60"] = process.argv.slice(2);
const story = await text(process.stdin);
const parsedAt = performance.now();
const parsed = parseIncident("story", story);
const parseMs = performance.now() - parsedAt;
if (!parsed.ok) throw new Error(`Read the story: ${JSON.stringify(parsed.error)}`);
const incident = parsed.value;
const runs: Readonly<Record<string, () => Ran>> = {
  replay: () => replayWithin(incident, Number(limitSeconds) * 1_000),
  profile: () => replayWithin(incident, Number(limitSeconds) * 1_000),
  floor: () => readOnly(incident),
};
const run = runs[mode];
if (run === undefined) throw new Error(`Run the story: there is no mode "${mode}"`);
const startedAt = performance.now();
const cpuBefore = process.cpuUsage();
const { value, shares } = mode === "profile" ? await profiled(run) : { value: run(), shares: {} };
const cpu = process.cpuUsage(cpuBefore);
const figures: ReplayRun = {
  ...value,
  parseMs,
  wallMs: performance.now() - startedAt,
  cpuMs: (cpu.user + cpu.system) / 1_000,
  peakMb: process.resourceUsage().maxRSS / 1_024,
  shares,
};
process.stdout.write(JSON.stringify(figures));
