// Counts what goes to and fro between the real shard, the real desk and the hosts of a story, so that the story knows when nothing is on
// its way any more.
import { vi } from "vitest";
import { assert } from "@countersign/shared/values/result";
import type { Signal } from "../../../control-plane/src/core/words/signal.ts";
import { IncidentDesk } from "../../../control-plane/src/platform/desk/incident-desk.ts";
import { HostShard } from "../../../control-plane/src/platform/shard/host-shard.ts";
import { WorkerdSockets } from "../../../control-plane/src/platform/shard/workerd-sockets.ts";

export class WorkerdTraffic {
  /** by hosts, to the shard */
  framesSent = 0;
  framesTaken = 0;
  /** by the shard, to hosts */
  messagesSent = 0;

  /** Counts from now on; `onSignals` hears what the desk has taken in. */
  watch(onSignals: (signals: readonly Signal[]) => void): void {
    const count = (what: "framesTaken" | "messagesSent") => void (this[what] += 1);
    // Each is called with its own object again, below.
    // oxlint-disable-next-line typescript/unbound-method
    const { webSocketMessage } = HostShard.prototype;
    vi.spyOn(HostShard.prototype, "webSocketMessage").mockImplementation(async function (
      this: HostShard,
      ...frame
    ) {
      await webSocketMessage.apply(this, frame);
      count("framesTaken");
    });
    // oxlint-disable-next-line typescript/unbound-method
    const { send } = WorkerdSockets.prototype;
    vi.spyOn(WorkerdSockets.prototype, "send").mockImplementation(function (this: WorkerdSockets, ...parts) {
      if (this.lastSeen(parts[0]) !== null) count("messagesSent");
      send.apply(this, parts);
    });
    // oxlint-disable-next-line typescript/unbound-method
    const { receiveSignals } = IncidentDesk.prototype;
    vi.spyOn(IncidentDesk.prototype, "receiveSignals").mockImplementation(async function (
      this: IncidentDesk,
      ...parts
    ) {
      await receiveSignals.apply(this, parts);
      onSignals(parts[1]);
    });
  }
}

/** Waits by real time; `vi.waitUntil` would move the faked one. */
export async function until(isSo: () => boolean): Promise<void> {
  for (let attempt = 0; !isSo(); attempt += 1) {
    assert(attempt < 5_000, "the actors answer within seconds");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
