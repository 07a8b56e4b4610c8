// What ails the services of one host: it is told while it lasts and when it is over. What was told last is told again on each new
// connection, as an agent that starts anew describes what it finds.
import type { Fact } from "@countersign/shared/wire/fact";
import type { VirtualClock } from "../../../control-plane/replay/world/virtual-clock.ts";
import type { Ailment } from "./ailments.ts";

/** Facts that wait for a connection; older ones are dropped. */
const WAITING_MAX = 50;
const BETTER_EVERY_MS = 120_000;

export interface Sickness {
  readonly service: string;
  readonly ailment: Ailment;
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
  readonly #lastWords = new Map<string, Fact>();

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
    const sickness = { service, ailment };
    this.lasting.set(key, sickness);
    this.#lastWords.delete(key);
    const beganAt = this.#clock.now;
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
    this.#waiting = [];
    return facts;
  }

  /** A new connection: what was told last may not have come through. */
  isConnectedAnew(): void {
    this.#waiting = [...this.#lastWords.values(), ...this.#waiting].slice(-WAITING_MAX);
  }

  #recovers(key: string, { ailment, service }: Sickness, beganAt: number): void {
    this.lasting.delete(key);
    if (ailment.better === null) return;
    this.#tellBetter(key, { ailment, service }, { beganAt, count: ailment.betterCount ?? 1 });
  }

  #tellBetter(
    key: string,
    { ailment, service }: Sickness,
    left: { readonly beganAt: number; readonly count: number },
  ): void {
    if (ailment.better === null || left.count === 0 || this.lasting.has(key)) return;
    const fact = this.#put(service, ailment.better(this.#momentOf(left.beganAt, 0)));
    this.#lastWords.set(key, fact);
    const next = { ...left, count: left.count - 1 };
    this.#clock.after(BETTER_EVERY_MS, () => this.#tellBetter(key, { ailment, service }, next));
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
