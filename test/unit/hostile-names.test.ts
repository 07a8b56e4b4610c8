// A name says nothing: the same story under any name makes the same decisions, effect by effect.
import { describe, expect, test } from "vitest";
import type { ShardEffect } from "../../control-plane/src/core/shard-events.ts";
import { HOSTILE_NAMES } from "./hostile-names.ts";
import { connectionWith, driveShard, type DrivenShard, reportWith, WEB_1 } from "./shard-driver.ts";

function told(effects: readonly ShardEffect[]): readonly string[] {
  return effects.map((effect) => {
    if (effect.kind !== "signal") return effect.kind;
    const { signal } = effect;
    return "reason" in signal ? `${signal.kind} ${signal.reason}` : signal.kind;
  });
}

function report(
  shard: DrivenShard,
  names: { readonly service: string; readonly check: string },
  status: "pass" | "fail",
) {
  const written = reportWith({ run: shard.now(), status });
  const results = written.results.map((result) => ({ ...result, check: names.check }));
  shard.send({
    kind: "reported",
    hostId: WEB_1,
    digest: false,
    services: [{ ...written, service: names.service, results }],
  });
}

function failAndRecover(names: { readonly service: string; readonly check: string }): readonly string[] {
  const shard = driveShard();
  const [entry] = connectionWith().catalogue;
  shard.enrol();
  shard.connect(WEB_1, { catalogue: [{ ...entry!, service: names.service }] });
  report(shard, names, "pass");
  for (let count = 0; count < 3; count += 1) {
    shard.advance(5_000);
    report(shard, names, "fail");
  }
  shard.advance(60_000);
  for (let count = 0; count < 130; count += 1) {
    shard.advance(5_000);
    report(shard, names, "pass");
  }
  return told(shard.effects);
}

describe("the shard decides the same under any name", () => {
  const expected = failAndRecover({ service: "web", check: "http" });

  test.each(HOSTILE_NAMES)("service %j", (service) => {
    expect(failAndRecover({ service, check: "http" })).toEqual(expected);
  });
  test.each(HOSTILE_NAMES)("check %j", (check) => {
    expect(failAndRecover({ service: "web", check })).toEqual(expected);
  });
});
