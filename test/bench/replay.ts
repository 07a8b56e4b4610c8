// Benchmark: `countersign replay` of a month of a thousand hosts. Each run is a process of its own (replay-program.ts). Beside it, in
// the same run, the floor that any program would have: the same events put in their order and read, with nothing decided.
// What a reader would get wrong: an event is one occurrence of the file on one host. Four of ten are results of a check that say
// nothing new; the core never sees these, as in production, where an agent does not send them.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { PROJECT_ROOT } from "../../control-plane/embedded/bundle.ts";
import { figure, type Beside, type Figure, type Measured, type Say } from "./figures.ts";
import type { ReplayRun } from "./replay-program.ts";
import { type StorySize, writeStory } from "./replay-story.ts";

const MONTH: StorySize = { hostCount: 1_000, days: 30 };
const QUICK: StorySize = { hostCount: 1_000, days: 2 };
const PROFILED: StorySize = { hostCount: 1_000, days: 3 };
/** After this a run ends with the story's day, and says how far it came. */
const RUN_MAX_S = 40;
const PROFILE_MAX_S = 8;
/** What was aimed at: events a second on one core, and seconds for the month. */
const EVENTS_A_SECOND_AIM = 500_000;
const MONTH_AIM_S = 15;
const OUTAGES_AIM_S = 2;

type Mode = "replay" | "floor" | "profile";

export async function benchReplay(say: Say, isQuick: boolean): Promise<Measured> {
  const size = isQuick ? QUICK : MONTH;
  say(`${size.days} days of ${size.hostCount} hosts`);
  const replay = await runStory("replay", size, RUN_MAX_S);
  say(`${Math.round(replay.eventCount / 1_000)} thousand events in ${Math.round(replay.wallMs / 1_000)} s`);
  const floor = await runStory("floor", { ...size, days: replay.days }, RUN_MAX_S);
  say("the five outages");
  const outagesS = await runOutages();
  say("where the time goes");
  const profile = await runStory("profile", isQuick ? size : PROFILED, PROFILE_MAX_S);
  return {
    figures: [
      ...figuresOf(replay, floor, profile),
      figure("the five outages, as a command", outagesS, "s", {
        kind: "limit",
        value: OUTAGES_AIM_S,
        what: "aim",
      }),
    ],
    notes: [
      `${replay.days} of ${size.days} days were replayed: ${replay.eventCount} events, ${replay.decisionCount} decisions of shards, ` +
        `${replay.pageCount} pages. The story is generated: test/bench/replay-story.ts.`,
      "An event is one occurrence of the file on one host; 4 of 10 are results of a check that say nothing new and decide nothing.",
      `Before the first event, reading the file took ${replay.parseMs.toFixed(0)} ms. CPU time counts the garbage collector's threads.`,
      `The floor orders and reads the same events (${floor.eventCount}, of them ${floor.readCount} facts) and decides nothing.`,
    ],
  };
}

async function runStory(mode: Mode, size: StorySize, limitSeconds: number): Promise<ReplayRun> {
  const program = join(import.meta.dirname, "replay-program.ts");
  const { stdout } = await execa(process.execPath, [program, mode, String(limitSeconds)], {
    input: writeStory(size),
  });
  return JSON.parse(stdout) as ReplayRun;
}

/** Seconds of `countersign replay` over the fixtures, start of the process and printing included; the middle of three. */
async function runOutages(): Promise<number> {
  const folder = join(PROJECT_ROOT, "test/incidents");
  const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  const paths = files.map((name) => join(folder, name));
  const program = join(PROJECT_ROOT, "bootstrap.mjs");
  const seconds: number[] = [];
  for (let run = 0; run < 3; run += 1) {
    const startedAt = performance.now();
    await execa(process.execPath, [program, "countersign", "replay", ...paths]);
    seconds.push((performance.now() - startedAt) / 1_000);
  }
  return seconds.toSorted((left, right) => left - right)[1] ?? 0;
}

function figuresOf(replay: ReplayRun, floor: ReplayRun, profile: ReplayRun): readonly Figure[] {
  const limit = (value: number, what: string): Beside => ({ kind: "limit", value, what });
  const measured = (value: number): Beside => ({ kind: "measured", value, what: "ordered and read only" });
  const share = (part: string) => 100 * (profile.shares[part] ?? 0);
  const perSecond = ({ eventCount, cpuMs }: ReplayRun) => (1_000 * eventCount) / cpuMs;
  return [
    figure("events/s of CPU", perSecond(replay), "/s", limit(EVENTS_A_SECOND_AIM, "aim")),
    figure("events/s of CPU", perSecond(replay), "/s", measured(perSecond(floor))),
    figure("wall time", replay.wallMs / 1_000, "s", limit((MONTH_AIM_S * replay.days) / MONTH.days, "aim")),
    figure("CPU time", replay.cpuMs / 1_000, "s", measured(floor.cpuMs / 1_000)),
    figure("CPU time of one decision", (1_000 * replay.cpuMs) / replay.decisionCount, "µs"),
    figure("peak memory", replay.peakMb, "MB", measured(floor.peakMb)),
    figure("share of the core", share("core"), "%"),
    figure("share of the harness", share("harness"), "%"),
    figure("share of the garbage collector", share("collector"), "%"),
  ];
}
