// News of hosts that could not be stored: ends of sockets, which nobody tells twice, and frames, which their hosts are made to
// say again by connecting anew. What a reader would get wrong: nothing here throws, and nothing grows with how often it fails.
// Where the storage takes nothing, each try costs much, since a culprit is looked for (shard-blame.ts): so few are made.
import type { ShardEvent } from "../../core/shard/host/shard-events.ts";
import type { ShardPorts } from "./shard-ports.ts";
import type { ShardShell } from "./shard-shell.ts";

/** After this what could not be stored is tried again. */
const RETRY_MS = 5_000;
/** So many failures in a row, and it is the storage: the rest waits for the next time. */
const FAILURES_MAX = 3;
/** A host is made to connect again once in this: a frame that never can be stored would be a loop. */
const RESTART_EVERY_MS = 60_000;

export type SocketEnd = Extract<ShardEvent, { kind: "disconnected" }>;

/** Stores it, or throws; false: it must wait for another reason. */
type Attempt = () => boolean;

export class UnstoredNews {
  readonly #shell: ShardShell;
  readonly #ports: ShardPorts;
  /** one of each connection's end and each host's frames, the one to try first in front */
  readonly #waiting = new Map<string, Attempt>();
  readonly #restartedAt = new Map<string, number>();

  constructor(shell: ShardShell, ports: ShardPorts) {
    this.#shell = shell;
    this.#ports = ports;
  }

  /**
   * A socket is gone. A host whose end is lost would be watched by nobody: what is due of it is put off by keepalives, and those
   * have no socket any more. Of two words about one connection the first is right about when it was heard.
   */
  noteEnd(ended: SocketEnd): void {
    this.#tryFirst(`The end of ${ended.connectionId} of ${ended.hostId}`, () => {
      this.#shell.take(ended);
      return true;
    });
  }

  /**
   * A frame could not be stored. What a host says it says once, and a keepalive that is answered tells it that we have heard. Its
   * socket stays open until its end can be stored: a host whose hellos we cannot take would look silent.
   */
  noteFrame(hostId: string, error: unknown): void {
    this.#ports.log.error(`Take in what ${hostId} said`, error);
    const key = keyOfFrames(hostId);
    if (!this.#waiting.has(key)) this.#tryFirst(key, () => this.#restart(hostId));
  }

  /** After a hello that was stored the host says all anew. */
  isWelcomed(hostId: string): void {
    this.#waiting.delete(keyOfFrames(hostId));
  }

  /** Tries again what waits, each by itself. */
  retry(): void {
    const { now } = this.#ports.clock;
    for (const [hostId, at] of this.#restartedAt)
      if (now - at >= RESTART_EVERY_MS) this.#restartedAt.delete(hostId);
    let failedCount = 0;
    // What fails goes to the end, and is not tried again in this ring.
    const keys = [...this.#waiting.keys()];
    for (const key of keys) {
      if (failedCount >= FAILURES_MAX) return;
      failedCount = this.#isTried(key) ? 0 : failedCount + 1;
    }
  }

  #restart(hostId: string): boolean {
    const { clock, sockets } = this.#ports;
    const { connection, returnDueAt } = this.#shell.state.hosts.get(hostId) ?? {};
    const restartedAt = this.#restartedAt.get(hostId);
    if (restartedAt !== undefined) {
      this.#shell.arm(restartedAt + RESTART_EVERY_MS);
      return false;
    }
    const lastSeenAt = sockets.lastSeen(hostId);
    // A hello would take back that it is leaving; it says all after the next one anyway.
    if (lastSeenAt === null || !connection || returnDueAt !== null) return true;
    const { connectionId } = connection;
    this.#shell.take({ kind: "disconnected", hostId, connectionId, lastSeenAt });
    sockets.restart(hostId);
    this.#restartedAt.set(hostId, clock.now);
    return true;
  }

  #tryFirst(key: string, attempt: Attempt): void {
    if (!this.#waiting.has(key)) this.#waiting.set(key, attempt);
    this.#isTried(key);
  }

  /** What fails goes behind all others. */
  #isTried(key: string): boolean {
    const attempt = this.#waiting.get(key);
    if (attempt === undefined) return true;
    try {
      if (attempt()) this.#waiting.delete(key);
      return true;
    } catch (error) {
      const { clock, log } = this.#ports;
      this.#waiting.delete(key);
      this.#waiting.set(key, attempt);
      log.error(`${key}: store it`, error);
      this.#shell.arm(clock.now + RETRY_MS);
      return false;
    }
  }
}

function keyOfFrames(hostId: string): string {
  return `A frame of ${hostId}`;
}
