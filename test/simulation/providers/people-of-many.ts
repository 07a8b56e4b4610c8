// The people of a world with many incidents: six, each with channels of other kinds in another order, all kinds among
// them; and the steps that name them.
import { CHANNELS } from "../../../control-plane/src/channels/channel-list.ts";
import { Policy } from "../../../control-plane/src/policy/policy.ts";
import { SAMPLES } from "../../unit/channels/samples.ts";
import type { SeededRandom } from "../seeded-random.ts";

const PEOPLE = ["alice", "bob", "carol", "dave", "erin", "frank"] as const;

export function policyOfMany(random: SeededRandom): Policy {
  const kinds = CHANNELS.map(({ kind }) => kind);
  let deck = shuffled(kinds, random);
  const people = shuffled(PEOPLE, random).map((id) => {
    const count = random.whole(2, 5);
    const own = new Set<(typeof kinds)[number]>();
    while (own.size < count) {
      const [next, ...rest] = deck.length === 0 ? shuffled(kinds, random) : deck;
      deck = rest;
      if (next !== undefined) own.add(next);
    }
    return { id, own: [...own] };
  });
  const [first = "", second = "", third = "", fourth = "", ...others] = people.map(({ id }) => id);
  return Policy.parse({
    version: 1,
    channels: Object.fromEntries(
      people.flatMap(({ id, own }) => own.map((kind) => [`${id}-${kind}`, SAMPLES[kind]])),
    ),
    responders: people.map(({ id, own }) => ({
      id,
      name: id,
      channels: own.map((kind) => `${id}-${kind}`),
    })),
    escalation: {
      steps: [
        { notify: [first], after: "0s" },
        { notify: [second, third], after: "5m" },
        { notify: [fourth, ...others], after: "10m" },
      ],
      repeat: "15m",
    },
  });
}

function shuffled<T>(all: readonly T[], random: SeededRandom): readonly T[] {
  return all
    .map((one) => ({ one, place: random.fraction() }))
    .toSorted((left, right) => left.place - right.place)
    .map(({ one }) => one);
}
