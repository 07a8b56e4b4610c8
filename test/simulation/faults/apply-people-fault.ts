// What people do of their own accord: they stay away, freeze and lift at every scope, silence, say yes in advance and take it back, and
// apply another policy for a while.
import { standInYes } from "../../../control-plane/replay/world/stand-in.ts";
import { FLEET, hostedSubject, type Scope } from "../../../control-plane/src/core/words/subject.ts";
import { OTHER_POLICIES } from "../fleet-policies.ts";
import type { SimulatedFleet } from "../world/simulated-fleet.ts";
import type { SimulatedVps } from "../world/simulated-vps.ts";
import { SERVICE_NAMES } from "../world/vps-catalogue.ts";
import type { FaultOf } from "./fault-schedule.ts";

const SILENCE_MIN_MS = 60_000;
const STANDING_MIN_MS = 90 * 60_000;
const STANDING_USES_MAX = 2;

export const PEOPLE_KINDS = [
  "people-stay-away",
  "person-freezes",
  "person-silences",
  "person-approves-in-advance",
  "policy-is-applied",
] as const;
export type PeopleKind = (typeof PEOPLE_KINDS)[number];

/** Makes people do one thing now. */
export function applyToPeople(
  simulation: SimulatedFleet,
  vps: SimulatedVps,
  fault: FaultOf<PeopleKind>,
): void {
  const { clock, people } = simulation;
  const { durationMs, kind } = fault;
  const by = fault.manner * 100 - Math.floor(fault.manner * 100) < 0.5 ? "alice" : "bob";
  switch (kind) {
    case "people-stay-away":
      return people.stayAway(durationMs);
    case "person-freezes": {
      const scope = scopeOf(vps, fault.manner);
      people.pulls(by, { kind: "freeze", scope, why: "looking into it" });
      return void clock.after(durationMs, () =>
        people.pulls(by, { kind: "lift-freeze", scope, why: "looked into it" }),
      );
    }
    case "person-silences": {
      const endsAt = clock.now + Math.max(SILENCE_MIN_MS, durationMs);
      const matcher = { hostId: vps.hostId, service: null, reason: null };
      return people.pulls(by, { kind: "silence", matcher, why: "known", startsAt: clock.now, endsAt });
    }
    case "person-approves-in-advance":
      return approveInAdvance(simulation, vps, fault, by);
    case "policy-is-applied":
      return simulation.applies(oneOf(OTHER_POLICIES, fault.manner), durationMs);
  }
}

function approveInAdvance(
  { clock, people }: SimulatedFleet,
  { hostId, name }: SimulatedVps,
  { durationMs, manner, target }: FaultOf<PeopleKind>,
  by: string,
): void {
  const service = oneOf(SERVICE_NAMES, manner);
  const untilAt = clock.now + Math.max(STANDING_MIN_MS, durationMs);
  const given = {
    subject: { kind: "service", hostId, hostName: name, service } as const,
    // Level 5 is decided by somebody who looks: a yes in advance to it must do nothing.
    action: manner < 0.1 ? "config-fallback" : "restart",
    usesMax: 1 + Math.floor(target * STANDING_USES_MAX),
    untilAt,
  };
  const standingId = `std_${hostId}_${service}_${clock.now}`;
  people.approvesInAdvance(by, {
    kind: "give-standing",
    ...given,
    why: "known to help",
    standingId,
    // What it is worth is looked at where grants are signed.
    signed: standInYes(by),
  });
  if (manner > 0.7) clock.after(Math.floor(durationMs / 2), () => people.revokesStanding(given.subject, by));
}

function scopeOf({ hostId, name }: SimulatedVps, manner: number): Scope {
  if (manner < 0.3) return FLEET;
  return hostedSubject({ hostId, hostName: name }, manner < 0.6 ? null : oneOf(SERVICE_NAMES, manner));
}

function oneOf<T>(items: readonly T[], fraction: number): T {
  const item = items[Math.floor(fraction * items.length) % items.length];
  if (item === undefined) throw new Error("Choose one: there is none");
  return item;
}
