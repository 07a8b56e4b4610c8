// How a channel does, whosever pages it carries: what failed on it in a row, and until when nothing is sent on it.
// Bounded: one for each channel of the policy, and only while something failed.
import type { DeskRecord } from "../desk-record.ts";

export interface ChannelState {
  readonly channel: string;
  /** of the settings that failed, SHA-256 (core/desk/deliveries/settings-hash.ts): another address is another channel */
  readonly settings: string;
  /** attempts that failed since one was taken; those that came back while it rested count once */
  readonly failures: number;
  readonly firstFailedAt: number;
  readonly lastError: string;
  /** the same is refused again until somebody changes something */
  readonly isForGood: boolean;
  /** nothing is sent on it before: its provider said so, it failed just now, or one page tries it; 0: it does not rest */
  readonly restsUntilAt: number;
  /** its provider said so itself. absent: it did not */
  readonly isToldToWait?: true;
  /** of the page that tries whether it works again. absent: none does */
  readonly probeKey?: string;
}

export const channelStateRecord: DeskRecord<ChannelState, "channel-state"> = {
  kind: "channel-state",
  keyOf: ({ channel }) => channel,
  whenOver: "forgotten",
  unreadable: {
    name: "state of a channel",
    severity: "warning",
    meaning: "the channel counts as one that works until it fails again",
  },
};
