// How each channel of each person did last, kept beside the pages, which go with their incidents: what was tried, what the
// channel answered, what its person looked at. Pure. Bounded by the policy: one for each channel of each responder, and who
// left it goes when the next one comes.
import { wayOf } from "../../../policy/ways.ts";
import { wantsSomebody } from "../deliveries/delivery-index.ts";
import { settingsHashOf } from "../deliveries/settings-hash.ts";
import type { CarriedPage, Contact } from "../records/pages/contact.ts";
import type { Delivery } from "../records/pages/delivery.ts";
import type { Page } from "../records/pages/page.ts";
import type { DeskChange } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import { contactsOf } from "../state/desk-index.ts";
import type { DeskState } from "../state/desk-state.ts";
import { kindIn } from "./page-key.ts";

/** Where a page stands in a contact. */
type Place = "page" | "test";

/** What a channel said of one attempt. */
interface Answered {
  readonly key: string;
  readonly channel: string;
  readonly result: "delivered" | "failed";
  readonly detail: string;
  /** absent: the provider gave none, and says no more of it */
  readonly handle?: string;
}

/** Notes that a page is tried now, on the channel at which it stands. */
export function noteTried(change: DeskChange, context: DeskContext, page: Page): DeskChange {
  const { channelIndex, channels, createdAt, key, path, responder, title } = page;
  const channel = channels[channelIndex];
  if (channel === undefined) return change;
  const contactKey = `${responder}/${channel}`;
  const known = change.state.contacts.get(contactKey);
  const before = known ?? { contactKey, responder, channel, deliveredAt: null, page: null, test: null };
  const place = placeOf(page);
  const last = before[place];
  const seenAt = last?.key === key ? last.seenAt : null;
  const carried = {
    key,
    title,
    path,
    createdAt,
    triedAt: context.now,
    deliveredAt: null,
    seenAt,
    error: null,
    settings: settingsHashOf(context.policy, channel),
  };
  const kept = known === undefined ? withoutLeavers(change, context) : change;
  return putContact(kept, { ...before, [place]: carried });
}

/** Notes what a channel answered, also when the page is not there any more: that says as much of the channel. */
export function noteAnswered(change: DeskChange, context: DeskContext, answered: Answered): DeskChange {
  const { channel, detail, key, result } = answered;
  const { now } = context;
  const contact = contactsWith(change.state, key).find((one) => one.channel === channel);
  if (contact === undefined) return change;
  switch (result) {
    case "delivered":
      return putContact(change, {
        // What was swallowed is swallowed, however often it is taken.
        ...withCarried(contact, key, (page) =>
          page.deliveredAt === null ? { ...page, deliveredAt: now, error: null } : page,
        ),
        deliveredAt: saysIfItArrives(context, answered) ? contact.deliveredAt : now,
      });
    case "failed":
      // What arrived has arrived, whatever a later attempt with the same key says.
      return putContact(
        change,
        withCarried(contact, key, (page) => (page.deliveredAt === null ? { ...page, error: detail } : page)),
      );
  }
}

/** Notes that a person saw some of their pages, where a channel had carried them. */
export function noteCarriedSeen(
  change: DeskChange,
  { now }: DeskContext,
  seen: { readonly responder: string; readonly keys: ReadonlySet<string> },
): DeskChange {
  const mark = (page: CarriedPage) =>
    seen.keys.has(page.key) && page.deliveredAt !== null && page.seenAt === null
      ? { ...page, seenAt: now }
      : page;
  return contactsOf(change.state, seen.responder).reduce((before, contact) => {
    const { page, test } = contact;
    const marked = { page: page === null ? null : mark(page), test: test === null ? null : mark(test) };
    const isSame = marked.page === page && marked.test === test;
    return isSame ? before : putContact(before, { ...contact, ...marked });
  }, change);
}

/** Notes how far a page got by one channel, as its provider says. */
export function noteCarriedStage(
  change: DeskChange,
  { now }: DeskContext,
  to: Pick<Delivery, "channel" | "pageKey" | "responder" | "stage" | "stageAt">,
): DeskChange {
  const { pageKey, stage } = to;
  const contact = change.state.contacts.get(`${to.responder}/${to.channel}`);
  if (contact === undefined) return change;
  const seenAt = stage === "seen" || stage === "acknowledged" ? to.stageAt : null;
  const hasCome = stage !== "accepted" && stage !== "lost";
  const carried = withCarried(contact, pageKey, (page) => ({
    ...page,
    stage,
    seenAt: page.seenAt ?? seenAt,
    error: hasCome ? null : page.error,
  }));
  return putContact(change, hasCome ? { ...carried, deliveredAt: now } : carried);
}

/** Notes that a channel took a page and did not bring it. */
export function noteSwallowed(
  change: DeskChange,
  { channel, pageKey, responder }: Pick<Delivery, "channel" | "pageKey" | "responder">,
  detail: string,
): DeskChange {
  const contact = change.state.contacts.get(`${responder}/${channel}`);
  const carried = [contact?.page, contact?.test].find((one) => one?.key === pageKey);
  if (contact === undefined || carried === undefined || carried === null) return change;
  // Until now it counted as having come, where nothing more was to be heard of it.
  const deliveredAt = contact.deliveredAt === carried.deliveredAt ? null : contact.deliveredAt;
  const swallowed = withCarried(contact, pageKey, (page) => ({ ...page, error: detail }));
  return putContact(change, { ...swallowed, deliveredAt });
}

/** Forgets the contacts of a person who left the policy: the name may come back as somebody else's. */
export function forgetContactsOf(change: DeskChange, responder: string): DeskChange {
  return contactsOf(change.state, responder).reduce(dropContact, change);
}

/** That it was taken says little then: whether it came is still to be heard. */
function saysIfItArrives({ policy }: DeskContext, { channel, handle, key }: Answered): boolean {
  const kind = kindIn(key);
  if (handle === undefined || kind === undefined || !wantsSomebody({ kind })) return false;
  return (wayOf(policy, channel)?.arrivesWithinMs ?? null) !== null;
}

function placeOf({ kind }: Page): Place {
  return kind === "test" ? "test" : "page";
}

function contactsWith({ contacts }: DeskState, key: string): readonly Contact[] {
  return contacts.values().filter(({ page, test }) => page?.key === key || test?.key === key);
}

function withCarried(contact: Contact, key: string, change: (page: CarriedPage) => CarriedPage): Contact {
  const { page, test } = contact;
  return {
    ...contact,
    page: page?.key === key ? change(page) : page,
    test: test?.key === key ? change(test) : test,
  };
}

function withoutLeavers(change: DeskChange, { policy }: DeskContext): DeskChange {
  const isOfPolicy = ({ channel, responder }: Contact) =>
    policy.responders.some(({ channels, id }) => id === responder && channels.includes(channel));
  return change.state.contacts
    .values()
    .filter((contact) => !isOfPolicy(contact))
    .reduce(dropContact, change);
}

function putContact(change: DeskChange, contact: Contact): DeskChange {
  const contacts = change.state.contacts.with(contact.contactKey, contact);
  return { ...change, state: { ...change.state, contacts } };
}

function dropContact(change: DeskChange, { contactKey }: Contact): DeskChange {
  return { ...change, state: { ...change.state, contacts: change.state.contacts.without(contactKey) } };
}
