// Every effect boundary from decision to receipt, for each kind of channel: the desk stops there, wakes again on what
// it had stored, and nothing is lost.
import { describe, expect, it } from "vitest";
import type { Channel } from "../../../control-plane/src/channels/any-channel.ts";
import { CHANNELS } from "../../../control-plane/src/channels/channel-list.ts";
import type { ChannelKind } from "../../../control-plane/src/channels/channel.ts";
import { BROKEN_DESKS } from "./broken-desks.ts";
import { brokenIn, duplicatesIn } from "./crash-promises.ts";
import { tellStory } from "./crash-story.ts";

const KINDS = CHANNELS.map(({ kind }) => kind);
const TIMEOUT_MS = 120_000;

/** Of a kind whose messages nobody names beforehand, so many-eth boundaries stand for all when it dies twice. */
const SAMPLED_EVERY = 3;

interface Enumerated {
  readonly boundaries: number;
  readonly stories: number;
  readonly duplicates: number;
  /** `BOUNDARY NAME: PROMISE`, one for each run in which one broke */
  readonly broken: readonly string[];
}

/** Tells the story once for each boundary at which it dies first; `deadlyFrom`: all at which it dies then. */
async function enumerate(
  kind: Channel["kind"],
  deadlyFrom: (place: number) => readonly number[],
): Promise<Enumerated> {
  const undisturbed = await tellStory({ kind });
  const broken: string[] = [];
  const { boundaries } = undisturbed;
  const itself = brokenIn(undisturbed, undisturbed);
  if (itself !== null) broken.push(`undisturbed: ${itself}`);
  let [stories, duplicates] = [0, 0];
  for (const [place, name] of boundaries.entries()) {
    const deadly = deadlyFrom(place);
    if (deadly.length === 0) continue;
    const told = await tellStory({ kind, deadly });
    stories += 1;
    const { deaths } = told.world.desk;
    const passed = deadly.filter((one) => one < told.boundaries.length).length;
    if (deaths !== passed) broken.push(`${place} ${name}: the desk died ${deaths} times`);
    duplicates += duplicatesIn(told);
    const what = brokenIn(told, undisturbed);
    if (what !== null) broken.push(`${place} ${name}: ${what}`);
  }
  return { boundaries: boundaries.length, stories, duplicates, broken };
}

describe("the desk dies at each boundary once, and nothing is lost", () => {
  it.each(KINDS)("%s", { timeout: TIMEOUT_MS }, async (kind) => {
    const { boundaries, broken, duplicates } = await enumerate(kind, (place) => [place]);
    console.log(`${kind}: ${boundaries} boundaries, ${duplicates} duplicates with the same key`);
    expect(broken).toEqual([]);
  });
});

describe("it dies once more at the first boundary of its next life, and nothing is lost", () => {
  it.each(CHANNELS.map((channel: ChannelKind, index) => ({ channel, index, kind: KINDS[index] ?? "ntfy" })))(
    "$kind",
    { timeout: TIMEOUT_MS },
    async ({ channel, index, kind }) => {
      const isSampled = (place: number) =>
        channel.names !== undefined || place % SAMPLED_EVERY === index % SAMPLED_EVERY;
      const twiceFrom = (place: number) => (isSampled(place) ? [place, place + 1] : []);
      const { broken, duplicates, stories } = await enumerate(kind, twiceFrom);
      console.log(`${kind}: ${stories} times dead twice, ${duplicates} duplicates with the same key`);
      expect(broken).toEqual([]);
    },
  );
});

describe("a desk that is broken on purpose is found", () => {
  it.each(BROKEN_DESKS)("when it $bug", { timeout: TIMEOUT_MS }, async ({ breaks, kind, parts }) => {
    const well = await tellStory({ kind });
    const undisturbed = await tellStory({ kind, parts: parts() });
    expect(brokenIn(undisturbed, well)).toBeNull();
    let isFound = false;
    for (const place of undisturbed.boundaries.keys()) {
      const told = await tellStory({ kind, parts: parts(), deadly: [place] });
      isFound = breaks.test(brokenIn(told, well) ?? "");
      if (isFound) break;
    }
    expect(isFound).toBe(true);
  });
});
