// Whether people can be woken, as far as is known: who is on call in which order, how each of their channels did last, the last page and the
// last test page. Pure. What a reader would get wrong: a channel that was never tried is no channel that works.
import { namedAt } from "@countersign/shared/values/named";
import type { Policy } from "../../../policy/policy.ts";

/** A page as one channel carried it; instants are epoch milliseconds. */
export interface SentPage {
  /** when it was made */
  readonly at: number;
  readonly responder: string;
  readonly channel: string | null;
  readonly title: string;
  readonly path: string;
  readonly deliveredAt: number | null;
  /** when its person opened what it leads to; null: not yet, as far as is known */
  readonly seenAt: number | null;
  readonly error: string | null;
}

/** One channel of one person. */
export interface ChannelReach {
  readonly responder: string;
  readonly channel: string;
  /** ntfy, webhook, … */
  readonly kind: string;
  /** `broken`: the last attempt failed, or none can be made; `pending`: the last one is not answered yet */
  readonly state: "works" | "broken" | "never-tried" | "pending";
  /** the last page or test page that was tried on it; null: none ever was */
  readonly last: SentPage | null;
  /** why it cannot work at all, whatever was tried; absent: nothing is known to be wrong with it */
  readonly problem?: string;
}

export interface Reach {
  /** in the order of the escalation; `afterMs`: when they are paged first, if nobody answered */
  readonly onCall: readonly { readonly responder: string; readonly name: string; readonly afterMs: number }[];
  /** null: none was ever tried */
  readonly lastPage: SentPage | null;
  readonly lastTest: SentPage | null;
  /** the worst first; a person's own in their order */
  readonly channels: readonly ChannelReach[];
}

/** What is known of the way to each person of the policy. */
export function reachOf(policy: Policy): Reach {
  const channels = policy.responders.flatMap(({ channels: names, id }) =>
    names.map((channel): ChannelReach => {
      const kind = namedAt(policy.channels, channel)?.kind ?? "";
      return { responder: id, channel, kind, state: "never-tried", last: null };
    }),
  );
  return { onCall: onCallOf(policy), lastPage: null, lastTest: null, channels };
}

function onCallOf({ escalation, responders }: Policy): Reach["onCall"] {
  const first = new Map<string, number>();
  for (const { afterMs, notify } of escalation.steps)
    for (const id of notify) if (!first.has(id)) first.set(id, afterMs);
  return [...first].map(([responder, afterMs]) => ({
    responder,
    name: responders.find(({ id }) => id === responder)?.name ?? responder,
    afterMs,
  }));
}
