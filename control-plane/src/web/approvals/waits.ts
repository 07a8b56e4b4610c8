// What each wait cost, from the beginning to the end: broke, paged, seen, approved, ran, well. Pure. What a reader would get
// wrong: these instants come from three clocks. One that lies before the one before it is left out: nobody knows how long
// that wait was.
import type { Approval } from "../../core/desk/records/approval.ts";
import type { Finding } from "../../core/desk/records/finding.ts";
import { spanOf } from "../look/place-time.ts";

export interface Waited {
  readonly name: "broke" | "paged" | "seen" | "approved" | "ran" | "failed" | "well";
  /** null: it has not come */
  readonly at: number | null;
}

type Known = { readonly approval: Approval; readonly finding: Finding | null };

/** In their order; what did not happen, or when nobody knows, is missing, and what is still to come is null. */
export function waitsOf({ approval, finding }: Known): readonly Waited[] {
  const { decidedAt, deliveredAt, outcome, ranAt, seenAt, state, wellAt } = approval;
  const hasRunWell = outcome === null || outcome.status === "succeeded";
  const known: readonly Waited[] = [
    { name: "broke", at: finding?.happenedAt ?? null },
    { name: "paged", at: deliveredAt },
    { name: "seen", at: seenAt },
    { name: "approved", at: decidedAt },
    { name: hasRunWell ? "ran" : "failed", at: ranAt ?? null },
    { name: "well", at: wellAt ?? null },
  ];
  const again = state === "failed" && wellAt !== undefined ? (approval.endedAt ?? null) : null;
  const waits: Waited[] = [];
  for (const wait of [...known, { name: "failed", at: again } as const])
    if (wait.at !== null && (waits.at(-1)?.at ?? -Infinity) <= wait.at) waits.push(wait);
  const isStillIll = state === "failed" && wellAt === undefined;
  return isStillIll ? [...waits, { name: "well", at: null }] : waits;
}

/** From its beginning until it was well again; null: not known. */
export function downMsOf({ approval, finding }: Known): number | null {
  const { wellAt } = approval;
  if (finding === null || wellAt === undefined || wellAt < finding.happenedAt) return null;
  return wellAt - finding.happenedAt;
}

const COSTS: Readonly<Record<Waited["name"], string>> = {
  broke: "",
  paged: "to page",
  seen: "until it was seen",
  approved: "until the yes",
  ran: "until it had run",
  failed: "until it had run",
  well: "to come back",
};

/** `4 s to page, 17 s until it was seen`; empty: nothing is known. */
export function costWords(waits: readonly Waited[]): string {
  const costs = waits.flatMap(({ at, name }, index) => {
    const before = waits[index - 1]?.at ?? null;
    return at === null || before === null ? [] : [`${spanOf(at - before)} ${COSTS[name]}`];
  });
  return costs.join(", ");
}
