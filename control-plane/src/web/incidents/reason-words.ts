// What each finding means in a few words, under its title: what does not work by it, and what may not tomorrow. Pure. The
// whole of it stands in the reason's runbook.
import type { Finding } from "../../core/desk/records/finding.ts";
import type { PageReason } from "../../core/words/signal.ts";

const WORDS: { readonly [Reason in PageReason]: string } = {
  "host-silent": "nothing is known of what runs there",
  "host-late-return": "it had said that it would be back by now",
  "signature-doubtful": "the host has refused what it must; somebody may have tampered",
  "host-untrustworthy": "nothing of it ran; automation there is frozen",
  "fleet-silent": "something that they share has failed",
  "host-flooding": "what is too much is dropped, so it is heard only in part",
  "host-misconfigured": "it works now, and something will not when it is needed",
  "check-failing": "whoever needs it is not served",
  "check-stale": "nobody knows whether it works",
  "evidence-unreadable": "a failure there would go by unseen",
  "no-progress": "it is up, and gets nothing done",
  "success-rate-low": "too little of what it begins ends well",
  "latency-high": "it answers, and too slowly",
  "heartbeat-missed": "a job did not run, failed, or could not tell",
  "startup-death": "it cannot stay up until the cause is gone",
  "restart-loop-suspected": "each restart looks like a success, and the cause stays",
  "remediation-stuck": "the next attempt will end like the last",
  "remediation-ineffective": "what was approved ran and did not help",
  "self-inflicted": "it began right after automation had changed something",
  "privilege-gap": "automation may not do what it is meant to do",
  "fallback-overdue": "it works, in its second-best way",
  "fallback-untested": "nobody knows whether it would work when it is needed",
  "credential-expiring": "it is to be renewed; a restart does not help",
  "credential-rejected": "it is to be renewed; a restart does not help",
  "credential-drift": "it may fail at its next start",
  "stale-code": "its next start is the first one of the new code",
  "duplicate-supervisor": "each takes the other's work for a failure",
  "identity-conflict": "one of the two must go",
  "memory-pressure": "a restart gives memory back for minutes only",
  "config-thrash": "two change it and do not know of each other",
  "provider-failing": "the fault is not with those that need it",
  "approval-unanswered": "nothing runs without an answer",
  "page-undelivered": "they do not hear of anything",
  "route-missing": "the next page to them would be lost",
  "shard-unreachable": "nothing is known of the hosts that it watches",
  "control-plane-gap": "what failed in that time was not noticed then",
  "automation-frozen": "nothing is offered there until somebody lifts it",
  "record-unreadable": "it was put aside; the rest goes on",
};

/** In a few words, without a full stop. */
export function reasonWords({ reason }: Pick<Finding, "reason">): string {
  return WORDS[reason];
}
