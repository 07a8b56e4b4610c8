// What one host may make a shard remember is bounded, whatever names it makes up.
import { describe, expect, it } from "vitest";
import { CHECKS_PER_SERVICE_MAX, SERVICES_PER_HOST_MAX } from "@countersign/shared/values/limits";
import { namedAt, namesOf } from "@countersign/shared/values/named";
import {
  type DrivenShard,
  driveUpHost,
  outcomeWith,
  reportWith,
  resultWith,
  WEB_1,
} from "../shard-driver.ts";

const known = (shard: DrivenShard) => namesOf(shard.host().services);

function report(shard: DrivenShard, service: string, digest = false): void {
  const services = [{ ...reportWith({ run: 1, status: "fail" }), service }];
  shard.send({ kind: "reported", hostId: WEB_1, digest, services });
}

describe("a host that makes up names", () => {
  it("has no more services than a host may have; those it has are reported as ever", () => {
    const shard = driveUpHost();
    for (let count = 0; count < 3 * SERVICES_PER_HOST_MAX; count += 1) report(shard, `s-${count}`);
    expect(known(shard)).toHaveLength(SERVICES_PER_HOST_MAX);
    shard.advance(1_000);
    report(shard, "s-0");
    expect(namedAt(shard.host().services, "s-0")?.reportedAt).toBe(shard.now());
    expect(known(shard)).not.toContain(`s-${SERVICES_PER_HOST_MAX}`);
  });

  it("is heard about a service of its catalogue, and its digest says anew what there is", () => {
    const shard = driveUpHost();
    for (let count = 0; count < SERVICES_PER_HOST_MAX; count += 1) report(shard, `s-${count}`);
    report(shard, "web");
    expect(known(shard)).toContain("web");
    report(shard, "new-1", true);
    expect(known(shard)).toEqual(expect.arrayContaining(["web", "new-1"]));
    expect(known(shard)).toHaveLength(2);
  });

  it("has none by outcomes of services that nobody knows", () => {
    const shard = driveUpHost();
    for (let count = 0; count < 2 * SERVICES_PER_HOST_MAX; count += 1)
      shard.send({
        kind: "outcome",
        hostId: WEB_1,
        outcome: outcomeWith({ sequence: count + 1, service: `s-${count}`, grantId: `grt_${count}` }),
      });
    expect(known(shard).length).toBeLessThanOrEqual(SERVICES_PER_HOST_MAX);
  });

  it("has no more checks of a service than a service may have, the newest", () => {
    const shard = driveUpHost();
    for (let count = 0; count < 50; count += 1) {
      const results = [resultWith({ check: `c-${count}`, status: "fail" })];
      const services = [{ ...reportWith({ run: count }), results }];
      shard.send({ kind: "reported", hostId: WEB_1, digest: false, services });
    }
    const { failing, report: last } = shard.service();
    expect([last.results.length, Object.keys(failing).length]).toEqual([
      CHECKS_PER_SERVICE_MAX,
      CHECKS_PER_SERVICE_MAX,
    ]);
    expect(last.results.at(-1)?.check).toBe("c-49");
  });
});
