// A host that only pings is at rest and is not judged again; whatever changes its circumstances ends that at once.
import { describe, expect, it } from "vitest";
import { named, NONE_NAMED } from "@countersign/shared/values/named";
import { recordsFrom } from "@countersign/shared/values/records";
import { isFiring } from "../../../../control-plane/src/core/facts/fact-book.ts";
import { isAtRest } from "../../../../control-plane/src/core/shard/at-rest.ts";
import { decideShard } from "../../../../control-plane/src/core/shard/decide-shard.ts";
import { isSameButSeen } from "../../../../control-plane/src/core/shard/host/same-host.ts";
import type { HostState } from "../../../../control-plane/src/core/shard/host/shard-state.ts";
import {
  connectionWith,
  type DrivenShard,
  driveUpHost,
  grantWith,
  policyWith,
  reportWith,
  resultWith,
  START_AT,
  WEB_1,
} from "./shard-driver.ts";

const STALE_SLACK_MS = 30_000;
const TTL_MS = 86_400_000;

/** A host with one healthy service, swept once. */
function driveRestingHost(): DrivenShard {
  const shard = driveUpHost(policyWith({ rules: { "check-stale": { slack: "30s" } } }));
  shard.report();
  shard.sweep();
  return shard;
}

const isResting = (shard: DrivenShard, now = shard.now(), policy = shard.policy) =>
  isAtRest(shard.host(), { now, policy });

const OTHER: { readonly [K in keyof Required<HostState>]: HostState[K] } = {
  hostId: "host_other",
  name: "other",
  tags: ["other"],
  listed: ["other"],
  titles: named({ other: "Other" }),
  liveness: "late",
  sinceAt: 1,
  lastSeenAt: 1,
  unheard: {
    sinceAt: 1,
    refusedCount: 0,
    refusedAt: null,
    refusal: null,
    isDigestTorn: false,
    partsTaken: 0,
    isOverdue: false,
  },
  connection: null,
  probe: null,
  secondOpinion: "answers",
  returnDueAt: 1,
  saysRetired: true,
  refusedBoot: { bootId: "b", againstBootId: "a", firstAt: 1, lastAt: 1 },
  flooding: { sinceAt: 1, lastAt: 1, droppedCount: 1, returnDueAt: 0 },
  examination: { at: 1, findings: [], omittedCount: 0, wrongSinceAt: null, hourAt: 1, hourCount: 1 },
  outcomesSeen: [],
  services: NONE_NAMED,
  past: { unbrokenSinceAt: 1, quarterAt: 1, services: NONE_NAMED },
  book: { slices: {}, firing: NONE_NAMED, dueAt: {}, frozenBy: "self-inflicted" },
};

describe("a host that only pings", () => {
  it("is judged once, and then rests", () => {
    const shard = driveUpHost();
    shard.report();
    expect(isResting(shard)).toBe(false);
    shard.sweep();
    expect(isResting(shard)).toBe(true);
    shard.advance(30_000);
    shard.sweep();
    expect(isResting(shard)).toBe(true);
    expect(shard.host().lastSeenAt).toBe(START_AT + 30_000);
  });

  it.each([
    { afterMs: TTL_MS + STALE_SLACK_MS - 1, rests: true },
    { afterMs: TTL_MS + STALE_SLACK_MS, rests: false },
  ])("rests until a result goes stale: $rests after $afterMs ms", ({ afterMs, rests }) => {
    expect(isResting(driveRestingHost(), START_AT + afterMs)).toBe(rests);
  });

  it.each([
    { afterMs: 3_599_999, rests: true },
    { afterMs: 3_600_000, rests: false },
  ])("rests until a restart has left the budget's window: $rests after $afterMs ms", ({ afterMs, rests }) => {
    const shard = driveRestingHost();
    const service = { ...shard.service(), restartsAt: [START_AT] };
    const host = { ...shard.host(), services: named({ web: service }) };
    shard.replaceState({ ...shard.state(), hosts: recordsFrom([[WEB_1, host]]) });
    shard.sweep();
    expect(isResting(shard, START_AT + afterMs)).toBe(rests);
  });
});

describe("its rest ends with", () => {
  it("another policy, even of equal words", () => {
    const shard = driveRestingHost();
    expect(isResting(shard, shard.now(), { ...shard.policy })).toBe(false);
  });

  it.each(Object.keys(OTHER) as (keyof HostState)[])("another %s, but for the last sign of life", (key) => {
    const shard = driveRestingHost();
    const changed = { ...shard.host(), [key]: OTHER[key] };
    expect(isSameButSeen(shard.host(), changed)).toBe(key === "lastSeenAt");
    expect(isAtRest(changed, { now: shard.now(), policy: shard.policy })).toBe(key === "lastSeenAt");
  });

  it("a report of a service, and for as long as anything is open for it", () => {
    const shard = driveRestingHost();
    for (let count = 0; count < 3; count += 1) {
      shard.advance(5_000);
      shard.report({ status: "fail" });
    }
    shard.sweep();
    expect(isFiring(shard.service().book, "check-failing")).toBe(true);
    expect(isResting(shard)).toBe(false);
  });
});

it("a service whose check is stale does not rest: another one may be worse", () => {
  const shard = driveRestingHost();
  const results = [
    resultWith({ ttlMs: 10_000 }),
    resultWith({ check: "worse", severity: "critical", ttlMs: 20_000 }),
  ];
  const services = [{ ...reportWith({ run: 1 }), results }];
  shard.send({ kind: "reported", hostId: WEB_1, digest: true, services });
  for (let second = 0; second < 60; second += 1) {
    shard.advance(1_000);
    shard.sweep();
  }
  expect(shard.signals("firing").map(({ severity }) => severity)).toEqual(["error", "critical"]);
});

describe("a host at rest is still", () => {
  it("found silent at T, and not before", () => {
    const shard = driveRestingHost();
    shard.fallSilent();
    shard.skip(11_999);
    shard.sweep();
    expect(shard.host().liveness).toBe("up");
    shard.skip(1);
    shard.sweep();
    expect(shard.host().liveness).toBe("late");
  });

  it("given its grace, and judged when that is over", () => {
    const shard = driveRestingHost();
    shard.fallSilent();
    const graceUntilAt = START_AT + 20_000;
    shard.replaceState({ ...shard.state(), graceUntilAt });
    shard.skip(19_999);
    shard.sweep();
    expect(shard.host().liveness).toBe("up");
    shard.skip(1);
    shard.sweep();
    expect(shard.host().liveness).toBe("late");
  });

  it("asked for its grants when they run out", () => {
    const shard = driveRestingHost();
    shard.send({ kind: "grant-issued", grant: grantWith({ expiresAt: shard.now() + 5_000 }) });
    shard.sweep();
    shard.advance(5_000);
    expect(shard.state().grants).toEqual({});
  });

  it("held back by a freeze of the whole shard as soon as it fails", () => {
    const shard = driveRestingHost();
    shard.replaceState({ ...shard.state(), book: OTHER.book });
    shard.sweep();
    for (let count = 0; count < 3; count += 1) {
      shard.advance(5_000);
      shard.report({ status: "fail" });
    }
    expect(shard.service().proposal).toBeNull();
    expect(isFiring(shard.service().book, "check-failing")).toBe(true);
  });

  it("judged by the rule that a new policy turns on", () => {
    const shard = driveRestingHost();
    const off = policyWith({ rules: { "check-stale": { enabled: false } } });
    const on = policyWith({ rules: { "check-stale": { slack: "1s" } } });
    const short = { ...reportWith({ run: 1 }), results: [resultWith({ ttlMs: 1_000 })] };
    const connection = connectionWith({ connectedAt: START_AT });
    shard.send({ kind: "connected", hostId: WEB_1, connection });
    shard.send({ kind: "reported", hostId: WEB_1, digest: true, services: [short] });
    const decide = (policy: typeof off, atMs: number) => {
      const now = START_AT + atMs;
      const event = { kind: "sweep", lastSeenAt: named({ [WEB_1]: now }) } as const;
      const decision = decideShard(shard.state(), event, { now, policy, newId: () => "prq_1" });
      shard.replaceState(decision.state);
      return decision.effects.map((effect) => (effect.kind === "signal" ? effect.signal.kind : effect.kind));
    };
    expect(decide(off, 3_000)).toEqual([]);
    expect(decide(off, 6_000)).toEqual([]);
    expect(decide(on, 9_000)).toEqual(["firing"]);
  });
});
