// What ails the services of one host: it is told while it lasts and when it is over. What was told last is told again on each new
// connection, as an agent that starts anew describes what it finds.
import type { Fact } from "@countersign/shared/wire/fact";
import type { VirtualClock } from "../../../control-plane/replay/world/virtual-clock.ts";
import type { Ailment } from "./ailments.ts";

/** Facts that wait for a connection; older ones are dropped. */
const WAITING_MAX = 50;
const BETTER_EVERY_MS = 120_000;
/** What was sent before that is known to have come through: a keepalive sent after it was answered. */
const ANSWERED_WITHIN_MS = 15_000;

export interface Sickness {
  readonly service: string;
  readonly ailment: Ailment;
  /** what is told first, by the host's clock */
  readonly firstToldAt: number;
}

export class SickServices {
  /** what lasts now, by service and reason */
  readonly lasting = new Map<string, Sickness>();
  /** it has told of sessions: the shard stores their tally, whether they end well or not */
  isTallied = false;
  readonly #clock: VirtualClock;
  readonly #wallAt: (at: number) => number;
  readonly #onFacts: () => void;
  #waiting: Fact[] = [];
  #sent: readonly { readonly at: number; readonly facts: readonly Fact[] }[] = [];
  readonly #lastWords = new Map<string, readonly Fact[]>();

  constructor(parts: {
    readonly clock: VirtualClock;
    readonly wallAt: (at: number) => number;
    readonly onFacts: () => void;
  }) {
    this.#clock = parts.clock;
    this.#wallAt = parts.wallAt;
    this.#onFacts = parts.onFacts;
  }

  /** Falls sick for a while; who is sick of the same already stays so and no longer. */
  fallsSick(service: string, ailment: Ailment, durationMs: number): void {
    const key = `${service} ${ailment.reason}`;
    if (this.lasting.has(key)) return;
    const beganAt = this.#clock.now;
    const sickness = { service, ailment, firstToldAt: this.#wallAt(beganAt) };
    this.lasting.set(key, sickness);
    this.#lastWords.delete(key);
    const endsAt = beganAt + durationMs;
    const tell = (count: number) => {
      if (this.lasting.get(key) !== sickness) return;
      if (this.#clock.now >= endsAt) return this.#recovers(key, sickness, beganAt);
      this.#put(service, ailment.worse(this.#momentOf(beganAt, count)));
      this.#clock.after(ailment.everyMs, () => tell(count + 1));
    };
    tell(0);
  }

  /** A start of the service ends what a start ends. */
  isStartedAnew(service: string): void {
    for (const [key, sickness] of this.lasting)
      if (sickness.service === service && sickness.ailment.isEndedByRestart === true)
        this.#recovers(key, sickness, this.#clock.now - 1);
  }

  /** All that waits to be told. */
  takeFacts(): readonly Fact[] {
    const facts = this.#waiting;
    const { now } = this.#clock;
    if (facts.length > 0)
      this.#sent = [...this.#sent.filter(({ at }) => at > now - ANSWERED_WITHIN_MS), { at: now, facts }];
    this.#waiting = [];
    return facts;
  }

  /** A connection is over: what may have been lost with it is told again, as an agent does. */
  isDisconnected(): void {
    const lost = this.#sent.filter(({ at }) => at > this.#clock.now - ANSWERED_WITHIN_MS);
    this.#sent = [];
    this.#waiting = [...lost.flatMap(({ facts }) => facts), ...this.#waiting].slice(-WAITING_MAX);
  }

  /** A new connection: what was told last may not have come through. It is read anew, so what waits gives way to it. */
  isConnectedAnew(): void {
    const now = this.#wallAt(this.#clock.now);
    // What was told later is later: a use proves what was there before it.
    const words = [...this.#lastWords.values()].flatMap((facts) =>
      facts.map((fact, index) => ({ ...fact, at: now + 1 + index - facts.length })),
    );
    this.#waiting = [...words, ...this.#waiting.slice(-Math.max(1, WAITING_MAX - words.length))];
  }

  #recovers(key: string, sickness: Sickness, beganAt: number): void {
    const { ailment } = sickness;
    this.lasting.delete(key);
    if (ailment.better === null) return;
    this.#tellBetter(key, sickness, { beganAt, count: 0 });
  }

  #tellBetter(
    key: string,
    sickness: Sickness,
    told: { readonly beganAt: number; readonly count: number },
  ): void {
    const { ailment, service } = sickness;
    const { better, betterCount = 1 } = ailment;
    if (better === null || told.count === betterCount || this.lasting.has(key)) return;
    const fact = this.#put(service, better(this.#momentOf(told.beganAt, told.count)));
    const before = told.count === 0 ? [] : (this.#lastWords.get(key) ?? []);
    this.#lastWords.set(key, [...before.filter(({ kind }) => kind !== fact.kind), fact]);
    const next = { ...told, count: told.count + 1 };
    this.#clock.after(BETTER_EVERY_MS, () => this.#tellBetter(key, sickness, next));
  }

  #momentOf(beganAt: number, count: number) {
    return { at: this.#wallAt(this.#clock.now), beganAt: this.#wallAt(beganAt), count };
  }

  #put(service: string, body: ReturnType<Ailment["worse"]>): Fact {
    const fact = { ...body, service, at: this.#wallAt(this.#clock.now) } as Fact;
    this.isTallied ||= body.kind === "session";
    this.#waiting = [...this.#waiting, fact].slice(-WAITING_MAX);
    this.#onFacts();
    return fact;
  }
}
