// How an approval stands: a shape and a word. Pure.
import type { ApprovalState } from "../../core/desk/records/approval.ts";
import { State } from "../look/state.tsx";
import type { ApprovalStatus } from "./approval-words.ts";

/** How an approval stands, for eyes and for screen readers alike. */
export function ApprovalBadge({
  status,
}: {
  readonly status: ApprovalStatus;
  readonly state?: ApprovalState;
}) {
  return <State kind={status.kind}>{status.label}</State>;
}
