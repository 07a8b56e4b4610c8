// The shard's state and the one way to change it: load, decide, save, perform. State, outboxes and alarm are one storage step without an
// await; sockets and network come after it. What a reader would get wrong: whether we were blind is judged before anything else, and an
// alarm that wakes us says only in its handler when it was due.
import { HOSTS_PER_SHARD_MAX } from "@countersign/shared/values/limits";
import { entriesOf, isNoneNamed, namedAt, namedFrom } from "@countersign/shared/values/named";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { EMPTY_BOOK } from "../../core/facts/fact-book.ts";
import { decideShard, emptyShard } from "../../core/shard/decide-shard.ts";
import type { ShardContext, ShardEvent } from "../../core/shard/host/shard-events.ts";
import type { HostState, ShardState } from "../../core/shard/host/shard-state.ts";
import { strippedHost } from "../../core/shard/kept/bare-host.ts";
import { believable } from "../../core/shard/kept/believable.ts";
import { type StoredHost, storedHostOf } from "../../core/shard/kept/shard-stored.ts";
import { takeView, viewFor } from "../../core/shard/kept/shard-view.ts";
import type { ShardEffect } from "../../core/words/effects.ts";
import type { LiftedFreeze, PulledFreeze, RetiredHost, ToldPolicy } from "../../core/words/shard-word.ts";
import { hostSubject } from "../../core/words/subject.ts";
import type { ActorEnv } from "../actor-env.ts";
import { AlarmClock } from "../alarm-clock.ts";
import { CountedSql } from "../counted-sql.ts";
import { PutAside } from "../put-aside.ts";
import { newEpoch, newId } from "../random-id.ts";
import type { IncidentDeskRpc } from "../rpc.ts";
import { makeTables } from "../stored-layout.ts";
import { HostBudgets } from "./host-budgets.ts";
import { RetiredKeys } from "./retired-keys.ts";
import { askSecondOpinion, isAskable } from "./second-opinion.ts";
import { culpritsOf } from "./shard-decision.ts";
import { ShardOutboxes } from "./shard-outboxes.ts";
import { ShardPolicy } from "./shard-policy.ts";
import { ShardSockets } from "./shard-sockets.ts";
import { ShardStore } from "./shard-store.ts";
import { blindSinceAtOf, isLate } from "./shard-wake.ts";

/** A sweep that failed (we are wrong, or the policy is) is tried again after this. */
const RETRY_SWEEP_MS = 5_000;

export class ShardDecider {
  readonly store: ShardStore;
  readonly sockets: ShardSockets;
  readonly retired: RetiredKeys;
  readonly policies: ShardPolicy;
  readonly budgets = new HostBudgets();
  /** rows that cannot be read */
  readonly aside: PutAside;
  readonly #storage: DurableObjectStorage;
  readonly #env: () => ActorEnv;
  readonly #sql: CountedSql;
  readonly #outboxes: ShardOutboxes;
  /** what was asked of others and not answered yet */
  readonly #errands = new Set<Promise<void>>();
  #clock: AlarmClock;
  #state: ShardState = emptyShard("", "");
  /** whether we were blind is not judged yet, and by which alarm it is to be; null: it is judged */
  #unjudgedWake: { readonly alarmAt: number | null } | null = null;
  #isNewVersion = false;
  /** events that were dropped since we woke */
  readonly #noted = new Set<string>();

  /** `env` is asked each time: its bindings may be replaced. */
  constructor(ctx: DurableObjectState, env: () => ActorEnv) {
    this.#storage = ctx.storage;
    this.#env = env;
    this.#sql = new CountedSql(ctx.storage);
    this.aside = new PutAside(this.#sql);
    this.store = new ShardStore(this.#sql, this.aside);
    this.retired = new RetiredKeys(this.#sql);
    this.sockets = new ShardSockets(ctx);
    this.policies = new ShardPolicy(env().POLICY);
    this.#outboxes = new ShardOutboxes(this.#sql, this.aside, {
      desk: () => this.#desk(),
      database: () => env().DB,
      shard: () => this.#state.shard,
      state: () => this.#state,
    });
    this.#clock = new AlarmClock(ctx.storage, null);
  }

  get state(): ShardState {
    return this.#state;
  }

  get clock(): AlarmClock {
    return this.#clock;
  }

  get rowsWritten(): number {
    return this.#sql.rowsWritten;
  }

  /** Restores what was stored; call first, with nothing beside it. */
  async wake(): Promise<void> {
    const alarmAt = await this.#storage.getAlarm();
    this.#clock = new AlarmClock(this.#storage, alarmAt);
    if (!this.store.exists()) return;
    this.#outboxes.mend();
    for (const hostId of this.sockets.endUnreadable()) this.#noteSocket(hostId);
    this.#state = this.store.load(this.sockets.survivors());
    this.policies.restore(this.store.policy());
    const now = Date.now();
    this.#state = believable(this.#state, now, this.policies.inForce(now));
    if (this.policies.known === null) this.askPolicy();
    this.#isNewVersion = this.store.noteVersion(this.#version());
    this.#unjudgedWake = { alarmAt };
    try {
      if (alarmAt !== null) this.#judgeWake(alarmAt);
      this.tellUnreadable();
    } catch (error) {
      // It stays to be judged; a shard that does not wake watches nobody.
      console.error("Wake shard:", this.#state.shard, error);
      this.#clock.arm(Date.now() + RETRY_SWEEP_MS, Date.now());
    }
  }

  /** Takes an event in, and delivers what it said to others. */
  take(event: ShardEvent, alsoWrite?: () => void): void {
    this.perform(this.decide(event, alsoWrite));
    this.deliver();
  }

  /**
   * Decides, and saves state, outboxes and alarm in one storage step; returns what is left to perform. A host with whose state that
   * cannot be done loses it; an event of one host with which it cannot be done is dropped. Either is told.
   */
  decide(event: ShardEvent, alsoWrite?: () => void): readonly ShardEffect[] {
    this.#judgeWakeBefore(event);
    try {
      return this.#decideAndSave(event, alsoWrite);
    } catch (error) {
      const isOfEvent = this.#putCulpritsAside(event, error);
      return isOfEvent ? [] : this.#decideAndSave(event, alsoWrite);
    }
  }

  /** Puts aside what was found to be unreadable since the last time, and tells the desk of it. */
  tellUnreadable(): void {
    const noted = this.aside.noted;
    if (noted.length === 0) return;
    this.take({ kind: "unreadable-found", records: noted.map(({ record }) => record) }, () =>
      this.aside.move(noted, Date.now()),
    );
    this.aside.settle(noted);
  }

  #decideAndSave(event: ShardEvent, alsoWrite?: () => void): readonly ShardEffect[] {
    const before = viewFor(event, this.#state);
    const now = Date.now();
    const decided = decideShard(before, event, { now, policy: this.policies.inForce(now), newId });
    const decision = { ...decided, effects: this.budgets.admit(event, decided.effects, now) };
    const after = decision.state;
    let rows: readonly StoredHost[] = [];
    this.#sql.atomically(() => {
      alsoWrite?.();
      rows = this.store.save(event, before, decision);
      this.#outboxes.put(before, decision, now);
    });
    this.store.saved(rows);
    this.#state = takeView(this.#state, before, after);
    this.#clock.arm(decision.alarmAt, now);
    this.sockets.attachChanged(before, after, (hostId) => this.store.rowOf(hostId));
    return decision.effects;
  }

  perform(effects: readonly ShardEffect[]): void {
    for (const effect of effects)
      switch (effect.kind) {
        case "signal":
          break; // in the outbox already
        case "send":
          this.sockets.send(effect.hostId, effect.message);
          break;
        case "ask-second-opinion":
          this.#askSecondOpinion(effect);
          break;
      }
  }

  /** Moves the outboxes, in the background: neither the desk nor D1 may delay what a host is told. */
  deliver(): void {
    this.#outboxes.deliver((at) => {
      this.#clock.arm(at, Date.now());
      this.tellUnreadable();
    });
  }

  /** When the oldest signal was raised that the desk has not confirmed; null: none waits. */
  unconfirmedSinceAt(): number | null {
    return this.#outboxes.unconfirmedSinceAt();
  }

  /** The alarm rang, `rangFor` this instant. Catches all and re-arms: the runtime drops an alarm for good after six failures. */
  sweep(rangFor: number | null): void {
    const now = Date.now();
    try {
      const policy = this.policies.inForce(now);
      if (isLate(this.#state, { now, alarmAt: rangFor, policy })) this.#unjudgedWake ??= { alarmAt: rangFor };
      this.#judgeWake(rangFor);
      const { dueAt, lastSeenAt } = this.sockets.look(now);
      this.#clock.arm(dueAt, now);
      for (const flooded of this.budgets.untold(now)) this.take(flooded);
      this.take({ kind: "sweep", lastSeenAt });
      this.tellUnreadable();
    } catch (error) {
      console.error("Sweep shard:", this.#state.shard, error);
      this.#clock.arm(now + RETRY_SWEEP_MS, now);
    } finally {
      // Whatever was decided: while there are hosts, somebody looks again.
      if (this.#clock.armedAt === null && !isNoneNamed(this.#state.hosts))
        this.#clock.arm(now + RETRY_SWEEP_MS, now);
    }
  }

  /** Enrols a host; the first one makes the shard. */
  enrol(host: {
    readonly shard: string;
    readonly hostId: string;
    readonly publicKey: string;
    readonly name: string;
  }): Result<null, { reason: "shard-full" | "host-retired" }> {
    const { shard, hostId, publicKey, name } = host;
    if (!this.store.exists()) this.#create(shard);
    if (this.retired.has(hostId)) return refuse({ reason: "host-retired" });
    if (this.store.publicKeyOf(hostId) !== null) return ok(null);
    if (this.store.hostCount() >= HOSTS_PER_SHARD_MAX) return refuse({ reason: "shard-full" });
    this.take({ kind: "host-enrolled", hostId, name }, () => this.store.addHost(hostId, publicKey));
    return ok(null);
  }

  /** Forgets a host and its socket, and keeps a mark by which its key is refused: also where its enrolment has not arrived yet. */
  retire({ hostId, shard }: RetiredHost): void {
    if (!this.store.exists()) this.#create(shard);
    if (this.retired.has(hostId)) return;
    this.take({ kind: "host-retired", hostId }, () => this.retired.add(hostId));
    this.store.forgetRow(hostId);
    this.sockets.closeAllOf(hostId, "host-unknown");
  }

  /** Takes over what the desk told, and judges by it at once. */
  takePolicy(told: ToldPolicy): void {
    if (this.store.exists()) this.#judgeBy(told, this.policies.take(told, Date.now()));
  }

  #judgeBy(told: ToldPolicy, change: ReturnType<ShardPolicy["take"]>): void {
    if (change === null) return;
    this.#sql.atomically(() => this.store.savePolicy(told));
    const { lastSeenAt } = this.sockets.look(Date.now());
    if (change === "pace") this.sockets.restartAll();
    this.take({ kind: "sweep", lastSeenAt });
  }

  /** Recalls the grants that a freeze names; a repeated word changes nothing. */
  pullFreeze({ by, grants }: PulledFreeze): void {
    if (this.store.exists()) this.take({ kind: "freeze-pulled", by, grants });
  }

  /** Lets go of what a person lifted; a repeated word is known by its key. */
  liftFreeze({ key, scope, by }: LiftedFreeze): void {
    if (!this.store.exists() || this.store.isLiftTaken(key)) return;
    this.take({ kind: "freeze-lifted", scope, by }, () => this.store.takeLift(key, Date.now()));
  }

  /** In the background: the desk must not delay what is watched here, and what it does not tell now it tells within a minute. */
  askPolicy(): void {
    const { known } = this.policies;
    const asked = this.#desk()
      .policyFor(known)
      .then((told) => {
        if (told !== null && this.store.exists())
          this.#judgeBy(told, this.policies.takeAnswer(told, known, Date.now()));
      });
    this.#note(asked, "Ask policy:");
  }

  /** Settles when nothing is on its way any more. */
  async settled(): Promise<void> {
    await Promise.all([this.#outboxes.settled(), ...this.#errands]);
  }

  /** Says whether the event itself was to blame; throws the error again when it was the world. */
  #putCulpritsAside(event: ShardEvent, error: unknown): boolean {
    const found = culpritsOf(viewFor(event, this.#state), event, {
      context: this.#context(),
      store: this.store,
    });
    if (found === null) throw error;
    console.error("Put aside what cannot be decided:", this.#state.shard, error);
    switch (found.kind) {
      case "events":
        this.#noteEvent(event, error);
        break;
      case "own":
        this.store.noteOwnState(this.#state);
        this.#state = { ...this.#state, book: EMPTY_BOOK, fleetSilence: null };
        break;
      case "hosts":
        this.#state = { ...this.#state, hosts: this.#strip(found.hostIds) };
        break;
    }
    this.tellUnreadable();
    return found.kind === "events";
  }

  #strip(hostIds: readonly string[]): ShardState["hosts"] {
    const stripped = hostIds.flatMap((hostId): [string, HostState][] => {
      const host = namedAt(this.#state.hosts, hostId);
      if (host === undefined) return [];
      const bare = strippedHost(host);
      this.store.noteHost(host, storedHostOf(bare));
      return [[hostId, bare]];
    });
    return namedFrom([...entriesOf(this.#state.hosts), ...stripped]);
  }

  #noteSocket(hostId: string): void {
    const record = { kind: "socket" as const, id: hostId, problem: "wrong shape" };
    this.aside.note({ record, text: "", remove: () => {} });
  }

  // Once: a host that repeats it must not fill what is kept.
  #noteEvent(event: ShardEvent, error: unknown): void {
    const hostId = "hostId" in event ? event.hostId : null;
    const id = hostId === null ? event.kind : `${event.kind} of ${hostId}`;
    if (this.#noted.has(id)) return;
    this.#noted.add(id);
    const host = hostId === null ? undefined : namedAt(this.#state.hosts, hostId);
    const subject = host === undefined ? {} : { subject: hostSubject(host.hostId, host.name) };
    const record = { kind: "event" as const, id, problem: "no decision can be made of it", ...subject };
    this.aside.note({ record, text: `${JSON.stringify(event)}\n${String(error)}`, remove: () => {} });
  }

  #context(): ShardContext {
    const now = Date.now();
    return { now, policy: this.policies.inForce(now), newId };
  }

  /** Judges a wake once. When it cannot be saved it stays to be judged, by the alarm that is our witness and not by the next one. */
  #judgeWake(rangAt: number | null): void {
    if (this.#unjudgedWake === null) return;
    const alarmAt = this.#unjudgedWake.alarmAt ?? rangAt;
    this.#unjudgedWake = { alarmAt };
    const connectedHostIds = [...this.sockets.lastSeen().keys()];
    const now = Date.now();
    const blindSinceAt = blindSinceAtOf(this.#state, {
      now,
      alarmAt,
      connectedHostIds: new Set(connectedHostIds),
      isNewVersion: this.#isNewVersion,
      policy: this.policies.inForce(now),
    });
    const effects = this.decide({ kind: "woke", connectedHostIds, blindSinceAt });
    this.#unjudgedWake = null;
    this.perform(effects);
  }

  /** Some other event came before the alarm that woke us: then the alarm is being rung just now. */
  #judgeWakeBefore(event: ShardEvent): void {
    if (event.kind !== "woke") this.#judgeWake(Date.now());
  }

  #create(shard: string): void {
    this.#sql.atomically(() => {
      makeTables(this.#sql, [this.store, this.aside, this.retired, this.#outboxes]);
      this.store.saveName(shard);
    });
    this.store.noteVersion(this.#version());
    this.#state = emptyShard(shard, newEpoch());
    this.askPolicy();
  }

  #askSecondOpinion({ hostId, address, port }: Extract<ShardEffect, { kind: "ask-second-opinion" }>): void {
    // Not asked is what the page then says.
    if (!isAskable(address, this.#env().TERMINAL !== undefined)) return;
    const asked = askSecondOpinion(address, port).then((opinion) =>
      this.take({ kind: "second-opinion", hostId, opinion }),
    );
    this.#note(asked, `Take second opinion on ${hostId}:`);
  }

  #note(errand: Promise<void>, what: string): void {
    const noted = errand.catch((error: unknown) => console.error(what, this.#state.shard, error));
    this.#errands.add(noted);
    void noted.finally(() => this.#errands.delete(noted));
  }

  #version(): string {
    return this.#env().CF_VERSION_METADATA?.id ?? "";
  }

  #desk(): Pick<IncidentDeskRpc, "receiveSignals" | "policyFor"> {
    const { INCIDENT_DESK } = this.#env();
    return INCIDENT_DESK.get(INCIDENT_DESK.idFromName("desk"));
  }
}
