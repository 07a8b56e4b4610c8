// Benchmark: one cause on a whole fleet. The same check fails on every host within a minute: how soon a person is rung after the third, how many
// pages each gets in the first ten minutes, and what a decision costs as the incident grows; then the same incident, acknowledged, while a
// quarter of its hosts comes and goes. The clock is virtual, every decision is real: what a decision costs is what this machine took for it.
import { decideDesk } from "../../../control-plane/src/core/desk/decide-desk.ts";
import { actBy, type DeskEvent } from "../../../control-plane/src/core/desk/desk-event.ts";
import type { DeskState } from "../../../control-plane/src/core/desk/state/desk-state.ts";
import { EMPTY_DESK } from "../../../control-plane/src/core/desk/state/empty-desk.ts";
import type { Signal } from "../../../control-plane/src/core/words/signal.ts";
import { Policy } from "../../../control-plane/src/policy/policy.ts";
import { figure, percentile, promise, type Figure, type Measured, type Say } from "../figures.ts";

const SIZES = [500, 2_000] as const;
const START_AT = Date.UTC(2026, 2, 1);
const WITHIN_MS = 60_000;
const WATCHED_MS = 10 * 60_000;
const FIRST_RING_MAX_MS = 10_000;
const PAGES_MAX = 3;
const COMES_AND_GOES = 0.25;

const policy = Policy.parse({
  version: 1,
  channels: { push: { kind: "ntfy", topic: "push" } },
  responders: [
    { id: "alice", name: "Alice", channels: ["push"] },
    { id: "bob", name: "Bob", channels: ["push"] },
  ],
  escalation: { steps: [{ notify: ["alice", "bob"], after: "0s" }], repeat: "15m" },
});

/** Measures one cause on fleets of several sizes. */
export async function benchDeskWide(say: Say): Promise<Measured> {
  const figures: Figure[] = [];
  let least: number | null = null;
  for (const size of SIZES) {
    say(`${size} hosts fail within a minute`);
    const fleet = new Fleet();
    const { firstRingMs, pagesMax, times } = allFail(fleet, size);
    const medianUs = percentile(times, 0.5) * 1_000;
    figures.push(
      promise(
        figure(`${size} hosts: first ring after the third failure`, firstRingMs / 1_000, "s", {
          kind: "limit",
          value: FIRST_RING_MAX_MS / 1_000,
          what: "aim",
        }),
        firstRingMs <= FIRST_RING_MAX_MS,
      ),
      pagesFigure(`${size} hosts: most pages of a person in ten minutes`, pagesMax),
      figure(`${size} hosts: a decision, median`, medianUs, "µs", {
        kind: "measured",
        value: least ?? medianUs,
        what: `at ${SIZES[0]}`,
      }),
      figure(`${size} hosts: a decision, p99`, percentile(times, 0.99), "ms"),
    );
    least ??= medianUs;
    say(`${size} hosts: acknowledged, and a quarter of them comes and goes`);
    const flapping = comeAndGo(fleet, size);
    figures.push(
      pagesFigure(
        `${size} hosts, taken: most pages of a person while a quarter comes and goes`,
        flapping.pagesMax,
      ),
      figure(`${size} hosts, taken: a decision, median`, percentile(flapping.times, 0.5) * 1_000, "µs", {
        kind: "measured",
        value: medianUs,
        what: "while they failed",
      }),
    );
  }
  return {
    figures,
    notes: [
      "the clock is virtual: a ring is counted from the third failure to the instant at which it is handed to the channel",
      "only decisions are timed, no storage; each signal comes by itself, which is the most decisions that there can be",
    ],
  };
}

function pagesFigure(name: string, count: number): Figure {
  return promise(
    figure(name, count, "pages", { kind: "limit", value: PAGES_MAX, what: "aim" }),
    count <= PAGES_MAX,
  );
}

function allFail(fleet: Fleet, size: number) {
  let thirdAt = Infinity;
  for (let number = 0; number < size; number += 1) {
    fleet.advanceTo(START_AT + Math.floor((number * WITHIN_MS) / size));
    fleet.take({ kind: "signal", signal: fleet.fires(number) });
    if (number === 2) thirdAt = fleet.now;
  }
  fleet.advanceTo(START_AT + WATCHED_MS);
  const first = fleet.sent.find(({ at }) => at >= thirdAt)?.at ?? Infinity;
  return { firstRingMs: first - thirdAt, pagesMax: fleet.pagesMax(), times: fleet.times };
}

function comeAndGo(fleet: Fleet, size: number) {
  const incident = fleet.state.incidents.values().find(({ place }) => place.kind === "wide");
  if (incident === undefined) throw new Error("Make a wide incident: there is none");
  fleet.take(actBy("alice", { kind: "acknowledge", incidentId: incident.incidentId }));
  fleet.sent.length = 0;
  fleet.times.length = 0;
  const beganAt = fleet.now;
  const count = Math.floor(size * COMES_AND_GOES);
  for (let number = 0; number < count; number += 1) {
    fleet.advanceTo(beganAt + Math.floor((number * WATCHED_MS) / (2 * count)));
    fleet.take({ kind: "signal", signal: fleet.clears(number) });
    fleet.advanceTo(fleet.now + 500);
    fleet.take({ kind: "signal", signal: fleet.fires(number) });
  }
  fleet.advanceTo(beganAt + WATCHED_MS);
  return { pagesMax: fleet.pagesMax(), times: fleet.times };
}

/** A desk on a virtual clock, whose channel takes each page at once. */
class Fleet {
  state: DeskState = EMPTY_DESK;
  now = START_AT;
  readonly times: number[] = [];
  readonly sent: { readonly at: number; readonly responder: string }[] = [];
  #alarmAt: number | null = null;
  #ids = 0;
  #keys = 0;

  take(event: DeskEvent): void {
    const startedAt = performance.now();
    const decision = decideDesk(this.state, event, {
      now: this.now,
      policy,
      newId: (prefix) => `${prefix}_${++this.#ids}`,
    });
    this.times.push(performance.now() - startedAt);
    this.state = decision.state;
    this.#alarmAt = decision.alarmAt;
    for (const effect of decision.effects) {
      if (effect.kind !== "send-page") continue;
      const { key, responder } = effect.page;
      this.sent.push({ at: this.now, responder });
      this.take({ kind: "page-attempted", key, channel: "push", result: "delivered", detail: "" });
    }
  }

  /** Rings the alarm as often as it is due until then. */
  advanceTo(at: number): void {
    while (this.#alarmAt !== null && this.#alarmAt <= at) {
      this.now = Math.max(this.now, this.#alarmAt);
      this.take({ kind: "tick" });
    }
    this.now = Math.max(this.now, at);
  }

  pagesMax(): number {
    const counts = Map.groupBy(this.sent, ({ responder }) => responder);
    return Math.max(0, ...[...counts.values()].map((pages) => pages.length));
  }

  fires(number: number): Signal {
    return {
      ...this.#base(number),
      kind: "firing",
      severity: "error",
      title: `api is failing on host-${number}`,
      evidence: [{ at: this.now, text: "http failed 3×: connection refused" }],
      proposalRequestId: null,
      restarts: null,
      alike: "http",
    };
  }

  clears(number: number): Signal {
    return { ...this.#base(number), kind: "cleared", evidence: [] };
  }

  #base(number: number) {
    const hostId = `host_${String(number).padStart(32, "0")}`;
    const key = `shard-0:epoch:${++this.#keys}`;
    const subject = { kind: "service", hostId, hostName: `host-${number}`, service: "api" } as const;
    return { key, happenedAt: this.now, noticedAt: this.now, subject, reason: "check-failing" } as const;
  }
}
