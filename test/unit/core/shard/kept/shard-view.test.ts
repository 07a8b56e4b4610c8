// Deciding in view of one host gives what deciding over the whole shard gives, for every kind of event; only the alarm may ring for
// fewer hosts, because the others' is armed already.
import fc from "fast-check";
import { expect, it } from "vitest";
import { NONE_NAMED } from "@countersign/shared/values/named";
import type { Fact } from "@countersign/shared/wire/fact";
import { decideShard, emptyShard } from "../../../../../control-plane/src/core/shard/decide-shard.ts";
import type { ShardEvent } from "../../../../../control-plane/src/core/shard/host/shard-events.ts";
import { takeView, viewFor } from "../../../../../control-plane/src/core/shard/kept/shard-view.ts";
import { byPerson } from "../../../../../control-plane/src/core/words/actor.ts";
import { hostedSubject } from "../../../../../control-plane/src/core/words/subject.ts";
import {
  BOOT_B,
  connectionWith,
  grantWith,
  outcomeWith,
  policyWith,
  reportWith,
  START_AT,
  WEB_1,
  WEB_2,
} from "../shard-driver.ts";

const policy = policyWith();

function eventsAt(now: number, hostId: string): readonly ShardEvent[] {
  const fact: Fact = { kind: "restart", service: "web", at: now, by: "watchdog" };
  const run = now - START_AT;
  return [
    { kind: "connected", hostId, connection: connectionWith({ connectedAt: now }) },
    { kind: "boot-refused", hostId, bootId: BOOT_B },
    { kind: "disconnected", hostId, connectionId: "con_1" },
    { kind: "reported", hostId, digest: true, services: [reportWith({ run })] },
    { kind: "reported", hostId, digest: false, services: [reportWith({ run, status: "fail" })] },
    { kind: "facts", hostId, facts: [fact, { ...fact, kind: "oom-kill", by: "kernel", service: null }] },
    {
      kind: "freeze-lifted",
      scope: hostedSubject({ hostId, hostName: "web-1" }, "web"),
      by: byPerson("alice"),
    },
    { kind: "outcome", hostId, outcome: outcomeWith({ sequence: run + 1 }) },
    { kind: "flooded", hostId, droppedCount: 3, lastAt: START_AT, isClosed: false },
    { kind: "leaving", hostId, reason: "reboot", returnWithinMs: 60_000 },
    { kind: "grant-issued", grant: grantWith({ hostId, grantId: `grt_${run}`, expiresAt: now + 60_000 }) },
    { kind: "second-opinion", hostId, opinion: "answers" },
    { kind: "host-enrolled", hostId, name: `web-${run}` },
    { kind: "sweep", lastSeenAt: NONE_NAMED },
    { kind: "woke", connectedHostIds: [], blindSinceAt: now - 1_000 },
  ];
}

it("an event decided in view changes and says the same", () => {
  const step = fc.tuple(fc.nat(14), fc.constantFrom(WEB_1, WEB_2), fc.integer({ min: 1, max: 40_000 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let whole = emptyShard("shard-0", "first");
      let owned = emptyShard("shard-0", "first");
      let now = START_AT;
      for (const hostId of [WEB_1, WEB_2]) {
        const event: ShardEvent = { kind: "host-enrolled", hostId, name: hostId };
        const context = { now, policy, newId: () => "prq_1" };
        whole = decideShard(whole, event, context).state;
        owned = takeView(
          owned,
          viewFor(event, owned),
          decideShard(viewFor(event, owned), event, context).state,
        );
      }
      for (const [index, hostId, waitMs] of steps) {
        now += waitMs;
        const event = eventsAt(now, hostId)[index]!;
        const context = { now, policy, newId: () => `prq_${now}` };
        const expected = decideShard(whole, event, context);
        const before = viewFor(event, owned);
        const decision = decideShard(before, event, context);
        owned = takeView(owned, before, decision.state);
        whole = expected.state;
        expect(decision.effects).toEqual(expected.effects);
        expect(owned).toEqual(whole);
        expect(decision.alarmAt ?? Infinity).toBeGreaterThanOrEqual(expected.alarmAt ?? Infinity);
      }
    }),
    { numRuns: 60 },
  );
});

it("an event about all hosts, or while a gap of ours is open, is decided over the whole shard", () => {
  const state = emptyShard("shard-0", "first");
  const report = eventsAt(START_AT, WEB_1)[3]!;
  expect(viewFor({ kind: "sweep", lastSeenAt: NONE_NAMED }, state)).toBe(state);
  expect(viewFor(report, { ...state, gapSinceAt: START_AT }).hosts).toBe(state.hosts);
  expect(viewFor(report, state)).not.toBe(state);
});
