// What both sets of ports on a virtual clock share: time passes when a fact says so, and what rings is counted.
import { VirtualClock } from "../../control-plane/replay/world/virtual-clock.ts";
import type { Ports } from "./platform.ts";

/** Whatever is awaited here has happened by then, or never does. */
const PATIENCE_MS = 3_600_000;

export class WorldClock extends VirtualClock {
  #ringCount = 0;
  #handle: (ports: Ports) => void = () => {};

  onRing(handle: (ports: Ports) => void): void {
    this.#handle = handle;
  }

  /** The alarm's handler. */
  handle(ports: Ports): void {
    this.#ringCount += 1;
    this.#handle(ports);
  }

  ringsMore(count: number): void {
    const [end, untilAt] = [this.#ringCount + count, this.now + PATIENCE_MS];
    while (this.#ringCount < end)
      if (!this.runNext(untilAt)) throw new Error(`Ring ${count} times: nothing rings any more`);
  }
}
