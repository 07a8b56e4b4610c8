// What comes in from a host that has proven its key: its hello, then its frames, and the end of its socket. A second boot with the same key does
// not push out one that shows life. Proving, and reading a frame, is done before this. What cannot be stored costs nobody more than a new
// connection: a host says all again after its hello.
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { AgentMessage, FrameRefusal } from "@countersign/shared/wire/protocol";
import type { Connection, HostState } from "../../core/shard/host/shard-state.ts";
import { eventOf } from "./shard-frames.ts";
import type { ShardPorts } from "./shard-ports.ts";
import type { ShardShell } from "./shard-shell.ts";
import { type SocketEnd, UnstoredNews } from "./unstored-news.ts";

export class ShardArrivals {
  readonly #shell: ShardShell;
  readonly #ports: ShardPorts;
  readonly #unstored: UnstoredNews;

  constructor(shell: ShardShell, ports: ShardPorts) {
    this.#shell = shell;
    this.#ports = ports;
    this.#unstored = new UnstoredNews(shell, ports);
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
   * Welcomes a host whose new socket is live already. `lastSeenAt`: the last sign of life on the socket that gave way to it; null: there was none.
   * Never throws: where that cannot be stored, the new socket is ended too.
   */
  greet(
    hostId: string,
    connection: Connection,
    { addressGroup, lastSeenAt }: { readonly addressGroup: string; readonly lastSeenAt: number | null },
  ): void {
    try {
      this.#welcome(hostId, connection, addressGroup);
      this.#unstored.isWelcomed(hostId);
    } catch (error) {
      this.#ports.log.error(`Welcome ${hostId}`, error);
      this.#ports.sockets.restart(hostId);
      const known = this.#shell.state.hosts.get(hostId)?.connection ?? null;
      // A hello that was not stored is no sign of life.
      const seenAt = known?.connectionId === connection.connectionId ? connection.connectedAt : lastSeenAt;
      if (known !== null && seenAt !== null)
        this.noteEnd({
          kind: "disconnected",
          hostId,
          connectionId: known.connectionId,
          lastSeenAt: seenAt,
        });
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

  /** A socket is gone. What cannot be stored now is tried again when the alarm rings. Never throws. */
  noteEnd(ended: SocketEnd): void {
    this.#unstored.noteEnd(ended);
  }

  /** The alarm rang: tries again what could not be stored. Never throws. */
  retry(): void {
    this.#unstored.retry();
  }

  #orSaidAgain(hostId: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#unstored.noteFrame(hostId, error);
    }
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
    if (message.type === "last-words") this.#keepWords(host, message);
    this.#orSaidAgain(hostId, () => {
      if (event === null) this.#shell.deliver();
      else this.#shell.take(event);
    });
    return ok(null);
  }

  /**
   * No event: no decision sees them. What is over the host's budget, of a service that it does not list, or cannot be stored, is dropped: they are
   * said once, and for people alone.
   */
  #keepWords(host: HostState, message: Extract<AgentMessage, { type: "last-words" }>): void {
    const { hostId } = host;
    const { now } = this.#ports.clock;
    const { type: _type, version: _version, ...words } = message;
    const isListed = host.connection?.catalogue.some(({ service }) => service === words.service) === true;
    if (!isListed || !this.#shell.budgets.drawWords(hostId, now)) return;
    try {
      this.#shell.store.words.keep(hostId, words, now);
    } catch (error) {
      this.#ports.log.error(`Keep the last words of ${hostId}`, error);
    }
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
