// How each channel does, whosever pages it carries: what fails on it rests for a while, longer each time, and one page
// at a time tries whether it works again. Pure. What a reader would get wrong: a channel is its settings; the same name
// with another address is another channel, of which nothing is known. What a provider asks for by `Retry-After` is kept
// to the millisecond, and nothing else shortens or lengthens it.
import { hasNamed } from "@countersign/shared/values/named";
import { groupedBy } from "@countersign/shared/values/records-index";
import type { Policy } from "../../../policy/policy.ts";
import type { ChannelState } from "../records/pages/channel-state.ts";
import type { Page } from "../records/pages/page.ts";
import { type DeskChange, putPage } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import type { DeskState } from "../state/desk-state.ts";
import type { Attempted } from "./attempted.ts";
import { jittered } from "./jitter.ts";
import { settingsHashOf } from "./settings-hash.ts";

/** From the second failure in a row on; doubles each time. */
export const REST_FIRST_MS = 5_000;
/** A channel that does not answer in time keeps each page waiting: it rests from the first failure on. */
export const REST_TIMEOUT_MS = 30_000;
export const REST_MAX_MS = 300_000;
/** What a provider may ask for. */
export const RETRY_AFTER_MAX_MS = 3_600_000;
/** A page that tries whether it works has so long, before another one does. */
export const PROBE_MS = 20_000;
/** So many in a row, over so long at least, and it is broken. */
export const BROKEN_FAILURES_MIN = 3;
export const BROKEN_AFTER_MS = 30_000;

const waitingPages = groupedBy<Page>(({ round, state }) =>
  state === "pending" && round?.isWaiting === true ? "waiting" : null,
);

/** What failed on a channel as it is set now; undefined: nothing since it took something. */
export function channelStateOf(
  { channelStates }: Pick<DeskState, "channelStates">,
  policy: Policy,
  channel: string,
): ChannelState | undefined {
  const state = channelStates.get(channel);
  return state?.settings === settingsHashOf(policy, channel) ? state : undefined;
}

/** Until when nothing is sent on a channel; null: it may be used now. */
export function restsUntil(
  state: Pick<DeskState, "channelStates">,
  { now, policy }: Pick<DeskContext, "now" | "policy">,
  channel: string,
): number | null {
  const restsUntilAt = channelStateOf(state, policy, channel)?.restsUntilAt ?? 0;
  return restsUntilAt > now ? restsUntilAt : null;
}

/** Its provider said itself that it wants nothing now. */
export function isToldToWait(
  state: Pick<DeskState, "channelStates">,
  at: Pick<DeskContext, "now" | "policy">,
  channel: string,
): boolean {
  return (
    restsUntil(state, at, channel) !== null &&
    channelStateOf(state, at.policy, channel)?.isToldToWait === true
  );
}

/** When a channel counts as broken, unless it takes something before; null: it does not. */
export function brokenFrom({ failures, firstFailedAt, isForGood }: ChannelState): number | null {
  if (isForGood) return firstFailedAt;
  return failures >= BROKEN_FAILURES_MIN ? firstFailedAt + BROKEN_AFTER_MS : null;
}

/** Says whether a channel takes nothing any more. */
export function isBroken(state: ChannelState, now: number): boolean {
  const fromAt = brokenFrom(state);
  return fromAt !== null && fromAt <= now;
}

/** Takes what a channel said about an attempt, as far as it says how the channel is. */
export function noteChannel(change: DeskChange, context: DeskContext, attempted: Attempted): DeskChange {
  const { channel, key, result } = attempted;
  // It left the policy while the page was on its way.
  if (!hasNamed(context.policy.channels, channel)) return change;
  const before = channelStateOf(change.state, context.policy, channel);
  switch (result) {
    case "delivered": {
      if (before === undefined) return change;
      // What was on its way when the provider asked to wait says nothing about the wait.
      const isKept =
        before.isToldToWait === true && before.restsUntilAt > context.now && before.probeKey !== key;
      return isKept
        ? putChannel(change, { ...before, failures: 0, isForGood: false })
        : withoutChannel(change, context, channel);
    }
    case "failed":
      return putChannel(change, failedState(before, context, attempted));
  }
}

/** Notes that a page tries whether a channel that rested works again: others wait for what comes of it. */
export function noteProbe(
  change: DeskChange,
  context: DeskContext,
  { channel, key }: { readonly channel: string; readonly key: string },
): DeskChange {
  const state = channelStateOf(change.state, context.policy, channel);
  if (state === undefined || state.restsUntilAt === 0 || state.restsUntilAt > context.now) return change;
  const { isToldToWait: _over, ...rested } = state;
  return putChannel(change, { ...rested, restsUntilAt: context.now + PROBE_MS, probeKey: key });
}

/** Pages that found each of their person's channels at rest. */
export function waitingPagesIn({ pages }: Pick<DeskState, "pages">): readonly Page[] {
  return waitingPages(pages, "waiting");
}

/** Forgets channels that are set otherwise now, or left the policy. */
export function forgetChannels(change: DeskChange, context: DeskContext): DeskChange {
  return change.state.channelStates
    .ids()
    .filter((channel) => channelStateOf(change.state, context.policy, channel) === undefined)
    .reduce((before, channel) => withoutChannel(before, context, channel), change);
}

function failedState(
  before: ChannelState | undefined,
  { now, policy }: DeskContext,
  { channel, detail, isForGood, isTimeout, key, retryAfterMs }: Attempted,
): ChannelState {
  const isResting = before !== undefined && before.restsUntilAt > now && before.probeKey !== key;
  const failures = (before?.failures ?? 0) + (isResting ? 0 : 1);
  const state: ChannelState = {
    channel,
    settings: settingsHashOf(policy, channel),
    failures,
    firstFailedAt: before === undefined || before.failures === 0 ? now : before.firstFailedAt,
    lastError: detail,
    isForGood: isForGood === true,
    restsUntilAt: 0,
  };
  if (retryAfterMs !== undefined) {
    const toldAt = now + Math.min(RETRY_AFTER_MAX_MS, Math.max(0, retryAfterMs));
    const restsUntilAt = isResting ? Math.max(before.restsUntilAt, toldAt) : toldAt;
    return { ...state, restsUntilAt, isToldToWait: true };
  }
  if (isResting) return { ...before, lastError: detail, isForGood: state.isForGood || before.isForGood };
  const pauseMs = pauseAfter({ failures, isForGood: state.isForGood, isTimeout: isTimeout === true });
  return pauseMs === 0
    ? state
    : { ...state, restsUntilAt: now + Math.min(REST_MAX_MS, jittered(pauseMs, `${channel}:${failures}`)) };
}

function pauseAfter(failed: {
  readonly failures: number;
  readonly isForGood: boolean;
  readonly isTimeout: boolean;
}): number {
  if (failed.isForGood) return REST_MAX_MS;
  if (failed.isTimeout) return REST_TIMEOUT_MS * 2 ** (failed.failures - 1);
  return failed.failures < 2 ? 0 : REST_FIRST_MS * 2 ** (failed.failures - 2);
}

function putChannel(change: DeskChange, state: ChannelState): DeskChange {
  const channelStates = change.state.channelStates.with(state.channel, state);
  return { ...change, state: { ...change.state, channelStates } };
}

/** Pages that waited for it are tried at once. */
function withoutChannel(change: DeskChange, { now }: DeskContext, channel: string): DeskChange {
  const channelStates = change.state.channelStates.without(channel);
  return waitingPagesIn(change.state)
    .filter(({ channels }) => channels.includes(channel))
    .reduce((before, page) => putPage(before, { ...page, nextAttemptAt: now }), {
      ...change,
      state: { ...change.state, channelStates },
    });
}
