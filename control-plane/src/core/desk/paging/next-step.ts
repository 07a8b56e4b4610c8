// Which step of an escalation comes after a ring, and when. Pure.
import type { Incident, NextStep } from "../records/incident.ts";
import type { DeskContext } from "../state/desk-events.ts";
import { repeatPauseMs } from "./escalation-pace.ts";

/** A policy that became shorter meanwhile starts its steps again. */
export function stepOf({ step }: NextStep, { policy }: Pick<DeskContext, "policy">): number {
  return step < policy.escalation.steps.length ? step : 0;
}

/** It concerns everybody, whoever the steps name: all are told at the first one, so a round has no other. */
export function isForEverybody({ reason }: Pick<Incident, "reason">): boolean {
  return reason === "page-undelivered" || reason === "route-missing";
}

/** Counted from now and not from when the step was due: a desk that woke late must not page everybody at once. */
export function followingStep(
  context: DeskContext,
  incident: Pick<Incident, "reason">,
  current: NextStep,
): NextStep {
  const { escalation } = context.policy;
  const step = stepOf(current, context);
  const sentAfterMs = escalation.steps[step]?.afterMs ?? 0;
  const following = isForEverybody(incident) ? undefined : escalation.steps[step + 1];
  if (following !== undefined)
    return {
      ...current,
      step: step + 1,
      dueAt: context.now + Math.max(0, following.afterMs - sentAfterMs),
    };
  const dueAt = context.now + repeatPauseMs(current.repeats, escalation);
  return { round: current.round + 1, step: 0, dueAt, repeats: current.repeats + 1 };
}

/**
 * After a ring between the steps the pause that had been reached begins anew; the steps of a round that has begun go on, and are held no longer
 * by an answer that did not help. What somebody has is paged on when they have it no more.
 */
export function pausedStep(context: DeskContext, { nextStep, state }: Incident): NextStep | null {
  if (nextStep === null || state === "acknowledged") return nextStep;
  const { escalation } = context.policy;
  if (nextStep.step === 0) {
    const reached = Math.max(0, nextStep.repeats - 1);
    return { ...nextStep, dueAt: context.now + repeatPauseMs(reached, escalation) };
  }
  const step = stepOf(nextStep, context);
  const betweenMs = (escalation.steps[step]?.afterMs ?? 0) - (escalation.steps[step - 1]?.afterMs ?? 0);
  return { ...nextStep, dueAt: Math.min(nextStep.dueAt, context.now + Math.max(0, betweenMs)) };
}
