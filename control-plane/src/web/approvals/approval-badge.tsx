// How an approval stands: a shape and a word. Pure.
import type { ApprovalState } from "../../core/desk/records/approval.ts";
import { State, type StateKind } from "../frame/state.tsx";
import type { ApprovalStatus } from "./approval-words.ts";

/** How an approval stands, for eyes and for screen readers alike. */
export function ApprovalBadge(props: { readonly status: ApprovalStatus; readonly state: ApprovalState }) {
  return <State kind={kindOf(props.status, props.state)}>{props.status.label}</State>;
}

function kindOf(status: ApprovalStatus, state: ApprovalState): StateKind {
  if (status.isOpen) return "asks";
  if (status.isMoving) return "running";
  if (state === "failed") return "failed";
  return state === "verified" ? "done" : "todo";
}
