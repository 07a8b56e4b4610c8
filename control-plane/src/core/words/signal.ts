// What a shard signals to the desk: conditions that fire or clear, and what became of proposals and grants; delivered at least once through the shard's outbox, each with a key.
// The desk groups them into incidents; a shard never pages. Pure types.
import type { UnloadedState } from "@countersign/shared/host/unit-run";
import type { FailureClass } from "@countersign/shared/wire/failure-class";
import type { Outcome } from "@countersign/shared/wire/outcome";
import type { AgentMessage } from "@countersign/shared/wire/protocol";
import type { Severity } from "@countersign/shared/wire/service-report";
import type { Actor } from "./actor.ts";
import type { FleetSubject, HostedSubject, ServiceSubject, Subject } from "./subject.ts";
import type { OtherRecordKind } from "./unreadable-record.ts";

/** The rule that opened an incident; each has one file, and a runbook, of the same name. */
export type PageReason =
  | "host-silent"
  | "host-late-return"
  | "host-untrustworthy"
  | "signature-doubtful"
  | "fleet-silent"
  | "host-flooding"
  | "host-misconfigured"
  | "check-failing"
  | "check-stale"
  | "evidence-unreadable"
  | "no-progress"
  | "success-rate-low"
  | "latency-high"
  | "heartbeat-missed"
  | "startup-death"
  | "restart-loop-suspected"
  | "remediation-stuck"
  | "remediation-ineffective"
  | "self-inflicted"
  | "privilege-gap"
  | "fallback-overdue"
  | "fallback-untested"
  | "credential-expiring"
  | "credential-rejected"
  | "credential-drift"
  | "stale-code"
  | "duplicate-supervisor"
  | "identity-conflict"
  | "memory-pressure"
  | "config-thrash"
  | "provider-failing"
  | "approval-unanswered"
  | "page-undelivered"
  | "route-missing"
  | "shard-unreachable"
  | "control-plane-gap"
  | "automation-frozen"
  | "record-unreadable";

/** One line of proof: what was seen, and when by the shard's clock. */
export interface Evidence {
  readonly at: number;
  readonly text: string;
  /** the exact command of an act: it stands on a page about one service of one host, never on one about several. absent: it is no command */
  readonly isCommand?: true;
}

/** What holds automation back: a freeze by a rule of the shard, or a finding that says that restarting is not the fix. */
export type Ceiling =
  | { readonly reason: "frozen"; readonly by: PageReason }
  | {
      readonly reason: "restart-pointless";
      readonly finding: PageReason;
      /** null: the finding speaks for itself */
      readonly failureClass: FailureClass | null;
    };

/** Why a shard asks a host for no proposal; `askAt`: only time is missing, and it is asked then. */
export type ProposalRefusal =
  | Ceiling
  | {
      readonly reason: "no-action";
      /** false: the catalogue has none */
      readonly isTried: boolean;
    }
  | { readonly reason: "not-observed"; readonly watchMs: number; readonly askAt: number }
  /** what the service shares with others, or its host's absence, ended a moment ago: its next probe may pass */
  | { readonly reason: "only-just-over"; readonly askAt: number }
  /** its unit is being started, within its own time: another start would begin it anew */
  | { readonly reason: "starting"; readonly askAt: number }
  /** systemd can start it by no means: there is no such unit, it is masked, or its file cannot be read */
  | { readonly reason: "not-loaded"; readonly loadState: UnloadedState }
  | {
      readonly reason: "budget-used-up";
      readonly count: number;
      readonly max: number;
      readonly windowMs: number;
      readonly askAt: number;
    }
  | {
      readonly reason: "asked-too-often";
      readonly count: number;
      readonly windowMs: number;
      readonly askAt: number;
    }
  | { readonly reason: "under-way" }
  /** the agent there is of version 1: what it would mint, nobody can sign */
  | { readonly reason: "install-again" }
  | { readonly reason: "in-shadow"; readonly action: string };

/** A person who had a host asked for an act, and why; the incident is that in which they asked. */
export interface PersonAsking {
  readonly kind: "person";
  readonly responder: string;
  readonly why: string;
  readonly incidentId: string;
}

/** Who had a host asked for a proposal: a rule, by the policy's ladder, or a person. */
export type AskedBy = { readonly kind: "rule"; readonly reason: PageReason } | PersonAsking;

/** Why what a person asked for is not put to the host, or came to nothing there. */
export type PersonAskRefusal =
  | { readonly reason: "host-not-up"; readonly liveness: "up" | "late" | "down" | "unknown" }
  /** its last hello named no such action */
  | { readonly reason: "action-unknown"; readonly action: string }
  /** the question reached the shard when its time was over */
  | { readonly reason: "asked-too-late" }
  /** the host did not answer in time */
  | { readonly reason: "no-answer" }
  /** before it was answered a person asked for something else */
  | { readonly reason: "asked-otherwise" };

/** Why a question that was put to a host, or was not, came to no proposal. */
export type AskRefusal =
  | ProposalRefusal
  | PersonAskRefusal
  /** its actuator would not mint one; `detail` is the host's own text */
  | {
      readonly reason: "host-refused";
      readonly code: Extract<AgentMessage, { type: "proposal-refused" }>["reason"];
      readonly detail: string;
    }
  | { readonly reason: "answered-otherwise"; readonly asked: string; readonly answered: string }
  | {
      readonly reason: "catalogue-changed";
      readonly action: string;
      readonly level: number;
      /** level by the last hello; null: it named no such action */
      readonly announced: number | null;
    };

/** Why a minted proposal can no longer be executed, as its shard sees it. */
export type ProposalEnd =
  | Ceiling
  | { readonly reason: "recovered" }
  | { readonly reason: "reset" }
  | { readonly reason: "started-anew" }
  | { readonly reason: "turned" }
  | { readonly reason: "rebooted" }
  | { readonly reason: "check-first" }
  /** a person asked for something else */
  | { readonly reason: "asked-otherwise" };

interface SignalBase {
  /** idempotency key, unique for all time: `SHARD:EPOCH:sequence`, made once and kept in the outbox */
  readonly key: string;
  readonly happenedAt: number;
  readonly noticedAt: number;
}

export type Signal =
  /** a condition was held long enough; sent again when its wording or severity changes, and now and then when facts changed its evidence */
  | (SignalBase & {
      readonly kind: "firing";
      readonly subject: Subject;
      readonly reason: PageReason;
      readonly severity: Severity;
      /** begins as a sentence does, or with a name as it is */
      readonly title: string;
      readonly evidence: readonly Evidence[];
      /** request id of the proposal that was asked of the host together with this; null: nothing will be proposed */
      readonly proposalRequestId: string | null;
      /** restarts by anyone in the budget's window, and the budget; null for hosts */
      readonly restarts: { readonly count: number; readonly max: number; readonly windowMs: number } | null;
      /** automation on the subject freezes now, until a person lifts it; said once by a rule. absent: it does not freeze */
      readonly freezes?: boolean;
      /** the policy wants this only recorded; `tags` are its host's. absent: in earnest */
      readonly shadow?: { readonly tags: readonly string[] };
      /** why nothing is proposed; absent: something is, or nothing was to be */
      readonly refusal?: ProposalRefusal;
      /** what of its subject it is about, such as a check or a credential, by name: the same on other hosts is one trouble. absent: nothing more */
      readonly alike?: string;
    })
  /** the condition no longer holds */
  | (SignalBase & {
      readonly kind: "cleared";
      readonly subject: Subject;
      readonly reason: PageReason;
      readonly evidence: readonly Evidence[];
    })
  /** the actuator minted a proposal; `proposal` is base64 of its exact bytes, which the shard has compared with what it asked for */
  | (SignalBase & {
      readonly kind: "proposed";
      readonly subject: ServiceSubject;
      readonly requestId: string;
      /**
       * what the host was asked for, with the level that its hello announced: another proposal is refused. `reason` absent: a shard of before
       * 2026-11-29 says so, and no proposal is of its asking
       */
      readonly asked: { readonly action: string; readonly level: number; readonly reason?: string };
      readonly proposal: string;
      /**
       * it may run without a person, if its level allows that and the policy says so of `action` on a host with these tags; `action` is
       * what was asked for, or what that takes back. absent: a person is asked
       */
      readonly unattended?: { readonly action: string; readonly tags: readonly string[] };
      /** what it is for */
      readonly reason: PageReason;
      readonly askedBy: AskedBy;
      /** how long what it is for may last after it ran */
      readonly settleMs: number;
    })
  | (SignalBase & {
      readonly kind: "proposal-refused";
      readonly subject: HostedSubject;
      readonly requestId: string;
      readonly refusal: AskRefusal;
      /** what it would have been for */
      readonly reason: PageReason;
      readonly askedBy: AskedBy;
    })
  /** what the proposal was made for has changed under it (new InvocationID, recovered): it can no longer be executed */
  | (SignalBase & {
      readonly kind: "superseded";
      readonly subject: ServiceSubject;
      readonly end: ProposalEnd;
    })
  | (SignalBase & { readonly kind: "outcome"; readonly subject: HostedSubject; readonly outcome: Outcome })
  /** it stayed well for as long as it must after the action, or did not */
  | (SignalBase & {
      readonly kind: "verification";
      readonly subject: HostedSubject;
      readonly grantId: string;
      readonly result: "verified" | "ineffective";
      readonly evidence: readonly Evidence[];
      /** since when it was well after the action; absent: it never was, or a shard of before says nothing of it */
      readonly wellAt?: number;
    })
  /** a freeze recalled the grant before it was put on the wire to its host: it never will be */
  | (SignalBase & {
      readonly kind: "grant-recalled";
      readonly subject: HostedSubject;
      readonly grantId: string;
      readonly by: Actor;
    })
  /** the shard put a record of its own aside: it cannot be read, or no decision can be made with it */
  | (SignalBase & {
      readonly kind: "unreadable";
      readonly part: string;
      /** absent: it is about no host, or about one that is not known any more */
      readonly subject?: Subject;
      readonly record: OtherRecordKind;
      readonly id: string;
      readonly problem: string;
    })
  /**
   * how many hosts of a shard were ever heard and are not retired: when that, or how many of them are late, is another
   * number than before
   */
  | (SignalBase & {
      readonly kind: "census";
      readonly subject: FleetSubject;
      readonly connected: number;
      /** may be down soon. absent: none */
      readonly late?: number;
    })
  /** for history and audit only: flips, gaps, refused connections */
  | (SignalBase & { readonly kind: "note"; readonly subject: Subject | null; readonly text: string });
