// Runs one incident from its start to its end and gives back what was decided, and which expectations were met. A repeated event
// schedules its next occurrence when it happens, so a story of millions of events costs no more memory than its file.
import { happenToFleet, happenToHost } from "./file/event-acts.ts";
import { describeEvent } from "./file/event-text.ts";
import type { Incident, PlannedEvent } from "./file/planned-incident.ts";
import { judgeExpectations, type JudgedExpectation } from "./judged/judge-expectations.ts";
import type { RecordedLiveness, ReplayRecord } from "./printed/replay-record.ts";
import { ReplayWorld } from "./world/replay-world.ts";
import type { SimulatedHost } from "./world/simulated-host.ts";
import type { StoryWorld } from "./world/story-world.ts";
import { LOOK_RANK } from "./world/virtual-clock.ts";

export interface Replay {
  readonly incident: Incident;
  readonly record: ReplayRecord;
  readonly livenesses: readonly RecordedLiveness[];
  readonly expectations: readonly JudgedExpectation[];
  /** decisions of shards and desk */
  readonly decisionCount: number;
  readonly endedAt: number;
}

export interface ReplayOptions {
  /** stops earlier than the file does; expectations about later are judged by what is known then */
  readonly untilAt?: number;
}

/** Runs an incident to its end. */
export function runReplay(incident: Incident, options: ReplayOptions = {}): Replay {
  const { world, livenesses } = stageReplay(incident);
  const endedAt = Math.min(incident.endAt, options.untilAt ?? incident.endAt);
  world.clock.advanceTo(endedAt);
  return finishReplay(incident, { world, livenesses, endedAt });
}

/** Everything is scheduled and nothing has happened: the clock of the world is to be advanced. */
export function stageReplay(incident: Incident): {
  readonly world: ReplayWorld;
  readonly livenesses: RecordedLiveness[];
} {
  const world = new ReplayWorld(incident);
  return { world, livenesses: scheduleStory(world, incident) };
}

/** Schedules the events of an incident on a world's clock, and the looks at liveness that it asks for. */
export function scheduleStory(world: StoryWorld, incident: Incident): RecordedLiveness[] {
  const livenesses: RecordedLiveness[] = [];
  for (const planned of incident.events) {
    const hosts = planned.hosts.flatMap((name) => world.hosts.get(name) ?? []);
    schedule(world, planned, { atMs: planned.atMs, left: planned.count, hosts });
  }
  for (const { expectation, at } of incident.expectations) {
    const { host, liveness } = expectation;
    if (liveness === undefined || host === undefined || at === null) continue;
    const look = () =>
      livenesses.push({ at, host, liveness: world.livenessOf(host) as RecordedLiveness["liveness"] });
    world.clock.at(at, look, LOOK_RANK);
  }
  return livenesses;
}

/** Judges what happened. */
export function finishReplay(
  incident: Incident,
  ran: {
    readonly world: ReplayWorld;
    readonly livenesses: readonly RecordedLiveness[];
    readonly endedAt: number;
  },
): Replay {
  const { world, livenesses, endedAt } = ran;
  const { record } = world;
  const decisionCount = world.shards.reduce((sum, shard) => sum + shard.decisionCount, 0);
  const expectations = judgeExpectations(incident, { record, livenesses });
  return { incident, record, livenesses, expectations, decisionCount, endedAt };
}

function schedule(
  world: StoryWorld,
  planned: PlannedEvent,
  next: { readonly atMs: number; readonly left: number; readonly hosts: readonly SimulatedHost[] },
): void {
  const { atMs, left, hosts } = next;
  const happen = () => {
    occur(world, planned, { hosts, isFirst: left === planned.count });
    if (left <= 1 || planned.everyMs === null) return;
    schedule(world, planned, { atMs: atMs + planned.everyMs, left: left - 1, hosts });
  };
  world.clock.at(atMs, happen, planned.place);
}

function occur(
  world: StoryWorld,
  planned: PlannedEvent,
  { hosts, isFirst }: { readonly hosts: readonly SimulatedHost[]; readonly isFirst: boolean },
): void {
  if (isFirst) world.tell(planned.verb === "note" ? "note" : "world", describeEvent(planned));
  world.record.eventCount += Math.max(1, planned.hosts.length);
  happenToFleet(world, planned);
  const { place, stepMs } = planned;
  if (stepMs === 0) for (const host of hosts) happenToHost(world, planned, host);
  else {
    const [first, ...others] = hosts;
    if (first !== undefined) happenToHost(world, planned, first);
    world.clock.walk({ stepMs, count: others.length, rank: place }, (step) => {
      const host = others[step - 1];
      if (host !== undefined) happenToHost(world, planned, host);
    });
  }
}
