// What holds automation back on a service: a freeze, or what says that a restart is not the fix: a finding, or the class of
// a failing check. Pure. The service's own book, its host's and the shard's all count; a finding of the whole shard holds
// back only whom it names. Levels 1–3 of the ladder are no restarts: only a freeze holds those back.
import { valuesOf } from "@countersign/shared/values/named";
import type { Policy } from "../../../policy/policy.ts";
import { EMPTY_BOOK, type FactBook, type FiringMark } from "../../facts/fact-book.ts";
import type { Ceiling } from "../../words/signal.ts";
import { hostIdIn, serviceOf } from "../../words/subject.ts";
import type { HostState, ServiceState } from "../host/shard-state.ts";
import { pointlessClassOf } from "./failed-checks.ts";

/** The lowest level of the ladder that is of restart class. */
export const RESTART_LEVEL_MIN = 4;

/** What holds back an action on a service; null: nothing does. */
export function automationCeilingOf(
  host: HostState,
  service: ServiceState,
  proposed: {
    readonly action: string;
    readonly shardBook: FactBook;
    readonly policy: Pick<Policy, "checkFailing">;
  },
): Ceiling | null {
  const books = [service.book, host.book, proposed.shardBook].filter((book) => book !== EMPTY_BOOK);
  const frozenBy = books.find((book) => book.frozenBy !== null)?.frozenBy ?? null;
  if (frozenBy !== null) return { reason: "frozen", by: frozenBy };
  if (levelOf(host, service.service, proposed.action) < RESTART_LEVEL_MIN) return null;
  const found = pointlessMark(host, service, books);
  if (found !== undefined)
    return { reason: "restart-pointless", finding: found.reason, failureClass: found.failureClass };
  const failureClass = pointlessClassOf(service, proposed.policy);
  return failureClass === null
    ? null
    : { reason: "restart-pointless", finding: "check-failing", failureClass };
}

/** Some finding says that a restart of the service is not the fix. */
export function isRestartPointless(host: HostState, service: ServiceState, shardBook: FactBook): boolean {
  return pointlessMark(host, service, [service.book, host.book, shardBook]) !== undefined;
}

/** A finding of the whole shard, or of its host, says that a restart of the service is not the fix: it shares what is wrong. */
export function isCauseShared(host: HostState, service: ServiceState, shardBook: FactBook): boolean {
  return pointlessMark(host, service, [host.book, shardBook]) !== undefined;
}

function pointlessMark(
  host: HostState,
  service: ServiceState,
  books: readonly FactBook[],
): FiringMark | undefined {
  return books
    .flatMap((book) => valuesOf(book.firing))
    .find((mark) => mark.isRestartPointless && isAbout(mark, host, service));
}

function isAbout({ affects }: FiringMark, host: HostState, { service }: ServiceState): boolean {
  if (affects === null) return true;
  return affects.some(
    (subject) =>
      hostIdIn(subject) === host.hostId && (subject.kind === "host" || serviceOf(subject) === service),
  );
}

function levelOf(host: HostState, service: string, action: string): number {
  const entry = host.connection?.catalogue.find((candidate) => candidate.service === service);
  return entry?.actions.find((offered) => offered.action === action)?.level ?? RESTART_LEVEL_MIN;
}
