// The sockets of hosts whose history is replayed. What a reader would get wrong: a host that no record calls silent is heard at every look,
// because keepalives of healthy hosts are not recorded.
import type { ControlMessage } from "@countersign/shared/wire/protocol";
import type { ShardSockets, Silence } from "../../src/shell/shard/shard-ports.ts";
import type { SurvivingSocket } from "../../src/shell/shard/surviving-socket.ts";

/** Keepalives of a healthy host are taken to come at least so often. */
const HEARD_WITHIN_MS = 1_000;

export class RecordedSockets implements ShardSockets {
  readonly #clock: { readonly now: number };
  readonly #onSend: (hostId: string, message: ControlMessage) => void;
  /** hosts that were ever connected, or are to be taken so */
  readonly #known = new Set<string>();
  /** last sign of life of hosts that are not heard */
  readonly #silentSince = new Map<string, number>();

  constructor(clock: { readonly now: number }, onSend: (hostId: string, message: ControlMessage) => void) {
    this.#clock = clock;
    this.#onSend = onSend;
  }

  isConnected(hostId: string): void {
    this.#known.add(hostId);
  }

  isHeard(hostId: string): void {
    this.#silentSince.delete(hostId);
  }

  /** Its last sign of life before a silence; one that is silent already stays so since then. */
  fallsSilent(hostId: string, lastSeenAt: number): void {
    if (!this.#silentSince.has(hostId)) this.#silentSince.set(hostId, lastSeenAt);
  }

  isSilent(hostId: string): boolean {
    return this.#silentSince.has(hostId);
  }

  get count(): number {
    return this.#known.size;
  }

  survivors(): ReadonlyMap<string, SurvivingSocket> {
    return new Map();
  }

  endUnreadable(): readonly string[] {
    return [];
  }

  hostIds(): readonly string[] {
    return [...this.#known];
  }

  lastSeen(hostId: string): number | null {
    return this.#known.has(hostId) ? (this.#silentSince.get(hostId) ?? this.#clock.now) : null;
  }

  silenceAt(at: number): Silence {
    const silent = [...this.#silentSince].filter(([hostId]) => this.#known.has(hostId));
    const later = silent.map(([, seenAt]) => seenAt).filter((seenAt) => seenAt > at);
    const nextSeenAt = Math.min(this.#clock.now - HEARD_WITHIN_MS, ...later);
    return {
      hostIds: silent.filter(([, seenAt]) => seenAt <= at).map(([hostId]) => hostId),
      nextSeenAt: this.#known.size === 0 ? null : nextSeenAt,
    };
  }

  attach(): void {}

  send(hostId: string, message: ControlMessage): void {
    this.#onSend(hostId, message);
  }

  closeAllOf(hostId: string): void {
    this.#known.delete(hostId);
    this.#silentSince.delete(hostId);
  }

  restart(): void {}

  restartAll(): void {}
}
