// One desk, its people's channels with the fakes behind them, and a shard that tells until it was heard: everything on
// one virtual clock. What a reader would get wrong: a world is on the line (virtual-network.ts) from `open` to `close`,
// and there may be one at a time.
import type { Channel } from "../../../control-plane/src/channels/any-channel.ts";
import type { DeskEvent } from "../../../control-plane/src/core/desk/desk-event.ts";
import type { Signal } from "../../../control-plane/src/core/words/signal.ts";
import type { Policy } from "../../../control-plane/src/policy/policy.ts";
import type { DecidedStep } from "../../../control-plane/src/shell/desk/desk-ports.ts";
import type { ProviderFault } from "../../providers/provider.ts";
import { DeskOfProviders, type DeskParts, PRODUCTION_DESK } from "./desk-of-providers.ts";
import { EffectBoundaries } from "./effect-boundaries.ts";
import { bindingsFor, fakeOf } from "./fakes.ts";
import { type Brought, Line } from "./line.ts";
import { goOnLine, sendInCall } from "./virtual-network.ts";
import { WorkingClock } from "./working-clock.ts";

const AGAIN_MS = 5_000;
const WATCH_EVERY_MS = 300_000;

export interface WorldSetup {
  readonly policy: Policy;
  readonly points?: EffectBoundaries;
  readonly parts?: DeskParts;
  /** what goes wrong with the next request on a channel; null: nothing */
  readonly faultNow?: (channel: string, now: number) => ProviderFault | null;
  readonly onBrought?: (brought: Brought) => void;
  readonly onDecided?: (step: DecidedStep & { readonly armedAt: number | null }) => void;
}

export class ProvidersWorld {
  readonly clock = new WorkingClock();
  readonly startAt = this.clock.now;
  readonly policy: Policy;
  readonly lines: ReadonlyMap<string, Line>;
  readonly desk: DeskOfProviders;
  readonly #hangUp: () => void;

  constructor(setup: WorldSetup) {
    const { clock } = this;
    this.policy = setup.policy;
    this.#hangUp = goOnLine(clock);
    this.lines = new Map(
      Object.entries(setup.policy.channels).map(([channel, { kind }]) => [
        channel,
        this.#lineOf(channel, kind, setup),
      ]),
    );
    this.desk = new DeskOfProviders({
      clock,
      policy: setup.policy,
      points: setup.points ?? new EffectBoundaries(),
      parts: setup.parts ?? PRODUCTION_DESK,
      bindings: bindingsFor((request) => sendInCall(request, clock)),
      lineOf: (channel) => this.line(channel),
      onDecided: setup.onDecided ?? (() => {}),
    });
    this.#watches();
  }

  /** Takes the fakes off the network. */
  close(): void {
    this.#hangUp();
  }

  line(channel: string): Line {
    const line = this.lines.get(channel);
    if (line === undefined) throw new Error(`Call by ${channel}: the policy has no such channel`);
    return line;
  }

  /** A shard tells something, again and again until it was heard. */
  tells(signal: Signal): void {
    if (!this.desk.takeSignals([signal])) this.clock.after(AGAIN_MS, () => this.tells(signal));
  }

  /** A person does something at the desk, again and again until it answers. */
  does(event: DeskEvent): void {
    if (!this.desk.acts(event)) this.clock.after(AGAIN_MS, () => this.does(event));
  }

  /** Its person says "I have it" where it arrived; `said` hears whether that could be said there. */
  says({ arrived: { handle }, channel }: Brought, said: (isTaken: boolean) => void): void {
    this.clock.begins(this.line(channel).provider.acknowledge(handle).then(said));
  }

  /** What makes itself heard at people now, by the providers' handles. */
  ringing(): readonly string[] {
    return [...this.lines.values()].flatMap(({ provider }) => [...provider.ringing]);
  }

  /** What came to people, by all channels. */
  brought(): readonly Brought[] {
    return [...this.lines.values()]
      .flatMap(({ brought }) => brought)
      .toSorted((left, right) => left.arrived.at - right.arrived.at);
  }

  #watches(): void {
    this.clock.after(WATCH_EVERY_MS, () => {
      this.desk.watch();
      this.#watches();
    });
  }

  #lineOf(channel: string, kind: Channel["kind"], { faultNow, onBrought }: WorldSetup): Line {
    const { clock } = this;
    const deliver = (request: Request) => this.desk.hears(channel, request);
    return new Line({
      channel,
      kind,
      provider: fakeOf(kind, { channel, clock, deliver }),
      now: () => clock.now,
      faultNow: () => faultNow?.(channel, clock.now) ?? null,
      ...(onBrought === undefined ? {} : { onBrought }),
    });
  }
}
