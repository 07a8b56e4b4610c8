// Which pages are held, and which of them a digest brings. Pure look-ups. What a reader would get wrong: what a digest
// on its way brings is held still, and settled only with it; where the digest is gone, its pages wait for the next one.
import { groupedBy } from "@countersign/shared/values/records-index";
import type { Page } from "../records/pages/page.ts";
import type { DeskState } from "../state/desk-state.ts";

type Pages = Pick<DeskState, "pages">;

const ALL = "all";
const heldByResponder = groupedBy<Page>(({ responder, state }) => (state === "held" ? responder : null));
const allHeld = groupedBy<Page>(({ state }) => (state === "held" ? ALL : null));
const digestsByResponder = groupedBy<Page>(({ covers, responder, state }) =>
  covers !== undefined && state === "pending" ? responder : null,
);
const allDigests = groupedBy<Page>(({ covers, state }) =>
  covers !== undefined && state === "pending" ? ALL : null,
);

/** Who has pages that are held, be they still in the policy or not. */
export function peopleHeldFrom({ pages }: Pages): readonly string[] {
  return [...new Set(allHeld(pages, ALL).map(({ responder }) => responder))];
}

/** What is held from a person and in no digest yet, oldest first. */
export function looseOf({ pages }: Pages, responder: string): readonly Page[] {
  const held = heldByResponder(pages, responder);
  const digests = held.length === 0 ? [] : digestsByResponder(pages, responder);
  if (digests.length === 0) return held;
  const covered = new Set(digests.flatMap(({ covers }) => covers ?? []));
  return held.filter(({ key }) => !covered.has(key));
}

/**
 * Says whether what a page tells may be told now. A ring waits on while all has cleared: it rings when that begins again,
 * and is taken back when it is over. Our own blindness and what an act did are told afterwards.
 */
export function isTellable(
  { incidents }: Pick<DeskState, "incidents">,
  { incidentId, kind, tells }: Pick<Page, "incidentId" | "kind" | "tells">,
): boolean {
  const incident = incidents.get(incidentId);
  if (kind !== "ring" || incident === undefined || incident.state === "resolved") return true;
  const isResult = tells.some(({ what }) => what === "result");
  return incident.clearedAt === null || incident.reason === "control-plane-gap" || isResult;
}

/** The digests that are on their way. */
export function digestsOnTheirWay({ pages }: Pages): readonly Page[] {
  return allDigests(pages, ALL);
}

/** What a digest brings, as far as it is still there and was not brought before. */
export function coveredBy({ pages }: Pages, { covers = [] }: Page): readonly Page[] {
  return covers.flatMap((key) => {
    const page = pages.get(key);
    return page === undefined || page.state === "delivered" ? [] : [page];
  });
}

/** A page, and what it brings: whatever becomes of it becomes of them, by the same attempts. */
export function withCovered(state: Pages, page: Page): readonly Page[] {
  const { attempts, channels, lastError, unconfirmed } = page;
  const tried = { attempts, channels, lastError, ...(unconfirmed === undefined ? {} : { unconfirmed }) };
  return [page, ...coveredBy(state, page).map((one) => ({ ...one, ...tried }))];
}

/** By which channels a page may have come though none said so: by itself, or with a digest that is on its way. */
export function unconfirmedOf(state: Pages, { key, state: at, unconfirmed = [] }: Page): readonly string[] {
  if (at !== "held") return unconfirmed;
  const bringing = digestsOnTheirWay(state).filter(({ covers = [] }) => covers.includes(key));
  return [...unconfirmed, ...bringing.flatMap((digest) => digest.unconfirmed ?? [])];
}
