// What the pages of a story tell, and whether one is what a story expects. Pure.
import type { DeliveredPage } from "../../control-plane/replay/world/memory-desk.ts";
import type { Page } from "../../control-plane/src/core/desk/records/pages/page.ts";
import type { PageReason } from "../../control-plane/src/core/words/signal.ts";

/** What a story expects of a page. */
export interface PageExpectation {
  /** absent: a ring */
  readonly kind?: Page["kind"];
  /** one that it tells */
  readonly reason?: PageReason;
  /** where its link leads */
  readonly to?: "approval" | "incident";
  readonly channel?: string;
  /** part of its title or body */
  readonly says?: string;
}

/** It tells the reason: it is the first about that finding, or has it in its title. */
function isToldBy({ tells }: Page, wanted: PageReason): boolean {
  return tells.some(({ isFirst, isTitle, reason }) => reason === wanted && (isFirst || isTitle));
}

/** A page in a line of a story's failure. */
export function describePage({ channel, page }: DeliveredPage): string {
  const told = page.tells.map(({ reason, what }) => `${reason} ${what}`).join(", ");
  return `${page.responder} by ${channel}: ${page.kind} ${told} ${page.path} "${page.title}"`;
}

/** It is the page that a story expects. */
export function isWanted(
  { channel, page }: DeliveredPage,
  responder: string,
  wanted: PageExpectation,
): boolean {
  const { kind = "ring" } = wanted;
  return (
    page.responder === responder &&
    page.kind === kind &&
    (wanted.reason === undefined || isToldBy(page, wanted.reason)) &&
    (wanted.channel === undefined || wanted.channel === channel) &&
    (wanted.to === undefined || page.path.startsWith(`/${wanted.to}s/`)) &&
    (wanted.says === undefined || `${page.title}\n${page.body}`.includes(wanted.says))
  );
}
