// Whether a channel can work at all, judged without sending anything: the secret that it names is bound, the terminal is there. Pure but
// for reading the bindings. Says only the binding's name, never its value.
import { namedAt, namesOf } from "@countersign/shared/named";
import type { Channel, Policy } from "@countersign/shared/policy";
import type { DeskEvent } from "../core/desk-events.ts";
import type { DeskState } from "../core/desk-state.ts";
import type { NotifyBindings } from "./send-page.ts";

/** Why a channel cannot work, in words for a person; null: nothing speaks against it. */
function routeProblemOf(channel: Channel, bindings: NotifyBindings): string | null {
  switch (channel.kind) {
    case "terminal":
      return null; // without a terminal it writes to the console
    case "ntfy":
    case "webhook":
      return channel.secret === undefined || isBound(bindings, channel.secret)
        ? null
        : `the binding ${channel.secret} is not set`;
  }
}

/** The findings that differ from what is known; a channel that left the policy is no problem any more. */
export function planRouteChecks(
  known: DeskState["brokenRoutes"],
  { channels }: Policy,
  bindings: NotifyBindings,
): readonly DeskEvent[] {
  const names = new Set([...namesOf(channels), ...namesOf(known)]);
  return [...names].flatMap((channel): DeskEvent[] => {
    const settings = namedAt(channels, channel);
    const problem = settings === undefined ? null : routeProblemOf(settings, bindings);
    return problem === (namedAt(known, channel)?.problem ?? null)
      ? []
      : [{ kind: "route-checked", channel, problem }];
  });
}

function isBound(bindings: NotifyBindings, name: string): boolean {
  const value: unknown = (bindings as unknown as Readonly<Record<string, unknown>>)[name];
  return typeof value === "string" && value !== "";
}
