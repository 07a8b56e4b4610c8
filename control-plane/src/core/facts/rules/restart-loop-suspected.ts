// Rule `restart-loop-suspected`: one unit was restarted several times in a rolling window, by anyone: us, systemd, a watchdog, a
// person. Pure. In seed 003 the third restart was left in a queue; in seed 004 a kill every 28 s went on for sixty rounds.
// The shard sees every start of a unit and often not by whom; somebody who knows may tell of the same restart. A known doer and
// an unknown one within MERGE_MS are therefore one restart. How many are too many the policy says. Recovery in between does
// not count: a service that comes back for seven minutes and is restarted again is in a loop.
import { formatDuration } from "@countersign/shared/values/duration";
import type { Fact } from "@countersign/shared/wire/fact";
import type { Evidence } from "../../words/signal.ts";
import { nameOf } from "../../words/subject.ts";
import type { FactBook } from "../fact-book.ts";
import { recentChangesAt, recentOf, withRecent } from "../recent-list.ts";
import { type FactRule, type Finding, type Judgement, QUIET, type RuleScene } from "../rule.ts";

/** How far apart the shard's own sight of a restart and somebody's word of it may lie. */
export const MERGE_MS = 10_000;
/** Restarts kept for the evidence, where the bound is lower than that. */
const RESTARTS_SHOWN_MAX = 9;
/** From this multiple of the bound on it is critical. */
const CRITICAL_FACTOR = 3;

/** One restart of a unit, by whoever is known to have done it. */
export interface Restart {
  readonly at: number;
  readonly by: Extract<Fact, { kind: "restart" }>["by"];
  readonly supervisor: string | null;
}

type Restarts = readonly Restart[];

const NO_RESTARTS: Restarts = [];

function absorb(restarts: Restarts, fact: Fact, { now, policy }: RuleScene): Restarts {
  if (fact.kind !== "restart") return restarts;
  const { restartsMin, window } = policy.rules["restart-loop-suspected"];
  if (fact.at <= now - window) return restarts;
  const restart: Restart = { at: fact.at, by: fact.by, supervisor: fact.supervisor ?? null };
  const same = restarts.findIndex((known) => isSameRestart(known, restart));
  const known = restarts[same];
  if (known === undefined) {
    const max = Math.max(restartsMin * CRITICAL_FACTOR, RESTARTS_SHOWN_MAX);
    return withRecent(recentOf(restarts, now, window), restart, max);
  }
  return known.by === "unknown" ? restarts.with(same, { ...restart, at: known.at }) : restarts;
}

function prune(restarts: Restarts, { now, policy }: RuleScene): Restarts {
  const kept = recentOf(restarts, now, policy.rules["restart-loop-suspected"].window);
  return kept.length === 0 ? NO_RESTARTS : kept;
}

function judge(restarts: Restarts, { now, policy, subject }: RuleScene): Judgement {
  const { restartsMin, window } = policy.rules["restart-loop-suspected"];
  const recent = recentOf(restarts, now, window);
  const [first] = recent;
  if (first === undefined) return QUIET;
  const nextAt = recentChangesAt(recent, window);
  if (recent.length < restartsMin) return { finding: null, nextAt };
  const count = { at: now, text: `${recent.length} restarts in the last ${formatDuration(window)}` };
  const finding: Finding = {
    severity: recent.length >= restartsMin * CRITICAL_FACTOR ? "critical" : "error",
    title: `${nameOf(subject)} is restarted again and again`,
    evidence: [...recent.slice(-RESTARTS_SHOWN_MAX).map(evidenceOf), count],
    happenedAt: first.at,
    isRestartPointless: false,
    freezes: false,
  };
  return { finding, nextAt };
}

function evidenceOf({ at, by, supervisor }: Restart): Evidence {
  const who = by === "unknown" ? "somebody" : by;
  return { at, text: `restarted by ${who}${supervisor === null ? "" : ` (${supervisor})`}` };
}

function isSameRestart(left: Restart, right: Restart): boolean {
  if (left.at === right.at && left.by === right.by && left.supervisor === right.supervisor) return true;
  const isOneUnknown = (left.by === "unknown") !== (right.by === "unknown");
  return isOneUnknown && Math.abs(left.at - right.at) <= MERGE_MS;
}

/**
 * The restarts that a service's book remembers, oldest first: those within this rule's window, at most as many as it needs.
 */
export function restartsIn({ slices }: Pick<FactBook, "slices">): readonly Restart[] {
  return (slices["restart-loop-suspected"] as Restarts | null | undefined) ?? NO_RESTARTS;
}

export const restartLoopSuspected: FactRule<Restarts> = {
  reason: "restart-loop-suspected",
  scope: "service",
  kinds: ["restart"],
  initial: NO_RESTARTS,
  absorb,
  judge,
  prune,
};
