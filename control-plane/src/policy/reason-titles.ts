// What people call each page reason, and the group in which they look for it: in the runbooks, and where the policy is told
// in words. Pure. The reason's own name is for files, code and commands; what a page says is not made from these titles, but
// from what was found.
import type { Policy } from "./policy.ts";

type Reason = keyof Policy["rules"];

/** In the order in which people read them. */
export const REASON_GROUPS = [
  { id: "silence", title: "A host is not heard" },
  { id: "service", title: "A service does not work" },
  { id: "automation", title: "Automation, restarts and questions" },
  { id: "evidence", title: "Credentials, code and what a host can tell" },
  { id: "desk", title: "The desk itself and the way to you" },
] as const;
export type ReasonGroup = (typeof REASON_GROUPS)[number]["id"];

interface Titled {
  readonly title: string;
  readonly group: ReasonGroup;
}

const TITLES: Readonly<Record<Reason, Titled>> = {
  "host-silent": { title: "A host is silent", group: "silence" },
  "host-late-return": { title: "A host did not come back in time", group: "silence" },
  "fleet-silent": { title: "Many hosts fell silent at once", group: "silence" },
  "host-flooding": { title: "A host sends too much", group: "silence" },
  "signature-doubtful": { title: "Something about who may sign is not as known", group: "automation" },
  "host-untrustworthy": { title: "A host answered with another act than was asked", group: "silence" },
  "check-failing": { title: "A check fails", group: "service" },
  "check-stale": { title: "A check brings no result", group: "service" },
  "startup-death": { title: "It dies as soon as it starts", group: "service" },
  "restart-loop-suspected": { title: "It is restarted again and again", group: "service" },
  "no-progress": { title: "It runs and gets nothing done", group: "service" },
  "success-rate-low": { title: "It succeeds too seldom", group: "service" },
  "latency-high": { title: "It answers too slowly", group: "service" },
  "heartbeat-missed": { title: "A job did not report in time", group: "service" },
  "memory-pressure": { title: "It runs out of memory", group: "service" },
  "provider-failing": { title: "Something that several services need fails", group: "service" },
  "identity-conflict": { title: "Two use the same identity", group: "service" },
  "fallback-overdue": { title: "It has run in its fallback mode for too long", group: "service" },
  "fallback-untested": {
    title: "Its fallback mode, or the way to a person, was not tried for too long",
    group: "service",
  },
  "approval-unanswered": { title: "Nobody answered a question", group: "automation" },
  "remediation-ineffective": { title: "What was done did not help", group: "automation" },
  "remediation-stuck": { title: "The same attempt is made again and again", group: "automation" },
  "self-inflicted": { title: "Automation broke it", group: "automation" },
  "automation-frozen": { title: "Automation is frozen", group: "automation" },
  "duplicate-supervisor": { title: "Two things restart the same service", group: "automation" },
  "config-thrash": { title: "A file is changed back and forth", group: "automation" },
  "privilege-gap": { title: "An action could not be run if it were needed", group: "automation" },
  "credential-expiring": { title: "A credential expires soon", group: "evidence" },
  "credential-rejected": { title: "A credential is refused", group: "evidence" },
  "credential-drift": { title: "A credential's file is another one than it was", group: "evidence" },
  "stale-code": { title: "Old code is running", group: "evidence" },
  "host-misconfigured": { title: "A host will not work as it is set up", group: "evidence" },
  "evidence-unreadable": { title: "Something on the host cannot be read", group: "evidence" },
  "page-undelivered": { title: "A page reached nobody", group: "desk" },
  "route-missing": { title: "A way to reach people cannot work", group: "desk" },
  "control-plane-gap": { title: "The desk itself was blind", group: "desk" },
  "shard-unreachable": { title: "A part of the desk does not answer", group: "desk" },
  "record-unreadable": { title: "Something that the desk keeps cannot be read", group: "desk" },
};

const byReason: ReadonlyMap<string, Titled> = new Map(Object.entries(TITLES));

/** What people call a reason; its own name when there is none such. */
export function reasonTitleOf(reason: string): string {
  return byReason.get(reason)?.title ?? reason;
}

/** The reasons of a group, in the order in which people read them. */
export function reasonsOf(group: ReasonGroup): readonly Reason[] {
  return (Object.keys(TITLES) as Reason[]).filter((reason) => TITLES[reason].group === group);
}
