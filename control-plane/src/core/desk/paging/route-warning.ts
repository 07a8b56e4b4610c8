// What is wrong with the way to people, or leaves nobody who may do something, as data, and what a person is told of it: on every view, and at `policy apply`. Pure.
import { listText } from "@countersign/shared/values/list-text";

/** One thing that is wrong; the platform judges it (platform/desk/routes.ts). */
export type RouteWarning =
  /** nobody whom a step names has a channel that can work */
  | { readonly reason: "no-channel" }
  | { readonly reason: "person-unreachable"; readonly responder: string }
  | { readonly reason: "channel-broken"; readonly channel: string; readonly problem: string }
  /** nobody whom a step names has a channel that can work and rings a phone that is set to silent */
  | { readonly reason: "nobody-is-woken" }
  /** what people answer there is refused here, though it is set up to be heard; its pages go out all the same */
  | { readonly reason: "channel-unheard"; readonly channel: string; readonly problem: string }
  /** they have one channel, on which a person may say "I have it": it cannot be told who does */
  | { readonly reason: "channel-shared"; readonly channel: string; readonly responders: readonly string[] }
  /** pages go over plain http to a private address */
  | { readonly reason: "channel-insecure"; readonly channel: string }
  | { readonly reason: "public-url-unusable" }
  /** the policy gives nobody the role */
  | { readonly reason: "no-approver" }
  | { readonly reason: "no-administrator" }
  /** whom a step of the escalation pages may do nothing about it; counted from 1 */
  | { readonly reason: "step-cannot-answer"; readonly step: number };

/** Says whether nothing is wrong with the way to people, but what they may do leaves something to nobody. */
export function isAboutRoles({ reason }: RouteWarning): boolean {
  return reason === "no-approver" || reason === "no-administrator" || reason === "step-cannot-answer";
}

/**
 * Says whether people are paged all the same, so that it is said where channels are looked at or changed: on the view
 * of people and when a policy is
 * applied. It is no failure of the desk, and no banner.
 */
export function isHint({ reason }: RouteWarning): boolean {
  return reason === "nobody-is-woken" || reason === "channel-unheard" || reason === "channel-shared";
}

/** What a person is told. */
export function warningSentenceOf(warning: RouteWarning): string {
  switch (warning.reason) {
    case "no-channel":
      return "Nobody can be paged: no channel of anybody whom the escalation names can work.";
    case "person-unreachable":
      return `${warning.responder} cannot be paged: no channel of theirs can work.`;
    case "channel-broken":
      return `Channel ${warning.channel} cannot work: ${warning.problem}.`;
    case "nobody-is-woken":
      return "Nobody on call has a channel that rings a phone on silent: add one of those that do (pushover, pagerduty, voice: docs/channels.md).";
    case "channel-unheard":
      return `What is answered on channel ${warning.channel} is not heard: ${warning.problem}.`;
    case "channel-shared":
      return `${listText(warning.responders)} share channel ${warning.channel}: who says “I have it” there acts for whomever the page was for. Give each their own.`;
    case "channel-insecure":
      return `Channel ${warning.channel} is insecure: its pages can be read on their way, over plain http.`;
    case "public-url-unusable":
      return "PUBLIC_URL is not set to this desk's address: pages carry no link, and nobody can be signed in or enrolled.";
    case "no-approver":
      return "Nobody may approve: the rules give nobody the role, so what needs a yes cannot run.";
    case "no-administrator":
      return "Nobody may administer at this desk: the rules give nobody the role, so only the admin token changes rules and invites people.";
    case "step-cannot-answer":
      return `Step ${warning.step} of the escalation pages only people who may not answer.`;
  }
}
