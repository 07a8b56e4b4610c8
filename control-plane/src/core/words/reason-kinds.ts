// What kind of thing each page reason says: trouble does not work now, a notice may not work tomorrow, and what stands alone joins nothing. Also
// what each does to an incident that it joins. Pure: a table, one line for each reason.
import type { PageReason } from "./signal.ts";

export type ReasonKind = "trouble" | "notice" | "alone";

/**
 * What a finding does that joins an incident of which people know already. `rings`: it is down now and was not before. `rings-unless-taken`:
 * it gets worse, which whoever has the incident sees. `rings-always`: what people did not help. `rides`: the next page tells it, and none is
 * sent for it. `updates`: a quiet update tells it.
 */
export type Joining = "rings" | "rings-unless-taken" | "rings-always" | "rides" | "updates";

interface ReasonWords {
  readonly kind: ReasonKind;
  readonly joining: Joining;
}

const TROUBLE: ReasonWords = { kind: "trouble", joining: "updates" };
const NOTICE: ReasonWords = { kind: "notice", joining: "updates" };
const ALONE: ReasonWords = { kind: "alone", joining: "updates" };

const REASONS: { readonly [Reason in PageReason]: ReasonWords } = {
  "host-silent": TROUBLE,
  "host-late-return": TROUBLE,
  "fleet-silent": TROUBLE,
  "host-flooding": TROUBLE,
  "host-untrustworthy": TROUBLE,
  "check-failing": { kind: "trouble", joining: "rings" },
  "check-stale": TROUBLE,
  "no-progress": TROUBLE,
  "success-rate-low": TROUBLE,
  "latency-high": TROUBLE,
  "heartbeat-missed": TROUBLE,
  "startup-death": { kind: "trouble", joining: "rings-unless-taken" },
  "restart-loop-suspected": { kind: "trouble", joining: "rings-unless-taken" },
  "remediation-stuck": TROUBLE,
  "remediation-ineffective": { kind: "trouble", joining: "rings-always" },
  "self-inflicted": TROUBLE,
  "credential-rejected": TROUBLE,
  "identity-conflict": TROUBLE,
  "provider-failing": TROUBLE,
  "approval-unanswered": { kind: "trouble", joining: "rides" },
  "privilege-gap": NOTICE,
  "signature-doubtful": NOTICE,
  "host-misconfigured": NOTICE,
  "evidence-unreadable": NOTICE,
  "fallback-overdue": NOTICE,
  "fallback-untested": NOTICE,
  "credential-expiring": NOTICE,
  "credential-drift": NOTICE,
  "stale-code": NOTICE,
  "duplicate-supervisor": NOTICE,
  "config-thrash": NOTICE,
  "memory-pressure": NOTICE,
  "automation-frozen": ALONE,
  "control-plane-gap": ALONE,
  "page-undelivered": ALONE,
  "route-missing": ALONE,
  "shard-unreachable": ALONE,
  "record-unreadable": ALONE,
};

/** Every page reason. */
export const PAGE_REASONS = Object.keys(REASONS) as readonly PageReason[];

/** What kind of thing a reason says. */
export function kindOf(reason: PageReason): ReasonKind {
  return REASONS[reason].kind;
}

/** What a finding of this reason does to an incident that it joins. */
export function joiningOf(reason: PageReason): Joining {
  return REASONS[reason].joining;
}
