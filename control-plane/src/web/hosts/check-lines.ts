// The checks of one service as a view tells them: what each said last, since when it is so, and how fast it answered. Pure.
// Of a healthy service the last words are not kept while its shard sleeps; what is remembered of its checks is
// (core/shard/host/check-past.ts), and stands in their place.
import { entriesOf, namedAt, NONE_NAMED } from "@countersign/shared/values/named";
import { type CheckResult, isSevere } from "@countersign/shared/wire/service-report";
import { answerTimesOf } from "../../core/shard/host/answer-times.ts";
import { type Since, sinceOf } from "../../core/shard/host/check-past.ts";
import type { HostState } from "../../core/shard/host/shard-state.ts";
import type { StateKind } from "../look/state.tsx";
import { silentSinceOf } from "./silent-since.ts";

export interface CheckLine {
  readonly check: string;
  readonly kind: StateKind;
  /** what it said last; null: its words are not kept */
  readonly says: string | null;
  readonly isPassing: boolean;
  /** null: not known */
  readonly since: Since | null;
  /** its next result is due since then; null: it is not */
  readonly overdueSinceAt: number | null;
  readonly answers: Answers | null;
}

/** Answer times of a check by quarter hour, oldest first; null is a gap. */
export interface Answers {
  readonly times: readonly (number | null)[];
  /** the middle of the newest quarter hour */
  readonly endsAt: number;
  /** its host is not heard: there are no newer ones */
  readonly isSilent?: boolean;
}

/** Those that fail first, then those that hang, else as the host told them. */
export function checkLinesOf(host: HostState, service: string): readonly CheckLine[] {
  const past = namedAt(host.past?.services, service) ?? NONE_NAMED;
  const results = namedAt(host.services, service)?.report.results ?? [];
  const told = results.map((result) => lineOf(host, service, result));
  const remembered = entriesOf(past)
    .filter(([check]) => !results.some((result) => result.check === check))
    .map(([check, { status }]): CheckLine => {
      const isPassing = status === "pass";
      const kind = isPassing ? "well" : "warning";
      return { check, kind, says: null, isPassing, overdueSinceAt: null, ...pastOf(host, service, check) };
    });
  return [...told, ...remembered].toSorted((left, right) => urgencyOf(left) - urgencyOf(right));
}

function lineOf(host: HostState, service: string, result: CheckResult): CheckLine {
  const { check, overdueSinceAt = null, severity, status, summary } = result;
  const isPassing = status === "pass";
  return {
    check,
    kind: overdueSinceAt === null ? kindOf(isPassing, isSevere(severity)) : "warning",
    says: summary,
    isPassing,
    overdueSinceAt,
    ...pastOf(host, service, check),
  };
}

function kindOf(isPassing: boolean, isSevereCheck: boolean): StateKind {
  if (isPassing) return "well";
  return isSevereCheck ? "failing" : "warning";
}

function pastOf(host: HostState, service: string, check: string): Pick<CheckLine, "since" | "answers"> {
  const { past } = host;
  const known = namedAt(namedAt(past?.services, service), check);
  if (past === undefined || known === undefined) return { since: null, answers: null };
  const { answers } = known;
  const silentAt = silentSinceOf(host);
  const endsAt = Math.min(past.quarterAt, silentAt ?? Infinity);
  return {
    since: sinceOf(past, known),
    answers:
      answers === undefined ? null : { times: answerTimesOf(answers), endsAt, isSilent: silentAt !== null },
  };
}

function urgencyOf({ kind, overdueSinceAt }: CheckLine): number {
  if (kind === "failing") return 0;
  if (overdueSinceAt !== null) return 1;
  return kind === "warning" ? 2 : 3;
}
