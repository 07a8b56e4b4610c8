// What is wrong, in a word or three that stand before "since 02:13": for the title of a page, of which a locked screen
// shows little. Pure: a table, one line for each reason. The whole sentence is the first line of the page's body.
import type { PageReason } from "./signal.ts";

/** So long at most: a host, a service and an instant must stand beside it. */
export const SHORT_WORDS_CHARS_MAX = 20;

const WORDS: { readonly [Reason in PageReason]: string } = {
  "host-silent": "silent",
  "host-late-return": "not back in time",
  "fleet-silent": "hosts silent",
  "host-flooding": "sends too much",
  "host-untrustworthy": "not to be trusted",
  "signature-doubtful": "signers in doubt",
  "host-misconfigured": "misconfigured",
  "check-failing": "failing",
  "check-stale": "no check result",
  "evidence-unreadable": "evidence unreadable",
  "no-progress": "no progress",
  "success-rate-low": "low success rate",
  "latency-high": "slow",
  "heartbeat-missed": "heartbeat missed",
  "startup-death": "dying at start",
  "restart-loop-suspected": "restart loop",
  "remediation-stuck": "automation stuck",
  "remediation-ineffective": "act did not help",
  "self-inflicted": "broken by automation",
  "privilege-gap": "act not permitted",
  "fallback-overdue": "on its fallback",
  "fallback-untested": "not exercised",
  "credential-expiring": "credential near end",
  "credential-rejected": "credential rejected",
  "credential-drift": "credential changed",
  "stale-code": "old code",
  "duplicate-supervisor": "two supervisors",
  "identity-conflict": "identity in conflict",
  "memory-pressure": "out of memory",
  "config-thrash": "config not at rest",
  "provider-failing": "failing",
  "approval-unanswered": "question unanswered",
  "page-undelivered": "pages undelivered",
  "route-missing": "cannot be paged",
  "shard-unreachable": "unreachable",
  "control-plane-gap": "blind",
  "automation-frozen": "automation frozen",
  "record-unreadable": "record unreadable",
};

/** The words of a reason. */
export function shortWordsOf(reason: PageReason): string {
  return WORDS[reason];
}
