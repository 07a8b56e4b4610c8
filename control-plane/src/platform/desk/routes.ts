// What a person must know about the way to people before they need it: nobody can be paged, one person cannot, a channel cannot work or
// can be read along, links cannot be made. Judged from policy and bindings alone, so that it is true at this instant. Pure.
import { namedAt, namesOf } from "@countersign/shared/values/named";
import { channelProblemOf, isOpenChannel, secretNameOf } from "../../channels/any-channel.ts";
import { isSecretBound } from "../../channels/channel-secret.ts";
import type { ChannelBindings } from "../../channels/channel.ts";
import type { DeskEvent } from "../../core/desk/desk-event.ts";
import { judgeRoles } from "../../core/desk/paging/role-warnings.ts";
import type { RouteWarning } from "../../core/desk/paging/route-warning.ts";
import type { DeskState } from "../../core/desk/state/desk-state.ts";
import type { Policy } from "../../policy/policy.ts";
import { parsePublicUrl } from "../../public-url.ts";

/** What the way to people needs of the Worker's bindings. */
export interface RouteBindings extends ChannelBindings {
  readonly PUBLIC_URL: string;
}

/** The findings that differ from what is known; a channel that left the policy is no problem any more. */
export function planRouteChecks(
  known: DeskState["brokenRoutes"],
  { channels }: Policy,
  bindings: RouteBindings,
): readonly DeskEvent[] {
  const names = new Set([...namesOf(channels), ...known.ids()]);
  return [...names].flatMap((channel): DeskEvent[] => {
    const settings = namedAt(channels, channel);
    const problem = settings === undefined ? null : channelProblemOf(settings, bindings);
    return problem === (known.get(channel)?.problem ?? null)
      ? []
      : [{ kind: "route-checked", channel, problem }];
  });
}

/** Everything that is wrong with the way to people, the gravest first. */
export function judgeRoutes(policy: Policy, bindings: RouteBindings): readonly RouteWarning[] {
  const problems = brokenChannelsOf(policy, bindings);
  return [
    ...judgePeople(policy, problems),
    ...[...problems].map(([channel, problem]) => ({ reason: "channel-broken" as const, channel, problem })),
    ...Object.entries(policy.channels)
      .filter(([, channel]) => isOpenChannel(channel))
      .map(([channel]) => ({ reason: "channel-insecure" as const, channel })),
    ...(parsePublicUrl(bindings.PUBLIC_URL).ok ? [] : [{ reason: "public-url-unusable" as const }]),
    ...judgeRoles(policy),
  ];
}

/** A channel whose secret is not bound where this control plane runs. */
export interface UnboundSecret {
  readonly channel: string;
  /** the name of the binding; what others hold is said nowhere */
  readonly secret: string;
}

/** The secrets that a policy names and nobody has bound. */
export function unboundSecretsOf({ channels }: Policy, bindings: ChannelBindings): readonly UnboundSecret[] {
  return Object.entries(channels).flatMap(([channel, settings]) => {
    const secret = secretNameOf(settings);
    return secret === null || isSecretBound(bindings, secret) ? [] : [{ channel, secret }];
  });
}

/** The channels of a person that can work, in the order in which they are tried; empty: nobody can reach them. */
export function workingChannelsOf(
  responder: string,
  policy: Policy,
  bindings: RouteBindings,
): readonly string[] {
  const broken = brokenChannelsOf(policy, bindings);
  const channels = policy.responders.find(({ id }) => id === responder)?.channels ?? [];
  return channels.filter((channel) => Object.hasOwn(policy.channels, channel) && !broken.has(channel));
}

function judgePeople(policy: Policy, broken: ReadonlyMap<string, string>): readonly RouteWarning[] {
  const named = new Set(policy.escalation.steps.flatMap(({ notify }) => notify));
  const people = policy.responders.filter(({ id }) => named.has(id));
  const unreachable = people.filter(({ channels }) => channels.every((channel) => broken.has(channel)));
  if (unreachable.length === people.length) return [{ reason: "no-channel" }];
  return unreachable.map(({ id }) => ({ reason: "person-unreachable", responder: id }));
}

function brokenChannelsOf(policy: Policy, bindings: RouteBindings): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(policy.channels).flatMap(([name, channel]) => {
      const problem = channelProblemOf(channel, bindings);
      return problem === null ? [] : [[name, problem] as const];
    }),
  );
}
