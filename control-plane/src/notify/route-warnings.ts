// What a person must know about the way to people before they need it: nobody can be paged, one person cannot, a channel cannot work or
// can be read along, links cannot be made. Judged from policy and bindings alone, so that it is true at this instant. Pure.
import type { Policy } from "@countersign/shared/policy";
import { isOpenChannel } from "@countersign/shared/policy-channel";
import { parsePublicUrl } from "../public-url.ts";
import { routeProblemOf } from "./route-problem.ts";
import type { NotifyBindings } from "./send-page.ts";

export type RouteWarning =
  /** nobody whom a step names has a channel that can work */
  | { readonly reason: "no-channel" }
  | { readonly reason: "person-unreachable"; readonly responder: string }
  | { readonly reason: "channel-broken"; readonly channel: string; readonly problem: string }
  /** pages go over plain http to a private address */
  | { readonly reason: "channel-insecure"; readonly channel: string }
  | { readonly reason: "public-url-unusable" };

/** Everything that is wrong with the way to people, the gravest first. */
export function judgeRoutes(policy: Policy, bindings: NotifyBindings): readonly RouteWarning[] {
  const problems = brokenChannelsOf(policy, bindings);
  return [
    ...judgePeople(policy, problems),
    ...[...problems].map(([channel, problem]) => ({ reason: "channel-broken" as const, channel, problem })),
    ...Object.entries(policy.channels)
      .filter(([, channel]) => isOpenChannel(channel))
      .map(([channel]) => ({ reason: "channel-insecure" as const, channel })),
    ...(parsePublicUrl(bindings.PUBLIC_URL).ok ? [] : [{ reason: "public-url-unusable" as const }]),
  ];
}

/** The channels of a person that can work, in the order in which they are tried; empty: nobody can reach them. */
export function workingChannelsOf(
  responder: string,
  policy: Policy,
  bindings: NotifyBindings,
): readonly string[] {
  const broken = brokenChannelsOf(policy, bindings);
  const channels = policy.responders.find(({ id }) => id === responder)?.channels ?? [];
  return channels.filter((channel) => Object.hasOwn(policy.channels, channel) && !broken.has(channel));
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
    case "channel-insecure":
      return `Channel ${warning.channel} is insecure: its pages can be read on their way, over plain http.`;
    case "public-url-unusable":
      return "PUBLIC_URL is not set to this desk's address: pages carry no link, and nobody can be signed in or enrolled.";
  }
}

function judgePeople(policy: Policy, broken: ReadonlyMap<string, string>): readonly RouteWarning[] {
  const named = new Set(policy.escalation.steps.flatMap(({ notify }) => notify));
  const people = policy.responders.filter(({ id }) => named.has(id));
  const unreachable = people.filter(({ channels }) => channels.every((channel) => broken.has(channel)));
  if (unreachable.length === people.length) return [{ reason: "no-channel" }];
  return unreachable.map(({ id }) => ({ reason: "person-unreachable", responder: id }));
}

function brokenChannelsOf(policy: Policy, bindings: NotifyBindings): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(policy.channels).flatMap(([name, channel]) => {
      const problem = routeProblemOf(channel, bindings);
      return problem === null ? [] : [[name, problem] as const];
    }),
  );
}
