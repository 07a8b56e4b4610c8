// `countersign replay FILE…`: reads, runs, prints. Everything is read before anything runs, so that a wrong file has no partial effect.
// Ends with 0, with 1 when an expectation was not met, with 2 when the input is wrong.
import { setTimeout as sleep } from "node:timers/promises";
import { readIncident } from "../replay/file/incident-file.ts";
import type { Incident, ReadOptions } from "../replay/file/planned-incident.ts";
import { refusalText, type WrittenRefusal } from "../replay/file/written-file.ts";
import { spanMs } from "../replay/file/written-times.ts";
import { jsonOf } from "../replay/printed/replay-json.ts";
import {
  clockLine,
  headOf,
  type Paint,
  paintFor,
  printedLine,
  timelineOf,
  verdictOf,
} from "../replay/printed/replay-timeline.ts";
import { readPolicyFile } from "../replay/replay-policy.ts";
import { finishReplay, type Replay, runReplay, stageReplay } from "../replay/run-replay.ts";

export const EXIT = { ok: 0, unmet: 1, badInput: 2 } as const;
const TICK_MS = 50;

export interface ReplayFlags {
  readonly policy?: string;
  readonly json?: boolean;
  readonly until?: string;
  readonly speed?: number;
}

export interface Output {
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
  readonly isColoured: boolean;
  /** width of the terminal; null: lines are not broken */
  readonly columns: number | null;
  /** shows how far the story is while nothing is printed, and wipes it with ""; null: there is no terminal to show it on */
  readonly showClock: ((text: string) => void) | null;
}

/** Runs the command; the answer is the exit code. */
export async function replayFiles(
  files: readonly string[],
  flags: ReplayFlags,
  output: Output,
): Promise<number> {
  const read = readAll(files, flags);
  if (read.refusals.length > 0) return complain(read.refusals, flags, output);
  const paint = paintFor(output.isColoured && flags.json !== true);
  const replays: Replay[] = [];
  for (const incident of read.incidents) {
    if (flags.speed !== undefined && flags.json !== true)
      replays.push(await unfold(incident, { flags, speed: flags.speed, paint, output }));
    else replays.push(replayAtOnce(incident, { flags, paint, output }));
  }
  if (flags.json === true) output.print(JSON.stringify({ replays: replays.map(jsonOf) }, null, 2));
  const isMet = replays.every(({ expectations }) => expectations.every((expectation) => expectation.isMet));
  return isMet ? EXIT.ok : EXIT.unmet;
}

function replayAtOnce(
  incident: Incident,
  shown: { readonly flags: ReplayFlags; readonly paint: Paint; readonly output: Output },
): Replay {
  const { flags, paint, output } = shown;
  const replay = runReplay(incident, untilOf(incident, flags));
  if (flags.json === true) return replay;
  output.print(headOf(incident));
  const style = { startAt: incident.startAt, paint, columns: output.columns };
  for (const line of timelineOf(replay)) output.print(printedLine(line, style));
  output.print(`${verdictOf(replay, paint)}\n`);
  return replay;
}

// So many seconds of the story in each second; a line appears when its instant has come.
async function unfold(
  incident: Incident,
  shown: {
    readonly flags: ReplayFlags;
    readonly speed: number;
    readonly paint: Paint;
    readonly output: Output;
  },
): Promise<Replay> {
  const { flags, speed, paint, output } = shown;
  const { world, livenesses } = stageReplay(incident);
  const endedAt = Math.min(incident.endAt, untilOf(incident, flags).untilAt ?? incident.endAt);
  const style = { startAt: incident.startAt, paint, columns: output.columns };
  output.print(headOf(incident));
  let printed = 0;
  while (world.clock.now < endedAt) {
    world.clock.advanceTo(Math.min(endedAt, world.clock.now + TICK_MS * speed));
    const lines = timelineOf({ record: world.record });
    output.showClock?.("");
    for (const line of lines.slice(printed)) output.print(printedLine(line, style));
    printed = lines.length;
    output.showClock?.(clockLine(world.clock.now - incident.startAt));
    await sleep(TICK_MS);
  }
  output.showClock?.("");
  const replay = finishReplay(incident, { world, livenesses, endedAt });
  output.print(`${verdictOf(replay, paint)}\n`);
  return replay;
}

function untilOf(incident: Incident, { until }: ReplayFlags): { readonly untilAt?: number } {
  return until === undefined ? {} : { untilAt: incident.startAt + spanMs(until) };
}

function readAll(
  files: readonly string[],
  flags: ReplayFlags,
): { readonly incidents: readonly Incident[]; readonly refusals: readonly WrittenRefusal[] } {
  const policy = flags.policy === undefined ? null : readPolicyFile(flags.policy);
  if (policy !== null && !policy.ok) return { incidents: [], refusals: [policy.error] };
  const options: ReadOptions = policy === null ? {} : { policy: policy.value };
  const read = files.map((file) => readIncident(file, options));
  return {
    incidents: read.flatMap((result) => (result.ok ? [result.value] : [])),
    refusals: read.flatMap((result) => (result.ok ? [] : [result.error])),
  };
}

function complain(refusals: readonly WrittenRefusal[], flags: ReplayFlags, output: Output): number {
  const errors = refusals.flatMap(({ file, problems }) => problems.map((problem) => ({ file, ...problem })));
  if (flags.json === true) output.print(JSON.stringify({ errors }, null, 2));
  else for (const refusal of refusals) output.complain(refusalText(refusal));
  return EXIT.badInput;
}
