// By which channels a page is tried next: its person's own, in their order, each once a round; one that rests is left
// out of it, and one that swallowed the page is out for good. Pure.
import type { Page, PageRound } from "../records/pages/page.ts";
import type { DeskContext } from "../state/desk-events.ts";
import type { DeskState } from "../state/desk-state.ts";
import { isToldToWait, restsUntil } from "./channel-states.ts";
import { deliveriesOfPage } from "./delivery-index.ts";

export interface ChannelChoice {
  /** places among the page's channels at which it can be tried now, the next one first */
  readonly free: readonly number[];
  /** when the first of all that may carry it is free; null: one is, or none ever will be */
  readonly freeAt: number | null;
}

/** How far a page is; one that was stored before rounds were is as far as its attempts say. */
export function roundOf({ attempts, channelIndex, channels, round }: Page): PageRound {
  if (round !== undefined) return round;
  const count = channels.length;
  if (count === 0) return { done: 0, tried: [] };
  const tried = Array.from(
    { length: attempts % count },
    (_none, index) => channels[(channelIndex + count - 1 - index) % count] ?? "",
  );
  return { done: Math.floor(attempts / count), tried };
}

/** Where a page can be tried now. */
export function choiceOf(state: DeskState, context: DeskContext, page: Page): ChannelChoice {
  const { tried } = roundOf(page);
  const swallowers = new Set(deliveriesOfPage(state, page.key).map(({ channel }) => channel));
  const able = page.channels
    .map((_channel, index) => (page.channelIndex + index) % page.channels.length)
    .filter((index) => !swallowers.has(page.channels[index] ?? ""));
  const restOf = (index: number) => restFor(state, context, { page, channel: page.channels[index] ?? "" });
  const free = able.filter((index) => !tried.includes(page.channels[index] ?? "") && restOf(index) === null);
  const rests = able.map(restOf).filter((at) => at !== null);
  return { free, freeAt: rests.length === 0 || rests.length < able.length ? null : Math.min(...rests) };
}

/**
 * Whoever tests one channel wants to know how it is now, be it thought to be broken; only its provider's own word
 * stands against that.
 */
function restFor(
  state: DeskState,
  context: DeskContext,
  { channel, page }: { readonly channel: string; readonly page: Page },
): number | null {
  const restsUntilAt = restsUntil(state, context, channel);
  const isTestOfIt = page.kind === "test" && page.channels.length === 1;
  return isTestOfIt && !isToldToWait(state, context, channel) ? null : restsUntilAt;
}
