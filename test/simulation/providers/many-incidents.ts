// Many incidents over virtual days with providers that go wrong: who is rung by what, who never is, what comes twice. All of it follows from one seed.
//
// LOST is a trouble that lasted for LONG_ENOUGH_MS at least, and of which no message came to any person before it was over: each ring about it was refused,
// hung, or was taken and swallowed. It counts whatever was wrong with the providers: with six people and three channels each, one always works.
// What a reader would get wrong: a message is what the fake of a provider brought, and not what the desk was told; a trouble that was over sooner may
// have come to nobody, and is counted beside.
import { SETTLE_ATTEMPTS_MAX } from "../../../control-plane/src/core/desk/deliveries/settling.ts";
import { actBy } from "../../../control-plane/src/core/desk/desk-event.ts";
import type { Delivery } from "../../../control-plane/src/core/desk/records/pages/delivery.ts";
import type { Page } from "../../../control-plane/src/core/desk/records/pages/page.ts";
import { wayOf } from "../../../control-plane/src/policy/ways.ts";
import type { DecidedStep } from "../../../control-plane/src/shell/desk/desk-ports.ts";
import { nobodyIsFlooded } from "../invariants/storm-numbers.ts";
import { SeededRandom } from "../seeded-random.ts";
import type { SimulatedFleet } from "../world/simulated-fleet.ts";
import { type DeskParts, PRODUCTION_DESK } from "./desk-of-providers.ts";
import { FaultWeather } from "./fault-weather.ts";
import type { Brought } from "./line.ts";
import { policyOfMany } from "./people-of-many.ts";
import { ProvidersWorld } from "./providers-world.ts";
import { earliestIn } from "./remembered.ts";
import { census, cleared, firing, type Trouble } from "./told-trouble.ts";

/** The first round and a second one: every person of the steps was rung twice, by two channels. */
export const LONG_ENOUGH_MS = 45 * 60_000;
const PAUSE_MEAN_MS = 10 * 60_000;
const LASTS_LEAST_MS = 10 * 60_000;
const LASTS_END_MS = 100 * 60_000;
const LOOKS_AFTER_MEAN_MS = 5 * 60_000;
const ANSWERS_SHARE = 0.35;
/** The alarm clock sets no alarm sooner than this. */
const ALARM_FLOOR_MS = 50;
const BROKEN_SHOWN_MAX = 10;
const REST_MS = 6 * 3_600_000;
export const INCIDENTS_A_WORLD = 250;
const FLEET = 5_000;
const SERVICES = 60;

export interface ManyPlan {
  readonly seed: number;
  readonly incidents: number;
  readonly parts?: DeskParts;
}

/** A trouble, and what people heard of it. */
interface Followed extends Trouble {
  readonly firedAt: number;
  readonly lastsMs: number;
  toldAt: number | null;
}

/** What came of it. */
export interface Many {
  readonly plan: ManyPlan;
  readonly followed: readonly Followed[];
  /** by key */
  readonly pages: ReadonlyMap<string, Page>;
  readonly world: ProvidersWorld;
  /** what went on though all was over, because its provider could not be told for hours: the record says so */
  readonly givenUp: number;
  /** what must hold and did not, in sentences */
  readonly broken: readonly string[];
}

export async function runMany(plan: ManyPlan): Promise<Many> {
  const story = new ManyStory(plan);
  return story.run();
}

/** What broke, and the line that tells the same again. */
export function brokenText({ broken, plan: { incidents, seed } }: Many): string {
  if (broken.length === 0) return "every promise held";
  const replay = `node test/simulation/providers/run-many.ts ${seed} ${incidents}`;
  return [`seed ${seed}:`, ...broken.slice(0, BROKEN_SHOWN_MAX), `replay: ${replay}`].join("\n");
}

class ManyStory {
  readonly #plan: ManyPlan;
  readonly #random: SeededRandom;
  readonly #world: ProvidersWorld;
  readonly #followed = new Map<string, Followed>();
  readonly #pages = new Map<string, Page>();
  readonly #broken: string[] = [];
  readonly #givenUp = new Set<string>();
  readonly #flood = nobodyIsFlooded();

  constructor(plan: ManyPlan) {
    this.#plan = plan;
    this.#random = new SeededRandom(plan.seed);
    const policy = policyOfMany(this.#random);
    const weather = new FaultWeather(plan.seed, Object.keys(policy.channels));
    this.#world = new ProvidersWorld({
      policy,
      parts: plan.parts ?? PRODUCTION_DESK,
      faultNow: weather.faultNow,
      onBrought: (brought) => this.#comes(brought),
      onDecided: (step) => this.#decided(step),
    });
  }

  async run(): Promise<Many> {
    const { clock } = this.#world;
    let at = clock.now + 1_000;
    clock.at(at, () => this.#world.tells(census(FLEET, clock.now)));
    let lastAt = at;
    for (let number = 1; number <= this.#plan.incidents; number += 1) {
      at += this.#random.pauseMs(PAUSE_MEAN_MS);
      const lastsMs = this.#random.whole(LASTS_LEAST_MS, LASTS_END_MS);
      lastAt = Math.max(lastAt, at + lastsMs);
      this.#begins(number, at, lastsMs);
    }
    try {
      await clock.passesTo(lastAt + REST_MS);
    } finally {
      this.#world.close();
    }
    this.#judgeEnd();
    return {
      plan: this.#plan,
      followed: [...this.#followed.values()],
      pages: this.#pages,
      world: this.#world,
      givenUp: this.#ringsOn().filter((name) => this.#givenUp.has(name)).length,
      broken: this.#broken,
    };
  }

  #begins(number: number, firedAt: number, lastsMs: number): void {
    const { clock } = this.#world;
    const trouble = { number, host: `web-${number}`, service: `demo-${number % SERVICES}` };
    this.#followed.set(`hst_${trouble.host}`, { ...trouble, firedAt, lastsMs, toldAt: null });
    clock.at(firedAt, () => this.#world.tells(firing(trouble, clock.now)));
    clock.at(firedAt + lastsMs, () => this.#world.tells(cleared(trouble, clock.now)));
  }

  #decided(step: DecidedStep & { readonly armedAt: number | null }): void {
    for (const { channel, handle } of givenUpIn(step)) this.#givenUp.add(`${channel} ${handle}`);
    for (const effect of step.effects)
      if (effect.kind === "send-page") {
        this.#pages.set(effect.page.key, effect.page);
        for (const key of effect.page.covers ?? []) {
          const page = step.after.pages.get(key) ?? step.before.pages.get(key);
          if (page !== undefined) this.#pages.set(key, page);
        }
      }
    // It looks at the clock alone.
    const flooded = this.#flood.onDesk?.(step, this.#world as unknown as SimulatedFleet) ?? null;
    if (flooded !== null)
      this.#broken.push(`Nobody gets more messages than the documented number: ${flooded}`);
    const dueAt = earliestIn(step.after);
    if (
      dueAt !== null &&
      (step.armedAt === null || step.armedAt > Math.max(dueAt, this.#world.clock.now) + ALARM_FLOOR_MS)
    )
      this.#broken.push(
        `An alarm is armed for what is due: ${step.events[0]?.kind} left ${step.armedAt}, due ${dueAt}`,
      );
  }

  /** Something came to a person, who looks at it after a while and says that they have it, or does not. */
  #comes(brought: Brought): void {
    const page = this.#pages.get(brought.pageKey);
    if (page === undefined) return;
    const told = [page, ...(page.covers ?? []).flatMap((key) => this.#pages.get(key) ?? [])];
    for (const { subject, what } of told.flatMap(({ tells }) => tells)) {
      if (what === "ended" || subject.kind !== "service") continue;
      const trouble = this.#followed.get(subject.hostId);
      if (trouble !== undefined) trouble.toldAt ??= brought.arrived.at;
    }
    if (page.kind !== "ring" || !this.#random.isHit(ANSWERS_SHARE)) return;
    this.#world.clock.after(this.#random.pauseMs(LOOKS_AFTER_MEAN_MS), () => this.#answers(brought, page));
  }

  #answers(brought: Brought, { incidentId, responder }: Page): void {
    const atTheDesk = () => this.#world.does(actBy(responder, { kind: "acknowledge", incidentId }));
    if (wayOf(this.#world.policy, brought.channel)?.acknowledges !== true) return atTheDesk();
    this.#world.says(brought, (isTaken) => {
      if (!isTaken) atTheDesk();
    });
  }

  /** What goes on though what it is about is over, or in somebody's hands: `CHANNEL HANDLE`. */
  #ringsOn(): readonly string[] {
    const { desk, lines } = this.#world;
    const { deliveries, incidents } = desk.state;
    const open = deliveries.values().filter(({ incidentId }) => incidents.get(incidentId)?.state === "open");
    const isOpen = new Set(open.map(({ channel, handle }) => `${channel} ${handle}`));
    return [...lines.values()]
      .flatMap(({ channel, provider }) => [...provider.ringing].map((handle) => `${channel} ${handle}`))
      .filter((name) => !isOpen.has(name));
  }

  #judgeEnd(): void {
    const { incidents, pages } = this.#world.desk.state;
    const due = earliestIn(this.#world.desk.state);
    if (due !== null) this.#broken.push("Nothing is on its way for ever: something is still due");
    const page = pages.values().find(({ state }) => state === "pending" || state === "held");
    if (page !== undefined) this.#broken.push(`Nothing is on its way for ever: ${page.key} is ${page.state}`);
    const open = incidents
      .values()
      .find(
        ({ reason, state }) => reason === "check-failing" && (state === "open" || state === "acknowledged"),
      );
    if (open !== undefined) this.#broken.push(`Every incident ends: ${open.incidentId} is ${open.state}`);
    for (const name of this.#ringsOn().filter((one) => !this.#givenUp.has(one)))
      this.#broken.push(`Nothing rings on: ${name}`);
    const otherwise = cameOtherwise(this.#world.brought());
    if (otherwise !== null) this.#broken.push(`What comes twice carries the same key: ${otherwise}`);
    for (const { firedAt, host, lastsMs, toldAt } of this.#followed.values())
      if (lastsMs >= LONG_ENOUGH_MS && (toldAt === null || toldAt > firedAt + lastsMs))
        this.#broken.push(
          `Nothing is lost: ${host} failed for ${Math.round(lastsMs / 60_000)} minutes, and nobody heard`,
        );
  }
}

/** Deliveries whose provider is told no more: it was not reached as often as it is tried. */
function givenUpIn({ after, effects }: DecidedStep): readonly Delivery[] {
  const isGivenUp = effects.some((one) => one.kind === "audit" && one.entry.act === "settling-given-up");
  if (!isGivenUp) return [];
  return after.deliveries
    .values()
    .filter(({ settleAt, settleAttempts }) => settleAt === null && settleAttempts === SETTLE_ATTEMPTS_MAX);
}

/** A page that came in other words than the first time, or by another key of its provider; null: none did. */
export function cameOtherwise(brought: readonly Brought[]): string | null {
  const byPage = Map.groupBy(brought, ({ channel, pageKey }) => `${channel} ${pageKey}`);
  const otherwise = [...byPage].find(([, all]) => new Set(all.map(wordsOf)).size > 1);
  return otherwise === undefined ? null : `${otherwise[0]} came in other words, or by another key`;
}

function wordsOf({ arrived: { body, key, title } }: Brought): string {
  return JSON.stringify([key, title, body]);
}
