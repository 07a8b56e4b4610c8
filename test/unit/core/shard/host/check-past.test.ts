// What is remembered of a host's checks for people to look at: when each turned, how fast it answered, and that neither is
// made up.
import { describe, expect, it } from "vitest";
import { namedAt, namesOf, valuesOf } from "@countersign/shared/values/named";
import type { CheckResult } from "@countersign/shared/wire/service-report";
import { answerTimesOf } from "../../../../../control-plane/src/core/shard/host/answer-times.ts";
import {
  ANSWERS_REMEMBERED_MAX,
  CHECKS_REMEMBERED_MAX,
  QUARTER_MS,
  sinceOf,
} from "../../../../../control-plane/src/core/shard/host/check-past.ts";
import type { PastOfCheck } from "../../../../../control-plane/src/core/shard/host/shard-state.ts";
import {
  connectionWith,
  type DrivenShard,
  driveUpHost,
  reportWith,
  resultWith,
  WEB_1,
} from "../shard-driver.ts";

const MINUTE_MS = 60_000;

function tell(
  shard: DrivenShard,
  results: readonly Partial<CheckResult>[],
  options: { digest?: boolean } = {},
) {
  const { digest = true } = options;
  const told = results.map((result) => resultWith({ finishedAt: shard.now(), ...result }));
  const services = [{ ...reportWith({ run: 1 }), results: told }];
  shard.send({ kind: "reported", hostId: WEB_1, digest, services });
}

function pastOf(shard: DrivenShard, check = "http"): PastOfCheck | undefined {
  return namedAt(namedAt(shard.host().past?.services, "web"), check);
}

function since(shard: DrivenShard, check = "http") {
  const { past } = shard.host();
  const known = pastOf(shard, check);
  return past === undefined || known === undefined ? null : sinceOf(past, known);
}

function times(shard: DrivenShard, check = "http"): readonly (number | null)[] {
  return answerTimesOf(pastOf(shard, check)?.answers ?? "").map((ms) =>
    ms === null ? null : Math.round(ms),
  );
}

describe("since when a check is as it is", () => {
  it("is at least since it was first seen, and exactly since it was seen to turn", () => {
    const shard = driveUpHost();
    tell(shard, [{}]);
    const seenAt = shard.now();
    expect(since(shard)).toEqual({ at: seenAt, isAtLeast: true });
    shard.advance(MINUTE_MS);
    tell(shard, [{}]);
    expect(since(shard)).toEqual({ at: seenAt, isAtLeast: true });
    shard.advance(MINUTE_MS);
    tell(shard, [{ status: "fail" }], { digest: false });
    expect(since(shard)).toEqual({ at: shard.now(), isAtLeast: false });
  });

  it("is known of a check that only warns, too", () => {
    const shard = driveUpHost();
    tell(shard, [{}, { check: "disk", kind: "plugin", severity: "warning" }]);
    shard.advance(MINUTE_MS);
    tell(shard, [{ check: "disk", kind: "plugin", severity: "warning", status: "fail" }], { digest: false });
    expect(since(shard, "disk")).toEqual({ at: shard.now(), isAtLeast: false });
  });

  it.each([
    { awayMs: 5_000, isBroken: false },
    { awayMs: 5 * MINUTE_MS, isBroken: true },
  ])("is not vouched for over $awayMs ms without the host: $isBroken", ({ awayMs, isBroken }) => {
    const shard = driveUpHost();
    tell(shard, [{}]);
    shard.advance(MINUTE_MS);
    tell(shard, [{ status: "fail" }]);
    shard.advance(MINUTE_MS);
    tell(shard, [{}]);
    const turnedAt = shard.now();
    shard.advance(4_000);
    shard.fallSilent();
    shard.advance(awayMs);
    shard.hello(WEB_1, connectionWith({ connectedAt: shard.now(), connectionId: "con_2" }));
    tell(shard, [{}]);
    expect(since(shard)).toEqual(
      isBroken ? { at: shard.now(), isAtLeast: true } : { at: turnedAt, isAtLeast: false },
    );
  });

  it("that turned while the host was away is at least since it said so", () => {
    const shard = driveUpHost();
    tell(shard, [{}]);
    shard.fallSilent();
    shard.advance(5 * MINUTE_MS);
    shard.hello(WEB_1, connectionWith({ connectedAt: shard.now(), connectionId: "con_2" }));
    tell(shard, [{ status: "fail" }]);
    expect(since(shard)).toEqual({ at: shard.now(), isAtLeast: true });
  });

  it("is forgotten with the check and with the service", () => {
    const shard = driveUpHost();
    tell(shard, [{}, { check: "tcp" }]);
    tell(shard, [{}]);
    expect(pastOf(shard, "tcp")).toBeUndefined();
    shard.send({
      kind: "connected",
      hostId: WEB_1,
      connection: connectionWith({ connectedAt: shard.now(), catalogue: [] }),
    });
    shard.digest();
    expect(namesOf(shard.host().past!.services)).toEqual([]);
  });
});

describe("how fast a check answers", () => {
  it("is one time a quarter hour, with a gap where none was told", () => {
    const shard = driveUpHost();
    tell(shard, [{ latencyMs: 40 }]);
    shard.advance(QUARTER_MS);
    tell(shard, [{ latencyMs: 50 }]);
    shard.advance(3 * QUARTER_MS);
    tell(shard, [{ latencyMs: 60 }]);
    expect(times(shard)).toEqual([40, 50, null, null, 60]);
  });

  it.each([
    { why: "a failure", result: { status: "fail", latencyMs: 1 } },
    { why: "an overdue one", result: { latencyMs: 1, overdueSinceAt: 5 } },
    { why: "a unit's", result: { kind: "unit", latencyMs: 1 } },
    { why: "none", result: { latencyMs: null } },
  ] as const)("is not taken from $why", ({ result }) => {
    const shard = driveUpHost();
    tell(shard, [result]);
    expect(times(shard)).toEqual([]);
  });

  it("counts a result once, and follows a digest that comes a little early or late", () => {
    const shard = driveUpHost();
    tell(shard, [{ latencyMs: 40, finishedAt: 7 }]);
    for (const lateMs of [-2_000, 2_000, 30_000]) {
      shard.advance(QUARTER_MS + lateMs);
      tell(shard, [{ latencyMs: 50 }]);
    }
    expect(times(shard)).toEqual([40, 50, 50, 50]);
    const before = shard.host().past;
    shard.advance(QUARTER_MS);
    tell(shard, [{ latencyMs: 50, finishedAt: 9 }]);
    shard.advance(QUARTER_MS);
    tell(shard, [{ latencyMs: 50, finishedAt: 9 }]);
    expect(times(shard)).toHaveLength(5);
    expect(shard.host().past).not.toBe(before);
  });

  it("begins anew when our clock was set back", () => {
    const shard = driveUpHost();
    tell(shard, [{ latencyMs: 40 }]);
    shard.skip(-3 * QUARTER_MS);
    tell(shard, [{ latencyMs: 50 }]);
    expect(times(shard)).toEqual([50]);
  });
});

describe("what is remembered is bounded", () => {
  it(`to ${CHECKS_REMEMBERED_MAX} checks of a host, and ${ANSWERS_REMEMBERED_MAX} with their answer times`, () => {
    const shard = driveUpHost();
    for (let count = 0; count < 12; count += 1) {
      const results = Array.from({ length: 8 }, (_, index) =>
        resultWith({ check: `c-${index}`, latencyMs: 5 }),
      );
      const services = [{ ...reportWith({ run: count }), service: `s-${count}`, results }];
      shard.send({ kind: "reported", hostId: WEB_1, digest: false, services });
    }
    const all = valuesOf(shard.host().past!.services).flatMap((checks) => valuesOf(checks));
    expect(all).toHaveLength(CHECKS_REMEMBERED_MAX);
    expect(all.filter(({ answers }) => answers !== undefined)).toHaveLength(ANSWERS_REMEMBERED_MAX);
  });
});

describe("when the host told what may be run on it", () => {
  it.each([
    { action: "restart", service: "web", isTold: true },
    { action: "read-evidence", service: "web", isTold: false },
    { action: "restart", service: "other", isTold: false },
  ])("$action of $service: $isTold", ({ action, isTold, service }) => {
    const shard = driveUpHost();
    const fact = { kind: "privilege", service, at: 1, action, isExecutable: true, command: "x" } as const;
    shard.send({ kind: "facts", hostId: WEB_1, facts: [fact] });
    expect(shard.host().past?.auditToldAt).toBe(isTold ? shard.now() : undefined);
  });
});
