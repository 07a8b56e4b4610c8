// Digests that a simulated host leaves out, because they decide nothing while every check runs. Pure.
import { DIGEST_EVERY_MS, type Reported } from "@countersign/shared/host/report-plan";

/** As if they had been told: the next one that is comes when it would have come. */
export function withoutDigests(reported: Reported, now: number): Reported {
  const { digestAt } = reported;
  if (digestAt === null) return reported;
  const leftOutCount = Math.floor((now - digestAt) / DIGEST_EVERY_MS);
  return leftOutCount === 0 ? reported : { ...reported, digestAt: digestAt + leftOutCount * DIGEST_EVERY_MS };
}
