// What an incident of many is called: a whole sentence of what fails and on how many of how many hosts, by the reason that
// they share. Pure: a table, one line for each reason. A reason that is about no service is about the system itself.
import type { PageReason } from "../../words/signal.ts";

/** What a title is made of. */
export interface WideTitle {
  /** the service, or the system itself */
  readonly name: string;
  /** how many of how many, such as `20 of 40 hosts` */
  readonly hosts: string;
}

type Sentence = (title: WideTitle) => string;

const SENTENCES: { readonly [Reason in PageReason]: Sentence } = {
  "host-silent": ({ hosts }) => `${hosts} do not answer`,
  "host-late-return": ({ hosts }) => `${hosts} did not return when they had said`,
  "host-untrustworthy": ({ hosts }) => `${hosts} answer with another act than they were asked for`,
  "signature-doubtful": ({ hosts }) => `${hosts} tell something doubtful of who may sign`,
  "fleet-silent": ({ hosts }) => `${hosts} fell silent together`,
  "host-flooding": ({ hosts }) => `${hosts} send more than their budget and are throttled`,
  "host-misconfigured": ({ hosts }) => `${hosts} will not work as they are set up`,
  "check-failing": ({ hosts, name }) => `${name} fails on ${hosts}`,
  "check-stale": ({ hosts, name }) => `Checks of ${name} bring no results any more on ${hosts}`,
  "evidence-unreadable": ({ hosts, name }) => `The evidence of ${name} cannot be read on ${hosts}`,
  "no-progress": ({ hosts, name }) => `${name} makes no progress on ${hosts}`,
  "success-rate-low": ({ hosts, name }) => `Too few sessions of ${name} end well on ${hosts}`,
  "latency-high": ({ hosts, name }) => `${name} answers slowly on ${hosts}`,
  "heartbeat-missed": ({ hosts, name }) => `Heartbeats of ${name} are missed on ${hosts}`,
  "startup-death": ({ hosts, name }) => `Sessions of ${name} die at their start on ${hosts}`,
  "restart-loop-suspected": ({ hosts, name }) => `${name} is restarted again and again on ${hosts}`,
  "remediation-stuck": ({ hosts, name }) => `Automation on ${name} is stuck on ${hosts}`,
  "remediation-ineffective": ({ hosts, name }) => `The action on ${name} did not help on ${hosts}`,
  "self-inflicted": ({ hosts, name }) => `Automation broke ${name} on ${hosts}`,
  "privilege-gap": ({ hosts, name }) => `Automation may not do what it should for ${name} on ${hosts}`,
  "fallback-overdue": ({ hosts, name }) => `${name} still runs on its fallback on ${hosts}`,
  "fallback-untested": ({ hosts, name }) => `Fallbacks of ${name} are not exercised on ${hosts}`,
  "credential-expiring": ({ hosts, name }) => `Credentials of ${name} end soon, or have ended, on ${hosts}`,
  "credential-rejected": ({ hosts, name }) => `Credentials of ${name} are rejected on ${hosts}`,
  "credential-drift": ({ hosts, name }) => `Credential files of ${name} are not what they were on ${hosts}`,
  "stale-code": ({ hosts, name }) => `${name} runs old code on ${hosts}`,
  "duplicate-supervisor": ({ hosts, name }) => `Two supervisors restart ${name} on ${hosts}`,
  "identity-conflict": ({ hosts }) => `One identity is used by two at once on ${hosts}`,
  "memory-pressure": ({ hosts, name }) => `${name} is out of memory on ${hosts}`,
  "config-thrash": ({ hosts, name }) => `The configuration of ${name} does not come to rest on ${hosts}`,
  "provider-failing": ({ hosts, name }) => `What ${name} depends on fails on ${hosts}`,
  "approval-unanswered": ({ hosts, name }) => `Nobody answered what was asked about ${name} on ${hosts}`,
  "page-undelivered": ({ hosts }) => `Pages about ${hosts} are not delivered`,
  "route-missing": ({ hosts }) => `Nobody can be paged about ${hosts}`,
  "shard-unreachable": ({ hosts }) => `Nothing is known of ${hosts}`,
  "control-plane-gap": ({ hosts }) => `The control plane saw nothing of ${hosts}`,
  "automation-frozen": ({ hosts }) => `Automation is frozen on ${hosts}`,
  "record-unreadable": ({ hosts }) => `Records about ${hosts} could not be read`,
};

/** The sentence of a reason. */
export function wideTitleOf(reason: PageReason, title: WideTitle): string {
  return SENTENCES[reason](title);
}

/** How many of how many hosts; null: nobody knows how many there are. */
export function hostCountText(count: number, fleetSize: number | null): string {
  return fleetSize === null ? `${count} hosts` : `${count} of ${Math.max(count, fleetSize)} hosts`;
}
