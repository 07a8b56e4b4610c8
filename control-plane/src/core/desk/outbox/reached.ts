// When a person was last known to be reached: something came by one of their channels, or they gave a sign of life
// themselves. Pure. What a reader would get wrong: that a channel took a page is not that it came, where its provider
// would say so (swallowed.ts); what cannot say more counts as having brought what it took.
import { groupedBy } from "@countersign/shared/values/records-index";
import { wayOf } from "../../../policy/ways.ts";
import type { Incident } from "../records/incident.ts";
import type { Page } from "../records/pages/page.ts";
import type { DeskContext } from "../state/desk-events.ts";
import { contactsOf } from "../state/desk-index.ts";
import type { DeskState } from "../state/desk-state.ts";

const pagesByResponder = groupedBy<Page>(({ deliveredAt, responder, seenAt }) =>
  deliveredAt === null && seenAt === undefined ? null : responder,
);
const takenFirstBy = groupedBy<Incident>(({ firstTaken }) => firstTaken?.by.responder ?? null);

/** 0: never, as far as is known. */
export function lastReachedAt(
  state: Pick<DeskState, "contacts" | "incidents" | "pages" | "testPages">,
  context: Pick<DeskContext, "policy">,
  responder: string,
): number {
  return Math.max(lastCameAt(state, context, responder), lastHeardAt(state, responder));
}

/** A test page as well; and pages leave with their incidents, which contacts do not. */
function lastCameAt(
  state: Pick<DeskState, "contacts" | "pages">,
  { policy }: Pick<DeskContext, "policy">,
  responder: string,
): number {
  const taken = pagesByResponder(state.pages, responder).filter(
    ({ deliveredBy }) => (wayOf(policy, deliveredBy ?? "")?.arrivesWithinMs ?? null) === null,
  );
  return latestOf([...taken, ...contactsOf(state, responder)].map(({ deliveredAt }) => deliveredAt));
}

/** They opened what a page leads to, took an incident, or said that a test page came. */
function lastHeardAt(
  state: Pick<DeskState, "contacts" | "incidents" | "pages" | "testPages">,
  responder: string,
): number {
  const tests = state.testPages.values().filter((test) => test.responder === responder);
  return latestOf([
    ...pagesByResponder(state.pages, responder).map(({ seenAt }) => seenAt),
    ...contactsOf(state, responder).flatMap(({ page, test }) => [page?.seenAt, test?.seenAt]),
    ...takenFirstBy(state.incidents, responder).map(({ firstTaken }) => firstTaken?.at),
    ...tests.map(({ receipt }) => receipt?.at),
  ]);
}

function latestOf(instants: readonly (number | null | undefined)[]): number {
  return instants.reduce<number>((latest, at) => Math.max(latest, at ?? 0), 0);
}
