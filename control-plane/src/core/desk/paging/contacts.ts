// How each channel of each person did last, kept beside the pages, which go with their incidents: what was tried, what the
// channel answered, what its person looked at. Pure. Bounded by the policy: one for each channel of each responder, and who
// left it goes when the next one comes.
import { sha256Hex } from "@countersign/shared/values/digest";
import { namedAt } from "@countersign/shared/values/named";
import type { Policy } from "../../../policy/policy.ts";
import type { CarriedPage, Contact } from "../records/contact.ts";
import type { Page } from "../records/page.ts";
import type { DeskChange } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import { contactsOf } from "../state/desk-index.ts";
import type { DeskState } from "../state/desk-state.ts";

/** Where a page stands in a contact. */
type Place = "page" | "test";

/** What a channel said of one attempt. */
interface Answered {
  readonly key: string;
  readonly channel: string;
  readonly result: "delivered" | "failed";
  readonly detail: string;
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
export function noteAnswered(change: DeskChange, { now }: DeskContext, answered: Answered): DeskChange {
  const { channel, detail, key, result } = answered;
  const contact = contactsWith(change.state, key).find((one) => one.channel === channel);
  if (contact === undefined) return change;
  switch (result) {
    case "delivered":
      return putContact(change, {
        ...withCarried(contact, key, (page) => ({
          ...page,
          deliveredAt: page.deliveredAt ?? now,
          error: null,
        })),
        deliveredAt: now,
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

/** Forgets the contacts of a person who left the policy: the name may come back as somebody else's. */
export function forgetContactsOf(change: DeskChange, responder: string): DeskChange {
  return contactsOf(change.state, responder).reduce(dropContact, change);
}

/**
 * Of what a policy says of a channel: its kind, its address, the name of its secret. A secret's value is in no policy, so
 * another value under the same name counts as the same.
 */
export function settingsHashOf({ channels }: Policy, channel: string): string {
  const settings = Object.entries(namedAt(channels, channel) ?? {});
  return sha256Hex(JSON.stringify(settings.toSorted(([left], [right]) => (left < right ? -1 : 1))));
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
