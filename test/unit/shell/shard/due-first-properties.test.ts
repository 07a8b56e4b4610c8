// A sweep that judges only who is silent and who is due decides what one decides that judges all: through silences, deploys, failing checks and
// facts, each host is told of in the same words, and the hosts end up the same. A silence is told at the same instant, give or take the alarm's
// floor; a return that only a keepalive tells is looked for once a keepalive's time, and who looks at more hosts looks at other moments.
import fc from "fast-check";
import { expect, it } from "vitest";
import { namesOf, NONE_NAMED } from "@countersign/shared/values/named";
import { ok } from "@countersign/shared/values/result";
import { ReplayShard } from "../../../../control-plane/replay/world/replay-shard.ts";
import { SimulatedHost } from "../../../../control-plane/replay/world/simulated-host.ts";
import { VirtualClock } from "../../../../control-plane/replay/world/virtual-clock.ts";
import { ALARM_FLOOR_MS } from "../../../../control-plane/src/core/shard/shard-alarm.ts";
import type { Signal } from "../../../../control-plane/src/core/words/signal.ts";
import { subjectKeyOf } from "../../../../control-plane/src/core/words/subject.ts";
import { Policy } from "../../../../control-plane/src/policy/policy.ts";

const HOSTS = 4;
const RPC_MS = 50;
const policy = Policy.parse({
  version: 1,
  rules: { "success-rate-low": { enabled: true }, "no-progress": { enabled: true } },
});
const slower = Policy.parse({ version: 1, verify: { stability: "5m" } });

/** One shard with its hosts, and all that it said. */
class Life {
  readonly clock = new VirtualClock();
  readonly signals: Signal[] = [];
  readonly shard: ReplayShard;
  readonly hosts: readonly SimulatedHost[];

  constructor(judgesAll: boolean) {
    this.shard = new ReplayShard({
      clock: this.clock,
      policy,
      ...(judgesAll ? { judgesAll: true as const } : {}),
      onSignal: (signal) => void this.signals.push(signal),
      tellDesk: (_signals, answered) => void this.clock.after(RPC_MS, () => answered(ok(undefined))),
    });
    this.hosts = Array.from({ length: HOSTS }, (_, index) => {
      const hostId = `host_${String(index).padStart(32, "0")}`;
      const host = new SimulatedHost(`web-${index}`, { clock: this.clock, shard: this.shard, hostId });
      host.service("demo");
      this.shard.enrol(hostId, host.name);
      host.starts();
      return host;
    });
  }

  /** What was told of each subject, in its order. */
  told(): Readonly<Record<string, readonly Signal[]>> {
    const told = Map.groupBy(this.signals, ({ subject }) =>
      subject === null || subject === undefined ? "" : subjectKeyOf(subject),
    );
    return Object.fromEntries([...told].toSorted(([left], [right]) => (left < right ? -1 : 1)));
  }

  /** What is shown of the hosts. */
  shown(): readonly unknown[] {
    return this.hosts.map(({ hostId }) => {
      const host = this.shard.hostState(hostId);
      return { liveness: host?.liveness, services: namesOf(host?.services ?? NONE_NAMED) };
    });
  }
}

type Happening = (life: Life, host: SimulatedHost) => void;

const HAPPENINGS: readonly Happening[] = [
  (_life, host) => host.fallsSilent(),
  (_life, host) => host.isCutOff(),
  (_life, host) => host.agentDies(),
  (_life, host) => host.returns(),
  (_life, host) => host.rebootsFast(),
  (_life, host) => host.announcesAbsence("reboot", 120_000),
  (_life, host) => host.service("demo").fails(),
  recovers,
  ({ clock }, host) =>
    host.tells([{ kind: "work", service: "demo", at: clock.now, counter: "jobs", value: clock.now / 1_000 }]),
  ({ clock }, host) => host.tells([{ kind: "oom-kill", service: null, at: clock.now, by: "kernel" }]),
  ({ clock }, host) => host.tells([{ kind: "restart", service: "demo", at: clock.now, by: "watchdog" }]),
  ({ shard }) => (shard.isRunning ? shard.stops() : shard.startsAgain()),
  ({ shard }) => shard.applyPolicy(slower),
  ({ hosts }) => hosts.forEach((host) => host.isCutOff()),
  ({ hosts }) => hosts.forEach((host) => host.returns()),
];

// A return that only a keepalive tells is looked for within a keepalive's time: until then the shard may say once more that the service
// fails, or may not.
function recovers({ clock }: Life, host: SimulatedHost): void {
  clock.advance(policy.liveness.keepaliveMs);
  host.service("demo").recovers();
}

const step = fc.record({
  what: fc.nat(HAPPENINGS.length - 1),
  host: fc.nat(HOSTS - 1),
  waitMs: fc.oneof(fc.integer({ min: 1, max: 30_000 }), fc.integer({ min: 60_000, max: 4_000_000 })),
});

interface Step {
  readonly what: number;
  readonly host: number;
  readonly waitMs: number;
}

/** Through all steps, and then well for long, so that nothing is left half told. */
function live(life: Life, steps: readonly Step[]): void {
  life.clock.advance(60_000);
  for (const { host, waitMs, what } of steps) {
    HAPPENINGS[what]?.(life, life.hosts[host]!);
    life.clock.advance(waitMs);
  }
  if (!life.shard.isRunning) life.shard.startsAgain();
  for (const host of life.hosts) host.returns();
  for (const host of life.hosts) recovers(life, host);
  life.clock.advance(3 * 3_600_000 + 137);
}

function isNoCount({ kind }: Signal): boolean {
  return kind !== "census";
}

// How many are late is told when a look finds another number: one that looks at other moments may find two of three steps.
function wordsOf(life: Life): unknown {
  return Object.entries(life.told()).map(([subject, signals]) => [
    subject,
    signals
      .filter(isNoCount)
      .map((signal) => ("reason" in signal ? `${signal.kind} ${signal.reason}` : signal.kind)),
  ]);
}

function lastCountOf(life: Life): unknown {
  const { connected, late } = life.signals.findLast((signal) => signal.kind === "census") ?? {};
  return { connected, late };
}

function isSilence(signal: Signal): boolean {
  return signal.kind === "firing" && signal.reason === "host-silent";
}

/** A silence that was over as soon as it was told. */
function hasBriefSilence(life: Life): boolean {
  const isEnd = (signal: Signal) => signal.kind === "cleared" && signal.reason === "host-silent";
  return Object.values(life.told()).some((signals) =>
    signals.filter(isSilence).some(({ noticedAt }) => {
      const end = signals.find((signal) => isEnd(signal) && signal.noticedAt >= noticedAt);
      return end !== undefined && end.noticedAt - noticedAt <= policy.liveness.keepaliveMs + ALARM_FLOOR_MS;
    }),
  );
}

/** The most by which one told such a thing before the other. */
function instantsApart(one: Life, other: Life, isSuch: (signal: Signal) => boolean): number {
  const [ones, others] = [one, other].map((life) => Object.values(life.told()).flat().filter(isSuch));
  const apart = (ones ?? []).map(({ noticedAt }, index) =>
    Math.abs(noticedAt - (others?.[index]?.noticedAt ?? 0)),
  );
  return Math.max(0, ...apart);
}

function expectSame(steps: readonly Step[]): void {
  const [due, all] = [new Life(false), new Life(true)];
  for (const life of [due, all]) live(life, steps);
  // Who comes back within a keepalive of the bound is told by the one that looked just before, and not by the one that
  // looked just after.
  fc.pre(!hasBriefSilence(due) && !hasBriefSilence(all));
  expect(wordsOf(due)).toEqual(wordsOf(all));
  expect(lastCountOf(due)).toEqual(lastCountOf(all));
  expect(instantsApart(due, all, isSilence)).toBeLessThanOrEqual(ALARM_FLOOR_MS);
  expect(instantsApart(due, all, isNoCount)).toBeLessThanOrEqual(policy.liveness.keepaliveMs);
  expect(due.shown()).toEqual(all.shown());
}

it("judging who is due says what judging all says", () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 30 }), expectSame), { numRuns: 20 });
});

// The third of three went down in one decision, and one of them was seen again in the next.
it("a silence of the fleet that a return brings under its bound ends at the same instant", () => {
  expectSame([
    { what: 13, host: 0, waitMs: 1 },
    { what: 0, host: 0, waitMs: 1 },
    { what: 0, host: 0, waitMs: 60_786 },
    { what: 3, host: 0, waitMs: 1_426_957 },
    { what: 0, host: 1, waitMs: 12_255 },
    { what: 5, host: 1, waitMs: 50 },
    { what: 11, host: 0, waitMs: 60_000 },
  ]);
});

// Judged before it is known that the others are back, a service that only waits for its next probe is to wait a little
// longer.
it("a wait after what was shared that becomes longer is told by neither", () => {
  expectSame([
    { what: 6, host: 1, waitMs: 60_000 },
    { what: 13, host: 0, waitMs: 60_000 },
    { what: 0, host: 0, waitMs: 1_694_991 },
    { what: 0, host: 0, waitMs: 9 },
  ]);
});
