// The badge of an approval: a shape and a word. Pure.
import type { ApprovalState } from "../../core/desk/state/desk-state.ts";
import type { ApprovalStanding } from "./approval-standing.ts";
import { Badge, type Shape } from "../frame/parts.tsx";

/** How an approval stands, for eyes and for screen readers alike. */
export function ApprovalBadge(props: { readonly standing: ApprovalStanding; readonly state: ApprovalState }) {
  return (
    <Badge shape={shapeOf(props.standing, props.state)} isBad={props.state === "failed"}>
      {props.standing.label}
    </Badge>
  );
}

function shapeOf(standing: ApprovalStanding, state: ApprovalState): Shape {
  if (standing.isOpen) return "ring";
  if (standing.isMoving) return "half";
  return state === "verified" ? "check" : "cross";
}
