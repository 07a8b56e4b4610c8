// Lays two runs of the same history side by side: per thing that was decided (a page of a reason about a subject, a proposal, a
// refusal), when the one policy and when the other did it. Pure.
import { refOf } from "../../src/core/desk/state/audit-ref.ts";
import type { AuditEntry } from "../../src/core/desk/state/desk-state.ts";
import { actorNameOf } from "../../src/core/words/actor.ts";
import { hostedSubject, nameOf, subjectKeyOf } from "../../src/core/words/subject.ts";
import type { Decided, RecordedRun } from "./recorded-run.ts";

/** The runs of one policy may differ by a delivery's time from those of another without meaning anything. */
const SAME_WITHIN_MS = 1_000;

export interface SideBySide {
  readonly what: Decided["what"];
  /** of pages: those that rang and those that added to what was told stand apart; null: it is none */
  readonly kind: Decided["kind"];
  readonly reason: string;
  readonly subject: string;
  /** instants, oldest first */
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly verdict: "same" | "only-before" | "only-after" | "earlier" | "later" | "more" | "fewer";
}

/** Everything that either run decided, by its first instant. */
export function compareRuns(before: RecordedRun, after: RecordedRun): readonly SideBySide[] {
  const left = byKey(before.decided);
  const right = byKey(after.decided);
  const rows = [...new Set([...left.keys(), ...right.keys()])].map((key): SideBySide => {
    const [was = [], is = []] = [left.get(key), right.get(key)];
    const { what, kind, reason, host, service } = (was[0] ?? is[0]) as Decided;
    const [beforeAt, afterAt] = [was.map(({ at }) => at), is.map(({ at }) => at)];
    const subject = nameOf(hostedSubject({ hostId: "", hostName: host }, service));
    return {
      what,
      kind,
      reason,
      subject,
      before: beforeAt,
      after: afterAt,
      verdict: verdictOf(beforeAt, afterAt),
    };
  });
  return rows.toSorted((one, other) => firstOf(one) - firstOf(other));
}

/** How well the replay of the policy in force tells what really happened: incidents that were opened then, and those of them here too. */
export function fidelityOf(
  real: readonly AuditEntry[],
  replayed: readonly AuditEntry[],
): { readonly openedCount: number; readonly alsoHereCount: number } {
  const opened = keysOfOpened(real);
  const here = keysOfOpened(replayed);
  return { openedCount: opened.size, alsoHereCount: [...opened].filter((key) => here.has(key)).length };
}

/** How much a run decided, by what it is, kind and reason; `page`, `ring` and a reason are one count. */
export function countRun({ decided }: RecordedRun): readonly DecidedCount[] {
  const counts = Map.groupBy(decided, ({ kind, reason, what }) => JSON.stringify([what, kind, reason]));
  return [...counts.values()]
    .flatMap((all) => {
      const [first] = all;
      if (first === undefined) return [];
      const { kind, reason, what } = first;
      return [{ what, kind, reason, count: all.length }];
    })
    .toSorted((one, other) => other.count - one.count);
}

export type DecidedCount = Pick<Decided, "what" | "kind" | "reason"> & { readonly count: number };

function keysOfOpened(audit: readonly AuditEntry[]): ReadonlySet<string> {
  return new Set(
    audit.flatMap((row) => {
      const about = refOf(row, "subject");
      return row.act === "incident-opened" && about !== undefined
        ? [`${actorNameOf(row.actor)} ${subjectKeyOf(about.subject)}`]
        : [];
    }),
  );
}

function byKey(decided: readonly Decided[]): ReadonlyMap<string, readonly Decided[]> {
  return Map.groupBy(decided, ({ what, kind, reason, host, service }) =>
    JSON.stringify([what, kind, reason, host, service]),
  );
}

function verdictOf(before: readonly number[], after: readonly number[]): SideBySide["verdict"] {
  const [was, is] = [before[0], after[0]];
  if (was === undefined) return "only-after";
  if (is === undefined) return "only-before";
  if (after.length !== before.length) return after.length > before.length ? "more" : "fewer";
  const moved = before.findIndex((at, index) => Math.abs(at - (after[index] ?? at)) > SAME_WITHIN_MS);
  if (moved === -1) return "same";
  return (after[moved] ?? 0) < (before[moved] ?? 0) ? "earlier" : "later";
}

function firstOf({ before, after }: SideBySide): number {
  return Math.min(before[0] ?? Number.POSITIVE_INFINITY, after[0] ?? Number.POSITIVE_INFINITY);
}
