// A channel that cannot work, while it cannot. There is one for each channel of the policy at most.
import type { DeskRecord } from "../desk-record.ts";

/** A channel that cannot work, as the shell found it: a secret that is not bound, an address that is refused. */
export interface BrokenRoute {
  readonly channel: string;
  readonly problem: string;
  readonly at: number;
}

export const brokenRouteRecord: DeskRecord<BrokenRoute, "route"> = {
  kind: "route",
  keyOf: ({ channel }) => channel,
  whenOver: "forgotten",
  unreadable: {
    name: "finding about a channel",
    severity: "warning",
    meaning: "the channel is looked at again",
  },
};
