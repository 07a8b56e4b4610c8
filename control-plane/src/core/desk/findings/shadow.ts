// What rules in shadow would have done, beside what happened: a finding for each time one would have paged, and counts by reason, false
// alarms marked by people among them. Pure. A finding opens no incident, pages nobody and freezes nothing.
// What a reader would get wrong: a shard repeats what fires already only when there is more to tell, so a finding keeps its signal.
// When a person promotes the rule (an apply without `shadow`) while it fires, the incident opens from here, at once.
import { dueBy, groupedBy } from "@countersign/shared/values/records-index";
import { isShadowed, policyFor } from "../../../policy/policy-for.ts";
import type { Policy } from "../../../policy/policy.ts";
import { type Actor, byRule } from "../../words/actor.ts";
import type { PageReason, Signal } from "../../words/signal.ts";
import { nameOf, placeNameOf, serviceOf, type Subject } from "../../words/subject.ts";
import type { ShadowCount } from "../records/shadow-count.ts";
import { SHADOW_ENDED_MAX } from "../records/shadow-finding.ts";
import type { ShadowFinding } from "../records/shadow-finding.ts";
import { refsOfFinding } from "../state/audit-refs.ts";
import { addAudit, type DeskChange } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import type { DeskState } from "../state/desk-state.ts";
import { keyOfFinding } from "../state/finding-index.ts";
import { takeFiring } from "./findings.ts";

type FiringSignal = Extract<Signal, { kind: "firing" }>;

const OVER = "over";
const over = groupedBy<ShadowFinding>(({ endedAt }) => (endedAt === null ? null : OVER));
const firingOf = groupedBy<ShadowFinding>(({ endedAt, signal }) =>
  endedAt === null ? keyOfFinding(signal) : null,
);
const firingByReason = groupedBy<ShadowFinding>(({ endedAt, signal }) =>
  endedAt === null ? signal.reason : null,
);
/** due at once, under a policy that has their rule in earnest */
const promoted = dueBy<ShadowFinding, Policy>((finding, policy) => (isPromoted(finding, policy) ? 0 : null));

const NO_COUNT: Omit<ShadowCount, "reason" | "sinceAt"> = {
  wouldHavePaged: 0,
  wouldHaveActed: 0,
  falseAlarms: 0,
};

/** The finding of a subject and reason that fires in shadow. */
export function findShadow(
  state: DeskState,
  subject: Subject,
  reason: PageReason,
): ShadowFinding | undefined {
  return firingOf(state.shadow, keyOfFinding({ reason, subject }))[0];
}

/** The findings of a reason that fire in shadow. */
export function shadowsOf({ shadow }: DeskState, reason: PageReason): readonly ShadowFinding[] {
  return firingByReason(shadow, reason);
}

/** Records a firing signal whose rule is in shadow; sent again, it only brings the finding up to date. */
export function takeShadow(change: DeskChange, context: DeskContext, signal: FiringSignal): DeskChange {
  const known = findShadow(change.state, signal.subject, signal.reason);
  const wouldPropose = wouldProposeOf(signal) ?? known?.wouldPropose ?? null;
  if (known !== undefined)
    return countActed(putFinding(change, { ...known, signal, wouldPropose }), context, {
      known,
      wouldPropose,
    });
  const findingId = `${signal.reason}:${nameOf(signal.subject).replaceAll(" ", "-")}:${context.now}`;
  const finding: ShadowFinding = {
    findingId,
    signal,
    wouldPropose,
    firedAt: context.now,
    endedAt: null,
    falseAlarmBy: null,
  };
  const counted = count(putFinding(change, finding), context, {
    reason: signal.reason,
    paged: 1,
    acted: wouldPropose === null ? 0 : 1,
  });
  const proposed = wouldPropose === null ? "" : `; ${wouldPropose} would have been proposed`;
  return addAudit(counted, context, {
    actor: byRule(signal.reason),
    act: "would-have-paged",
    refs: refsOfFinding(finding),
    why: `in shadow: ${signal.title}${proposed}`,
  });
}

/** What fired in shadow no longer does, or is in earnest now. */
export function endShadow(
  change: DeskChange,
  context: DeskContext,
  { reason, subject }: { readonly subject: Subject; readonly reason: PageReason },
): DeskChange {
  const finding = findShadow(change.state, subject, reason);
  return finding === undefined ? change : endFinding(change, context, finding);
}

/** Opens incidents for what still fires and is no longer in shadow; nothing is lost between two policies. */
export function promoteShadows(change: DeskChange, context: DeskContext): DeskChange {
  return promoted.dueAt(change.state.shadow, context.policy, context.now).reduce((before, finding) => {
    const { shadow: _shadow, ...fired } = finding.signal;
    const signal = wouldProposeOf(fired) === null ? fired : withoutRefusal(fired);
    return takeFiring(endFinding(before, context, finding), context, signal);
  }, change);
}

function isPromoted({ endedAt, signal }: ShadowFinding, policy: Policy): boolean {
  if (endedAt !== null) return false;
  const asked = { hostName: placeNameOf(signal.subject), service: serviceOf(signal.subject) };
  const own = policyFor(policy, { ...asked, tags: signal.shadow?.tags ?? [] });
  return !isShadowed(own, signal.reason) && own.rules[signal.reason].enabled;
}

/** Marks a finding as a false alarm, and counts it. */
export function markFinding(
  change: DeskChange,
  context: DeskContext,
  { by, finding }: { readonly finding: ShadowFinding; readonly by: Actor },
): DeskChange {
  const { reason, title } = finding.signal;
  const marked = putFinding(change, { ...finding, falseAlarmBy: by });
  const counts = countOf(marked.state, context, reason);
  const counted = putCount(marked, { ...counts, falseAlarms: counts.falseAlarms + 1 });
  return addAudit(counted, context, {
    actor: by,
    act: "false-alarm-marked",
    refs: refsOfFinding(finding),
    why: `in shadow: ${title}`,
  });
}

function endFinding(change: DeskChange, context: DeskContext, finding: ShadowFinding): DeskChange {
  const put = putFinding(change, { ...finding, endedAt: context.now });
  const ended = over(put.state.shadow, OVER);
  if (ended.length <= SHADOW_ENDED_MAX) return put;
  const oldest = ended.reduce((least, other) =>
    (other.endedAt ?? 0) < (least.endedAt ?? 0) ? other : least,
  );
  const shadow = put.state.shadow.without(oldest.findingId);
  return { ...put, state: { ...put.state, shadow } };
}

function countActed(
  change: DeskChange,
  context: DeskContext,
  { known, wouldPropose }: { readonly known: ShadowFinding; readonly wouldPropose: string | null },
): DeskChange {
  const isNew = known.wouldPropose === null && wouldPropose !== null;
  return isNew ? count(change, context, { reason: known.signal.reason, paged: 0, acted: 1 }) : change;
}

function wouldProposeOf({ refusal }: Pick<FiringSignal, "refusal">): string | null {
  return refusal?.reason === "in-shadow" ? refusal.action : null;
}

function withoutRefusal({ refusal: _over, ...signal }: FiringSignal): FiringSignal {
  return signal;
}

function count(
  change: DeskChange,
  context: DeskContext,
  more: { readonly reason: PageReason; readonly paged: number; readonly acted: number },
): DeskChange {
  const before = countOf(change.state, context, more.reason);
  return putCount(change, {
    ...before,
    wouldHavePaged: before.wouldHavePaged + more.paged,
    wouldHaveActed: before.wouldHaveActed + more.acted,
  });
}

function countOf(state: DeskState, { now }: DeskContext, reason: PageReason): ShadowCount {
  return state.shadowCounts.get(reason) ?? { ...NO_COUNT, reason, sinceAt: now };
}

function putCount(change: DeskChange, counts: ShadowCount): DeskChange {
  const shadowCounts = change.state.shadowCounts.with(counts.reason, counts);
  return { ...change, state: { ...change.state, shadowCounts } };
}

function putFinding(change: DeskChange, finding: ShadowFinding): DeskChange {
  const shadow = change.state.shadow.with(finding.findingId, finding);
  return { ...change, state: { ...change.state, shadow } };
}
