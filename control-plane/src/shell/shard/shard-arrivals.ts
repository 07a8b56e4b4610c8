// What comes in from a host that has proven its key: its hello, then its frames, and the end of its socket. A second boot with the same key does
// not push out one that shows life. Proving, and reading a frame, is done before this.
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { AgentMessage, FrameRefusal } from "@countersign/shared/wire/protocol";
import type { ShardEvent } from "../../core/shard/host/shard-events.ts";
import type { Connection, HostState } from "../../core/shard/host/shard-state.ts";
import { eventOf } from "./shard-frames.ts";
import type { ShardPorts } from "./shard-ports.ts";
import type { ShardShell } from "./shard-shell.ts";

type SocketEnd = Extract<ShardEvent, { kind: "disconnected" }>;

export class ShardArrivals {
  readonly #shell: ShardShell;
  readonly #ports: ShardPorts;
  /** ends of sockets that could not be stored yet, oldest first */
  readonly #ends: SocketEnd[] = [];

  constructor(shell: ShardShell, ports: ShardPorts) {
    this.#shell = shell;
    this.#ports = ports;
  }

  /** Whether a hello of this boot may take the host's socket: not while the one that has it shows life for another boot. Call before `greet`. */
  makesRoom(hostId: string, bootId: string): boolean {
    const { clock, sockets } = this.#ports;
    const keepaliveAt = sockets.lastSeen(hostId);
    if (keepaliveAt === null) return true;
    const host = this.#shell.state.hosts.get(hostId);
    const { lateAfterMs } = this.#shell.policies.announced().liveness;
    const lastSeenAt = Math.max(keepaliveAt, host?.lastSeenAt ?? 0);
    const isOtherBoot = host?.connection !== null && host?.connection.bootId !== bootId;
    if (!isOtherBoot || clock.now - lastSeenAt >= lateAfterMs) return true;
    this.#shell.take({ kind: "boot-refused", hostId, bootId });
    return false;
  }

  /** Welcomes a host whose new socket is live already. */
  greet(hostId: string, connection: Connection, addressGroup: string): void {
    const { store, policies, state } = this.#shell;
    const effects = this.#shell.decide({ kind: "connected", hostId, connection }, () => {
      store.hosts.saveCatalogue(hostId, connection.catalogue);
      store.hosts.saveProvenFrom(hostId, addressGroup);
      store.words.keepOnly(
        hostId,
        connection.catalogue.map(({ service }) => service),
      );
    });
    const { keepaliveMs, lateAfterMs } = policies.announced().liveness;
    this.#ports.sockets.send(hostId, {
      version: 1,
      type: "welcome",
      shard: state.shard,
      serverAt: connection.connectedAt,
      keepaliveMs,
      lateAfterMs,
    });
    this.#shell.perform(effects);
    this.#shell.deliver();
  }

  /**
   * A socket is gone, and nobody says so twice. A host whose end is lost would be watched by nobody: what is due of it is put off by keepalives,
   * and those have no socket any more. What cannot be stored now is tried again when the alarm rings.
   */
  noteEnd(ended: SocketEnd): void {
    this.#ends.push(ended);
    this.retryEnds();
  }

  /** Takes in the ends that wait, each by itself. Never throws. */
  retryEnds(): void {
    for (const ended of this.#ends.splice(0)) {
      try {
        this.#shell.take(ended);
      } catch (error) {
        this.#ends.push(ended);
        this.#ports.log.error(`Take the end of the socket of ${ended.hostId}`, error);
      }
    }
  }

  /** Takes one message; a refusal costs this frame, but for `unauthenticated` and `host-unknown`, which end the connection. */
  takeMessage(
    hostId: string,
    message: AgentMessage,
  ): Result<null, { readonly reason: FrameRefusal["reason"] | "unauthenticated" | "host-unknown" }> {
    const host = this.#shell.state.hosts.get(hostId);
    // Retired, and we died before its socket was closed.
    if (host === undefined) return refuse({ reason: "host-unknown" });
    if (message.type === "last-words") this.#keepWords(host, message);
    const reading = eventOf(host, message, this.#ports.clock.now);
    if (!reading.ok) return reading;
    if (reading.value === null) this.#shell.deliver();
    else this.#shell.take(reading.value);
    return ok(null);
  }

  /** No event: no decision sees them. What is over the host's budget, or of a service that it does not list, is dropped. */
  #keepWords(host: HostState, message: Extract<AgentMessage, { type: "last-words" }>): void {
    const { hostId } = host;
    const { now } = this.#ports.clock;
    const { type: _type, version: _version, ...words } = message;
    const isListed = host.connection?.catalogue.some(({ service }) => service === words.service) === true;
    if (isListed && this.#shell.budgets.drawWords(hostId, now))
      this.#shell.store.words.keep(hostId, words, now);
  }

  /** A frame was refused; `frameHash` names it to the agent, null: it was not read. */
  refuseFrame(
    hostId: string,
    refused: {
      readonly reason: FrameRefusal["reason"];
      readonly isDigest: boolean;
      readonly frameHash: string | null;
    },
  ): void {
    const { frameHash, isDigest, reason } = refused;
    const lastSeenAt = this.#ports.sockets.lastSeen(hostId);
    const seen = lastSeenAt === null ? {} : { lastSeenAt };
    this.#shell.take({ kind: "frame-refused", hostId, reason, isDigest, ...seen });
    this.#ports.sockets.send(hostId, { version: 1, type: "frame-refused", reason, frameHash });
  }
}
