// The course of an incident, from real instants alone: broke, paged, seen, approved, ran, well. Pure. What nobody recorded
// has no instant, and is never reckoned from something else.
import type { Approval } from "../core/desk/records/approval.ts";
import type { Incident } from "../core/desk/records/incident.ts";
import type { Page } from "../core/desk/records/pages/page.ts";
import { type Actor, actorNameOf } from "../core/words/actor.ts";

/** One turn of it; `at` null: it has not come, or nobody recorded when. */
export interface Turn {
  readonly name: "broke" | "paged" | "seen" | "taken" | "approved" | "ran" | "well";
  readonly at: number | null;
  /** who, or by what way; null: nobody, or it needs no saying */
  readonly by: string | null;
}

interface Course {
  readonly incident: Incident;
  readonly pages: readonly Page[];
  readonly approvals: readonly Approval[];
}

/** Its turns in the order in which they usually come. */
export function courseOf({ approvals, incident, pages }: Course): readonly Turn[] {
  const rung = firstBy(
    pages,
    ({ kind }) => kind === "ring",
    ({ deliveredAt }) => deliveredAt,
  );
  const seenPage = firstBy(
    pages,
    () => true,
    ({ seenAt }) => seenAt ?? null,
  );
  const seenQuestion = firstBy(
    approvals,
    () => true,
    ({ seenAt }) => seenAt,
  );
  const seenAt = earliest(seenPage?.seenAt ?? null, seenQuestion?.seenAt ?? null);
  const approval = leadingApproval(approvals);
  const taken = incident.firstTaken;
  return [
    { name: "broke", at: incident.happenedAt, by: null },
    { name: "paged", at: rung?.deliveredAt ?? null, by: rung?.responder ?? null },
    { name: "seen", at: seenAt, by: seenAt === seenPage?.seenAt ? (seenPage?.responder ?? null) : null },
    { name: "taken", at: taken?.at ?? null, by: nameOf(taken?.by) },
    {
      name: "approved",
      at: approval?.decidedAt ?? null,
      by: nameOf(approval?.decidedBy),
    },
    { name: "ran", at: approval === null ? null : ranAtOf(approval), by: null },
    { name: "well", at: incident.clearedAt, by: null },
  ];
}

/** The approval that the course is about: the last that was approved; null: none was. */
export function leadingApproval(approvals: readonly Approval[]): Approval | null {
  const approved = approvals.filter(({ decidedAt, state }) => decidedAt !== null && state !== "denied");
  return approved.toSorted((left, right) => (left.decidedAt ?? 0) - (right.decidedAt ?? 0)).at(-1) ?? null;
}

/** When it ran, as its shard said; null: it did not, or nobody knows. */
export function ranAtOf({ ranAt }: Approval): number | null {
  return ranAt ?? null;
}

function firstBy<T>(
  all: readonly T[],
  isMeant: (one: T) => boolean,
  atOf: (one: T) => number | null,
): T | null {
  const dated = all.filter((one) => isMeant(one) && atOf(one) !== null);
  return dated.toSorted((left, right) => (atOf(left) ?? 0) - (atOf(right) ?? 0))[0] ?? null;
}

function earliest(left: number | null, right: number | null): number | null {
  if (left === null || right === null) return left ?? right;
  return Math.min(left, right);
}

function nameOf(actor: Actor | null | undefined): string | null {
  return actor === null || actor === undefined ? null : actorNameOf(actor);
}
