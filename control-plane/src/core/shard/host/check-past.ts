// What is known of the past of a host's checks: since when each passes or fails, how fast it answered in each quarter hour
// of a day, and when the host last told what may be run on it. Pure. People look at it; nothing is decided from it, so it
// costs no row: it lives in the host's socket, and goes into the host's row when that is written anyway (ADR 0016).
// What a reader would get wrong: an instant may be no turn, but the first that we know of. Then it says "at least".
import {
  type Named,
  namedAt,
  namedFrom,
  namesOf,
  NONE_NAMED,
  valuesOf,
  withNamed,
} from "@countersign/shared/values/named";
import type { Fact } from "@countersign/shared/wire/fact";
import { type CheckResult, isSevere } from "@countersign/shared/wire/service-report";
import { NO_ANSWERS, withAnswer, withQuarters } from "./answer-times.ts";
import type { ShardEvent } from "./shard-events.ts";
import type { CheckPast, HostState, PastOfCheck, ServiceState } from "./shard-state.ts";

/** Checks of one host that are remembered; what comes later is only shown as it is now. */
export const CHECKS_REMEMBERED_MAX = 64;
/** Those of them whose answer times are. */
export const ANSWERS_REMEMBERED_MAX = 12;
/** An answer time is remembered for each of these: a host tells everything once in as long. */
export const QUARTER_MS = 15 * 60_000;

/** Since when something is so. */
export interface Since {
  readonly at: number;
  /** that, or longer: it was not seen to turn */
  readonly isAtLeast: boolean;
}

type Reported = Extract<ShardEvent, { kind: "reported" }>;

const NOTHING: CheckPast = { unbrokenSinceAt: 0, quarterAt: 0, services: NONE_NAMED };

/** Since when a check is as it is now. */
export function sinceOf(past: CheckPast, { isAtLeast, sinceAt }: PastOfCheck): Since {
  if (sinceAt < past.unbrokenSinceAt) return { at: past.unbrokenSinceAt, isAtLeast: true };
  return { at: sinceAt, isAtLeast: isAtLeast === true };
}

/** The host is back: what its checks did while it was late or longer away is not known. */
export function interrupted(host: HostState, now: number, lateAfterMs: number): HostState {
  const { lastSeenAt, past } = host;
  if (past === undefined || now - lastSeenAt < lateAfterMs) return host;
  return { ...host, past: { ...past, unbrokenSinceAt: now } };
}

/** The host told of the privileges of actions in its catalogue. */
export function rememberAudit(host: HostState, facts: readonly Fact[], now: number): HostState {
  const isOfAction = (fact: Fact) =>
    fact.kind === "privilege" &&
    host.connection?.catalogue.some(
      ({ actions, service }) =>
        service === fact.service && actions.some(({ action }) => action === fact.action),
    ) === true;
  return facts.some(isOfAction) ? { ...host, past: { ...(host.past ?? NOTHING), auditToldAt: now } } : host;
}

/** What a report adds; `before` and `after`: the host without it and with it. The same value when that is nothing. */
export function rememberReport(
  before: HostState,
  after: HostState,
  { event, now }: { readonly event: Reported; readonly now: number },
): HostState {
  let past = before.past ?? NOTHING;
  for (const report of event.services) {
    const service = namedAt(after.services, report.service);
    if (service === undefined) continue;
    const told = { before: namedAt(before.services, report.service), after: service, host: after, now };
    past = withChecks(past, told, report.results);
    if (event.digest) past = withoutOthers(past, report.service, report.results);
  }
  if (event.digest) past = withoutServices(past, after);
  return past === (before.past ?? NOTHING) ? after : { ...after, past };
}

interface Told {
  /** the service before the report; undefined: nothing was known of it */
  readonly before: ServiceState | undefined;
  readonly after: ServiceState;
  readonly host: HostState;
  readonly now: number;
}

function withChecks(past: CheckPast, told: Told, results: readonly CheckResult[]): CheckPast {
  return results.reduce((known, result) => withCheck(known, told, result), past);
}

function withCheck(past: CheckPast, told: Told, result: CheckResult): CheckPast {
  const { service } = told.after;
  const checks = namedAt(past.services, service) ?? NONE_NAMED;
  const known = namedAt(checks, result.check);
  if (known === undefined && countOf(past) >= CHECKS_REMEMBERED_MAX) return past;
  const turned = known?.status === result.status ? known : turnedTo(result, known, told);
  const moved = isTimed(result, told) ? withQuarterAt(past, told.now) : past;
  const answers = answersAfter(moved, { service, result, isNew: isTimed(result, told) });
  if (turned === known && answers === known.answers && moved === past) return past;
  const entry = answers === undefined ? turned : { ...turned, answers };
  const rest = namedAt(moved.services, service) ?? NONE_NAMED;
  return { ...moved, services: withNamed(moved.services, service, withNamed(rest, result.check, entry)) };
}

// A turn that the first report of a connection tells happened some time before it.
function turnedTo(result: CheckResult, known: PastOfCheck | undefined, told: Told): PastOfCheck {
  const { after, before, host, now } = told;
  const { kind, status } = result;
  const isSeen =
    known !== undefined && before !== undefined && before.reportedAt >= (host.connection?.connectedAt ?? 0);
  if (isSeen) return { kind, status, sinceAt: now };
  return {
    kind,
    status,
    sinceAt: known === undefined ? firstSinceAt(result, after, now) : now,
    isAtLeast: true,
  };
}

/** What the service's own state says of a check that nothing else is remembered of. */
function firstSinceAt({ check, severity, status }: CheckResult, service: ServiceState, now: number): number {
  const sinceAt =
    status === "fail"
      ? namedAt(service.failing, check)?.sinceAt
      : isSevere(severity)
        ? service.healthySinceAt
        : null;
  return Math.min(now, sinceAt ?? now);
}

// What fails says nothing of speed, and one result counts once.
function isTimed(result: CheckResult, { before }: Told): boolean {
  const { check, finishedAt, kind, latencyMs, overdueSinceAt, status } = result;
  if (kind !== "http" && kind !== "tcp") return false;
  if (status !== "pass" || latencyMs === null || overdueSinceAt !== undefined) return false;
  return !(before?.report.results ?? []).some(
    (known) => known.check === check && known.finishedAt === finishedAt,
  );
}

function answersAfter(
  past: CheckPast,
  {
    isNew,
    result,
    service,
  }: { readonly service: string; readonly result: CheckResult; readonly isNew: boolean },
): string | undefined {
  const answers = namedAt(namedAt(past.services, service), result.check)?.answers;
  if (!isNew || result.latencyMs === null) return answers;
  if (answers === undefined && answeredCountOf(past) >= ANSWERS_REMEMBERED_MAX) return undefined;
  return withAnswer(answers ?? NO_ANSWERS, result.latencyMs);
}

/**
 * Moves on to the quarter hour of this instant: all answer times end with the same one. A clock that was set back begins
 * anew.
 */
function withQuarterAt(past: CheckPast, now: number): CheckPast {
  const { quarterAt } = past;
  const steps = Math.round((now - quarterAt) / QUARTER_MS);
  if (steps === 0) return past;
  const movedAt = steps > 0 && quarterAt > 0 ? quarterAt + steps * QUARTER_MS : now;
  const moved = ({ answers, ...check }: PastOfCheck): PastOfCheck => {
    const later =
      steps > 0 && quarterAt > 0 && answers !== undefined ? withQuarters(answers, steps) : NO_ANSWERS;
    return later === NO_ANSWERS ? check : { ...check, answers: later };
  };
  return {
    ...past,
    quarterAt: movedAt,
    services: mapNamed(past.services, (checks) => mapNamed(checks, moved)),
  };
}

/** A digest names all checks of a service: what it does not name is there no more. */
function withoutOthers(past: CheckPast, service: string, results: readonly CheckResult[]): CheckPast {
  const checks = namedAt(past.services, service);
  if (checks === undefined) return past;
  const kept = namesOf(checks).filter((check) => results.some((result) => result.check === check));
  if (kept.length === namesOf(checks).length) return past;
  const entries = kept.map((check) => [check, namedAt(checks, check) as PastOfCheck] as const);
  return { ...past, services: withNamed(past.services, service, namedFrom(entries)) };
}

function withoutServices(past: CheckPast, { services }: HostState): CheckPast {
  const kept = namesOf(past.services).filter((service) => namedAt(services, service) !== undefined);
  if (kept.length === namesOf(past.services).length) return past;
  const entries = kept.map((service) => [service, namedAt(past.services, service) ?? NONE_NAMED] as const);
  return { ...past, services: namedFrom(entries) };
}

function countOf({ services }: CheckPast): number {
  return valuesOf(services).reduce((count, checks) => count + namesOf(checks).length, 0);
}

function answeredCountOf({ services }: CheckPast): number {
  return valuesOf(services)
    .flatMap((checks) => valuesOf(checks))
    .filter(({ answers }) => answers !== undefined).length;
}

function mapNamed<V, W>(record: Named<V>, of: (value: V) => W): Named<W> {
  return namedFrom(namesOf(record).map((name) => [name, of(namedAt(record, name) as V)] as const));
}
