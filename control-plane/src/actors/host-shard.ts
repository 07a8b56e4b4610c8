// HostShard: at most 1,000 hosts, their sockets, liveness and services. A shell around `decideShard`: load, decide, save, perform.
// State, outboxes and alarm are one storage step without an await; sockets and network come after it. The object may be evicted
// between any two events, so what is not stored or attached to a socket does not exist.
import { DurableObject } from "cloudflare:workers";
import { decodeBase64, encodeBase64 } from "@countersign/shared/base64";
import type { CloseReason } from "@countersign/shared/close-codes";
import type { Envelope } from "@countersign/shared/envelope";
import { hostIdOf } from "@countersign/shared/ids";
import { CHALLENGE_TTL_MS, HOSTS_PER_SHARD_MAX } from "@countersign/shared/limits";
import { type AgentMessage, type Hello, parseAgentFrame } from "@countersign/shared/protocol";
import { assert, ok, refuse, type Result } from "@countersign/shared/result";
import { decideShard, emptyShard } from "../core/decide-shard.ts";
import type { ShardEffect, ShardEvent } from "../core/shard-events.ts";
import type { HostState, ShardState } from "../core/shard-state.ts";
import { takeView, viewFor } from "../core/shard-view.ts";
import type { Env } from "../env.ts";
import { AlarmClock } from "./alarm-clock.ts";
import { CountedSql } from "./counted-sql.ts";
import { OutboxDrain } from "./outbox-drain.ts";
import { PROJECTION_RETRY_MAX_MS, ProjectionOutbox } from "./projection-outbox.ts";
import { newId } from "./random-id.ts";
import type { ToldPolicy } from "./desk-policies.ts";
import type { RecordedAsked, RecordedPart } from "./recorded-events.ts";
import type { HostShardRpc, IncidentDeskRpc } from "./rpc.ts";
import { askSecondOpinion } from "./second-opinion.ts";
import { eventOf } from "./shard-frames.ts";
import { connectionOf, isHelloProven, refuseHello } from "./shard-hello.ts";
import { planShardProjection } from "./shard-projection.ts";
import { ShardPolicy } from "./shard-policy.ts";
import { type Challenged, type Live, ShardSockets } from "./shard-sockets.ts";
import { ShardStore } from "./shard-store.ts";
import { blindSinceAtOf, isLate } from "./shard-wake.ts";
import { SIGNAL_RETRY_MAX_MS, SignalOutbox } from "./signal-outbox.ts";

/** An alarm that is overdue by this much is set again by `watch`. */
const ALARM_OVERDUE_MS = 60_000;
/** A sweep that failed (we are wrong, or the policy is) is tried again after this. */
const RETRY_SWEEP_MS = 5_000;

export class HostShard extends DurableObject<Env> implements HostShardRpc {
  readonly #sql: CountedSql;
  readonly #store: ShardStore;
  readonly #signals: SignalOutbox;
  readonly #projections: ProjectionOutbox;
  readonly #sockets: ShardSockets;
  readonly #policies: ShardPolicy;
  readonly #toDesk: OutboxDrain;
  readonly #toD1: OutboxDrain;
  /** what was asked of others and not answered yet */
  readonly #errands = new Set<Promise<void>>();
  #clock: AlarmClock;
  #state: ShardState;
  /** whether we were blind is not judged yet: an alarm that wakes us says only in its handler when it was due */
  #isWakeUnjudged = false;
  #isNewVersion = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = new CountedSql(ctx.storage);
    this.#store = new ShardStore(this.#sql);
    this.#signals = new SignalOutbox(this.#sql);
    this.#projections = new ProjectionOutbox(this.#sql);
    this.#sockets = new ShardSockets(ctx);
    this.#policies = new ShardPolicy(env.POLICY);
    this.#toDesk = new OutboxDrain({ what: "Deliver signals", retryMaxMs: SIGNAL_RETRY_MAX_MS }, () =>
      this.#signals.deliverBatch((signals) => this.#desk().receiveSignals(this.#state.shard, signals)),
    );
    this.#toD1 = new OutboxDrain({ what: "Project to D1", retryMaxMs: PROJECTION_RETRY_MAX_MS }, () =>
      this.#projections.deliverBatch(this.env.DB),
    );
    this.#clock = new AlarmClock(ctx.storage, null);
    this.#state = emptyShard("");
    void ctx.blockConcurrencyWhile(() => this.#wake());
  }

  /** Opens an agent's socket: `…/HOST_ID` with an Upgrade, its names checked by the caller. 404: never enrolled here. */
  override async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const hostId = url.pathname.split("/").at(-1) ?? "";
    if (this.#store.publicKeyOf(hostId) === null) return new Response(null, { status: 404 });
    const { 0: client, 1: server } = new WebSocketPair();
    const now = Date.now();
    this.#sockets.challenge(server, {
      phase: "challenged",
      hostId,
      audience: url.host,
      address: request.headers.get("CF-Connecting-IP"),
      challenge: encodeBase64(crypto.getRandomValues(new Uint8Array(32))),
      issuedAt: now,
    });
    this.#clock.arm(now + CHALLENGE_TTL_MS, now);
    return new Response(null, { status: 101, webSocket: client });
  }

  override async webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer): Promise<void> {
    const attachment = this.#sockets.attachmentOf(socket);
    if (attachment === null || attachment.phase === "ended") return;
    if (typeof frame !== "string") return this.#endSocket(socket, "frame-malformed");
    const parsed = parseAgentFrame(frame);
    if (!parsed.ok) return this.#endSocket(socket, parsed.error.reason);
    if (attachment.phase === "live") return this.#takeFrame(socket, attachment, parsed.value);
    if (attachment.phase === "verifying" || parsed.value.type !== "hello")
      return this.#endSocket(socket, "unauthenticated");
    return this.#greet(socket, attachment, parsed.value);
  }

  override webSocketClose(socket: WebSocket): void {
    this.#noteEnd(socket);
  }

  override webSocketError(socket: WebSocket): void {
    this.#noteEnd(socket);
  }

  /** Catches all and re-arms in any case: the runtime drops an alarm for good after six failures. */
  override async alarm(info?: AlarmInvocationInfo): Promise<void> {
    const now = Date.now();
    const rangFor = info?.scheduledTime ?? this.#clock.armedAt;
    this.#clock.rang();
    try {
      this.#isWakeUnjudged ||= isLate(this.#state, { now, alarmAt: rangFor, policy: this.#policy() });
      this.#judgeWake(rangFor);
      this.#clock.arm(this.#sockets.closeOverdue(now), now);
      this.#apply({ kind: "sweep", lastSeenAt: this.#lastSeenAt() });
      this.#deliver();
    } catch (error) {
      console.error("Sweep shard:", this.#state.shard, error);
      this.#clock.arm(now + RETRY_SWEEP_MS, now);
    }
  }

  async enrolHost(host: {
    shard: string;
    hostId: string;
    publicKey: string;
    name: string;
  }): Promise<Result<null, { reason: "shard-full" }>> {
    const { shard, hostId, publicKey, name } = host;
    const raw = decodeBase64(publicKey);
    assert(raw !== null && hostIdOf(raw) === hostId, "a host's id is derived from its key");
    if (this.#store.publicKeyOf(hostId) !== null) return ok(null);
    if (!this.#store.exists()) this.#create(shard);
    if (this.#store.hostCount() >= HOSTS_PER_SHARD_MAX) return refuse({ reason: "shard-full" });
    this.#apply({ kind: "host-enrolled", hostId, name }, () => this.#store.addHost(hostId, publicKey));
    this.#deliver();
    return ok(null);
  }

  async deliverGrant(grant: {
    grantId: string;
    hostId: string;
    service: string;
    expiresAt: number;
    envelope: Envelope;
  }): Promise<void> {
    this.#apply({ kind: "grant-issued", grant: { ...grant, envelope: JSON.stringify(grant.envelope) } });
    this.#deliver();
  }

  async liftFreeze(hostId: string, service: string | null, by: string): Promise<void> {
    this.#apply({ kind: "freeze-lifted", hostId, service, by });
    this.#deliver();
  }

  async takePolicy(told: ToldPolicy): Promise<void> {
    if (!this.#store.exists()) return;
    const change = this.#policies.take(told, Date.now());
    if (change === null) return;
    this.#sql.atomically(() => this.#store.savePolicy(told));
    const lastSeenAt = this.#lastSeenAt();
    if (change === "pace") this.#sockets.restartAll();
    this.#apply({ kind: "sweep", lastSeenAt });
    this.#deliver();
  }

  async snapshot(): Promise<readonly HostState[]> {
    const survivors = this.#sockets.survivors();
    return Object.values(this.#state.hosts).map((host) => ({
      ...host,
      lastSeenAt: Math.max(host.lastSeenAt, survivors.get(host.hostId)?.lastSeenAt ?? 0),
    }));
  }

  async recordedEvents(asked: RecordedAsked): Promise<RecordedPart> {
    return this.#store.recorded.read(asked, Date.now());
  }

  async watch(): Promise<void> {
    if (Object.keys(this.#state.hosts).length === 0) return;
    const now = Date.now();
    if (this.#clock.armedAt === null) this.#clock.arm(now, now);
    this.#clock.rescue(now, ALARM_OVERDUE_MS);
    this.#askPolicy();
    this.#deliver();
  }

  /** What this object wrote since it woke; for the tests of "a healthy host writes no row". */
  rowsWritten(): number {
    return this.#sql.rowsWritten;
  }

  /** Settles when nothing is on its way any more; for tests. */
  async settled(): Promise<void> {
    await Promise.all([this.#toDesk.drain(Date.now()), this.#toD1.drain(Date.now()), ...this.#errands]);
  }

  async #wake(): Promise<void> {
    const alarmAt = await this.ctx.storage.getAlarm();
    this.#clock = new AlarmClock(this.ctx.storage, alarmAt);
    if (!this.#store.exists()) return;
    this.#state = this.#store.load(this.#sockets.survivors());
    this.#policies.restore(this.#store.policy());
    if (this.#policies.version === null) this.#askPolicy();
    this.#isNewVersion = this.#store.noteVersion(this.env.CF_VERSION_METADATA?.id ?? "");
    this.#isWakeUnjudged = true;
    if (alarmAt !== null) this.#judgeWake(alarmAt);
  }

  #judgeWake(alarmAt: number | null): void {
    if (!this.#isWakeUnjudged) return;
    this.#isWakeUnjudged = false;
    const connectedHostIds = [...this.#sockets.survivors().keys()];
    const blindSinceAt = blindSinceAtOf(this.#state, {
      now: Date.now(),
      alarmAt,
      connectedHostIds: new Set(connectedHostIds),
      isNewVersion: this.#isNewVersion,
      policy: this.#policy(),
    });
    this.#apply({ kind: "woke", connectedHostIds, blindSinceAt });
  }

  #create(shard: string): void {
    this.#sql.atomically(() => {
      this.#store.create(shard);
      this.#signals.create();
      this.#projections.create();
    });
    this.#store.noteVersion(this.env.CF_VERSION_METADATA?.id ?? "");
    this.#state = emptyShard(shard);
    this.#askPolicy();
  }

  /** In the background: the desk must not delay what is watched here, and what it does not tell now it tells within a minute. */
  #askPolicy(): void {
    const asked = this.#desk()
      .policyFor(this.#policies.version)
      .then((told) => (told === null ? undefined : this.takePolicy(told)))
      .catch((error: unknown) => console.error("Ask policy:", this.#state.shard, error));
    this.#errands.add(asked);
    void asked.finally(() => this.#errands.delete(asked));
  }

  async #greet(socket: WebSocket, challenged: Challenged, hello: Hello): Promise<void> {
    const reason = refuseHello(hello, challenged, Date.now());
    if (reason !== null) return this.#endSocket(socket, reason);
    const publicKey = this.#store.publicKeyOf(hello.hostId);
    if (publicKey === null) return this.#endSocket(socket, "host-unknown");
    this.#sockets.markVerifying(socket, challenged);
    const isProven = await isHelloProven(hello, challenged.challenge, publicKey);
    if (!isProven) return this.#endSocket(socket, "unauthenticated");
    if (this.#sockets.attachmentOf(socket)?.phase !== "verifying") return;
    this.#welcome(socket, challenged, hello);
  }

  #welcome(socket: WebSocket, { address }: Challenged, hello: Hello): void {
    const { hostId, bootId } = hello;
    const now = Date.now();
    const { keepaliveMs, lateAfterMs } = this.#policies.announced().liveness;
    const other = this.#sockets.liveOf(hostId);
    if (other !== null) {
      const keepaliveAt = this.#sockets.lastSeenAt(other.socket, other.live.attached);
      const lastSeenAt = Math.max(keepaliveAt, this.#state.hosts[hostId]?.lastSeenAt ?? 0);
      if (other.live.attached.connection.bootId !== bootId && now - lastSeenAt < lateAfterMs) {
        this.#apply({ kind: "boot-refused", hostId, bootId });
        this.#deliver();
        return this.#sockets.close(socket, "identity-conflict");
      }
      this.#sockets.close(other.socket, "replaced");
    }
    const connection = connectionOf(hello, address, now);
    this.#sockets.markLive(socket, hostId, { connection, sinceAt: now, services: {} });
    const effects = this.#decide({ kind: "connected", hostId, connection }, () =>
      this.#store.saveCatalogue(hostId, connection.catalogue),
    );
    const { shard } = this.#state;
    this.#sockets.send(hostId, {
      version: 1,
      type: "welcome",
      shard,
      serverAt: now,
      keepaliveMs,
      lateAfterMs,
    });
    this.#perform(effects);
    this.#deliver();
  }

  #takeFrame(socket: WebSocket, { hostId }: Live, message: AgentMessage): void {
    const host = this.#state.hosts[hostId];
    assert(host !== undefined, "a live socket belongs to an enrolled host");
    const reading = eventOf(host, message, Date.now());
    if (!reading.ok) return this.#endSocket(socket, reading.error.reason);
    if (reading.value !== null) this.#apply(reading.value);
    this.#deliver();
  }

  /** Closes a socket of our own accord, with what its end means. */
  #endSocket(socket: WebSocket, reason: CloseReason): void {
    this.#noteEnd(socket);
    this.#sockets.close(socket, reason);
  }

  #noteEnd(socket: WebSocket): void {
    const attachment = this.#sockets.attachmentOf(socket);
    if (attachment?.phase !== "live") return;
    const { hostId, attached } = attachment;
    const { connectionId } = attached.connection;
    const lastSeenAt = this.#sockets.lastSeenAt(socket, attached);
    this.#apply({ kind: "disconnected", hostId, connectionId, lastSeenAt });
    this.#deliver();
  }

  #lastSeenAt(): Record<string, number> {
    const entries = [...this.#sockets.survivors()].map(([hostId, { lastSeenAt }]) => [hostId, lastSeenAt]);
    return Object.fromEntries(entries) as Record<string, number>;
  }

  #apply(event: ShardEvent, alsoWrite?: () => void): void {
    this.#perform(this.#decide(event, alsoWrite));
  }

  /** Decides, and saves state, outboxes and alarm in one storage step; returns what is left to perform. */
  #decide(event: ShardEvent, alsoWrite?: () => void): readonly ShardEffect[] {
    this.#judgeWakeBefore(event);
    const before = viewFor(event, this.#state);
    const now = Date.now();
    const decision = decideShard(before, event, { now, policy: this.#policy(), newId });
    const after = decision.state;
    this.#sql.atomically(() => {
      alsoWrite?.();
      this.#store.save(event, before, decision);
      this.#signals.put(
        decision.effects.flatMap((effect) => (effect.kind === "signal" ? [effect.signal] : [])),
      );
      this.#projections.put(planShardProjection(before, after));
    });
    this.#state = takeView(this.#state, before, after);
    this.#clock.arm(decision.alarmAt, now);
    this.#sockets.attachChanged(before, after);
    return decision.effects;
  }

  /** Some other event came before the alarm that woke us: then the alarm is being rung just now. */
  #judgeWakeBefore(event: ShardEvent): void {
    if (this.#isWakeUnjudged && event.kind !== "woke") this.#judgeWake(Date.now());
  }

  #perform(effects: readonly ShardEffect[]): void {
    for (const effect of effects)
      switch (effect.kind) {
        case "signal":
          break; // in the outbox already
        case "send":
          this.#sockets.send(effect.hostId, effect.message);
          break;
        case "ask-second-opinion":
          this.#askSecondOpinion(effect);
          break;
      }
  }

  #askSecondOpinion({ hostId, address, port }: Extract<ShardEffect, { kind: "ask-second-opinion" }>): void {
    const asked = askSecondOpinion(address, port).then((opinion) => {
      this.#apply({ kind: "second-opinion", hostId, opinion });
      this.#deliver();
    });
    const noted = asked.catch((error: unknown) => console.error("Take second opinion:", hostId, error));
    this.#errands.add(noted);
    void noted.finally(() => this.#errands.delete(noted));
  }

  /** Moves the outboxes, in the background: neither the desk nor D1 may delay what a host is told. */
  #deliver(): void {
    const now = Date.now();
    for (const outbox of [this.#toDesk, this.#toD1])
      void outbox.drain(now).then(() => this.#clock.arm(outbox.retryAt, Date.now()));
  }

  #desk(): Pick<IncidentDeskRpc, "receiveSignals" | "policyFor"> {
    return this.env.INCIDENT_DESK.get(this.env.INCIDENT_DESK.idFromName("desk"));
  }

  #policy() {
    return this.#policies.inForce(Date.now());
  }
}
