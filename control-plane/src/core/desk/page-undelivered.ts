// Rule `page-undelivered`: pages to one person do not arrive. Every channel was tried and none took the page for two minutes, or all
// rounds are used up. Everybody else is paged about it. Pure.
// What a reader would get wrong: pages about undelivered pages are not judged, or a dead pager would page about itself for ever.
import { dueBy } from "@countersign/shared/values/records-index";
import { personSubject } from "../words/subject.ts";
import type { DeskFinding, DeskRule } from "./desk-rule.ts";
import type { Finding } from "./records/finding.ts";
import type { Page } from "./records/page.ts";
import type { DeskContext } from "./state/desk-events.ts";
import { lastReachedAt } from "./state/desk-index.ts";
import type { DeskState } from "./state/desk-state.ts";
import { openFindingsBy } from "./state/finding-index.ts";

/** A first delivery that takes longer is said to be missing, while the attempts go on. */
export const PAGE_LATE_AFTER_MS = 120_000;

/** Pages that no channel has taken though each was tried, by when they are said to be missing; what is given up is missing at once. */
const missingPages = dueBy<Page, null>((page) => {
  switch (page.state) {
    case "delivered":
      return null;
    case "pending":
      return hasTriedAll(page) ? page.createdAt + PAGE_LATE_AFTER_MS : null;
    case "undeliverable":
      return 0;
  }
});

export const pageUndelivered: DeskRule = {
  reason: "page-undelivered",
  judge: (state, context) => {
    const missing = missingPages
      .dueAt(state.pages, null, context.now)
      .filter((page) => isJudged(state, page) && !wasReachedSince(state, page.responder, page.createdAt))
      .filter(({ responder }) => context.policy.responders.some(({ id }) => id === responder));
    const byResponder = Map.groupBy(missing, ({ responder }) => responder);
    const lasting = openFindingsBy(state, "page-undelivered")
      .filter((finding) => !byResponder.has(responderOf(finding)) && isLasting(state, context, finding))
      .map(({ evidence, happenedAt, severity, subject, title }) => ({
        evidence,
        happenedAt,
        severity,
        subject,
        title,
      }));
    return [...[...byResponder].map(([id, pages]) => findingOf(pages, nameIn(context, id))), ...lasting];
  },
  dueAt: ({ pages }, { now }) => missingPages.nextAfter(pages, null, now),
  endsBecause: "A page reached them, or they or the channel are not in the policy any more.",
};

function isJudged({ incidents }: DeskState, { incidentId }: Page): boolean {
  const incident = incidents.get(incidentId);
  return incident !== undefined && incident.state !== "resolved" && incident.reason !== "page-undelivered";
}

/** It goes on until a page, whichever, has reached the person: that its own page is moot by now mends nothing. */
function isLasting(state: DeskState, { policy }: DeskContext, finding: Finding): boolean {
  const responder = responderOf(finding);
  const person = policy.responders.find(({ id }) => id === responder);
  if (person === undefined || wasReachedSince(state, responder, finding.beganAt)) return false;
  return finding.alike === null || finding.alike === channelsKey(person.channels);
}

function responderOf({ subject }: Finding): string {
  return subject.kind === "person" ? subject.responder : "";
}

function channelsKey(channels: readonly string[]): string {
  return JSON.stringify(channels);
}

/** A page that we could not even try (we were down ourselves) says nothing about the channels. */
function hasTriedAll({ attempts, channels }: Page): boolean {
  return attempts >= channels.length;
}

function wasReachedSince(state: DeskState, responder: string, at: number): boolean {
  return lastReachedAt(state, responder) > at;
}

function findingOf(missing: readonly Page[], { id, name }: { id: string; name: string }): DeskFinding {
  const happenedAt = Math.min(...missing.map(({ createdAt }) => createdAt));
  return {
    subject: personSubject({ id, name }),
    severity: "critical",
    title: `Pages to ${name} are not delivered`,
    happenedAt,
    alike: channelsKey(missing[0]?.channels ?? []),
    evidence: missing.map((page) => ({
      at: page.createdAt,
      text: `"${page.title}": ${page.attempts} attempts on ${page.channels.join(", ") || "no channel"}`,
    })),
  };
}

function nameIn({ policy }: DeskContext, id: string): { readonly id: string; readonly name: string } {
  return policy.responders.find((responder) => responder.id === id) ?? { id, name: id };
}
