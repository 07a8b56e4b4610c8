// Whether checks pass is no fact, so a run that lives is judged anew whenever that turns, however it does: by a check that
// hangs, one that passes again, one that came and went and has passed for long, and one that is watched no more.
import { describe, expect, it } from "vitest";
import type { CheckResult } from "@countersign/shared/wire/service-report";
import { type DrivenShard, driveUpHost, reportWith, resultWith, WEB_1 } from "../shard-driver.ts";

const MINUTE_MS = 60_000;
const STABLE_MS = 10 * MINUTE_MS;

/** A report of these results, in which the unit runs since the first one. */
function tell(shard: DrivenShard, ...changes: readonly Partial<CheckResult>[]): void {
  const results = changes.map((change) => resultWith({ finishedAt: shard.now(), ...change }));
  const services = [{ ...reportWith({ run: 0 }), results }];
  shard.send({ kind: "reported", hostId: WEB_1, digest: true, services });
}

function hangs(shard: DrivenShard): Partial<CheckResult> {
  return { overdueSinceAt: shard.now() };
}

/** Three starts die, and the fourth runs. */
function dieAndStay(shard: DrivenShard): void {
  const fact = { kind: "session", service: "web", class: "auth", detail: "401" } as const;
  for (let count = 0; count < 3; count += 1) {
    shard.advance(1_000);
    const facts = [{ ...fact, at: shard.now(), startedAt: shard.now() - 500 }];
    shard.send({ kind: "facts", hostId: WEB_1, facts });
  }
  const facts = [
    { kind: "session-running", service: "web", at: shard.now(), startedAt: shard.now() } as const,
  ];
  shard.send({ kind: "facts", hostId: WEB_1, facts });
  expect(fires(shard)).toBe(true);
}

function fires(shard: DrivenShard): boolean {
  const told = ({ reason }: { readonly reason: string }) => reason === "startup-death";
  return shard.signals("firing").filter(told).length > shard.signals("cleared").filter(told).length;
}

/** It is over so long from now, by the alarm alone, and not sooner. */
function expectOverAfter(shard: DrivenShard, durationMs: number): void {
  shard.advance(durationMs - 1);
  expect(fires(shard)).toBe(true);
  shard.advance(1);
  expect(fires(shard)).toBe(false);
}

describe("a run lives", () => {
  it("not while a check hangs, and from when it passes again", () => {
    const shard = driveUpHost();
    tell(shard, {});
    dieAndStay(shard);
    shard.advance(MINUTE_MS);
    tell(shard, hangs(shard));
    shard.advance(60 * MINUTE_MS);
    expect(fires(shard)).toBe(true);
    tell(shard, {});
    expectOverAfter(shard, STABLE_MS);
  });

  it("from when a check passes that hung as the first start died", () => {
    const shard = driveUpHost();
    tell(shard, hangs(shard));
    dieAndStay(shard);
    shard.advance(60 * MINUTE_MS);
    expect(fires(shard)).toBe(true);
    tell(shard, {});
    expectOverAfter(shard, STABLE_MS);
  });

  it("anew for each time that it hung", () => {
    const shard = driveUpHost();
    tell(shard, {});
    dieAndStay(shard);
    for (let count = 0; count < 5; count += 1) {
      tell(shard, hangs(shard));
      tell(shard, {});
      shard.advance(STABLE_MS - 1);
    }
    expect(fires(shard)).toBe(true);
    shard.advance(1);
    expect(fires(shard)).toBe(false);
  });

  it("from when a check that comes and goes has passed for long, as of then", () => {
    const shard = driveUpHost();
    for (const status of ["fail", "pass", "fail", "pass", "fail", "pass", "fail", "pass", "fail"] as const) {
      tell(shard, { status });
      shard.advance(30_000);
    }
    dieAndStay(shard);
    const last = { failed: 5, of: 10 };
    tell(shard, { last });
    shard.advance(30_000);
    tell(shard, { last });
    expect(shard.service().healthySinceAt).toBeNull();
    expectOverAfter(shard, STABLE_MS - 30_000);
  });

  it("when the check that hung is watched no more: there is none to ask", () => {
    const shard = driveUpHost();
    tell(shard, hangs(shard));
    dieAndStay(shard);
    shard.advance(60 * MINUTE_MS);
    tell(shard);
    shard.advance(1_000);
    expect(fires(shard)).toBe(false);
  });
});
