// What is remembered of hosts at rest never changes a decision: after any history, under policies that change, a shard decides as one
// that judges everything each time.
import fc from "fast-check";
import { expect, it } from "vitest";
import { named } from "@countersign/shared/values/named";
import { recordsFrom } from "@countersign/shared/values/records";
import type { Fact } from "@countersign/shared/wire/fact";
import type { ServiceReport } from "@countersign/shared/wire/service-report";
import { changedDueAt, judgementDueAt } from "../../../../control-plane/src/core/shard/at-rest.ts";
import { decideShard, emptyShard } from "../../../../control-plane/src/core/shard/decide-shard.ts";
import type { ShardEvent } from "../../../../control-plane/src/core/shard/host/shard-events.ts";
import type { HostState, ShardState } from "../../../../control-plane/src/core/shard/host/shard-state.ts";
import { byPerson } from "../../../../control-plane/src/core/words/actor.ts";
import { hostedSubject } from "../../../../control-plane/src/core/words/subject.ts";
import {
  BOOT_A,
  BOOT_B,
  connectionWith,
  DEAD_UNIT,
  grantWith,
  outcomeWith,
  policyWith,
  reportWith,
  resultWith,
  START_AT,
  WEB_1,
  WEB_2,
} from "./shard-driver.ts";

const SOON = { verify: { stability: "1m" }, approval: { expires: "2m", grantValid: "1m" } };
const STALE = { "check-stale": { slack: "5s" } };
const POLICIES = [
  policyWith({ ...SOON, rules: STALE }),
  policyWith({ rules: { "check-failing": { enabled: false }, "memory-pressure": { enabled: false } } }),
  policyWith({ ...SOON, shadow: true, rules: STALE, restartBudget: { window: "2m" } }),
  policyWith({ ...SOON, overrides: [{ match: { hosts: ["web-1*"] }, checkFailing: { failuresMin: 1 } }] }),
];

/** The same values in new records: nothing is known of them at rest. What rules remember of books is theirs. */
function unremembered(state: ShardState): ShardState {
  const hosts = state.hosts
    .entries()
    .map(([hostId, host]): [string, HostState] => [hostId, { ...host, services: { ...host.services } }]);
  return { ...state, hosts: recordsFrom(hosts) };
}

/** What may happen to a host, each as the events that it brings; most often a sweep: that is what is tried. */
function happeningsAt(now: number, hostId: string): Readonly<Record<string, readonly ShardEvent[]>> {
  const run = now - START_AT;
  const connection = connectionWith({ connectedAt: now, connectionId: `con_${now}` });
  const about = { service: "web", at: now } as const;
  const fact = (...facts: Fact[]): ShardEvent => ({ kind: "facts", hostId, facts });
  const report = (...services: ServiceReport[]): ShardEvent => {
    return { kind: "reported", hostId, digest: false, services };
  };
  const results = [20_000, 50_000].map((ttlMs) =>
    resultWith({
      check: `${ttlMs}`,
      severity: ttlMs > 20_000 ? "critical" : "error",
      finishedAt: now,
      ttlMs,
    }),
  );
  const boundTo = { bootId: BOOT_A, unit: DEAD_UNIT };
  const asking = {
    askedBy: { kind: "rule", rule: "check-failing" },
    reason: "web is failing on web-1",
  } as const;
  const answered = { hostId, service: "web", action: "restart", level: 4, ...asking };
  const failing = [0, 1, 2].map((more) => report(reportWith({ run: run + more, status: "fail" })));
  const overdue = results.map((result) => ({
    ...result,
    ttlMs: 60_000,
    overdueSinceAt: now - (run % 7_000),
  }));
  return {
    overdue: [report({ ...reportWith({ run }), results: overdue })],
    halfOverdue: [report({ ...reportWith({ run }), results: overdue.slice(run % 2) })],
    connected: [{ kind: "connected", hostId, connection }],
    tagged: [{ kind: "connected", hostId, connection: { ...connection, tags: [`t${now % 2}`] } }],
    refused: [{ kind: "boot-refused", hostId, bootId: BOOT_B }],
    understood: [
      { kind: "connected", hostId, connection },
      { kind: "reported", hostId, digest: true, services: [] },
    ],
    notUnderstood: [
      { kind: "frame-refused", hostId, reason: "frame-malformed", isDigest: true },
      { kind: "frame-refused", hostId, reason: "frame-malformed", isDigest: run % 2 === 0 },
    ],
    disconnected: [{ kind: "disconnected", hostId, connectionId: "con_1" }],
    healthy: [report(reportWith({ run }))],
    shortLived: [report({ ...reportWith({ run }), results })],
    failing,
    failingAndAnswered: [
      ...failing,
      { kind: "proposed", hostId, requestId: "prq_1", proposal: "cA==", answered, boundTo },
    ],
    startedAnew: [report(reportWith({ run, invocationId: `i${run}` }))],
    restarted: [fact({ ...about, kind: "restart", by: "watchdog" })],
    killed: [fact({ ...about, kind: "oom-kill", by: "kernel" })],
    pressed: [
      fact({ kind: "pressure", service: null, at: now, resource: "memory", someAvg10: 60, fullAvg10: 40 }),
    ],
    rejected: [fact({ ...about, kind: "session", startedAt: now - 2_000, class: "auth", detail: "401" })],
    lifted: [
      {
        kind: "freeze-lifted",
        scope: hostedSubject({ hostId, hostName: "web-1" }, "web"),
        by: byPerson("alice"),
      },
    ],
    granted: [
      { kind: "grant-issued", grant: grantWith({ hostId, grantId: `grt_${run}`, expiresAt: now + 30_000 }) },
    ],
    ran: [{ kind: "outcome", hostId, outcome: outcomeWith({ sequence: run + 1, grantId: "grt_1" }) }],
    flooded: [{ kind: "flooded", hostId, droppedCount: 9, lastAt: now - 1_000, isClosed: run % 2 === 0 }],
    leaving: [{ kind: "leaving", hostId, reason: "reboot", returnWithinMs: 60_000 }],
    renamed: [{ kind: "host-enrolled", hostId, name: `${hostId === WEB_1 ? "web-1" : "db"}-${run % 3}` }],
    woke: [{ kind: "woke", connectedHostIds: [], blindSinceAt: now - 1_000 }],
  };
}

const step = fc.record({
  happens: fc.option(fc.constantFrom(...Object.keys(happeningsAt(START_AT, WEB_1))), { freq: 2 }),
  hostId: fc.constantFrom(WEB_1, WEB_2),
  waitMs: fc.oneof(fc.integer({ min: 1, max: 9_000 }), fc.integer({ min: 1, max: 150_000 })),
  policy: fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat(3) }),
  isHeard: fc.boolean(),
});

it("a shard that remembers what rests decides as one that judges everything", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), (steps) => {
      let state = emptyShard("shard-0", "first");
      let now = START_AT;
      let policy = POLICIES[0]!;
      const decide = (event: ShardEvent) => {
        const context = { now, policy, newId: () => "prq_1" };
        const plain = decideShard(unremembered(state), event, context);
        const decision = decideShard(state, event, context);
        expect(decision).toEqual(plain);
        ({ state } = decision);
      };
      for (const hostId of [WEB_1, WEB_2]) {
        decide({ kind: "host-enrolled", hostId, name: hostId });
        decide({ kind: "connected", hostId, connection: connectionWith() });
        decide({ kind: "reported", hostId, digest: true, services: [reportWith({ run: 0 })] });
      }
      for (const { happens, hostId, isHeard, policy: next, waitMs } of steps) {
        now += waitMs;
        policy = POLICIES[next ?? -1] ?? policy;
        for (const event of happeningsAt(now, hostId)[happens ?? ""] ?? []) decide(event);
        const lastSeenAt = named<number>(
          isHeard ? { [WEB_1]: now - 500, [WEB_2]: now - 2_000 } : { [hostId]: now },
        );
        for (const laterMs of [0, 1_500]) {
          now += laterMs;
          decide({ kind: "sweep", lastSeenAt });
        }
      }
    }),
    { numRuns: 60, endOnFailure: true },
  );
});

it("what changed of a host is due no later than the whole host", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), (steps) => {
      let state = emptyShard("shard-0", "first");
      let now = START_AT;
      let policy = POLICIES[0]!;
      let boundAt = Number.POSITIVE_INFINITY;
      const context = () => ({ now, policy, newId: () => "prq_1" });
      const becomes = (host: HostState) => {
        const before = state.hosts.get(WEB_1)!;
        boundAt = Math.min(boundAt, changedDueAt(before, host, policy));
        expect(boundAt).toBeLessThanOrEqual(judgementDueAt(host, policy));
      };
      const decide = (event: ShardEvent) => {
        const after = decideShard(state, event, context()).state;
        const host = after.hosts.get(WEB_1);
        if (state.hosts.get(WEB_1) !== undefined && host !== undefined) becomes(host);
        state = after;
      };
      for (const event of [
        { kind: "host-enrolled", hostId: WEB_1, name: "web-1" },
        { kind: "connected", hostId: WEB_1, connection: connectionWith() },
        { kind: "reported", hostId: WEB_1, digest: true, services: [reportWith({ run: 0 })] },
      ] as const)
        decide(event);
      for (const { happens, isHeard, policy: next, waitMs } of steps) {
        now += waitMs;
        policy = POLICIES[next ?? -1] ?? policy;
        // Under another policy all is asked for anew.
        if (next !== null) boundAt = judgementDueAt(state.hosts.get(WEB_1)!, policy);
        for (const event of happeningsAt(now, WEB_1)[happens ?? ""] ?? []) decide(event);
        const seenAt = isHeard ? now : state.hosts.get(WEB_1)!.lastSeenAt;
        const swept = decideShard(
          state,
          { kind: "sweep", lastSeenAt: named({ [WEB_1]: seenAt }) },
          context(),
        );
        ({ state } = swept);
        boundAt = judgementDueAt(state.hosts.get(WEB_1)!, policy);
      }
    }),
    { numRuns: 60, endOnFailure: true },
  );
});
