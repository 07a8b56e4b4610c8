// What was done to a service so far, by anyone, newest first: what its shard saw of its restarts, and what people were asked
// about it. Pure.
// What a reader would get wrong: how long a run held is said only where its end is known. A restart by systemd comes right
// after the end of the run before; one by a person may come hours after it.
import type { Approval } from "../../core/desk/records/approval.ts";
import { MERGE_MS, type Restart, restartsIn } from "../../core/facts/rules/restart-loop-suspected.ts";
import type { ServiceState } from "../../core/shard/host/shard-state.ts";

/** How far the desk's word of a run of ours and the shard's sight of the start may lie apart. */
const OWN_START_MS = 60_000;

export interface DoneBefore {
  readonly at: number;
  /** what people were asked; or by whom, as its shard knows it */
  readonly what:
    | { readonly kind: "approval"; readonly approval: Approval }
    | { readonly kind: "restart"; readonly by: Restart["by"]; readonly supervisor: string | null };
  /** how long its run held; null: it still does, or nobody knows */
  readonly heldMs: number | null;
}

interface Known {
  /** as its shard has it now; null: it does not answer, or there is nothing to remember */
  readonly service: Pick<ServiceState, "book" | "restartsAt"> | null;
  /** what else was decided about the service, and this one where it ran */
  readonly approvals: readonly Approval[];
  /** when the service failed last, as far as it is known; null: not known */
  readonly failedAt: number | null;
}

/** Newest first. */
export function doneBefore({ approvals, failedAt, service }: Known): readonly DoneBefore[] {
  const ours = approvals.map((approval): DoneBefore => {
    return { at: instantOf(approval), what: { kind: "approval", approval }, heldMs: null };
  });
  const ran = ours.filter(({ what }) => what.kind === "approval" && isRun(what.approval));
  const seen = restartsOf(service).filter(
    ({ at }) => !ran.some((own) => Math.abs(own.at - at) <= OWN_START_MS),
  );
  const restarts = seen.map(({ at, by, supervisor }): DoneBefore => {
    return { at, what: { kind: "restart", by, supervisor }, heldMs: null };
  });
  const inOrder = [...ours, ...restarts].toSorted((left, right) => left.at - right.at);
  const starts = inOrder.filter((done) => done.what.kind === "restart" || isRun(done.what.approval));
  return inOrder.map((done) => ({ ...done, heldMs: heldMs(done, starts, failedAt) })).toReversed();
}

/** It ran, whatever came of it. */
export function isRun({ outcome, ranAt }: Approval): boolean {
  return ranAt !== undefined || outcome?.status === "succeeded" || outcome?.status === "failed";
}

function restartsOf(service: Known["service"]): readonly Restart[] {
  if (service === null) return [];
  const known = restartsIn(service.book);
  const others = service.restartsAt
    .filter((at) => !known.some((restart) => Math.abs(restart.at - at) <= MERGE_MS))
    .map((at): Restart => ({ at, by: "unknown", supervisor: null }));
  return [...known, ...others];
}

function instantOf({ decidedAt, endedAt, ranAt, requestedAt }: Approval): number {
  return ranAt ?? decidedAt ?? endedAt ?? requestedAt;
}

function heldMs(done: DoneBefore, starts: readonly DoneBefore[], failedAt: number | null): number | null {
  const index = starts.indexOf(done);
  if (index === -1) return null;
  const next = starts[index + 1];
  if (failedAt !== null && done.at < failedAt && failedAt <= (next?.at ?? Infinity))
    return failedAt - done.at;
  const isBySystemd = next?.what.kind === "restart" && next.what.by === "systemd";
  return isBySystemd ? next.at - done.at : null;
}
