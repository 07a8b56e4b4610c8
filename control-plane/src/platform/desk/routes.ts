// What a person must know about the way to people before they need it: nobody can be paged, one person cannot, a channel cannot work or
// can be read along, links cannot be made. Judged from policy and bindings alone, so that it is true at this instant. Pure.
import { namedAt, namesOf } from "@countersign/shared/values/named";
import { channelProblemOf, isOpenChannel, unheardOf } from "../../channels/any-channel.ts";
import { isSecretBound } from "../../channels/channel-secret.ts";
import type { ChannelBindings } from "../../channels/channel.ts";
import type { DeskEvent } from "../../core/desk/desk-event.ts";
import type { Reach } from "../../core/desk/paging/reach.ts";
import { judgeRoles } from "../../core/desk/paging/role-warnings.ts";
import type { RouteWarning } from "../../core/desk/paging/route-warning.ts";
import type { BrokenRoute } from "../../core/desk/records/pages/broken-route.ts";
import type { DeskState } from "../../core/desk/state/desk-state.ts";
import { secretsOf } from "../../policy/channel-said.ts";
import type { Policy } from "../../policy/policy.ts";
import { wayOf } from "../../policy/ways.ts";
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

/** The channels that cannot work at this instant, each since it was found so. */
export function brokenRoutesAt(
  now: number,
  { brokenRoutes: known }: Pick<DeskState, "brokenRoutes">,
  by: { readonly policy: Policy; readonly bindings: RouteBindings },
): ReadonlyMap<string, BrokenRoute> {
  return new Map(
    [...brokenChannelsOf(by.policy, by.bindings)].map(([channel, problem]) => {
      const found = known.get(channel);
      return [channel, found?.problem === problem ? found : { channel, problem, at: now }];
    }),
  );
}

/** Everything that is wrong with the way to people, the gravest first, and hints last (`isHint`). */
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
    ...judgeWaking(policy, problems),
    ...judgeHearing(policy, { bindings, problems }),
    ...judgeSharing(policy),
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
  return Object.entries(channels).flatMap(([channel, settings]) =>
    secretsOf(settings).flatMap(({ binding: secret }) =>
      isSecretBound(bindings, secret) ? [] : [{ channel, secret }],
    ),
  );
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

/**
 * Where nobody can be paged at all, that is said, and not this; where all is printed on a terminal, somebody only tries
 * it.
 */
function judgeWaking(policy: Policy, broken: ReadonlyMap<string, string>): readonly RouteWarning[] {
  const named = new Set(policy.escalation.steps.flatMap(({ notify }) => notify));
  const working = policy.responders
    .filter(({ id }) => named.has(id))
    .flatMap(({ channels }) => channels.filter((channel) => !broken.has(channel)));
  const isWoken = working.some((channel) => wayOf(policy, channel)?.wakes === "silent-phone");
  const isTried = working.every((channel) => namedAt(policy.channels, channel)?.kind === "terminal");
  return isTried || isWoken ? [] : [{ reason: "nobody-is-woken" }];
}

/** What cannot work at all is said as that. */
function judgeHearing(
  { channels }: Policy,
  {
    bindings,
    problems,
  }: { readonly bindings: RouteBindings; readonly problems: ReadonlyMap<string, string> },
): readonly RouteWarning[] {
  return Object.entries(channels).flatMap(([channel, settings]): readonly RouteWarning[] => {
    const problem = problems.has(channel) ? null : unheardOf(settings, bindings);
    return problem === null ? [] : [{ reason: "channel-unheard", channel, problem }];
  });
}

/** The ways to people, each with why what is answered there is not heard. */
export function withUnheard(reach: Reach, { channels }: Policy, bindings: RouteBindings): Reach {
  return {
    ...reach,
    channels: reach.channels.map((way) => {
      const settings = namedAt(channels, way.channel);
      const unheard = settings === undefined ? null : unheardOf(settings, bindings);
      return unheard === null ? way : { ...way, unheard };
    }),
  };
}

/** A provider brings that somebody said "I have it", and not who: it counts for whom the page was for. */
function judgeSharing(policy: Policy): readonly RouteWarning[] {
  return namesOf(policy.channels).flatMap((channel): readonly RouteWarning[] => {
    const users = policy.responders.filter(({ channels }) => channels.includes(channel)).map(({ id }) => id);
    const isAnswered = wayOf(policy, channel)?.acknowledges === true;
    return isAnswered && users.length > 1 ? [{ reason: "channel-shared", channel, responders: users }] : [];
  });
}

function brokenChannelsOf(policy: Policy, bindings: RouteBindings): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(policy.channels).flatMap(([name, channel]) => {
      const problem = channelProblemOf(channel, bindings);
      return problem === null ? [] : [[name, problem] as const];
    }),
  );
}
