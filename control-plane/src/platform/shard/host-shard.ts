// HostShard: at most 1,000 hosts, their sockets, liveness and services. The Durable Object itself is only what the runtime and others
// call; `ShardDecider` decides and saves, `ShardEntrance` is the sockets' side. The object may be evicted between any two events, so what
// is not stored or attached to a socket does not exist.
import { DurableObject } from "cloudflare:workers";
import { decodeBase64 } from "@countersign/shared/values/base64";
import { hostIdOf } from "@countersign/shared/values/ids";
import { namesOf, valuesOf } from "@countersign/shared/values/named";
import { assert } from "@countersign/shared/values/result";
import type { Envelope } from "@countersign/shared/wire/envelope";
import type { HostState } from "../../core/shard/host/shard-state.ts";
import type { LiftedFreeze, PulledFreeze, RetiredHost, ToldPolicy } from "../../core/words/shard-word.ts";
import type { ActorEnv } from "../actor-env.ts";
import { CountedSql } from "../counted-sql.ts";
import { PUT_ASIDE_SHOWN_MAX } from "../put-aside.ts";
import type { HostShardRpc } from "../rpc.ts";
import { OnStorage } from "../stored-layout.ts";
import type { RecordedAsked, RecordedPart } from "./recorded-events.ts";
import { ShardDecider } from "./shard-decider.ts";
import { ShardEntrance } from "./shard-entrance.ts";

/** An alarm that is overdue by this much is set again by `watch`. */
const ALARM_OVERDUE_MS = 60_000;

export class HostShard extends DurableObject<ActorEnv> implements HostShardRpc {
  readonly #storage: OnStorage<{ readonly decider: ShardDecider; readonly entrance: ShardEntrance }>;

  constructor(ctx: DurableObjectState, env: ActorEnv) {
    super(ctx, env);
    const decider = new ShardDecider(ctx, () => this.env);
    const entrance = new ShardEntrance(decider);
    this.#storage = new OnStorage(new CountedSql(ctx.storage), "a shard", { decider, entrance });
    if (this.#storage.refusal === null) void ctx.blockConcurrencyWhile(() => decider.wake());
  }

  get #decider(): ShardDecider {
    return this.#storage.parts.decider;
  }

  /** Opens an agent's socket: `…/HOST_ID` with an Upgrade, its names checked by the caller. 404: never enrolled here; 429: turned away. */
  override async fetch(request: Request): Promise<Response> {
    const opened = this.#storage.parts.entrance.open(request);
    if (opened.ok) return new Response(null, { status: 101, webSocket: opened.value });
    return new Response(null, { status: opened.error.reason === "host-unknown" ? 404 : 429 });
  }

  override async webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer): Promise<void> {
    return this.#storage.parts.entrance.take(socket, frame);
  }

  override webSocketClose(socket: WebSocket): void {
    this.#storage.parts.entrance.noteEnd(socket);
  }

  override webSocketError(socket: WebSocket): void {
    this.#storage.parts.entrance.noteEnd(socket);
  }

  override async alarm(info?: AlarmInvocationInfo): Promise<void> {
    if (this.#storage.refusal !== null) return;
    const rangFor = info?.scheduledTime ?? this.#decider.clock.armedAt;
    this.#decider.clock.rang();
    this.#decider.sweep(rangFor);
  }

  async enrolHost(host: {
    shard: string;
    hostId: string;
    publicKey: string;
    name: string;
  }): ReturnType<HostShardRpc["enrolHost"]> {
    const raw = decodeBase64(host.publicKey);
    assert(raw !== null && hostIdOf(raw) === host.hostId, "a host's id is derived from its key");
    return this.#decider.enrol(host);
  }

  async retireHost(retired: RetiredHost): Promise<void> {
    this.#decider.retire(retired);
  }

  async deliverGrant(grant: {
    grantId: string;
    hostId: string;
    service: string;
    action: string;
    expiresAt: number;
    envelope: Envelope;
  }): Promise<void> {
    const envelope = JSON.stringify(grant.envelope);
    this.#decider.take({ kind: "grant-issued", grant: { ...grant, envelope } });
  }

  async pullFreeze(pulled: PulledFreeze): Promise<void> {
    this.#decider.pullFreeze(pulled);
  }

  async liftFreeze(lift: LiftedFreeze): Promise<void> {
    this.#decider.liftFreeze(lift);
  }

  async takePolicy(told: ToldPolicy): Promise<void> {
    this.#decider.takePolicy(told);
  }

  async snapshot(): Promise<readonly HostState[]> {
    const lastSeen = this.#decider.sockets.lastSeen();
    return valuesOf(this.#decider.state.hosts).map((host) => ({
      ...host,
      // Keepalives of a host that is not understood are no signs of life.
      lastSeenAt:
        host.unheard === null ? Math.max(host.lastSeenAt, lastSeen.get(host.hostId) ?? 0) : host.lastSeenAt,
    }));
  }

  async recordedEvents(asked: RecordedAsked): Promise<RecordedPart> {
    return this.#decider.store.readRecorded(asked);
  }

  async putAside(): ReturnType<HostShardRpc["putAside"]> {
    const { aside, store } = this.#decider;
    return store.exists() ? aside.rows(PUT_ASIDE_SHOWN_MAX) : [];
  }

  async watch(): ReturnType<HostShardRpc["watch"]> {
    const { clock, state } = this.#decider;
    if (namesOf(state.hosts).length === 0) return { unconfirmedSinceAt: null };
    const now = Date.now();
    if (clock.armedAt === null) clock.arm(now, now);
    clock.rescue(now, ALARM_OVERDUE_MS);
    const unconfirmedSinceAt = this.#decider.unconfirmedSinceAt();
    this.#decider.askPolicy();
    this.#decider.deliver();
    return { unconfirmedSinceAt };
  }

  /** What this object wrote since it woke; for the tests of "a healthy host writes no row". */
  rowsWritten(): number {
    return this.#decider.rowsWritten;
  }

  /** Settles when nothing is on its way any more; for tests. */
  async settled(): Promise<void> {
    if (this.#storage.refusal === null) await this.#decider.settled();
  }
}
