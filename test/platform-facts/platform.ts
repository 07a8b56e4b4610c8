// A platform as its facts see it: one actor over a set of ports, and what the world can do to that actor. Pure types. Each set of ports makes
// one (memory and faulty beside this file, workerd's in test/actors/world). What a reader would get wrong: only `event` runs inside the actor;
// everything else is the world around it.
import type { ShardPorts } from "../../control-plane/src/shell/shard/shard-ports.ts";

export type PlatformName = "memory" | "faulty" | "workerd";

/** What a fact may speak of. A shard's ports hold all that the desk's do, and sockets. */
export type Ports = Pick<ShardPorts, "alarm" | "calls" | "clock" | "rows" | "sockets">;

/** An actor that nothing was ever stored in. */
export interface Actor {
  /** one event of the actor, over the ports of the life that it has then; what throws in it is thrown here */
  event<T>(act: (ports: Ports) => T): Promise<T>;
  /** what the alarm's handler does from here on; it may throw */
  onRing(handle: (ports: Ports) => void): void;
  /** lets time pass until the handler has been called so many times more */
  rings(count: number): Promise<void>;
  passes(durationMs: number): Promise<void>;
  /** memory is gone, and nothing else: hibernation */
  forgets(): Promise<void>;
  /** whoever is called from here on fails */
  callsFail(): void;
  /** who was called answers, or fails */
  answers(): Promise<void>;
  /** a socket of this host that has proven nothing yet */
  dials(hostId: string): Promise<void>;
  keepsAlive(hostId: string): Promise<void>;
  /** the host has proven its key on the socket that it dialled last; the instant of its hello */
  proves(hostId: string): Promise<{ readonly helloAt: number }>;
}

export interface PlatformFact {
  readonly name: string;
  /** throws where it does not hold */
  readonly check: (actor: Actor) => Promise<void>;
  /** sets of ports that cannot have it, and why */
  readonly lacking?: { readonly [Name in PlatformName]?: string };
}
