// Whether people can be woken, as far as is known: who is on call in which order, how each of their channels did last, the
// last page and the last test page. Pure. What a reader would get wrong: a channel that was never tried is no channel that
// works, and one whose address or kind is another now was never tried.
import { namedAt } from "@countersign/shared/values/named";
import type { Policy } from "../../../policy/policy.ts";
import { type ChannelWay, wayOf } from "../../../policy/ways.ts";
import { channelStateOf, isBroken } from "../deliveries/channel-states.ts";
import { settingsHashOf } from "../deliveries/settings-hash.ts";
import { PAGE_UNCONFIRMED_AFTER_MS } from "../outbox/page-outbox.ts";
import type { BrokenRoute } from "../records/pages/broken-route.ts";
import type { ChannelState } from "../records/pages/channel-state.ts";
import type { CarriedPage, Contact } from "../records/pages/contact.ts";
import type { Delivery } from "../records/pages/delivery.ts";
import type { Drill } from "../records/pages/drill.ts";
import type { DeskContext } from "../state/desk-events.ts";
import type { DeskState } from "../state/desk-state.ts";

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
  /** it says that nothing is wrong; absent: a page about something */
  readonly isTest?: true;
}

/** One channel of one person. */
export interface ChannelReach {
  readonly responder: string;
  readonly channel: string;
  /** ntfy, webhook, … */
  readonly kind: string;
  /** `broken`: the last attempt failed, or none can be made; `pending`: the last one is not answered yet */
  readonly state: "works" | "broken" | "never-tried" | "pending";
  /** the last page or test page that was tried on it as it is set now; null: none ever was */
  readonly last: SentPage | null;
  /** why it cannot work at all, or takes nothing any more; absent: nothing is known to be wrong with it */
  readonly problem?: string;
  /** since when it takes nothing, epoch milliseconds; absent: it does, as far as is known */
  readonly brokenSinceAt?: number;
  /** how far the last one got, as its provider and its person said; absent: nothing took it */
  readonly stage?: Delivery["stage"];
  /** what it can wake, by its kind; absent: the policy names no such channel */
  readonly wakes?: ChannelWay["wakes"];
  /** why what is answered there is refused here, though it is set up to be heard; absent: it is heard, as far as is known */
  readonly unheard?: string;
}

export interface Reach {
  /** in the order of the escalation; `afterMs`: when they are paged first, if nobody answered */
  readonly onCall: readonly { readonly responder: string; readonly name: string; readonly afterMs: number }[];
  /** null: none was ever tried */
  readonly lastPage: SentPage | null;
  readonly lastTest: SentPage | null;
  /** the worst first; a person's own in their order */
  readonly channels: readonly ChannelReach[];
  /** how the way to each person was drilled last, where the policy wants that */
  readonly drills: readonly DrillReach[];
}

/** What is known of the drills of the way to one person. */
export type DrillReach = Pick<Drill, "responder" | "sentAt" | "provenAt" | "provenBy" | "stage">;

const WORST_FIRST: readonly ChannelReach["state"][] = ["broken", "never-tried", "pending", "works"];

/** What is known of the way to each person of the policy. */
export function reachOf(
  state: Pick<DeskState, "channelStates" | "contacts" | "drills"> & {
    readonly brokenRoutes: { readonly get: (channel: string) => BrokenRoute | undefined };
  },
  at: Pick<DeskContext, "now" | "policy">,
): Reach {
  const { brokenRoutes, contacts, drills } = state;
  const channels = at.policy.responders.flatMap(({ channels: names, id }) =>
    names.map((channel) =>
      channelReachOf(at, {
        responder: id,
        channel,
        contact: contacts.get(`${id}/${channel}`),
        route: brokenRoutes.get(channel),
        failing: channelStateOf(state, at.policy, channel),
      }),
    ),
  );
  return {
    onCall: onCallOf(at.policy),
    lastPage: latestOf(contacts.values(), "page"),
    // A page that was sent was sent; a test page is proof, and of the settings that it went by alone.
    lastTest: latestOf(
      contacts.values().filter((contact) => provenBy(at.policy, contact, "test") !== null),
      "test",
    ),
    channels: channels.toSorted(
      (left, right) => WORST_FIRST.indexOf(left.state) - WORST_FIRST.indexOf(right.state),
    ),
    drills: drills.values().map(({ provenAt, provenBy, responder, sentAt, stage }) => ({
      responder,
      sentAt,
      provenAt,
      provenBy,
      stage,
    })),
  };
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

function channelReachOf(
  { now, policy }: Pick<DeskContext, "now" | "policy">,
  of: {
    readonly responder: string;
    readonly channel: string;
    readonly contact: Contact | undefined;
    readonly route: BrokenRoute | undefined;
    readonly failing: ChannelState | undefined;
  },
): ChannelReach {
  const { channel, contact, failing, responder, route } = of;
  const kind = namedAt(policy.channels, channel)?.kind ?? "";
  const carried = newerOf(provenBy(policy, contact, "page"), provenBy(policy, contact, "test"));
  const state = carried === null ? "never-tried" : stateOf(carried, now);
  const last =
    carried === null || contact === undefined ? null : withSilence(sentOf(contact, carried), state);
  const stage = carried === null ? null : stageOf(carried);
  const wakes = wayOf(policy, channel)?.wakes;
  const known = {
    responder,
    channel,
    kind,
    state,
    last,
    ...(stage === null ? {} : { stage }),
    ...(wakes === undefined ? {} : { wakes }),
  };
  if (route !== undefined && !hasCarriedSince(carried, route))
    return { ...known, state: "broken", problem: route.problem };
  if (failing === undefined || !isBroken(failing, now)) return known;
  const { firstFailedAt, lastError } = failing;
  return { ...known, state: "broken", problem: lastError, brokenSinceAt: firstFailedAt };
}

/** Ways are looked at each minute: one that took a page after it was found broken has been mended meanwhile. */
function hasCarriedSince(carried: CarriedPage | null, { at }: BrokenRoute): boolean {
  return carried !== null && carried.deliveredAt !== null && carried.deliveredAt > at;
}

/** What a channel carried by the settings that it has now; null: nothing. */
function provenBy(policy: Policy, contact: Contact | undefined, place: "page" | "test"): CarriedPage | null {
  const carried = contact?.[place] ?? null;
  if (contact === undefined || carried === null) return null;
  return carried.settings === settingsHashOf(policy, contact.channel) ? carried : null;
}

/** null: nothing took it. */
function stageOf({ deliveredAt, seenAt, stage }: CarriedPage): Delivery["stage"] | null {
  if (stage === "acknowledged") return stage;
  if (seenAt !== null) return "seen";
  return stage ?? (deliveredAt === null ? null : "accepted");
}

/**
 * Nobody waits for an answer for ever: what crashed with us, or with the channel, did not arrive as far as anybody knows.
 */
function stateOf({ deliveredAt, error, stage, triedAt }: CarriedPage, now: number): ChannelReach["state"] {
  if (stage === "lost" || error !== null) return "broken";
  if (deliveredAt !== null) return "works";
  return now < triedAt + PAGE_UNCONFIRMED_AFTER_MS ? "pending" : "broken";
}

function withSilence(sent: SentPage, state: ChannelReach["state"]): SentPage {
  if (state !== "broken" || sent.error !== null) return sent;
  return {
    ...sent,
    error: sent.deliveredAt === null ? "no answer came" : "it was taken, and reached nobody",
  };
}

function latestOf(contacts: readonly Contact[], place: "page" | "test"): SentPage | null {
  let latest: SentPage | null = null;
  for (const contact of contacts) {
    const carried = contact[place];
    if (carried === null) continue;
    const sent = sentOf(contact, carried);
    if (latest === null || isBetter(sent, latest)) latest = sent;
  }
  return latest;
}

/** Of one that several channels carried, the one that arrived. */
function isBetter(sent: SentPage, than: SentPage): boolean {
  if (sent.at !== than.at) return sent.at > than.at;
  if ((sent.error === null) !== (than.error === null)) return sent.error === null;
  return than.deliveredAt === null || (sent.seenAt !== null && than.seenAt === null);
}

function newerOf(page: CarriedPage | null, test: CarriedPage | null): CarriedPage | null {
  if (page === null || test === null) return page ?? test;
  return test.triedAt >= page.triedAt ? test : page;
}

function sentOf({ channel, responder, test }: Contact, carried: CarriedPage): SentPage {
  const { createdAt, deliveredAt, error, path, seenAt, title } = carried;
  const sent = { at: createdAt, responder, channel, title, path, deliveredAt, seenAt, error };
  return carried === test ? { ...sent, isTest: true } : sent;
}
