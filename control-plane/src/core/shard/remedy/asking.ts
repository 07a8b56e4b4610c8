// What is remembered of the questions that were put to a host about a service: when the next one may be, which of them count, and how many acts
// the budget's window holds. Pure. Which action comes next is decided in ladder.ts.
// What a reader would get wrong: a proposal whose state or age is gone is renewed, and that is no new question: it is not counted with those
// that were put. It has a pace of its own, because a unit may turn all the time.
import type { RemediableReason } from "../../../policy/policy-override.ts";
import type { Policy } from "../../../policy/policy.ts";
import { restartsWithin } from "../host/services.ts";
import type { HostScene } from "../host/shard-change.ts";
import type { Ladder, ServiceState } from "../host/shard-state.ts";

/** A restart seen so near to a run of ours is that run: its outcome and the report of it come on different frames. */
const RESTART_BY_RUN_MS = 30_000;
/** Proposals asked for that are remembered: as many as a policy may allow in its window. */
const PROPOSALS_KEPT_MAX = 100;

/** Nothing is remembered. */
export const NOTHING_TRIED: Ladder = { tried: [], undo: null, ranAt: [], askAt: null };

/** What is known of the next question after one was, or was not, put to the host. */
interface Asking {
  /** not before this instant; null: no time is waited for */
  readonly askAt: number | null;
  /** a freeze or a finding holds it back: it is asked when that is over */
  readonly isHeldBack?: boolean;
  /** it was put now */
  readonly askedAt?: number;
  /** what it is for; absent: as before */
  readonly askedFor?: RemediableReason;
}

/** Between two renewals of one question, while there were few of them in the policy's window, and from then on. */
const RENEW_PAUSE_MS = 10_000;
const RENEW_SLOW_PAUSE_MS = 60_000;

/** Runs of ours inside the budget's window that were no restarts: the unit's own restarts are counted where they are seen. */
export function runsWithin({ ladder }: ServiceState, now: number, policy: Policy): readonly number[] {
  return ladder?.ranAt.filter((at) => at > now - policy.restartBudget.windowMs) ?? [];
}

/** When proposals for the service were asked for, inside the policy's window. */
export function askedWithin({ ladder }: ServiceState, now: number, policy: Policy): readonly number[] {
  return (ladder?.askedAt ?? []).filter((at) => at > now - policy.ladder.proposalsWindowMs);
}

/** When proposals for the service were renewed, inside the policy's window. */
export function renewedWithin({ ladder }: ServiceState, now: number, policy: Policy): readonly number[] {
  return (ladder?.renewedAt ?? []).filter((at) => at > now - policy.ladder.proposalsWindowMs);
}

/**
 * From when the question may be renewed: at once, and not at each turn of a unit that turns all the time, nor at once after the host's no.
 * null: the next proposal renews none.
 */
export function renewableAt(
  service: ServiceState,
  { now, policy }: Pick<HostScene, "now" | "policy">,
): number | null {
  if (service.ladder?.isRenewal !== true) return null;
  const renewed = renewedWithin(service, now, policy);
  const pauseMs = renewed.length < policy.ladder.proposalsMax ? RENEW_PAUSE_MS : RENEW_SLOW_PAUSE_MS;
  return Math.max(renewed.at(-1) ?? 0, service.ladder.refused?.at ?? 0) + pauseMs;
}

/** The last proposal lapsed while its question goes on. */
export function withRenewal(service: ServiceState): ServiceState {
  return withLadder(service, { ...(service.ladder ?? NOTHING_TRIED), isRenewal: true });
}

/**
 * The host said no to the last question. Whatever it said may pass (an actuator that is restarted, a freeze or a budget of the host's own, a
 * level that root opens), and nobody tells when: the question is put again after a pause.
 */
export function withRefused(
  service: ServiceState,
  { code, scene }: { readonly code: string; readonly scene: Pick<HostScene, "now" | "policy"> },
): ServiceState {
  const { ladder = NOTHING_TRIED } = service;
  const renewed = withLadder(service, { ...ladder, isRenewal: true, refused: { code, at: scene.now } });
  return withAsking(renewed, { askAt: renewableAt(renewed, scene) });
}

/** The host answered the last question with a proposal. */
export function withoutRefused(service: ServiceState): ServiceState {
  if (service.ladder?.refused === undefined) return service;
  const { refused: _over, ...ladder } = service.ladder;
  return withLadder(service, ladder);
}

/** The question is over, and so is its renewal. */
export function withoutRenewal(service: ServiceState): ServiceState {
  const left = withoutRefused(service);
  if (left.ladder?.isRenewal !== true) return left;
  const { isRenewal: _over, ...ladder } = left.ladder;
  return withLadder(left, ladder);
}

/** Restarts by anyone and runs of ours, in the budget's window, oldest first; a run that started the unit anew is one act, not two. */
export function actsWithin(service: ServiceState, now: number, policy: Policy): readonly number[] {
  const restarts = restartsWithin(service, now, policy.restartBudget.windowMs);
  const runs = runsWithin(service, now, policy).filter(
    (ranAt) => !restarts.some((restartAt) => Math.abs(restartAt - ranAt) <= RESTART_BY_RUN_MS),
  );
  return [...restarts, ...runs].sort((left, right) => left - right);
}

/** When a full rolling window has room for one more; `at` oldest first, as many as `max` or more. */
export function roomAt(at: readonly number[], max: number, windowMs: number): number {
  return (at[at.length - max] ?? 0) + windowMs;
}

/** Remembers when the next question may be put to the host, and those that were. */
export function withAsking(service: ServiceState, asking: Asking): ServiceState {
  const { ladder = NOTHING_TRIED } = service;
  const { askAt, askedAt, isHeldBack = false } = asking;
  const isSame = ladder.askAt === askAt && (ladder.isHeldBack ?? false) === isHeldBack;
  if (isSame && askedAt === undefined && asking.askedFor === undefined) return service;
  const { isHeldBack: _before, askedFor: before, ...rest } = ladder;
  const { askedFor = before } = asking;
  const next = {
    ...rest,
    askAt,
    ...(isHeldBack ? { isHeldBack } : {}),
    ...(askedFor === undefined || askedFor === "check-failing" ? {} : { askedFor }),
  };
  return withLadder(service, askedAt === undefined ? next : withAsked(next, askedAt));
}

// What renews a question does not count among those that were put.
function withAsked({ isRenewal, ...ladder }: Ladder, at: number): Ladder {
  const key = isRenewal === true ? "renewedAt" : "askedAt";
  return { ...ladder, [key]: [...(ladder[key] ?? []), at].slice(-PROPOSALS_KEPT_MAX) };
}

/** A service of which nothing has to be remembered has no ladder, so that it stays boring. */
export function withLadder(service: ServiceState, ladder: Ladder): ServiceState {
  const { tried, undo, ranAt, askAt, isHeldBack = false, isRenewal = false, askedFor } = ladder;
  const { askedAt = [], calmFromAt, refused, renewedAt = [] } = ladder;
  const count = tried.length + ranAt.length + askedAt.length + renewedAt.length;
  const isEmpty = count === 0 && undo === null && askAt === null && !isHeldBack && !isRenewal;
  const isKept = askedFor !== undefined || calmFromAt !== undefined || refused !== undefined;
  if (!isEmpty || isKept) return { ...service, ladder };
  const { ladder: _empty, ...rest } = service;
  return rest;
}
