// Nothing is asked while what a service shares with others, or its host's absence, has only just ended: its next probe may pass.
import { describe, expect, it } from "vitest";
import { withNamed } from "@countersign/shared/values/named";
import { byPerson } from "../../../../../control-plane/src/core/words/actor.ts";
import { type DrivenShard, driveUpHost, policyWith, reportWith, resultWith, WEB_1 } from "../shard-driver.ts";

const DNS = { kind: "provider", provider: "dns", class: "network" } as const;

/** Whether a dependency of two services of the host is there. */
function dns(shard: DrivenShard, isOk: boolean): void {
  const facts = ["web", "mail"].map((service) => ({ ...DNS, service, at: shard.now(), isOk }));
  shard.send({ kind: "facts", hostId: WEB_1, facts });
}

function fail(shard: DrivenShard, times: number, everyMs = 30_000): void {
  for (let time = 0; time < times; time += 1) {
    shard.advance(everyMs);
    shard.report({ status: "fail" });
  }
}

const asked = (shard: DrivenShard) => shard.sent("propose").length;
const refusal = (shard: DrivenShard) =>
  shard
    .signals("firing")
    .filter(({ reason }) => reason === "check-failing")
    .at(-1)?.refusal?.reason;

function driveShared(failedBefore: number): DrivenShard {
  const shard = driveUpHost(policyWith({ rules: { "provider-failing": { window: "1h" } } }));
  shard.report();
  dns(shard, false);
  fail(shard, failedBefore);
  dns(shard, true);
  return shard;
}

describe("a shared cause is only just over", () => {
  it("asked when its next probe could have passed and did not", () => {
    const shard = driveShared(4);
    expect(refusal(shard)).toBe("restart-pointless");
    fail(shard, 2);
    expect(asked(shard)).toBe(0);
    expect(refusal(shard)).toBe("only-just-over");
    fail(shard, 2);
    expect(asked(shard)).toBe(1);
  });

  it("never asked when it passes", () => {
    const shard = driveShared(4);
    fail(shard, 1);
    shard.advance(30_000);
    shard.report();
    shard.advance(3_600_000);
    expect(asked(shard)).toBe(0);
    expect(shard.service().ladder).toBeUndefined();
  });

  it("the same for what has failed too seldom before it ended", () => {
    const shard = driveShared(2);
    fail(shard, 1);
    expect(refusal(shard)).toBe("only-just-over");
    fail(shard, 3);
    expect(asked(shard)).toBe(1);
  });

  it("what began to fail after it is asked about at once", () => {
    const shard = driveShared(0);
    fail(shard, 3);
    expect(asked(shard)).toBe(1);
  });

  it("by the slowest check that fails, which the one that passes is not", () => {
    const shard = driveUpHost(policyWith({ rules: { "provider-failing": { window: "1h" } } }));
    const report = (run: number, slow: number) => {
      const { unit, service } = reportWith({ run, status: "fail" });
      const failing = { status: "fail", finishedAt: shard.now() } as const;
      const results = [
        resultWith({ ...failing, check: "fast" }),
        resultWith({ ...failing, check: "slow", finishedAt: slow }),
      ];
      shard.send({ kind: "reported", hostId: WEB_1, digest: false, services: [{ service, unit, results }] });
    };
    shard.report();
    dns(shard, false);
    let slowAt = shard.now();
    let run = 0;
    const goesOn = (minutes: number) => {
      for (let half = 0; half < 2 * minutes; half += 1) {
        shard.advance(30_000);
        run += 1;
        if (run % 10 === 0) slowAt = shard.now();
        report(run, slowAt);
      }
    };
    goesOn(15);
    dns(shard, true);
    goesOn(9);
    expect(asked(shard)).toBe(0);
    goesOn(3);
    expect(asked(shard)).toBe(1);
  });
});

it("a host that is back is given the period of its check", () => {
  const shard = driveUpHost();
  shard.report();
  fail(shard, 2, 60_000);
  shard.fallSilent();
  shard.advance(120_000);
  shard.connect(WEB_1, { connectionId: "con_2" });
  shard.advance(11_000);
  shard.report({ status: "fail" });
  expect(refusal(shard)).toBe("only-just-over");
  shard.advance(30_000);
  expect(asked(shard)).toBe(0);
  fail(shard, 3, 60_000);
  expect(asked(shard)).toBe(1);
});

it("a person who lifts a freeze waits for nothing", () => {
  const shard = driveUpHost();
  shard.report();
  const service = shard.service();
  const book = { ...service.book, frozenBy: "config-thrash" } as const;
  const host = shard.host();
  const services = withNamed(host.services, "web", { ...service, book });
  shard.replaceState({ ...shard.state(), hosts: shard.state().hosts.with(WEB_1, { ...host, services }) });
  fail(shard, 3);
  expect(refusal(shard)).toBe("frozen");
  const scope = { kind: "service", hostId: WEB_1, hostName: "web-1", service: "web" } as const;
  shard.send({ kind: "freeze-lifted", scope, by: byPerson("alice") });
  shard.sweep();
  expect(asked(shard)).toBe(1);
});
