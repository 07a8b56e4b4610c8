// What is known of a host until something is reported of it or time runs out: when its services and books want to be looked at, and
// until when judging them again changes nothing. Sweeps of a thousand hosts and the alarm's answer rest on this. Pure in what it
// answers; forgetting it only costs time.
// What a reader would get wrong: nothing is remembered of a host, only of a host *in its circumstances*. They are compared at each use,
// all of them, and so no event has to remember to forget.
import { namedAt, valuesOf } from "@countersign/shared/values/named";
import { sameBy } from "@countersign/shared/values/same-by";
import type { Policy } from "../../policy/policy.ts";
import { bookDueAt, isFiring } from "../facts/fact-book.ts";
import { checkStaleAt } from "./check-stale.ts";
import { policyOf } from "./host/host-policy.ts";
import { isSameButSeen } from "./host/same-host.ts";
import { isFailing } from "./host/services.ts";
import type { HostState, ServiceState } from "./host/shard-state.ts";
import { failedAt } from "./remedy/failed-checks.ts";
import { serviceDueAt } from "./service-rules.ts";

/** What fires of these is judged at every sweep; the rules over facts have their deadlines in the book. */
const JUDGED_WHILE_FIRING = ["check-failing", "remediation-ineffective", "check-stale"] as const;
const NEVER = Number.POSITIVE_INFINITY;

interface Known {
  readonly host: HostState;
  readonly policy: Policy;
  /** the nearest instant at which the alarm must ring for a service or a book; infinity: none */
  readonly dueAt: number;
  /** judged before this instant, services and books stay as they are; null: they were not judged in these circumstances */
  restsUntilAt: number | null;
}

// By the value that a host keeps while it does nothing but ping. Sweeps alone remember: after an event the value is seldom met again,
// and an entry of a weak map costs more than the answer.
const knownBy = new WeakMap<HostState["services"], Known>();

/** The nearest instant at which a service or a book of the host must be judged; infinity: none. */
export function judgementDueAt(host: HostState, policy: Policy): number {
  const known = knownBy.get(host.services);
  return known !== undefined && isKnownFor(known, host, policy) ? known.dueAt : dueAtOf(host, policy);
}

/**
 * The nearest instant at which what has changed between two values of a host must be judged; infinity: none. With what was known of
 * the value before it, under the same policy, it makes a bound for the whole host: too early at worst.
 */
export function changedDueAt(before: HostState, host: HostState, policy: Policy): number {
  if (!isSameForServices(before, host)) return judgementDueAt(host, policy);
  let dueAt = NEVER;
  for (const name in host.services) {
    const service = namedAt(host.services, name);
    const known = namedAt(before.services, name);
    if (service === undefined || service === known) continue;
    // Facts change the book alone. What fires in it is more than a book's matter: it ends the deadlines of the checks.
    const isBookAlone = isSameButBook(known, service) && known?.book.firing === service.book.firing;
    const changedAt = isBookAlone ? (bookDueAt(service.book) ?? NEVER) : ownDueAt(host, service, policy);
    dueAt = Math.min(dueAt, changedAt);
  }
  return dueAt;
}

// What a service's deadlines depend on beside its book.
const isSameButBook = sameBy<ServiceState>({
  report: true,
  reportedAt: true,
  failing: true,
  healthySinceAt: true,
  passingSinceAt: true,
  tallies: true,
  relapse: true,
  proposal: true,
  verification: true,
  ladder: true,
  start: true,
  isBetweenRuns: false,
  service: false,
  restartsAt: false,
  lastInvocationId: false,
  lastRestartCount: false,
  book: false,
});

// What a service's deadlines depend on beside the service itself.
const isSameForServices = sameBy<HostState>({
  connection: true,
  liveness: true,
  sinceAt: true,
  book: true,
  name: true,
  tags: true,
  listed: false,
  titles: false,
  hostId: false,
  lastSeenAt: false,
  unheard: false,
  probe: false,
  secondOpinion: false,
  returnDueAt: false,
  saysRetired: false,
  refusedBoot: false,
  flooding: false,
  examination: false,
  outcomesSeen: false,
  past: false,
  services: false,
});

/** Judged now, the host's services and books would stay as they are; says nothing about silence. `policy` is the fleet's. */
export function isAtRest(
  host: HostState,
  { now, policy }: { readonly now: number; readonly policy: Policy },
): boolean {
  const known = knownBy.get(host.services);
  if (known === undefined || known.restsUntilAt === null || now >= known.restsUntilAt) return false;
  return isKnownFor(known, host, policy);
}

/** Services and books were judged now, and stayed as they are. */
export function rememberRest(host: HostState, policy: Policy): void {
  knownOf(host, policy).restsUntilAt ??= restsUntilAt(host, policy);
}

function knownOf(host: HostState, policy: Policy): Known {
  const before = knownBy.get(host.services);
  if (before !== undefined && isKnownFor(before, host, policy)) return before;
  const known: Known = { host, policy, dueAt: dueAtOf(host, policy), restsUntilAt: null };
  knownBy.set(host.services, known);
  return known;
}

function isKnownFor(known: Known, host: HostState, policy: Policy): boolean {
  return known.policy === policy && isSameButSeen(known.host, host);
}

function dueAtOf(host: HostState, policy: Policy): number {
  // Facts are judged by time whether the host is up or not: what was known of it goes on to be so.
  let dueAt = bookDueAt(host.book) ?? NEVER;
  for (const name in host.services) {
    const service = namedAt(host.services, name);
    if (service === undefined) continue;
    dueAt = Math.min(dueAt, ownDueAt(host, service, policy));
  }
  return dueAt;
}

function ownDueAt(host: HostState, service: ServiceState, policy: Policy): number {
  return Math.min(bookDueAt(service.book) ?? NEVER, serviceDueAt(host, service, { policy }));
}

function restsUntilAt(host: HostState, fleetPolicy: Policy): number {
  let untilAt = bookDueAt(host.book) ?? NEVER;
  for (const service of valuesOf(host.services)) {
    const policy = policyOf(fleetPolicy, host, service.service);
    untilAt = Math.min(untilAt, serviceRestsUntilAt(host, service, policy));
  }
  return untilAt;
}

// Whatever is open for a service is judged at every sweep: what it waits for (grants, freezes of the whole shard, several deadlines at
// once) is not among the circumstances.
function serviceRestsUntilAt(host: HostState, service: ServiceState, policy: Policy): number {
  if (!hasNothingOpen(service)) return 0;
  const [oldestRestartAt] = service.restartsAt;
  return Math.min(
    bookDueAt(service.book) ?? NEVER,
    oldestRestartAt === undefined ? NEVER : oldestRestartAt + policy.restartBudget.windowMs,
    failedAt(service, policy) ?? NEVER,
    checkStaleAt(host, service, policy) ?? NEVER,
  );
}

// A check that fails is looked at too: what its service shares with others may begin and end meanwhile.
function hasNothingOpen(service: ServiceState): boolean {
  const { book, ladder, proposal, relapse, verification } = service;
  const isFree = proposal === null && verification === null && ladder === undefined && relapse === undefined;
  return isFree && !isFailing(service) && !JUDGED_WHILE_FIRING.some((reason) => isFiring(book, reason));
}
