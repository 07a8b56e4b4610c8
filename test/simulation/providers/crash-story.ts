// The story that a desk is let die in, at every boundary in turn: a service fails; alice is rung on the channel in
// question and bob on another; once both know of it alice says that she has it, on her phone where it can be said
// there; it is well again; both are told. What a reader would get wrong: people act on what came to them, and not by
// the clock: who was rung late answers late.
import type { Channel } from "../../../control-plane/src/channels/any-channel.ts";
import { actBy } from "../../../control-plane/src/core/desk/desk-event.ts";
import { Policy } from "../../../control-plane/src/policy/policy.ts";
import { wayOf } from "../../../control-plane/src/policy/ways.ts";
import { SAMPLES } from "../../unit/channels/samples.ts";
import { type DeskParts, PRODUCTION_DESK } from "./desk-of-providers.ts";
import { EffectBoundaries } from "./effect-boundaries.ts";
import type { Brought } from "./line.ts";
import { ProvidersWorld } from "./providers-world.ts";
import { type Remembered, rememberSteps } from "./remembered.ts";
import { cleared, firing } from "./told-trouble.ts";

const TROUBLE = { number: 0, host: "web-1", service: "demo" };
const FIRES_AFTER_MS = 1_000;
const ANSWERS_MS = 15_000;
const LOOKS_EVERY_MS = 5_000;
/** a provider that is asked by questions is asked within half a minute */
const HEARD_WITHIN_MS = 70_000;
const ENDS_AFTER_MS = 600_000;
/** Everybody has long said what they had to say, and an emergency that nobody ended still rings. */
const SILENT_AFTER_MS = 400_000;
/** By then what nobody could be told to end has ended by itself: an emergency of Pushover rings a quarter of an hour. */
const OVER_AFTER_MS = 90 * 60_000;

/** One run of the story. */
export interface Told {
  readonly kind: Channel["kind"];
  readonly world: ProvidersWorld;
  /** that were passed, in their order */
  readonly boundaries: readonly string[];
  readonly remembered: Remembered;
  /** handles that rang on though somebody had it */
  readonly rangOn: readonly string[];
  /** a provider took "I have it" to what the desk knew of, and the desk did not hear it in time */
  readonly unheard: readonly string[];
}

export interface Telling {
  readonly kind: Channel["kind"];
  /** the boundaries at which the desk dies, counted from 0 */
  readonly deadly?: readonly number[];
  readonly parts?: DeskParts;
}

/** Tells it to its end. */
export async function tellStory({ deadly = [], kind, parts = PRODUCTION_DESK }: Telling): Promise<Told> {
  const points = new EffectBoundaries(deadly);
  const remembered = rememberSteps();
  const world = new ProvidersWorld({
    policy: policyWith(kind),
    points,
    parts,
    onDecided: remembered.decided,
  });
  const { clock, startAt } = world;
  const [rangOn, unheard]: [string[], string[]] = [[], []];
  try {
    clock.after(FIRES_AFTER_MS, () => world.tells(firing(TROUBLE, clock.now)));
    clock.after(FIRES_AFTER_MS + LOOKS_EVERY_MS, () => answers(world, { remembered, unheard, times: 0 }));
    clock.after(ENDS_AFTER_MS, () => world.tells(cleared(TROUBLE, clock.now)));
    await clock.passesTo(startAt + SILENT_AFTER_MS);
    rangOn.push(...world.ringing());
    await clock.passesTo(startAt + OVER_AFTER_MS);
  } finally {
    world.close();
  }
  return { kind, world, boundaries: points.passed, remembered, rangOn, unheard };
}

function policyWith(kind: Channel["kind"]): Policy {
  const second = kind === "ntfy" ? "webhook" : "ntfy";
  const other = kind === "pushover" ? "telegram" : "pushover";
  return Policy.parse({
    version: 1,
    channels: { first: SAMPLES[kind], second: SAMPLES[second], other: SAMPLES[other] },
    responders: [
      { id: "alice", name: "Alice", channels: ["first", "second"] },
      { id: "bob", name: "Bob", channels: ["other", "second"] },
    ],
    escalation: { steps: [{ notify: ["alice", "bob"], after: "0s" }] },
  });
}

interface Saying {
  readonly remembered: Remembered;
  readonly unheard: string[];
  /** that alice has said it on her phone */
  readonly times: number;
}

/**
 * Alice says that she has it, a while after both were rung; who said it on the phone and still sees it open says it at
 * the desk.
 */
function answers(world: ProvidersWorld, saying: Saying): void {
  const { clock, desk, policy } = world;
  const again = (afterMs: number, times = saying.times) =>
    clock.after(afterMs, () => answers(world, { ...saying, times }));
  const ring = ringTo(world, "alice");
  const isTime = ring !== undefined && clock.now >= ring.arrived.at + ANSWERS_MS;
  if (!isTime || ringTo(world, "bob") === undefined || desk.isDown) return void again(LOOKS_EVERY_MS);
  const incident = desk.state.incidents.values().find(({ state }) => state === "open");
  if (incident === undefined) return;
  if (saying.times > 0 || wayOf(policy, ring.channel)?.acknowledges !== true) {
    world.does(actBy("alice", { kind: "acknowledge", incidentId: incident.incidentId }));
    return void again(HEARD_WITHIN_MS);
  }
  const { incidentId } = incident;
  world.says(ring, (isTaken) => {
    // What the desk has no name for it cannot know again: its answer was lost, and the page goes on to the next channel.
    if (!isTaken || !saying.remembered.handles.has(ring.arrived.handle)) return;
    clock.after(HEARD_WITHIN_MS - 1, () => {
      if (desk.state.incidents.get(incidentId)?.state === "open") saying.unheard.push(ring.pageKey);
    });
  });
  again(HEARD_WITHIN_MS, 1);
}

/** The newest on the channel that the story is about; else any. */
function ringTo(world: ProvidersWorld, responder: string): Brought | undefined {
  const rings = world
    .brought()
    .filter(({ pageKey }) => pageKey.includes(":ring:") && pageKey.endsWith(`:${responder}`));
  return rings.findLast(({ channel }) => channel === "first") ?? rings.at(-1);
}
