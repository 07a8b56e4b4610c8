// HostShard: at most 1,000 hosts, their sockets, liveness and services. The Durable Object itself is only what the runtime and others
// call; the shell decides and saves, `ShardEntrance` is the sockets' side. The object may be evicted between any two events, so what
// is not stored or attached to a socket does not exist.
import { DurableObject } from "cloudflare:workers";
import { decodeBase64 } from "@countersign/shared/values/base64";
import { hostIdOf } from "@countersign/shared/values/ids";
import { assert } from "@countersign/shared/values/result";
import type { Envelope } from "@countersign/shared/wire/envelope";
import { isWell, serviceNamesOf } from "../../core/shard/host/host-condition.ts";
import type { HostState } from "../../core/shard/host/shard-state.ts";
import type {
  LiftedFreeze,
  PersonAsk,
  PulledFreeze,
  RetiredHost,
  ToldPolicy,
  ToldTrust,
} from "../../core/words/shard-word.ts";
import { PUT_ASIDE_SHOWN_MAX } from "../../shell/put-aside.ts";
import { ShardArrivals } from "../../shell/shard/shard-arrivals.ts";
import { ShardShell } from "../../shell/shard/shard-shell.ts";
import type { ActorEnv } from "../actor-env.ts";
import type { HostShardRpc } from "../rpc.ts";
import { OnStorage } from "../stored-layout.ts";
import type { RecordedAsked, RecordedPart } from "./recorded-events.ts";
import { ShardEntrance } from "./shard-entrance.ts";
import { type WorkerdShard, workerdShardOf } from "./workerd-shard-ports.ts";

interface Parts extends WorkerdShard {
  readonly shell: ShardShell;
  readonly entrance: ShardEntrance;
}

export class HostShard extends DurableObject<ActorEnv> implements HostShardRpc {
  readonly #storage: OnStorage<Parts>;

  constructor(ctx: DurableObjectState, env: ActorEnv) {
    super(ctx, env);
    const workerd = workerdShardOf(ctx, () => this.env);
    const shell = new ShardShell(workerd.ports);
    const arrivals = new ShardArrivals(shell, workerd.ports);
    const entrance = new ShardEntrance(shell, arrivals, workerd.sockets);
    this.#storage = new OnStorage(workerd.sql, "a shard", { ...workerd, shell, entrance });
    if (this.#storage.refusal !== null) return;
    void ctx.blockConcurrencyWhile(async () => {
      workerd.alarm.wokeWith(await ctx.storage.getAlarm());
      shell.wake();
    });
  }

  get #shell(): ShardShell {
    return this.#storage.parts.shell;
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
    const { alarm, entrance, shell } = this.#storage.parts;
    const rangFor = info?.scheduledTime ?? alarm.armedAt ?? Date.now();
    alarm.rang();
    shell.ring(rangFor);
    entrance.expire();
  }

  async enrolHost(host: {
    shard: string;
    hostId: string;
    publicKey: string;
    name: string;
  }): ReturnType<HostShardRpc["enrolHost"]> {
    const raw = decodeBase64(host.publicKey);
    assert(raw !== null && hostIdOf(raw) === host.hostId, "a host's id is derived from its key");
    return this.#shell.enrol(host);
  }

  async retireHost(retired: RetiredHost): Promise<void> {
    this.#shell.retire(retired);
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
    this.#shell.take({ kind: "grant-issued", grant: { ...grant, envelope } });
  }

  async pullFreeze(pulled: PulledFreeze): Promise<void> {
    this.#shell.pullFreeze(pulled);
  }

  async liftFreeze(lift: LiftedFreeze): Promise<void> {
    this.#shell.liftFreeze(lift);
  }

  async askFor(ask: PersonAsk): Promise<void> {
    this.#shell.askFor(ask);
  }

  async takePolicy(told: ToldPolicy): Promise<void> {
    this.#shell.takePolicy(told);
  }

  async takeTrust(told: ToldTrust): Promise<void> {
    this.#shell.trust.take(told);
  }

  async host(hostId: string): ReturnType<HostShardRpc["host"]> {
    const host = this.#shell.state.hosts.get(hostId);
    return host === undefined ? null : this.#withKeepalive(host);
  }

  async lastWords(hostId: string, services: readonly string[] | null): ReturnType<HostShardRpc["lastWords"]> {
    return this.#shell.store.words.of(hostId, services, Date.now());
  }

  async recordedEvents(asked: RecordedAsked): Promise<RecordedPart> {
    const { history, ports } = this.#storage.parts;
    return ports.rows.exists() ? history.readNow(asked, Date.now()) : { rows: [], isEnd: true };
  }

  async recordedHosts(): ReturnType<HostShardRpc["recordedHosts"]> {
    return this.#shell.state.hosts
      .values()
      .map(({ connection, hostId, name }) => ({ connection, hostId, name }));
  }

  async hostTraits(service: string | null): ReturnType<HostShardRpc["hostTraits"]> {
    return this.#shell.state.hosts
      .values()
      .filter((host) => service === null || serviceNamesOf(host).includes(service))
      .map((host) => [host, isWell(host)] as const)
      .map(([{ connection, hostId, name, tags }, isHostWell]) => ({
        hostId,
        isWell: isHostWell,
        name,
        tags: tags ?? [],
        agentVersion: connection?.agentVersion ?? null,
      }));
  }

  async putAside(): ReturnType<HostShardRpc["putAside"]> {
    const { aside, rows } = this.#storage.parts.ports;
    return rows.exists() ? aside.rows(PUT_ASIDE_SHOWN_MAX) : [];
  }

  async watch(): ReturnType<HostShardRpc["watch"]> {
    return this.#shell.watch();
  }

  /** What this object wrote since it woke; for the tests of "a healthy host writes no row". */
  rowsWritten(): number {
    return this.#storage.parts.sql.rowsWritten;
  }

  /** All hosts; for tests. */
  async snapshot(): Promise<readonly HostState[]> {
    return this.#shell.state.hosts.values().map((host) => this.#withKeepalive(host));
  }

  /** Settles when nothing is on its way any more; for tests. */
  async settled(): Promise<void> {
    if (this.#storage.refusal === null) await this.#storage.parts.calls.settled();
  }

  // Keepalives of a host that is not understood are no signs of life.
  #withKeepalive(host: HostState): HostState {
    if (host.unheard !== null) return host;
    const keptAliveAt = this.#storage.parts.sockets.lastSeen(host.hostId) ?? 0;
    return { ...host, lastSeenAt: Math.max(host.lastSeenAt, keptAliveAt) };
  }
}
