// The instants of a fact, kept within what can be true: a host's clock may be wrong by any amount, or lie. Pure.
// What a reader would get wrong: an instant that is no date any more throws where it is printed, and would stop the desk at one signal.
import type { ShardFact } from "./shard-fact.ts";

/** What is said to be older is taken to be as old as this. */
export const FACT_AGE_MAX_MS = 365 * 86_400_000;

/** The fact with every instant of the past between a year ago and now; the very same one where they are. */
export function atSaneInstants(fact: ShardFact, now: number): ShardFact {
  const at = saneAt(fact.at, now);
  switch (fact.kind) {
    case "session": {
      const startedAt = saneAt(fact.startedAt, now);
      return at === fact.at && startedAt === fact.startedAt ? fact : { ...fact, at, startedAt };
    }
    case "session-running":
    case "unit-run": {
      const startedAt = fact.startedAt === null ? null : saneAt(fact.startedAt, now);
      return at === fact.at && startedAt === fact.startedAt ? fact : { ...fact, at, startedAt };
    }
    case "code": {
      const diskChangedAt = saneAt(fact.diskChangedAt, now);
      const runningSinceAt = saneAt(fact.runningSinceAt, now);
      const isSame = diskChangedAt === fact.diskChangedAt && runningSinceAt === fact.runningSinceAt;
      return at === fact.at && isSame ? fact : { ...fact, at, diskChangedAt, runningSinceAt };
    }
    case "work":
    case "latency":
    case "restart":
    case "oom-kill":
    case "pressure":
    case "fallback":
    case "credential":
    case "credential-use":
    case "config-changed":
    case "identity":
    case "provider":
    case "privilege":
    case "attempt":
    case "health":
    case "drill":
    case "heartbeat":
    case "heartbeats-expected":
    case "reading":
    case "log":
    case "answered-otherwise":
    case "trust-said":
    case "passkey-used":
    case "passkeys-known":
    case "check-failed":
      return at === fact.at ? fact : { ...fact, at };
  }
}

/** An instant of the past, between a year ago and now. */
export function saneAt(at: number, now: number): number {
  return Math.min(Math.max(at, now - FACT_AGE_MAX_MS), now);
}
