// Drives the checks of `web` by their results alone: one letter each, by an agent that counts the last ten.
import { lastOf, type RecentResults, withResult } from "@countersign/shared/host/recent-results";
import type { CheckResult } from "@countersign/shared/wire/service-report";
import { type DrivenShard, reportWith, resultWith, WEB_1 } from "../shard-driver.ts";

/** `F` and `P`, one result every thirty seconds, by an agent that counts them. */
export function results(shard: DrivenShard, runs: string, changes: Partial<CheckResult> = {}): void {
  let recent: RecentResults = [];
  for (const what of runs) {
    shard.advance(30_000);
    const status = what === "F" ? "fail" : "pass";
    recent = withResult(recent, { status, severity: "error" });
    const result = resultWith({ status, finishedAt: shard.now(), last: lastOf(recent), ...changes });
    const services = [{ ...reportWith({ run: 0 }), results: [result] }];
    shard.send({ kind: "reported", hostId: WEB_1, digest: false, services });
  }
}
