// Whether a service runs, and has done so for long enough to prove that what killed its starts is over. Pure. What is told
// only when it ends cannot say that it is well: a session says so while it runs, by the ledger or by the start of its unit.
// What a reader would get wrong: a run proves nothing about starts that came after it. It must have begun after the last one
// that died, and while its host was away nobody saw it live.
import type { RuleScene } from "./rule.ts";
import type { ShardFact } from "./shard-fact.ts";

/** What is known of a service's runs; the newest start counts. */
export interface Runs {
  /** newest start of a session that runs, as its host told; null: none that is known of */
  readonly toldAt: number | null;
  /** since when its unit runs; null: it does not, or there is none */
  readonly unitAt: number | null;
  /**
   * when its unit was last seen not to run: what began before is over, also where nobody was left to write its end. absent:
   * it was not
   */
  readonly goneAt?: number;
}

/**
 * The kinds of facts by which runs are followed. Whether its checks pass is no fact: the scene says it, and a book is judged
 * anew when that turns.
 */
export const RUN_KINDS = ["session-running", "unit-run"] as const satisfies readonly ShardFact["kind"][];

/** A ledger's instants are whole seconds, and each message of a host is moved by its own way to ours. */
const TOLD_SLACK_MS = 1_000;

/** What is known where nothing was followed yet. */
export function runsIn(scene: RuleScene): Runs {
  return { toldAt: null, unitAt: scene.unitRunsSinceAt ?? null };
}

/** Takes one fact in; the very same value when it changes nothing. */
export function followRuns(runs: Runs, fact: ShardFact): Runs {
  const next = after(runs, fact);
  const isSame = next.toldAt === runs.toldAt && next.unitAt === runs.unitAt && next.goneAt === runs.goneAt;
  return isSame ? runs : next;
}

/**
 * When the newest run will have lived, if nothing happens to it: it is older than `lifetimeMs`, and the checks passed for
 * the policy's stability window in which its host was seen. null: none runs that began at `fromAt` or later, or it is not
 * well.
 */
export function livedAt(
  { toldAt, unitAt }: Runs,
  { fromAt, lifetimeMs }: { readonly fromAt: number; readonly lifetimeMs: number },
  { now, policy, seenSinceAt, wellSinceAt = 0 }: RuleScene,
): number | null {
  const startedAt = Math.max(toldAt ?? -Infinity, unitAt ?? -Infinity);
  const isAfter = startedAt >= fromAt || (toldAt ?? -Infinity) + TOLD_SLACK_MS >= fromAt;
  // Where there is no check, nothing speaks against it.
  if (!isAfter || wellSinceAt === null) return null;
  const { stabilityMs } = policy.verify;
  if (seenSinceAt === null) return now + stabilityMs;
  const provenFromAt = Math.max(startedAt, wellSinceAt, seenSinceAt ?? 0);
  return Math.max(startedAt + lifetimeMs + 1, provenFromAt + stabilityMs);
}

function after(runs: Runs, fact: ShardFact): Runs {
  if (fact.kind === "session-running") return withoutGone({ ...runs, toldAt: fact.startedAt });
  if (fact.kind !== "unit-run") return runs;
  const { startedAt: unitAt, at } = fact;
  return unitAt === null ? withoutGone({ ...runs, unitAt, goneAt: at }) : { ...runs, unitAt };
}

function withoutGone(runs: Runs): Runs {
  const { goneAt, toldAt } = runs;
  const isGone = goneAt !== undefined && toldAt !== null && toldAt + TOLD_SLACK_MS <= goneAt;
  return isGone ? { ...runs, toldAt: null } : runs;
}
