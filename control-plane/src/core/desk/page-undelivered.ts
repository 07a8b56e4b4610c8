// Rule `page-undelivered`: pages to one person do not arrive. Every channel was tried, or rests, and none took the page
// for two minutes, or all rounds are used up, or each took it and none brought it. Everybody else is paged about it.
// And of a channel that somebody uses: it takes no pages any more. Pure. What a reader would get wrong: pages about
// undelivered pages are not judged, or a dead pager would page about itself for ever. A channel is judged by what it
// answers, whatever the page is about: one finding, however many pages fail on it.
import { listText } from "@countersign/shared/values/list-text";
import { dueBy } from "@countersign/shared/values/records-index";
import { personSubject } from "../words/subject.ts";
import { brokenFrom, channelStateOf, isBroken } from "./deliveries/channel-states.ts";
import type { DeskFinding, DeskRule } from "./desk-rule.ts";
import { coveredBy } from "./outbox/covered.ts";
import { lastReachedAt } from "./outbox/reached.ts";
import type { Finding } from "./records/finding.ts";
import type { ChannelState } from "./records/pages/channel-state.ts";
import type { Page } from "./records/pages/page.ts";
import type { DeskContext } from "./state/desk-events.ts";
import type { DeskState } from "./state/desk-state.ts";
import { findFinding, openFindingsBy } from "./state/finding-index.ts";

/** A first delivery that takes longer is said to be missing, while the attempts go on. */
export const PAGE_LATE_AFTER_MS = 120_000;

/** Pages that no channel has taken though each was tried, by when they are said to be missing; what is given up is missing at once. */
const missingPages = dueBy<Page, null>((page) => {
  switch (page.state) {
    case "delivered":
    case "held":
      return null;
    case "pending":
      return hasTriedAll(page) ? (page.releasedAt ?? page.createdAt) + PAGE_LATE_AFTER_MS : null;
    case "undeliverable":
      return 0;
  }
});

export const pageUndelivered: DeskRule = {
  reason: "page-undelivered",
  judge: (state, context) => {
    const missing = missingPages
      .dueAt(state.pages, null, context.now)
      .filter((page) => isJudged(state, page) && !wasReachedSince(state, context, page))
      .filter(({ responder }) => context.policy.responders.some(({ id }) => id === responder));
    const byResponder = Map.groupBy(missing, ({ responder }) => responder);
    const lasting = openFindingsBy(state, "page-undelivered")
      .filter(({ subject }) => subject.kind === "person")
      .filter((finding) => !byResponder.has(responderOf(finding)) && isLasting(state, context, finding))
      .map(({ evidence, happenedAt, severity, subject, title }) => ({
        evidence,
        happenedAt,
        severity,
        subject,
        title,
      }));
    return [
      ...[...byResponder].map(([id, pages]) => findingOf(pages, nameIn(context, id))),
      ...lasting,
      ...brokenChannels(state, context),
    ];
  },
  dueAt: (state, context) => {
    const dueAt = [
      missingPages.nextAfter(state.pages, null, context.now),
      ...failingChannels(state, context).map(brokenFrom),
    ].filter((at) => at !== null && at > context.now);
    return dueAt.length === 0 ? null : Math.min(...(dueAt as number[]));
  },
  endsBecause:
    "A page reached them, they gave a sign of life, or they or the channel are not in the policy any more, or not as they were.",
};

/** What fails on channels that somebody uses, as they are set now. */
function failingChannels(state: DeskState, { policy }: DeskContext): readonly ChannelState[] {
  return state.channelStates
    .ids()
    .filter((channel) => policy.responders.some(({ channels }) => channels.includes(channel)))
    .flatMap((channel) => channelStateOf(state, policy, channel) ?? []);
}

/** Told by another way: pages about it, as all pages, leave out what rests. */
function brokenChannels(state: DeskState, context: DeskContext): readonly DeskFinding[] {
  const broken = failingChannels(state, context).filter((failing) => isBroken(failing, context.now));
  const names = new Set(broken.map(({ channel }) => channel));
  // Where each of them fails there is no other way to tell it: that is told of the people, and of the channels as soon
  // as one of them works.
  const failing = new Set(failingChannels(state, context).map(({ channel }) => channel));
  const isTellable = context.policy.responders.some(({ channels }) =>
    channels.some((name) => !failing.has(name)),
  );
  const told = broken.filter(
    ({ channel }) =>
      isTellable || findFinding(state, { kind: "channel", channel }, "page-undelivered")?.clearedAt === null,
  );
  return told.map(({ channel, failures, firstFailedAt, lastError, settings }) => {
    const users = context.policy.responders.filter(({ channels }) => channels.includes(channel));
    const hasOther = users.every(({ channels }) => channels.some((other) => !names.has(other)));
    return {
      subject: { kind: "channel", channel },
      severity: hasOther ? "warning" : "error",
      title: `Channel ${channel} takes no pages: ${lastError}`,
      happenedAt: firstFailedAt,
      alike: settings,
      evidence: [
        {
          at: firstFailedAt,
          text: `${failures} failed in a row; it is used by ${users.map(({ name }) => name).join(", ")}`,
        },
      ],
    };
  });
}

/** A digest is judged by what it brings. */
function isJudged(state: DeskState, page: Page): boolean {
  if (page.covers !== undefined) return coveredBy(state, page).some((one) => isJudged(state, one));
  const incident = state.incidents.get(page.incidentId);
  return incident !== undefined && incident.state !== "resolved" && incident.reason !== "page-undelivered";
}

/** It goes on until a page, whichever, has reached the person: that its own page is moot by now mends nothing. */
function isLasting(state: DeskState, context: DeskContext, finding: Finding): boolean {
  const responder = responderOf(finding);
  const person = context.policy.responders.find(({ id }) => id === responder);
  const since = { responder, createdAt: finding.beganAt };
  if (person === undefined || wasReachedSince(state, context, since)) return false;
  return finding.alike === null || finding.alike === channelsKey(person.channels);
}

function responderOf({ subject }: Finding): string {
  return subject.kind === "person" ? subject.responder : "";
}

function channelsKey(channels: readonly string[]): string {
  return JSON.stringify(channels);
}

/**
 * A page that we could not even try (we were down ourselves) says nothing about the channels; that each of them rests
 * says as much as a try.
 */
function hasTriedAll({ attempts, channels, round }: Page): boolean {
  return attempts >= channels.length || round?.isWaiting === true || (round?.done ?? 0) > 0;
}

function wasReachedSince(
  state: DeskState,
  context: DeskContext,
  { createdAt, responder }: Pick<Page, "createdAt" | "responder">,
): boolean {
  return lastReachedAt(state, context, responder) > createdAt;
}

function findingOf(missing: readonly Page[], { id, name }: { id: string; name: string }): DeskFinding {
  const happenedAt = Math.min(...missing.map(({ createdAt }) => createdAt));
  const taken = takenText(missing.flatMap(({ swallowedBy = [] }) => swallowedBy));
  return {
    subject: personSubject({ id, name }),
    severity: "critical",
    title: taken === null ? `Pages to ${name} are not delivered` : `Pages to ${name} do not arrive: ${taken}`,
    happenedAt,
    alike: channelsKey(missing[0]?.channels ?? []),
    evidence: missing.map((page) => ({ at: page.createdAt, text: `"${page.title}": ${missingText(page)}` })),
  };
}

function missingText({ attempts, channels, swallowedBy = [] }: Page): string {
  const tried = `${attempts} attempts on ${channels.join(", ") || "no channel"}`;
  const taken = takenText(swallowedBy);
  return taken === null ? tried : `${tried}, ${taken}`;
}

/** null: none took any. */
function takenText(swallowers: readonly string[]): string | null {
  const names = [...new Set(swallowers)];
  return names.length === 0 ? null : `taken by ${listText(names)}, arrived by none`;
}

function nameIn({ policy }: DeskContext, id: string): { readonly id: string; readonly name: string } {
  return policy.responders.find((responder) => responder.id === id) ?? { id, name: id };
}
