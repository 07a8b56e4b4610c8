// Whether a channel can work at all, judged without sending anything: there is a terminal, the address may be used, the secret is bound
// and has the right shape. Pure but for reading the bindings. Says only a binding's name, never its value.
import { namedAt, namesOf } from "@countersign/shared/values/named";
import type { DeskEvent } from "../core/desk/state/desk-events.ts";
import type { DeskState } from "../core/desk/state/desk-state.ts";
import { parseChannelAddress } from "../policy/channel-address.ts";
import { addressTextOf, type Channel } from "../policy/policy-channel.ts";
import type { Policy } from "../policy/policy.ts";
import { readToken, readWebhookKey } from "./channel-secret.ts";
import type { NotifyBindings } from "./notify-bindings.ts";

/** Why a channel cannot work, in words for a person; null: nothing speaks against it. */
export function routeProblemOf(channel: Channel, bindings: NotifyBindings): string | null {
  return addressProblemOf(channel) ?? meansProblemOf(channel, bindings);
}

/** The findings that differ from what is known; a channel that left the policy is no problem any more. */
export function planRouteChecks(
  known: DeskState["brokenRoutes"],
  { channels }: Policy,
  bindings: NotifyBindings,
): readonly DeskEvent[] {
  const names = new Set([...namesOf(channels), ...known.ids()]);
  return [...names].flatMap((channel): DeskEvent[] => {
    const settings = namedAt(channels, channel);
    const problem = settings === undefined ? null : routeProblemOf(settings, bindings);
    return problem === (known.get(channel)?.problem ?? null)
      ? []
      : [{ kind: "route-checked", channel, problem }];
  });
}

function addressProblemOf(channel: Channel): string | null {
  const text = addressTextOf(channel);
  if (text === null || channel.kind === "terminal") return null;
  const parsed = parseChannelAddress(text, channel.insecure);
  return parsed.ok ? null : parsed.error.sentence;
}

function meansProblemOf(channel: Channel, bindings: NotifyBindings): string | null {
  switch (channel.kind) {
    case "terminal":
      return bindings.TERMINAL === undefined
        ? "there is no terminal where this control plane runs: name an ntfy or a webhook channel"
        : null;
    case "ntfy": {
      const token = channel.secret === undefined ? null : readToken(bindings, channel.secret);
      return token === null || token.ok ? null : token.error.problem;
    }
    case "webhook": {
      const key = readWebhookKey(bindings, channel.secret);
      return key.ok ? null : key.error.problem;
    }
  }
}
