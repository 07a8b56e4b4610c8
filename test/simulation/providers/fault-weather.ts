// What goes wrong at providers, drawn from a seed: each channel is sick now and then for a while, with one fault all
// the time, and between that a few requests go wrong by themselves. What a reader would get wrong: the weather goes by
// time and by the how manieth request it is, never by what is sent.
import type { ProviderFault } from "../../providers/provider.ts";
import { SeededRandom } from "../seeded-random.ts";

const WELL_MEAN_MS = 2 * 3_600_000;
const SICK_MEAN_MS = 80 * 60_000;
const STRAY_SHARE = 0.08;
const FAULTS = [
  "too-many",
  "status",
  "hangs",
  "accepted-and-lost",
  "taken-without-answer",
  "duplicates",
] as const satisfies readonly ProviderFault["kind"][];

interface Spell {
  readonly untilAt: number;
  /** null: nothing goes wrong but by chance */
  readonly fault: ProviderFault["kind"] | null;
}

/** What goes wrong with the next request on a channel. */
export class FaultWeather {
  readonly #randoms = new Map<string, SeededRandom>();
  readonly #spells = new Map<string, Spell>();

  constructor(seed: number, channels: readonly string[]) {
    channels.forEach((channel, index) => this.#randoms.set(channel, new SeededRandom(seed, 1_000 + index)));
  }

  readonly faultNow = (channel: string, now: number): ProviderFault | null => {
    const random = this.#randoms.get(channel);
    if (random === undefined) throw new Error(`Draw a fault: there is no channel ${channel}`);
    const { fault } = this.#spellOf(channel, now);
    if (fault !== null) return faultOf(fault, random);
    return random.isHit(STRAY_SHARE) ? faultOf(random.oneOf(FAULTS), random) : null;
  };

  #spellOf(channel: string, now: number): Spell {
    const random = this.#randoms.get(channel) ?? new SeededRandom(0);
    let spell = this.#spells.get(channel) ?? { untilAt: now + random.pauseMs(WELL_MEAN_MS), fault: null };
    while (spell.untilAt <= now)
      spell =
        spell.fault === null
          ? { untilAt: spell.untilAt + random.pauseMs(SICK_MEAN_MS), fault: random.oneOf(FAULTS) }
          : { untilAt: spell.untilAt + random.pauseMs(WELL_MEAN_MS), fault: null };
    this.#spells.set(channel, spell);
    return spell;
  }
}

function faultOf(kind: ProviderFault["kind"], random: SeededRandom): ProviderFault {
  switch (kind) {
    case "too-many":
      return { kind, retryAfterSeconds: random.whole(1, 90) };
    case "status":
      return { kind, status: random.oneOf([500, 502, 503]) };
    case "hangs":
    case "accepted-and-lost":
    case "taken-without-answer":
    case "duplicates":
      return { kind };
  }
}
