// What lies over one host of all that people can set: freezes of it, of its services and of the fleet; silences that cover
// it; what may run without asking. Pure.
import type { Freeze } from "../../core/desk/records/freeze.ts";
import type { Silence } from "../../core/desk/records/silence.ts";
import type { StandingApproval } from "../../core/desk/records/standing-approval.ts";
import { serviceOf } from "../../core/words/subject.ts";

/** All that the desk holds of it. */
export interface Brakes {
  readonly freezes: readonly Freeze[];
  readonly silences: readonly Silence[];
  readonly standing: readonly StandingApproval[];
}

export const NO_BRAKES: Brakes = { freezes: [], silences: [], standing: [] };

/** Those of one host, at an instant: a silence that begins later is not among them, one that is over neither. */
export function brakesOn(
  brakes: Brakes,
  host: { readonly hostId: string; readonly services: readonly string[] },
  now: number,
): Brakes {
  const { hostId, services } = host;
  return {
    freezes: brakes.freezes.filter(({ scope }) => scope.kind === "fleet" || scope.hostId === hostId),
    silences: brakes.silences.filter(
      ({ endsAt, matcher, startsAt }) =>
        startsAt <= now &&
        now < endsAt &&
        matcher.subject === undefined &&
        (matcher.hostId === null || matcher.hostId === hostId) &&
        (matcher.service === null || services.includes(matcher.service)),
    ),
    standing: brakes.standing.filter(
      ({ subject, untilAt, usesCount, usesMax }) =>
        subject.hostId === hostId && now < untilAt && usesCount < usesMax,
    ),
  };
}

/** The freeze that holds a service, the widest first; of the host itself with null. null: none does. */
export function freezeOf({ freezes }: Brakes, service: string | null): Freeze | null {
  const wide =
    freezes.find(({ scope }) => scope.kind === "fleet") ?? freezes.find(({ scope }) => scope.kind === "host");
  const own = service === null ? undefined : freezes.find(({ scope }) => serviceOf(scope) === service);
  return wide ?? own ?? null;
}
