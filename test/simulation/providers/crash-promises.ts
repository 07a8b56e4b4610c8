// What must hold of a story in which the desk died, whatever the boundary: one function for each promise; null: it
// holds. What a reader would get wrong: the measure is what the undisturbed story brought to people, and not what the
// desk says of it.
import type { Told } from "./crash-story.ts";
import { cameOtherwise } from "./many-incidents.ts";
import { earliestIn } from "./remembered.ts";

interface Promised {
  readonly sentence: string;
  /** what is wrong with it; null: nothing */
  readonly broken: (told: Told, undisturbed: Told) => string | null;
}

/** A page as both stories have it: an incident that was decided and never stored has its name for nothing. */
function sameInBoth(pageKey: string): string {
  return pageKey.split(":").slice(1).join(":");
}

function keysOf({ world }: Told): readonly string[] {
  return world.brought().map(({ pageKey }) => pageKey);
}

export const PROMISES: readonly Promised[] = [
  {
    sentence: "Every ring and the end reach whom they reach undisturbed",
    broken: (told, undisturbed) => {
      const came = new Set(keysOf(told).map(sameInBoth));
      const lost = keysOf(undisturbed).find((key) => !came.has(sameInBoth(key)));
      return lost === undefined ? null : `${lost} came to nobody`;
    },
  },
  {
    sentence: "What comes more than once carries the same key",
    broken: (told) => {
      const byPage = Map.groupBy(keysOf(told), sameInBoth);
      const several = [...byPage.values()].find((keys) => new Set(keys).size > 1);
      if (several !== undefined) return `one page came as ${[...new Set(several)].join(" and ")}`;
      return cameOtherwise(told.world.brought());
    },
  },
  {
    sentence: "Nothing rings on",
    broken: ({ rangOn, world }) => {
      if (rangOn.length > 0) return `${rangOn.join()} rang on though somebody had it`;
      const ringing = world.ringing();
      return ringing.length === 0 ? null : `${ringing.join()} still rings in the end`;
    },
  },
  {
    sentence: "Nothing is on its way for ever, and an alarm is armed while anything is due",
    broken: ({ remembered, world }) => {
      const { deliveries, incidents, pages } = world.desk.state;
      const [unarmed] = remembered.unarmed;
      if (unarmed !== undefined) return unarmed;
      const page = pages.values().find(({ state }) => state === "pending" || state === "held");
      if (page !== undefined) return `${page.key} is still ${page.state}`;
      const open = incidents.values().find(({ state }) => state === "open" || state === "acknowledged");
      if (open !== undefined) return `${open.incidentId} is still ${open.state}`;
      const due = earliestIn(world.desk.state);
      return due === null ? null : `one of ${deliveries.size} deliveries is not settled`;
    },
  },
  {
    sentence: 'No "recovered" without a "down" that came',
    broken: (told) => {
      const rung = new Set<string>();
      for (const key of keysOf(told)) {
        const [incidentId = "", kind, , responder = ""] = key.split(":");
        if (kind === "ring") rung.add(`${incidentId}:${responder}`);
        if (kind === "recovered" && !rung.has(`${incidentId}:${responder}`)) return `${key} came first`;
      }
      return null;
    },
  },
  {
    sentence: "What a provider took from its person is heard",
    broken: ({ unheard }) => (unheard.length === 0 ? null : `"I have it" to ${unheard.join()} was not heard`),
  },
];

/** The first promise that does not hold; null: all do. */
export function brokenIn(told: Told, undisturbed: Told): string | null {
  for (const { broken, sentence } of PROMISES) {
    const what = broken(told, undisturbed);
    if (what !== null) return `"${sentence}": ${what}`;
  }
  return null;
}

/** What came to its person once more than once. */
export function duplicatesIn(told: Told): number {
  const keys = keysOf(told);
  return keys.length - new Set(keys).size;
}
