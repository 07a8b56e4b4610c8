// An actor over the ports of replays and scenarios: rows, alarm and sockets in memory, and the desk of a replay as whom it calls.
import { memoryShardPorts } from "../../control-plane/replay/ports/memory-shard-ports.ts";
import { MemorySockets, type Peer } from "../../control-plane/replay/ports/memory-sockets.ts";
import { VirtualAlarm } from "../../control-plane/replay/ports/virtual-alarm.ts";
import { MemoryDesk } from "../../control-plane/replay/world/memory-desk.ts";
import type { Actor, Ports } from "./platform.ts";
import { FACTS_POLICY, connectionAt } from "./proven-host.ts";
import { WorldClock } from "./world-clock.ts";

const ANSWERS_MS = 1_000;

/** A peer of which nothing is heard but what a fact says. */
class SilentPeer implements Peer {
  readonly isHeardNow = false;
  readonly keepaliveMs = 5_000;
  keepaliveAt = 0;

  lastKeepaliveAt(): number {
    return this.keepaliveAt;
  }

  take(): void {}

  losesSocket(): void {}
}

/** An actor on a clock of its own. */
export function memoryActor(): Actor {
  const clock = new WorldClock();
  const desk = new MemoryDesk({ clock, policy: FACTS_POLICY });
  const sockets = new MemorySockets<SilentPeer>(clock);
  const peers = new Map<string, SilentPeer>();
  const ports: Ports = memoryShardPorts({
    clock,
    sockets,
    alarm: new VirtualAlarm(clock, () => clock.handle(ports)),
    policy: () => FACTS_POLICY,
    calls: {
      tellDesk: (...told) => desk.receiveSignals(...told),
      askPolicy: () => {},
      askTrust: () => {},
      fetchTrust: () => {},
      askSecondOpinion: () => {},
    },
  });
  return {
    event: async (act) => act(ports),
    onRing: (handle) => clock.onRing(handle),
    rings: async (count) => clock.ringsMore(count),
    passes: async (durationMs) => clock.advance(durationMs),
    forgets: () => Promise.reject(new Error("Memory does not forget by itself")),
    callsFail: () => desk.stops(),
    answers: async () => clock.advance(ANSWERS_MS),
    dials: async (hostId) => void peers.set(hostId, new SilentPeer()),
    keepsAlive: async (hostId) => {
      const peer = peers.get(hostId);
      if (peer !== undefined) peer.keepaliveAt = clock.now;
    },
    proves: async (hostId) => {
      sockets.open(hostId, peers.get(hostId) ?? new SilentPeer(), connectionAt(clock.now));
      return { helloAt: clock.now };
    },
  };
}
