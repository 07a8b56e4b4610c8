// All rules of one service in their order, after a report and at a sweep alike. Pure.
// The order matters: what recovered is cleared and ends its proposal; a verification ends before `check-failing` may fire and ask
// for the next proposal; and whoever is to blame is known before it asks, so that a freeze holds it back.
import { entriesOf, namedAt, namedFrom, valuesOf, withNamed } from "@countersign/shared/values/named";
import { isFiring } from "../facts/fact-book.ts";
import { clearBook } from "../facts/firing.ts";
import { joinEffects, NO_EFFECTS, type EffectDraft } from "../words/effects.ts";
import { checkStaleAt, judgeCheckStale } from "./check-stale.ts";
import { factsOfReport } from "./host/derived-facts.ts";
import { judgeServiceBook, judgeTurnedChecks, takeServiceFacts } from "./host/host-facts.ts";
import { policyOf } from "./host/host-policy.ts";
import {
  applyReport,
  forgetOldRestarts,
  hasRoomFor,
  judgeableAt,
  unreportedService,
} from "./host/services.ts";
import {
  type HostScene,
  type HostChange,
  type ServiceChange,
  subjectOf,
  thenService,
} from "./host/shard-change.ts";
import type { ShardContext, ShardEvent } from "./host/shard-events.ts";
import type { HostState, ServiceState } from "./host/shard-state.ts";
import { judgeBlame } from "./remedy/blame.ts";
import { judgeCalm } from "./remedy/calm.ts";
import { judgeEpisode, passedForLongAt } from "./remedy/check-episode.ts";
import { checkFailingAt, judgeCheckFailing, relapseAt } from "./remedy/check-failing.ts";
import { judgeLadder, ladderForgottenAt, nextRungAt } from "./remedy/ladder.ts";
import { ineffectiveClearsAt, judgeIneffective } from "./remedy/remediation-ineffective.ts";
import { judgeRemedy } from "./remedy/remedy.ts";
import { judgeProposal, proposalEndsAt } from "./remedy/shard-proposal.ts";
import { judgeVerification, verificationDueAt } from "./remedy/verification.ts";

const NEVER = Number.POSITIVE_INFINITY;

type Reported = Extract<ShardEvent, { kind: "reported" }>;

interface Moment {
  readonly scene: HostScene;
  /** the service before this event */
  readonly previous: ServiceState;
  /** a report of the service arrived; else time alone has moved */
  readonly isReported: boolean;
}

/** Takes in a report of a host, and judges every service it names. */
export function takeReport(host: HostState, event: Reported, hostScene: HostScene): HostChange {
  const reported = event.services.reduce<HostChange>(
    (done, report) => {
      if (!event.digest && !hasRoomFor(done.host, report.service)) return done;
      const scene = sceneOfService(host, report.service, hostScene);
      const previous = namedAt(done.host.services, report.service) ?? unreportedService(report.service);
      const update = { report, digest: event.digest, now: scene.now, policy: scene.policy };
      const applied = applyReport(previous, update);
      const facts = factsOfReport(previous, applied, scene);
      const told = takeServiceFacts(done.host, applied, { facts, scene });
      const turned = { previous, service: told.service };
      const taken = thenService(told, judgeTurnedChecks(done.host, turned, scene));
      const moment = { scene, previous, isReported: true };
      const judged = thenService(taken, judgeService(done.host, taken.service, moment));
      return withService(done, judged);
    },
    { host, effects: NO_EFFECTS },
  );
  return event.digest ? dropUnlisted(reported, event, hostScene) : reported;
}

/** Judges every service by time alone. */
export function sweepServices(host: HostState, hostScene: HostScene): HostChange {
  return valuesOf(host.services).reduce<HostChange>(
    (done, previous) => {
      const scene = sceneOfService(host, previous.service, hostScene);
      const service = forgetOldRestarts(previous, scene.now, scene.policy.restartBudget.windowMs);
      const booked = judgeServiceBook(done.host, service, scene);
      const moment = { scene, previous, isReported: false };
      const judged = thenService(booked, judgeService(done.host, booked.service, moment));
      return withService(done, judged);
    },
    { host, effects: NO_EFFECTS },
  );
}

/** The next instant at which a service must be looked at without a report; infinity: none, or its host may not be judged. */
export function serviceDueAt(
  host: HostState,
  service: ServiceState,
  fleet: Pick<ShardContext, "policy">,
): number {
  const fromAt = judgeableAt(host, service);
  if (fromAt === null) return NEVER;
  const policy = policyOf(fleet.policy, host, service.service);
  const nearest = Math.min(
    waitsForRule(service) ? (checkFailingAt(service, policy) ?? NEVER) : NEVER,
    relapseAt(service) ?? NEVER,
    service.proposal === null ? NEVER : proposalEndsAt(service, policy),
    nextRungAt(service) ?? NEVER,
    ladderForgottenAt(service, policy) ?? NEVER,
    service.verification === null ? NEVER : verificationDueAt(service, service.verification, policy),
    ineffectiveClearsAt(service, policy) ?? NEVER,
    passedForLongAt(service, policy) ?? NEVER,
    checkStaleAt(host, service, policy) ?? NEVER,
  );
  return Math.max(nearest, fromAt);
}

// What one failure brought back fires already, and its question waits for the rule.
function waitsForRule({ book, relapse }: ServiceState): boolean {
  return relapse === "back" || !isFiring(book, "check-failing");
}

function sceneOfService(host: HostState, service: string, scene: HostScene): HostScene {
  const policy = policyOf(scene.policy, host, service);
  return policy === scene.policy ? scene : { ...scene, policy };
}

function judgeService(host: HostState, service: ServiceState, moment: Moment): ServiceChange {
  const { scene } = moment;
  const fromAt = judgeableAt(host, service);
  if (fromAt === null || scene.now < fromAt) return { service, effects: [] };
  let done: ServiceChange = { service, effects: NO_EFFECTS };
  for (const judge of SERVICE_RULES) done = thenService(done, judge(host, done.service, moment));
  return done;
}

type ServiceRule = (host: HostState, service: ServiceState, moment: Moment) => ServiceChange;

const SERVICE_RULES: readonly ServiceRule[] = [
  (host, service, { scene }) => judgeEpisode(host, service, scene),
  (host, service, { scene }) => judgeCalm(host, service, scene),
  judgeProposal,
  (host, service, { scene }) => judgeVerification(host, service, scene),
  (host, service, { scene }) => judgeLadder(host, service, scene),
  (host, service, { scene }) => judgeBlame(host, service, scene),
  judgeCheckFailing,
  judgeRemedy,
  (host, service, { scene }) => judgeIneffective(host, service, scene),
  (host, service, { scene }) => judgeCheckStale(host, service, scene),
];

function withService(done: HostChange, { service, effects }: ServiceChange): HostChange {
  const { host } = done;
  const isSame = namedAt(host.services, service.service) === service;
  return {
    host: isSame ? host : { ...host, services: withNamed(host.services, service.service, service) },
    effects: joinEffects(done.effects, effects),
  };
}

// A service that neither the digest nor the catalogue knows any more was removed on the host.
function dropUnlisted(change: HostChange, event: Reported, scene: HostScene): HostChange {
  const { host } = change;
  const listed = new Set([
    ...event.services.map(({ service }) => service),
    ...(host.connection?.catalogue ?? []).map(({ service }) => service),
  ]);
  // A service that no report ever named is known by facts alone: no digest can say that it is gone.
  const isKept = ({ service, reportedAt }: ServiceState) => listed.has(service) || reportedAt === 0;
  const removed = valuesOf(host.services).filter((service) => !isKept(service));
  if (removed.length === 0) return change;
  const kept = entriesOf(host.services).filter(([, service]) => isKept(service));
  return {
    host: { ...host, services: namedFrom(kept) },
    effects: [...change.effects, ...removed.flatMap((service) => clearRemoved(host, service, scene))],
  };
}

function clearRemoved(host: HostState, service: ServiceState, scene: HostScene): readonly EffectDraft[] {
  const subject = subjectOf(host, service.service);
  return clearBook(service.book, "the service was removed from the host's catalogue", {
    now: scene.now,
    subject,
  });
}
