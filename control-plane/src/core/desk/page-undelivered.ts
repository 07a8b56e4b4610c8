// Rule `page-undelivered`: pages to one person do not arrive. Every channel was tried and none took the page for two minutes, or all
// rounds are used up. Everybody else is paged about it. Pure.
// What a reader would get wrong: pages about undelivered pages are not judged, or a dead pager would page about itself for ever.
import { groupedBy } from "@countersign/shared/values/records-index";
import { personSubject } from "../words/subject.ts";
import type { DeskFinding, DeskRule } from "./desk-rule.ts";
import type { DeskContext } from "./state/desk-events.ts";
import { lastReachedAt } from "./state/desk-index.ts";
import type { DeskState, Page } from "./state/desk-state.ts";

/** A first delivery that takes longer is said to be missing, while the attempts go on. */
export const PAGE_LATE_AFTER_MS = 120_000;

/** Pages that no channel has taken though each was tried: of these some are missing. */
const TROUBLED = "troubled";
const troubled = groupedBy<Page>((page) => {
  if (page.state === "pending" && hasTriedAll(page)) return TROUBLED;
  return page.state === "undeliverable" ? TROUBLED : null;
});

export const pageUndelivered: DeskRule = {
  reason: "page-undelivered",
  judge: (state, context) => {
    const missing = judgedPages(state).filter((page) => isMissing(state, page, context.now));
    const responders = [...new Set(missing.map(({ responder }) => responder))];
    return responders.map((responder) =>
      findingOf(
        missing.filter((page) => page.responder === responder),
        nameIn(context, responder),
      ),
    );
  },
  dueAt: (state, { now }) => {
    const dueAt = judgedPages(state)
      .filter((page) => page.state === "pending")
      .map(({ createdAt }) => createdAt + PAGE_LATE_AFTER_MS)
      .filter((at) => at > now);
    return dueAt.length === 0 ? null : Math.min(...dueAt);
  },
  endsBecause: null,
};

function judgedPages(state: DeskState): readonly Page[] {
  return troubled(state.pages, TROUBLED).filter(({ incidentId }) => {
    const incident = state.incidents.get(incidentId);
    return incident !== undefined && incident.state !== "resolved" && incident.reason !== "page-undelivered";
  });
}

function isMissing(state: DeskState, page: Page, now: number): boolean {
  switch (page.state) {
    case "delivered":
      return false;
    case "pending":
      return hasTriedAll(page) && now >= page.createdAt + PAGE_LATE_AFTER_MS;
    case "undeliverable":
      return !wasReachedAfter(state, page);
  }
}

/** A page that we could not even try (we were down ourselves) says nothing about the channels. */
function hasTriedAll({ attempts, channels }: Page): boolean {
  return attempts >= channels.length;
}

/** A later page arrived: the channels work again, and the escalation has gone on meanwhile. */
function wasReachedAfter(state: DeskState, { createdAt, responder }: Page): boolean {
  return lastReachedAt(state, responder) > createdAt;
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
