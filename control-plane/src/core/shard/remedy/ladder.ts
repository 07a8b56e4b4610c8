// The ladder of a service that is not well: which action of its catalogue comes next. Pure. The policy names the rungs; they are climbed by
// level, and one is asked for only when those below it were tried and did not help. What was tried is forgotten when health has held
// for a whole stability window: a service that comes back for seven minutes has not recovered.
// What a reader would get wrong: this says what to ask the host for. Whether it runs is decided by the desk, and last by the host.
import { hasNamed } from "@countersign/shared/values/named";
import type { Outcome } from "@countersign/shared/wire/outcome";
import { REMEDIABLE_REASONS, type RemediableReason } from "../../../policy/policy-override.ts";
import type { Policy } from "../../../policy/policy.ts";
import { isFiring } from "../../facts/fact-book.ts";
import { UNATTENDED_LEVEL_MAX } from "../../words/levels.ts";
import { restartsWithin } from "../host/services.ts";
import type { HostScene, ServiceChange } from "../host/shard-change.ts";
import type { CatalogueEntry, HostState, Ladder, ServiceState } from "../host/shard-state.ts";

/** Level 1 observes, so there is nothing to take back. */
const UNDO_UNATTENDED_LEVEL_MIN = 2;
/** How long after an action that did not help the next rung is asked for: the word about the first one goes ahead. */
const NEXT_RUNG_AFTER_MS = 1_000;
/** A restart seen so near to a run of ours is that run: its outcome and the report of it come on different frames. */
const RESTART_BY_RUN_MS = 30_000;
/** Unattended runs remembered: as many as the largest budget of a policy. */
const RUNS_KEPT_MAX = 100;
/** Proposals asked for that are remembered: as many as a policy may allow in its window. */
const PROPOSALS_KEPT_MAX = 100;

const NOTHING_TRIED: Ladder = { tried: [], undo: null, ranAt: [], askAt: null };

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

/** What the ladder of a service is climbed for: the last question that was put, and the act that came of it. */
export function remedyReasonOf({ ladder }: ServiceState): RemediableReason {
  return ladder?.askedFor ?? "check-failing";
}

/** The finding of the service's book that the ladder may be climbed for, by the order of the reasons; null: none, or none named. */
export function findingToRemedy(
  host: HostState,
  service: ServiceState,
  policy: Policy,
): RemediableReason | null {
  const { firing } = service.book;
  const found = REMEDIABLE_REASONS.find(
    (reason) =>
      reason !== "check-failing" &&
      hasNamed(firing, reason) &&
      rungsOf(host, service.service, { policy, reason }).length > 0,
  );
  return found ?? null;
}

/** An action to ask for; `unattended`: the policy lets it run without a person, and its level does. */
export interface Rung {
  readonly action: string;
  readonly unattended: boolean;
}

type Offered = CatalogueEntry["actions"][number];

/** What the next action is wanted for, and by which policy. */
export interface Wanted {
  readonly policy: Policy;
  readonly reason: RemediableReason;
}

/** What comes next for a reason: an undo, the lowest rung that was not tried, or else a restart again; null: nothing. */
export function nextRung(host: HostState, service: ServiceState, wanted: Wanted): Rung | null {
  const untried = undoRung(host, service, wanted) ?? untriedRung(host, service, wanted);
  if (untried !== null) return untried;
  // Every rung was tried, it recovered for a while and fails anew: only what a person answers for is asked for again.
  const last = rungsOf(host, service.service, wanted).at(-1);
  return last === undefined || last.level <= UNATTENDED_LEVEL_MAX ? null : rungOf(last, wanted);
}

/** From when a failing service may be acted on: its host was watched for a while, so that its usual state is known. */
export function observedAt({ connection }: HostState, { ladder }: Policy): number {
  return (connection?.connectedAt ?? 0) + ladder.observeFirstMs;
}

/** When the next rung must be asked for without any other cause; null: it need not be. */
export function nextRungAt(service: ServiceState): number | null {
  const isCheck = isFiring(service.book, "check-failing");
  const isForCheck = isCheck && service.healthySinceAt === null;
  const isWanted = isForCheck || (!isCheck && service.ladder?.askedFor !== undefined);
  const isFree = service.proposal === null && service.verification === null;
  return isWanted && isFree ? (service.ladder?.askAt ?? null) : null;
}

/** When what was tried is forgotten; null while the service is not well, or nothing was tried. */
export function ladderForgottenAt(service: ServiceState, policy: Policy): number | null {
  const { healthySinceAt, ladder, verification } = service;
  if (ladder === undefined || healthySinceAt === null || verification !== null) return null;
  const wellFromAt = wellFromAtOf(service);
  if (wellFromAt === null || (ladder.tried.length === 0 && ladder.undo === null)) return null;
  return wellFromAt + policy.verify.stabilityMs;
}

/** Since when checks pass and no finding fires that was acted on; null: not so. A service that passes may still make no progress. */
export function wellFromAtOf({ healthySinceAt, ladder }: ServiceState): number | null {
  if (healthySinceAt === null || ladder?.wellFromAt === null) return null;
  return Math.max(healthySinceAt, ladder?.wellFromAt ?? 0);
}

/** Forgets what was tried before the service was well again for long enough, and what has left the rolling windows. */
export function judgeLadder(host: HostState, before: ServiceState, scene: HostScene): ServiceChange {
  const service = withFinding(host, before, scene);
  const { now, policy } = scene;
  const { ladder } = service;
  if (ladder === undefined) return { service, effects: [] };
  const forgottenAt = ladderForgottenAt(service, policy);
  const isOver = forgottenAt !== null && now >= forgottenAt;
  const ranAt = runsWithin(service, now, policy);
  const askedAt = askedWithin(service, now, policy);
  const isSame = ranAt.length === ladder.ranAt.length && askedAt.length === (ladder.askedAt ?? []).length;
  if (!isOver && isSame) return { service, effects: [] };
  const kept = isOver ? { ...NOTHING_TRIED, ranAt, askedAt } : { ...ladder, ranAt, askedAt };
  return { service: withLadder(service, kept), effects: [] };
}

// Notes since when the findings that may be acted on are gone, and, where nothing is open any more, that the question about one is over.
function withFinding(host: HostState, service: ServiceState, { now, policy }: HostScene): ServiceState {
  const { ladder, proposal, verification } = service;
  if (ladder?.askedFor === undefined && ladder?.wellFromAt === undefined) return service;
  const isFound = findingToRemedy(host, service, policy) !== null;
  const wellFromAt = isFound ? null : (ladder.wellFromAt ?? now);
  const isOver =
    !isFound && !isFiring(service.book, "check-failing") && proposal === null && verification === null;
  if (wellFromAt === ladder.wellFromAt && !(isOver && ladder.askedFor !== undefined)) return service;
  const { askedFor, isHeldBack: _held, ...rest } = ladder;
  if (isOver) return withLadder(service, { ...rest, wellFromAt, askAt: null });
  return withLadder(service, { ...ladder, wellFromAt, ...(askedFor === undefined ? {} : { askedFor }) });
}

/** Runs of ours inside the budget's window that were no restarts: the unit's own restarts are counted where they are seen. */
function runsWithin({ ladder }: ServiceState, now: number, policy: Policy): readonly number[] {
  return ladder?.ranAt.filter((at) => at > now - policy.restartBudget.windowMs) ?? [];
}

/** When proposals for the service were asked for, inside the policy's window. */
export function askedWithin({ ladder }: ServiceState, now: number, policy: Policy): readonly number[] {
  return (ladder?.askedAt ?? []).filter((at) => at > now - policy.ladder.proposalsWindowMs);
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
  const asked = askedAt === undefined ? ladder.askedAt : [...(ladder.askedAt ?? []), askedAt];
  const { askedFor = before } = asking;
  return withLadder(service, {
    ...rest,
    askAt,
    ...(isHeldBack ? { isHeldBack } : {}),
    ...(askedFor === undefined || askedFor === "check-failing" ? {} : { askedFor }),
    ...(asked === undefined ? {} : { askedAt: asked.slice(-PROPOSALS_KEPT_MAX) }),
  });
}

/** An execution ended: it counts, and one that failed is a rung that did not help. Refused or lost, a person looks. */
export function climbAfterOutcome(
  service: ServiceState,
  ended: {
    readonly host: HostState;
    readonly outcome: Outcome;
    readonly scene: HostScene;
    /** when it ran */
    readonly ranAt: number;
  },
): ServiceState {
  const { host, outcome, scene } = ended;
  const { action, status } = outcome;
  const offered = offeredOf(host, service.service).find((candidate) => candidate.action === action);
  if (offered === undefined || status === "refused") return service;
  const { ladder = NOTHING_TRIED } = service;
  const isCounted = offered.level <= UNATTENDED_LEVEL_MAX;
  const ranAt = isCounted
    ? [...ladder.ranAt, ended.ranAt].toSorted((left, right) => left - right).slice(-RUNS_KEPT_MAX)
    : ladder.ranAt;
  const undo = ladder.undo === action ? null : ladder.undo;
  const counted = withLadder(service, { ...ladder, ranAt, undo });
  if (status !== "failed" && status !== "timed-out") return counted;
  return climb(counted, { host, scene, tried: offered.action });
}

/** Health was not reached or did not hold after an action: it may have to be taken back, then the next rung comes. */
export function climbAfterIneffective(
  service: ServiceState,
  ended: { readonly host: HostState; readonly scene: HostScene; readonly action: string | null },
): ServiceState {
  const { host, scene, action } = ended;
  if (action === null) return service;
  const undo = offeredOf(host, service.service).find((offered) => offered.action === action)?.undo ?? null;
  const { ladder = NOTHING_TRIED } = service;
  const isOffered = offeredOf(host, service.service).some((offered) => offered.action === undo);
  const isUndone = undo === null || ladder.tried.includes(undo);
  const marked = isOffered && !isUndone ? withLadder(service, { ...ladder, undo }) : service;
  return climb(marked, { host, scene, tried: action });
}

function climb(
  service: ServiceState,
  climber: { readonly host: HostState; readonly scene: HostScene; readonly tried: string },
): ServiceState {
  const { host, scene, tried } = climber;
  const { ladder = NOTHING_TRIED } = service;
  const known = ladder.tried.includes(tried) ? ladder.tried : [...ladder.tried, tried];
  const climbed = withLadder(service, { ...ladder, tried: known, askAt: null });
  const wanted = { policy: scene.policy, reason: remedyReasonOf(service) };
  const isNext = undoRung(host, climbed, wanted) ?? untriedRung(host, climbed, wanted);
  return isNext === null ? climbed : withAsking(climbed, { askAt: scene.now + NEXT_RUNG_AFTER_MS });
}

function untriedRung(host: HostState, service: ServiceState, wanted: Wanted): Rung | null {
  const tried = service.ladder?.tried ?? [];
  const next = rungsOf(host, service.service, wanted).find(({ action }) => !tried.includes(action));
  return next === undefined ? null : rungOf(next, wanted);
}

/** An undo runs unattended only where the action that it takes back may. */
function undoRung(host: HostState, service: ServiceState, wanted: Wanted): Rung | null {
  const { ladder } = service;
  const offered = offeredOf(host, service.service).find(({ action }) => action === ladder?.undo);
  if (offered === undefined) return null;
  return { action: offered.action, unattended: undoneUnattended(host, service, wanted) !== null };
}

// What the ladder's undo takes back, where the policy lets that run unattended and the undo's own level may; null: not so.
function undoneUnattended(host: HostState, { service, ladder }: ServiceState, wanted: Wanted): string | null {
  const actions = offeredOf(host, service);
  const offered = actions.find(({ action }) => action === ladder?.undo);
  if (ladder === undefined || offered === undefined) return null;
  const undone = actions.find(({ action, undo }) => undo === offered.action && ladder.tried.includes(action));
  const isAllowed = offered.level >= UNDO_UNATTENDED_LEVEL_MIN && offered.level <= UNATTENDED_LEVEL_MAX;
  return isAllowed && undone !== undefined && isNamedUnattended(undone.action, wanted) ? undone.action : null;
}

/**
 * The action that the policy must name as unattended for this one to run without a person: the same, or the one that it takes back.
 * null: a person is asked.
 */
export function unattendedBy(
  host: HostState,
  service: ServiceState,
  { action, wanted }: { readonly action: string; readonly wanted: Wanted },
): string | null {
  const offered = offeredOf(host, service.service).find((candidate) => candidate.action === action);
  if (offered === undefined || offered.level > UNATTENDED_LEVEL_MAX) return null;
  if (service.ladder?.undo === action) return undoneUnattended(host, service, wanted);
  return isNamedUnattended(action, wanted) ? action : null;
}

/** The policy's rungs for the reason that the host offers for the service, lowest level first. */
function rungsOf(host: HostState, service: string, { policy, reason }: Wanted): readonly Offered[] {
  const offered = offeredOf(host, service);
  return policy.remediations
    .filter((rung) => rung.reason === reason)
    .flatMap(({ action }) => offered.find((candidate) => candidate.action === action) ?? [])
    .toSorted((left, right) => left.level - right.level);
}

function rungOf({ action, level }: Offered, wanted: Wanted): Rung {
  return { action, unattended: level <= UNATTENDED_LEVEL_MAX && isNamedUnattended(action, wanted) };
}

function isNamedUnattended(action: string, { policy, reason }: Wanted): boolean {
  return policy.remediations.some(
    (rung) => rung.reason === reason && rung.action === action && rung.unattended === true,
  );
}

function offeredOf({ connection }: HostState, service: string): readonly Offered[] {
  return connection?.catalogue.find((entry) => entry.service === service)?.actions ?? [];
}

/** A service of which nothing has to be remembered has no ladder, so that it stays boring. */
function withLadder(service: ServiceState, ladder: Ladder): ServiceState {
  const { tried, undo, ranAt, askAt, isHeldBack = false, askedAt = [], askedFor } = ladder;
  const isEmpty = tried.length + ranAt.length + askedAt.length === 0 && undo === null && askAt === null;
  if (!isEmpty || isHeldBack || askedFor !== undefined) return { ...service, ladder };
  const { ladder: _empty, ...rest } = service;
  return rest;
}
