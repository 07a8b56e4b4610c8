// Rule `duplicate-supervisor`: two different automatic doers restarted one unit within the window. Pure. Seed 004: systemd
// restarted what the service's own duplicate detection had killed, and each one's recovery set off the other's.
// People, and acts that a person has signed, are no supervisors. A restart whose doer nobody knows proves nothing.
import { formatDuration } from "@countersign/shared/values/duration";
import type { Fact } from "@countersign/shared/wire/fact";
import { nameOf } from "../../words/subject.ts";
import { type Dated, recentChangesAt, recentOf, withRecent } from "../recent-list.ts";
import { type FactRule, type Judgement, QUIET, type RuleScene } from "../rule.ts";

/** Supervisors kept for one unit. */
export const SUPERVISORS_MAX = 8;

/** A supervisor, with its newest restart. */
interface Supervisor extends Dated {
  readonly name: string;
}

type Supervisors = readonly Supervisor[];

const NONE: Supervisors = [];

function absorb(supervisors: Supervisors, fact: Fact, { now, policy }: RuleScene): Supervisors {
  if (fact.kind !== "restart") return supervisors;
  const name = supervisorOf(fact);
  const { window } = policy.rules["duplicate-supervisor"];
  if (name === null || fact.at <= now - window) return supervisors;
  const known = supervisors.find((other) => other.name === name);
  if (known !== undefined && known.at >= fact.at) return supervisors;
  const others = recentOf(supervisors, now, window).filter((other) => other !== known);
  return withRecent(others, { name, at: fact.at }, SUPERVISORS_MAX);
}

function supervisorOf({ by, supervisor }: Extract<Fact, { kind: "restart" }>): string | null {
  switch (by) {
    case "systemd":
      return "systemd";
    case "watchdog":
    case "self":
      return supervisor === undefined ? by : `${by} ${supervisor}`;
    case "countersign":
    case "person":
    case "unknown":
      return null;
  }
}

function prune(supervisors: Supervisors, { now, policy }: RuleScene): Supervisors {
  const kept = recentOf(supervisors, now, policy.rules["duplicate-supervisor"].window);
  return kept.length === 0 ? NONE : kept;
}

function judge(supervisors: Supervisors, { now, policy, subject }: RuleScene): Judgement {
  const { window } = policy.rules["duplicate-supervisor"];
  const recent = recentOf(supervisors, now, window);
  const [first] = recent;
  if (first === undefined) return QUIET;
  const nextAt = recentChangesAt(recent, window);
  if (recent.length < 2) return { finding: null, nextAt };
  return {
    finding: {
      severity: "error",
      title: `Two supervisors restart ${nameOf(subject)}`,
      evidence: recent.map(({ at, name }) => ({
        at,
        text: `last restarted by ${name}, within ${formatDuration(window)} of the others`,
      })),
      happenedAt: first.at,
      isRestartPointless: false,
      freezes: false,
    },
    nextAt,
  };
}

export const duplicateSupervisor: FactRule<Supervisors> = {
  reason: "duplicate-supervisor",
  scope: "service",
  kinds: ["restart"],
  initial: NONE,
  absorb,
  judge,
  prune,
};
