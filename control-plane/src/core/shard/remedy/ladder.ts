// The ladder of a service that is not well: which action of its catalogue comes next. Pure. The policy names the rungs; they are climbed by
// level, and one is asked for only when those below it were tried and did not help. What did not help is not asked for again in the
// episode: until the service was well for as long as a finding takes to end, and for a whole stability window. One that comes back for
// seven minutes has not recovered.
// What a reader would get wrong: this says what to ask the host for. Whether it runs is decided by the desk, and last by the host.
import { hasNamed } from "@countersign/shared/values/named";
import type { Outcome, RefusalReason } from "@countersign/shared/wire/outcome";
import { REMEDIABLE_REASONS, type RemediableReason } from "../../../policy/policy-override.ts";
import type { Policy } from "../../../policy/policy.ts";
import { isFiring } from "../../facts/fact-book.ts";
import { UNATTENDED_LEVEL_MAX } from "../../words/levels.ts";
import { isWell } from "../host/services.ts";
import type { HostScene, ServiceChange } from "../host/shard-change.ts";
import type { CatalogueEntry, HostState, ServiceState } from "../host/shard-state.ts";
import {
  askedWithin,
  NOTHING_TRIED,
  renewedWithin,
  runsWithin,
  withAsking,
  withLadder,
  withRenewal,
} from "./asking.ts";

/** Level 1 observes, so there is nothing to take back. */
const UNDO_UNATTENDED_LEVEL_MIN = 2;
/** How long after an action that did not help the next rung is asked for: the word about the first one goes ahead. */
const NEXT_RUNG_AFTER_MS = 1_000;
/** Unattended runs remembered: as many as the largest budget of a policy. */
const RUNS_KEPT_MAX = 100;
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

/** What comes next for a reason: an undo, or the lowest rung that was not tried; null: nothing. */
export function nextRung(host: HostState, service: ServiceState, wanted: Wanted): Rung | null {
  return undoRung(host, service, wanted) ?? untriedRung(host, service, wanted);
}

/** From when a failing service may be acted on: its host was watched for a while, so that its usual state is known. */
export function observedAt({ connection }: HostState, { ladder }: Policy): number {
  return (connection?.connectedAt ?? 0) + ladder.observeFirstMs;
}

/** When the next rung must be asked for without any other cause; null: it need not be. */
export function nextRungAt(service: ServiceState): number | null {
  const isCheck = isFiring(service.book, "check-failing");
  const isForCheck = isCheck && !isWell(service);
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
  return wellFromAt + Math.max(policy.verify.stabilityMs, policy.incident.resolveAfterMs);
}

/** Since when checks pass and no finding fires that was acted on; null: not so. A service that passes may still make no progress. */
export function wellFromAtOf({ healthySinceAt, ladder }: ServiceState): number | null {
  if (healthySinceAt === null || ladder?.wellFromAt === null) return null;
  return Math.max(healthySinceAt, ladder?.wellFromAt ?? 0);
}

/** Forgets what was tried in an episode that is over, and what has left the rolling windows. */
export function judgeLadder(host: HostState, before: ServiceState, scene: HostScene): ServiceChange {
  const service = withFinding(host, before, scene);
  const { now, policy } = scene;
  const { ladder } = service;
  if (ladder === undefined) return { service, effects: [] };
  const forgottenAt = ladderForgottenAt(service, policy);
  const isOver = forgottenAt !== null && now >= forgottenAt;
  const ranAt = runsWithin(service, now, policy);
  const askedAt = askedWithin(service, now, policy);
  const renewedAt = renewedWithin(service, now, policy);
  const isSame =
    ranAt.length === ladder.ranAt.length &&
    askedAt.length === (ladder.askedAt ?? []).length &&
    renewedAt.length === (ladder.renewedAt ?? []).length;
  if (!isOver && isSame) return { service, effects: [] };
  const kept = isOver
    ? { ...NOTHING_TRIED, ranAt, askedAt, renewedAt }
    : { ...ladder, ranAt, askedAt, renewedAt };
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
  const { askedFor, isHeldBack: _held, isRenewal: _renewal, ...rest } = ladder;
  if (isOver) return withLadder(service, { ...rest, wellFromAt, askAt: null });
  return withLadder(service, { ...ladder, wellFromAt, ...(askedFor === undefined ? {} : { askedFor }) });
}

/**
 * An execution ended: it counts, and one that failed is a rung that did not help. Refused or lost, a person looks; where only the proposal was
 * void by then, the host is asked for another one.
 */
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
  if (status === "refused" && isVoid(outcome)) return withAsking(withRenewal(service), { askAt: scene.now });
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

/** The host said no to the proposal, and not to the act: another one of now may be admitted. */
function isVoid({ refusal }: Outcome): boolean {
  return VOID.some((reason) => reason === refusal);
}

const VOID = [
  "catalogue-changed",
  "expired",
  "nonce-unknown",
  "precondition-changed",
  "proposal-mismatch",
  "rebooted",
] as const satisfies readonly RefusalReason[];

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
  const isNext = nextRung(host, climbed, { policy: scene.policy, reason: remedyReasonOf(service) });
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
