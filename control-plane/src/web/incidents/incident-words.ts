// Words for an incident on a view: what kind of thing it is about, how its pages went, the order in which a person should look at incidents,
// and why an acknowledgement did nothing. Pure.
import type { Incident } from "../../core/desk/records/incident.ts";
import type { Page } from "../../core/desk/records/page.ts";
import { nameOf, type Subject } from "../../core/words/subject.ts";
import type { RefusalTable, ViewRefusal } from "../frame/refusals.ts";

/** A subject as lines of facts: what kind of thing each is, and its name. */
export function factsOfSubject(subject: Subject): readonly (readonly [kind: string, name: string])[] {
  switch (subject.kind) {
    case "host":
      return [["Host", subject.hostName]];
    case "service":
      return [
        ["Host", subject.hostName],
        ["Service", subject.service],
      ];
    case "fleet":
      return [["Fleet", nameOf(subject)]];
    case "provider":
      return [["Provider", subject.name]];
    case "identity":
      return [["Identity", subject.name]];
    case "person":
      return [["Person", subject.name]];
    case "channel":
      return [["Channel", subject.channel]];
    case "part":
      return [[subject.shard === null ? "Part" : "Shard", nameOf(subject)]];
    case "external":
      return [["External", subject.name]];
  }
}

const SEVERITY_RANK = { critical: 0, error: 1, warning: 2, info: 3 } as const;

/** Those that nobody has in hand first, then the severest, then the newest. */
export function byUrgency(incidents: readonly Incident[]): readonly Incident[] {
  return incidents.toSorted(
    (left, right) =>
      Number(left.state === "acknowledged") - Number(right.state === "acknowledged") ||
      Number(left.clearedAt !== null) - Number(right.clearedAt !== null) ||
      SEVERITY_RANK[left.severity] - SEVERITY_RANK[right.severity] ||
      right.openedAt - left.openedAt,
  );
}

/** What kind of page was sent. */
export const PAGE_WORDS: Readonly<Record<Page["kind"], string>> = {
  firing: "Page",
  approval: "Request for approval",
  recovered: "All clear",
  result: "Result",
};

/** Whether a page arrived. */
export function deliveryOf(page: Page): string {
  const attempts = `${page.attempts} ${page.attempts === 1 ? "attempt" : "attempts"}`;
  switch (page.state) {
    case "delivered":
      return `delivered by ${page.deliveredBy ?? "a channel"}`;
    case "pending":
      return page.attempts === 0 ? "waiting to be sent" : `not delivered yet, ${attempts}`;
    case "undeliverable":
      return `undeliverable after ${attempts}`;
  }
}

/** Why an acknowledgement did nothing. */
export const INCIDENT_REFUSALS: RefusalTable<Extract<ViewRefusal, `incident-${string}`>> = {
  "incident-unknown": [404, "No such incident", "There is no incident here. Nothing was changed."],
  "incident-resolved": [
    409,
    "Already resolved",
    "This incident is resolved. There is nothing left to acknowledge.",
  ],
};
