// Rule `page-undelivered`: pages to one person do not arrive. Every channel was tried and none took the page for two minutes, or all
// rounds are used up. Everybody else is paged about it. Pure.
// What a reader would get wrong: pages about undelivered pages are not judged, or a dead pager would page about itself for ever.
import { dueBy } from "@countersign/shared/values/records-index";
import { personSubject } from "../words/subject.ts";
import type { DeskFinding, DeskRule } from "./desk-rule.ts";
import type { Page } from "./records/page.ts";
import type { DeskContext } from "./state/desk-events.ts";
import { lastReachedAt } from "./state/desk-index.ts";
import type { DeskState } from "./state/desk-state.ts";

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
      .filter((page) => isJudged(state, page) && !wasReachedAfter(state, page));
    const responders = [...new Set(missing.map(({ responder }) => responder))];
    return responders.map((responder) =>
      findingOf(
        missing.filter((page) => page.responder === responder),
        nameIn(context, responder),
      ),
    );
  },
  dueAt: ({ pages }, { now }) => missingPages.nextAfter(pages, null, now),
  endsBecause: null,
};

function isJudged({ incidents }: DeskState, { incidentId }: Page): boolean {
  const incident = incidents.get(incidentId);
  return incident !== undefined && incident.state !== "resolved" && incident.reason !== "page-undelivered";
}

/** A page that we could not even try (we were down ourselves) says nothing about the channels. */
function hasTriedAll({ attempts, channels }: Page): boolean {
  return attempts >= channels.length;
}

/** It was given up and a later page arrived: the channels work again, and the escalation has gone on meanwhile. */
function wasReachedAfter(state: DeskState, page: Page): boolean {
  return page.state === "undeliverable" && lastReachedAt(state, page.responder) > page.createdAt;
}

function findingOf(missing: readonly Page[], { id, name }: { id: string; name: string }): DeskFinding {
  const happenedAt = Math.min(...missing.map(({ createdAt }) => createdAt));
  return {
    subject: personSubject({ id, name }),
    severity: "critical",
    title: `Pages to ${name} are not delivered`,
    happenedAt,
    evidence: missing.map((page) => ({
      at: page.createdAt,
      text: `"${page.title}": ${page.attempts} attempts on ${page.channels.join(", ") || "no channel"}`,
    })),
  };
}

function nameIn({ policy }: DeskContext, id: string): { readonly id: string; readonly name: string } {
  return policy.responders.find((responder) => responder.id === id) ?? { id, name: id };
}
