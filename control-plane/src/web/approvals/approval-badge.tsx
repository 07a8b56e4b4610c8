// The badge of an approval: a shape and a word. Pure.
import type { ApprovalState } from "../../core/desk/records/approval.ts";
import { Badge, type Shape } from "../frame/parts.tsx";
import type { ApprovalStatus } from "./approval-words.ts";

/** How an approval stands, for eyes and for screen readers alike. */
export function ApprovalBadge(props: { readonly status: ApprovalStatus; readonly state: ApprovalState }) {
  return (
    <Badge shape={shapeOf(props.status, props.state)} isBad={props.state === "failed"}>
      {props.status.label}
    </Badge>
  );
}

function shapeOf(status: ApprovalStatus, state: ApprovalState): Shape {
  if (status.isOpen) return "ring";
  if (status.isMoving) return "half";
  return state === "verified" ? "check" : "cross";
}
