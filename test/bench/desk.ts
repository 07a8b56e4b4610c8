// Benchmark: what one event costs the desk's core while many incidents are open: one that fires anew, one that is told again, one that ends,
// and a tick with nothing due. Twice the incidents may cost twice the time and no more: cost per incident stands beside that at the fewest.
// The desk is made by deciding one incident to its first page and setting the same one beside it for other hosts; a desk that got there
// event by event would be the same, and would take an hour to get there while each event costs what all incidents do.
import { Policy } from "@countersign/shared/policy/policy";
import { recordsFrom } from "@countersign/shared/values/records";
import { decideDesk } from "../../control-plane/src/core/desk/decide-desk.ts";
import type { DeskContext, DeskEvent } from "../../control-plane/src/core/desk/state/desk-events.ts";
import type { DeskState } from "../../control-plane/src/core/desk/state/desk-state.ts";
import { EMPTY_DESK } from "../../control-plane/src/core/desk/state/empty-desk.ts";
import type { Signal } from "../../control-plane/src/core/words/signal.ts";
import { figure, percentile, type Beside, type Figure, type Measured, type Say } from "./figures.ts";

const SIZES = [500, 2_000, 5_000] as const;
const QUICK_SIZES = [500, 2_000] as const;
const EVENTS_PER_KIND = 40;
/** a kind that is slow is measured less often: the bench ends by itself */
const KIND_MS_MAX = 20_000;
const START_AT = Date.UTC(2026, 2, 1);
const EVENT_AIM: Beside = { kind: "limit", value: 20, what: "aim" };
const TICK_AIM: Beside = { kind: "limit", value: 10, what: "aim" };

const policy = Policy.parse({
  version: 1,
  channels: { push: { kind: "ntfy", topic: "push" } },
  responders: [{ id: "alice", name: "Alice", channels: ["push"] }],
  escalation: { steps: [{ notify: ["alice"], after: "0s" }], repeat: "15m" },
});

type Firing = Extract<Signal, { kind: "firing" }>;

/** The events of each kind; `number` is a host that is not open, or one that is, as the kind wants it. */
const KINDS: Readonly<Record<string, (number: number, size: number) => DeskEvent>> = {
  "fires anew": (number, size) => ({ kind: "signal", signal: firing(size + number, "") }),
  "told again": (number) => ({ kind: "signal", signal: firing(number, " again") }),
  clears: (number) => {
    const { key, noticedAt, subject, reason } = firing(number, "");
    return {
      kind: "signal",
      signal: {
        kind: "cleared",
        key: `${key}c`,
        happenedAt: noticedAt,
        noticedAt,
        subject,
        reason,
        evidence: [],
      },
    };
  },
  "tick, nothing due": () => ({ kind: "tick" }),
};

/** Measures the desk's core at several numbers of open incidents. */
export async function benchDesk(say: Say, isQuick: boolean): Promise<Measured> {
  const figures: Figure[] = [];
  const least = new Map<string, number>();
  for (const size of isQuick ? QUICK_SIZES : SIZES) {
    const state = deskWith(size);
    for (const [kind, eventOf] of Object.entries(KINDS)) {
      say(`${size} open incidents: ${kind}`);
      const times = timesOf(state, (number) => eventOf(number, size));
      const p99 = percentile(times, 0.99);
      const perIncidentUs = (percentile(times, 0.5) * 1_000) / size;
      const aim = kind === "tick, nothing due" ? TICK_AIM : EVENT_AIM;
      figures.push(figure(`${size} open: ${kind}, p99`, p99, "ms", size === 5_000 ? aim : null));
      const first = least.get(kind) ?? perIncidentUs;
      least.set(kind, first);
      const beside: Beside = { kind: "measured", value: first, what: `at ${SIZES[0]}` };
      figures.push(figure(`${size} open: ${kind}, median per incident`, perIncidentUs, "µs", beside));
    }
  }
  return {
    figures,
    notes: [
      "each event is decided on the same state, and its outcome thrown away; only the decision is timed, no storage",
      "linear means that the median per incident does not grow: at most twice that of the fewest",
    ],
  };
}

function timesOf(state: DeskState, eventOf: (number: number) => DeskEvent): readonly number[] {
  const times: number[] = [];
  const endAt = performance.now() + KIND_MS_MAX;
  for (let number = 0; number < EVENTS_PER_KIND && performance.now() < endAt; number += 1) {
    const event = eventOf(number);
    const context = contextAt(START_AT + 60_000);
    const startAt = performance.now();
    decideDesk(state, event, context);
    times.push(performance.now() - startAt);
  }
  return times;
}

/** A desk with so many incidents open, each told to a person. */
function deskWith(size: number): DeskState {
  let state = EMPTY_DESK;
  for (const event of [{ kind: "signal", signal: firing(0, "") } as const, { kind: "tick" } as const])
    state = decideDesk(state, event, contextAt(START_AT + 5_000)).state;
  for (const { key } of state.pages.values())
    state = decideDesk(
      state,
      { kind: "page-attempted", key, channel: "push", result: "delivered", detail: "" },
      contextAt(START_AT + 5_100),
    ).state;
  const [incident] = state.incidents.values();
  const [page] = state.pages.values();
  if (incident === undefined || page === undefined)
    throw new Error("Make desk: no incident, or no page of it");
  const numbers = Array.from({ length: size }, (_, number) => number);
  return {
    ...state,
    incidents: recordsFrom(
      numbers.map((number) => {
        const incidentId = `inc_${number}`;
        return [incidentId, { ...incident, incidentId, subject: firing(number, "").subject }];
      }),
    ),
    pages: recordsFrom(
      numbers.map((number) => [
        `page-${number}`,
        { ...page, key: `page-${number}`, incidentId: `inc_${number}` },
      ]),
    ),
  };
}

function firing(number: number, words: string): Firing {
  const hostId = `host_${String(number).padStart(32, "0")}`;
  return {
    kind: "firing",
    key: `shard-0:epoch:${number}${words}`,
    happenedAt: START_AT,
    noticedAt: START_AT,
    subject: { kind: "service", hostId, hostName: `host-${number}`, service: "api" },
    reason: "check-failing",
    severity: "error",
    title: `api is failing on host-${number}${words}`,
    evidence: [{ at: START_AT, text: "http failed 3×: connection refused" }],
    proposalRequestId: null,
    restarts: null,
  };
}

let ids = 0;
function contextAt(now: number): DeskContext {
  return { now, policy, newId: (prefix) => `${prefix}_${String(++ids).padStart(22, "0")}` };
}
