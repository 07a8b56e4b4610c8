// What comes in from a host that has proven its key: its hello, then its frames, and the end of its socket. A second boot with the same key does
// not push out one that shows life. Proving, and reading a frame, is done before this. What cannot be stored costs nobody more than a new
// connection: a host says all again after its hello.
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { AgentMessage, FrameRefusal } from "@countersign/shared/wire/protocol";
import type { ShardEvent } from "../../core/shard/host/shard-events.ts";
import type { Connection, HostState } from "../../core/shard/host/shard-state.ts";
import { eventOf } from "./shard-frames.ts";
import type { ShardPorts } from "./shard-ports.ts";
import type { ShardShell } from "./shard-shell.ts";

/** After this what could not be stored is tried again. */
const RETRY_MS = 5_000;

type SocketEnd = Extract<ShardEvent, { kind: "disconnected" }>;

export class ShardArrivals {
  readonly #shell: ShardShell;
  readonly #ports: ShardPorts;
  /** ends of sockets that could not be stored yet, oldest first */
  readonly #ends: SocketEnd[] = [];
  /** hosts of which a frame could not be taken in */
  readonly #missed = new Set<string>();

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

  /**
   * Welcomes a host whose new socket is live already. Never throws: where that cannot be stored, the socket is ended, and so is the connection
   * that the host had before, whose socket gave way to this one.
   */
  greet(hostId: string, connection: Connection, addressGroup: string): void {
    try {
      this.#welcome(hostId, connection, addressGroup);
    } catch (error) {
      const { clock, log, sockets } = this.#ports;
      log.error(`Welcome ${hostId}`, error);
      sockets.restart(hostId);
      const { connectionId } = this.#shell.state.hosts.get(hostId)?.connection ?? {};
      if (connectionId !== undefined)
        this.noteEnd({ kind: "disconnected", hostId, connectionId, lastSeenAt: clock.now });
    }
  }

  #welcome(hostId: string, connection: Connection, addressGroup: string): void {
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
    this.retry();
  }

  /** Takes in what could not be stored before, each by itself. Never throws. */
  retry(): void {
    for (const ended of this.#ends.splice(0))
      this.#orLater(
        ended.hostId,
        () => this.#shell.take(ended),
        () => this.#ends.push(ended),
      );
    for (const hostId of this.#missed)
      this.#orLater(
        hostId,
        () => this.#connectAgain(hostId),
        () => {},
      );
  }

  #orLater(hostId: string, work: () => void, onFailed: () => void): void {
    const { clock, log } = this.#ports;
    try {
      work();
    } catch (error) {
      onFailed();
      log.error(`Take in what ${hostId} said, or its end`, error);
      this.#shell.arm(clock.now + RETRY_MS);
    }
  }

  /**
   * What a host says is said once, and a keepalive that is answered tells it that we have heard: so a frame that could not be taken in must be said
   * again. Its socket stays open until its end can be stored: a host whose hellos we cannot take would look silent.
   */
  #connectAgain(hostId: string): void {
    const { sockets } = this.#ports;
    const lastSeenAt = sockets.lastSeen(hostId);
    const { connectionId } = this.#shell.state.hosts.get(hostId)?.connection ?? {};
    if (lastSeenAt !== null && connectionId !== undefined)
      this.#shell.take({ kind: "disconnected", hostId, connectionId, lastSeenAt });
    sockets.restart(hostId);
    this.#missed.delete(hostId);
  }

  /** Never throws. */
  #orSaidAgain(hostId: string, work: () => void): void {
    this.#orLater(hostId, work, () => this.#missed.add(hostId));
    if (this.#missed.has(hostId)) this.retry();
  }

  /** Takes one message. Never throws; a refusal costs this frame, but for `unauthenticated` and `host-unknown`, which end the connection. */
  takeMessage(
    hostId: string,
    message: AgentMessage,
  ): Result<null, { readonly reason: FrameRefusal["reason"] | "unauthenticated" | "host-unknown" }> {
    const host = this.#shell.state.hosts.get(hostId);
    // Retired, and we died before its socket was closed.
    if (host === undefined) return refuse({ reason: "host-unknown" });
    const reading = eventOf(host, message, this.#ports.clock.now);
    if (!reading.ok) return reading;
    const event = reading.value;
    this.#orSaidAgain(hostId, () => {
      if (message.type === "last-words") this.#keepWords(host, message);
      if (event === null) this.#shell.deliver();
      else this.#shell.take(event);
    });
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
    this.#orSaidAgain(hostId, () =>
      this.#shell.take({ kind: "frame-refused", hostId, reason, isDigest, ...seen }),
    );
    this.#ports.sockets.send(hostId, { version: 1, type: "frame-refused", reason, frameHash });
  }
}
