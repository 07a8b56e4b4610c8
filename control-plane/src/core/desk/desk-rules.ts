// The rules that are decided in the desk, and what becomes of their findings: a new one opens an incident, one that is gone ends it.
// Pure. They are judged after every event, so a finding is never older than what it is about.
import { isShadowed } from "../../policy/policy-for.ts";
import type { Signal } from "../words/signal.ts";
import { type Subject, subjectKeyOf } from "../words/subject.ts";
import { approvalUnanswered } from "./approval-unanswered.ts";
import { freezeByRule } from "./approvals/freezes.ts";
import { automationFrozen } from "./automation-frozen.ts";
import type { DeskFinding, DeskRule } from "./desk-rule.ts";
import { endFinding, takeCleared, takeFiring } from "./findings/findings.ts";
import { endShadow, findShadow, shadowsOf, takeShadow } from "./findings/shadow.ts";
import { fleetSilent } from "./fleet-silent.ts";
import { pageUndelivered } from "./page-undelivered.ts";
import { pathUntested } from "./path-untested.ts";
import { recordUnreadable } from "./record-unreadable.ts";
import type { Finding } from "./records/finding.ts";
import { routeMissing } from "./route-missing.ts";
import { shardUnreachable } from "./shard-unreachable.ts";
import type { DeskChange } from "./state/desk-change.ts";
import type { DeskContext } from "./state/desk-events.ts";
import type { DeskState } from "./state/desk-state.ts";
import { findFinding, openFindingsBy } from "./state/finding-index.ts";

export const DESK_RULES: readonly DeskRule[] = [
  fleetSilent,
  approvalUnanswered,
  pageUndelivered,
  routeMissing,
  shardUnreachable,
  automationFrozen,
  recordUnreadable,
  pathUntested,
];

/** Judges every rule of the desk, and opens and ends incidents by its findings. */
export function judgeDeskRules(change: DeskChange, context: DeskContext): DeskChange {
  return DESK_RULES.reduce((before, rule) => judgeRule(before, context, rule), change);
}

/** When time alone brings the next finding; null: nothing is due by itself. */
export function deskRulesDueAt(state: DeskState, context: DeskContext): number | null {
  const dueAt = DESK_RULES.filter((rule) => isEnabled(rule, context))
    .map((rule) => rule.dueAt(state, context))
    .filter((at) => at !== null && at > context.now);
  return dueAt.length === 0 ? null : Math.min(...(dueAt as number[]));
}

function judgeRule(before: DeskChange, context: DeskContext, rule: DeskRule): DeskChange {
  const isJudged = isEnabled(rule, context);
  const change = isJudged ? (rule.follow?.(before, context) ?? before) : before;
  const findings = isJudged ? rule.judge(change.state, context) : [];
  const fired = findings.reduce((now, finding) => takeFinding(now, context, { rule, finding }), change);
  const found = new Set(findings.map(({ subject }) => subjectKeyOf(subject)));
  const shadowed = endShadows(fired, context, { rule, found });
  return openFindingsBy(change.state, rule.reason)
    .filter(({ subject }) => isOwn(rule, subject) && !found.has(subjectKeyOf(subject)))
    .reduce((before, finding) => endFound(before, context, { rule, finding }), shadowed);
}

function takeFinding(
  change: DeskChange,
  context: DeskContext,
  found: { readonly rule: DeskRule; readonly finding: DeskFinding },
): DeskChange {
  const { rule } = found;
  const { freezes, ...finding } = found.finding;
  const before = findFinding(change.state, finding.subject, rule.reason);
  const isKnown =
    before !== undefined &&
    before.clearedAt === null &&
    before.title === finding.title &&
    before.severity === finding.severity;
  if (isKnown) return change;
  const signal: Extract<Signal, { kind: "firing" }> = {
    ...finding,
    kind: "firing",
    key: `desk:${rule.reason}`,
    noticedAt: context.now,
    reason: rule.reason,
    proposalRequestId: null,
    restarts: null,
  };
  if (before !== undefined || !isShadowed(context.policy, rule.reason)) {
    const fired = takeFiring(change, context, signal);
    const isNew = before === undefined || before.clearedAt !== null;
    return freezes === true && isNew ? freezeByRule(fired, context, signal) : fired;
  }
  if (findShadow(change.state, finding.subject, rule.reason) !== undefined) return change;
  return takeShadow(change, context, { ...signal, shadow: { tags: [] } });
}

// A finding in shadow is over as soon as it is not found any more: nobody was told of it.
function endShadows(
  change: DeskChange,
  context: DeskContext,
  judged: { readonly rule: DeskRule; readonly found: ReadonlySet<string> },
): DeskChange {
  return shadowsOf(change.state, judged.rule.reason)
    .filter(
      ({ signal: { subject } }) => isOwn(judged.rule, subject) && !judged.found.has(subjectKeyOf(subject)),
    )
    .reduce((before, { signal }) => endShadow(before, context, signal), change);
}

function endFound(
  change: DeskChange,
  context: DeskContext,
  end: { readonly rule: DeskRule; readonly finding: Finding },
): DeskChange {
  const { finding, rule } = end;
  if (rule.endsBecause !== null) return endFinding(change, context, { finding, why: rule.endsBecause });
  return takeCleared(change, context, {
    kind: "cleared",
    key: `desk:${rule.reason}`,
    happenedAt: context.now,
    noticedAt: context.now,
    subject: finding.subject,
    reason: finding.reason,
    evidence: [],
  });
}

function isOwn({ isAbout }: DeskRule, subject: Subject): boolean {
  return isAbout === undefined || isAbout(subject);
}

function isEnabled({ reason }: DeskRule, { policy }: DeskContext): boolean {
  return policy.rules[reason].enabled;
}
