// An act about approvers that is refused, as its answer. Pure.
import { refuse, type Result } from "@countersign/shared/values/result";
import type { TrustActRefusal } from "../../approvers-rpc.ts";

/** A no with its detail, which is for the audit and for whoever asked. */
export function no(reason: TrustActRefusal["reason"], detail: string): Result<never, TrustActRefusal> {
  return refuse({ reason, detail });
}
