// The channels that carry pages, and everything a pager provider does wrong: refuse, hang, or say "taken" and lose it.
import type { VirtualClock } from "../../../control-plane/replay/world/virtual-clock.ts";
import type { SeededRandom } from "../seeded-random.ts";
import type { Observer, PageArrival } from "./observer.ts";

export type ChannelFault = "fails" | "hangs" | "swallows";

const TAKES_MS = { least: 50, end: 3_000 };
/** what has failed is not tried again by the desk for so long (ADR 0054), and one page tries it then */
const RESTS_MAX_MS = 320_000;
/** after this the desk's own client gives up waiting */
const TIMEOUT_MS = 15_000;

export class Pager {
  onArrival: (arrival: PageArrival) => void = () => {};
  readonly #faults = new Map<string, ChannelFault[]>();
  readonly #mendedAt = new Map<string, number>();
  readonly #parts: {
    readonly clock: VirtualClock;
    readonly random: SeededRandom;
    readonly observer: Observer;
  };

  constructor(parts: {
    readonly clock: VirtualClock;
    readonly random: SeededRandom;
    readonly observer: Observer;
  }) {
    this.#parts = parts;
  }

  /** Breaks a channel for a while. */
  breaks(channel: string, fault: ChannelFault, durationMs: number): void {
    const faults = this.#faults.get(channel) ?? [];
    faults.push(fault);
    this.#faults.set(channel, faults);
    this.#parts.clock.after(durationMs, () => {
      faults.splice(faults.indexOf(fault), 1);
      this.#mendedAt.set(channel, this.#parts.clock.now);
    });
  }

  /** Whether a page that is due now would reach its person: it works, and has for so long that nobody lets it rest. */
  doesWork(channel: string): boolean {
    const restedAt = (this.#mendedAt.get(channel) ?? -Infinity) + RESTS_MAX_MS;
    return (this.#faults.get(channel) ?? []).length === 0 && this.#parts.clock.now >= restedAt;
  }

  send(arrival: PageArrival, onReceipt: (result: "delivered" | "failed", detail: string) => void): void {
    const { clock, observer, random } = this.#parts;
    const fault = this.#faults.get(arrival.channel)?.at(-1);
    clock.after(random.whole(TAKES_MS.least, TAKES_MS.end), () => {
      switch (fault) {
        case "fails":
          return onReceipt("failed", "503");
        case "hangs":
          return void clock.after(TIMEOUT_MS, () => onReceipt("failed", "no answer"));
        case "swallows":
          observer.pageTaken(arrival, false);
          return onReceipt("delivered", "");
        case undefined:
          observer.pageTaken(arrival, true);
          this.onArrival(arrival);
          return onReceipt("delivered", "");
      }
    });
  }
}
