// What people and rules did about hosts that a list shows: frozen, silenced. Said in ink, whatever lies under it. Pure: the
// desk says it, D1 knows nothing of it.
import type { Freeze } from "../../core/desk/records/freeze.ts";
import type { Silence } from "../../core/desk/records/silence.ts";
import type { Actor } from "../../core/words/actor.ts";
import { actorNameOf } from "../../core/words/actor.ts";
import type { ServiceRow } from "../../read-side/listed-host.ts";

export interface HostMarks {
  readonly freezes: readonly Freeze[];
  readonly silences: readonly Silence[];
  /** what people are called, by their ids in the policy; of who is not in it the id is said */
  readonly names: ReadonlyMap<string, string>;
}

export const NO_MARKS: HostMarks = { freezes: [], silences: [], names: new Map() };

/** What holds a service, or (null) the whole host, the widest first. */
export function freezeOn({ freezes }: HostMarks, hostId: string, service: string | null): Freeze | undefined {
  return freezes
    .filter(({ scope }) => {
      if (scope.kind === "fleet") return true;
      if (scope.hostId !== hostId) return false;
      return scope.kind === "host" || scope.service === service;
    })
    .toSorted((left, right) => WIDTHS.indexOf(left.scope.kind) - WIDTHS.indexOf(right.scope.kind))[0];
}

const WIDTHS = ["fleet", "host", "service"] as const;

/** Hosts of which something is frozen, but for a freeze of everything. */
export function frozenHosts({ freezes }: HostMarks): readonly string[] {
  return [...new Set(freezes.flatMap(({ scope }) => (scope.kind === "fleet" ? [] : [scope.hostId])))];
}

/** Hosts of which something is silenced now; a silence of a kind of trouble on any host is of none of them. */
export function silencedHosts({ silences }: Pick<HostMarks, "silences">, now: number): readonly string[] {
  const holding = silences.filter(({ endsAt, startsAt }) => startsAt <= now && now < endsAt);
  return [...new Set(holding.flatMap(({ matcher }) => matcher.hostId ?? []))];
}

/** Why people are paged about a service that is ill: a check that fails, or what was found. */
export function reasonsOf({ names, status }: Pick<ServiceRow, "names" | "status">): readonly string[] {
  // A name is what the finding fires under: its reason, and what of it where it may fire several times.
  return status === "finding" ? names.map((name) => name.split(" ")[0] ?? name) : ["check-failing"];
}

/**
 * A silence of this service that holds back all that people would be paged for: one that covers one of several reasons hides
 * none. A matcher that names neither host nor service is about a reason alone.
 */
export function silenceOn(
  marks: HostMarks,
  on: {
    readonly hostId: string;
    readonly service: string;
    readonly reasons: readonly string[];
    readonly now: number;
  },
): Silence | undefined {
  const over = on.reasons.map((reason) => silenceOfReason(marks, { ...on, reason }));
  return over.every((silence) => silence !== undefined) ? over[0] : undefined;
}

function silenceOfReason(
  { silences }: HostMarks,
  on: {
    readonly hostId: string;
    readonly service: string;
    readonly reason: string;
    readonly now: number;
  },
): Silence | undefined {
  return silences.find(
    ({ endsAt, matcher, startsAt }) =>
      startsAt <= on.now &&
      on.now < endsAt &&
      (matcher.hostId !== null || matcher.service !== null) &&
      (matcher.hostId === null || matcher.hostId === on.hostId) &&
      (matcher.service === null || matcher.service === on.service) &&
      (matcher.reason === null || matcher.reason === on.reason),
  );
}

/** Who did it, as people call them. */
export function calledOf({ names }: Pick<HostMarks, "names">, by: Actor): string {
  return by.kind === "person" ? (names.get(by.responder) ?? by.responder) : actorNameOf(by);
}
