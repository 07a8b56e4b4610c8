// The shell of a shard: its state and the one way to change it, load, decide, save, perform. State, outboxes and alarm are one storage step;
// sockets and calls come after it. What a reader would get wrong: whether we were blind is judged before anything else, and an
// alarm that wakes us says only in its handler when it was due.
import { HOSTS_PER_SHARD_MAX } from "@countersign/shared/values/limits";
import { release } from "@countersign/shared/values/records";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { emptyShard } from "../../core/shard/decide-shard.ts";
import type { ShardContext, ShardDecision, ShardEvent } from "../../core/shard/host/shard-events.ts";
import type { ShardState } from "../../core/shard/host/shard-state.ts";
import { believable } from "../../core/shard/kept/believable.ts";
import type { StoredHost } from "../../core/shard/kept/shard-stored.ts";
import { censusOf } from "../../core/shard/silence/census.ts";
import { DESK_SILENT_AFTER_MS } from "../../core/shard/silence/own-share.ts";
import type { ShardEffect } from "../../core/words/effects.ts";
import type {
  LiftedFreeze,
  PersonAsk,
  PulledFreeze,
  RetiredHost,
  ShardWaits,
  ToldPolicy,
} from "../../core/words/shard-word.ts";
import type { OtherRecordKind } from "../../core/words/unreadable-record.ts";
import { AlarmClock } from "../alarm-clock.ts";
import type { PutAside } from "../put-aside.ts";
import { HostBudgets } from "./host-budgets.ts";
import { performEffects } from "./perform-effects.ts";
import { ShardBlame } from "./shard-blame.ts";
import { ShardOutboxes } from "./shard-outboxes.ts";
import { ShardPolicy } from "./shard-policy.ts";
import type { ShardPorts } from "./shard-ports.ts";
import { ShardStore } from "./shard-store.ts";
import { type Sweep, ShardSweeps } from "./shard-sweeps.ts";
import { ShardTrust } from "./shard-trust.ts";
import { blindSinceAtOf, isLate } from "./shard-wake.ts";

/** A sweep that failed (we are wrong, or the policy is) is tried again after this. */
const RETRY_SWEEP_MS = 5_000;
/** An alarm that is overdue by this much is set again by `watch`. */
const ALARM_OVERDUE_MS = 60_000;

/** One decision, saved and not performed yet. */
export interface SavedDecision {
  readonly event: ShardEvent;
  readonly before: ShardState;
  readonly after: ShardState;
  readonly effects: readonly ShardEffect[];
  /** hosts whose rows were written */
  readonly rows: readonly StoredHost[];
}

/** What only tests and simulations ask for. */
export interface ShardOptions {
  /** hears of each decision after it was saved and before it is performed */
  readonly onSaved?: (saved: SavedDecision) => void;
  /** every sweep judges all hosts, whether they are due or not */
  readonly judgesAll?: true;
}

export class ShardShell {
  readonly store: ShardStore;
  readonly policies: ShardPolicy;
  readonly trust: ShardTrust;
  readonly budgets = new HostBudgets();
  /** records that cannot be read */
  readonly aside: PutAside<OtherRecordKind>;
  readonly #ports: ShardPorts;
  readonly #onSaved: (saved: SavedDecision) => void;
  readonly #outboxes: ShardOutboxes;
  readonly #alarm: AlarmClock;
  readonly #sweeps: ShardSweeps;
  readonly #blame: ShardBlame;
  #state: ShardState = emptyShard("", "");
  /** whether we were blind is not judged yet, and by which alarm it is to be; null: it is judged */
  #unjudgedWake: { readonly alarmAt: number | null } | null = null;
  #isNewVersion = false;

  constructor(ports: ShardPorts, { onSaved, judgesAll }: ShardOptions = {}) {
    this.#ports = ports;
    this.#onSaved = onSaved ?? (() => {});
    this.aside = ports.aside;
    this.store = new ShardStore(ports);
    this.policies = new ShardPolicy(ports.loadPolicy, ports.log);
    this.trust = new ShardTrust(ports, (told) =>
      this.take({ kind: "trust-known" }, () => this.store.saveTrust(told)),
    );
    this.#alarm = new AlarmClock(ports.alarm, ports.clock);
    this.#sweeps = new ShardSweeps(ports, judgesAll === true);
    this.#blame = new ShardBlame(ports, this.store);
    this.#outboxes = new ShardOutboxes(ports, {
      state: () => this.#state,
      onRest: (at) => {
        this.#alarm.arm(at);
        this.#noteDesk();
        this.tellUnreadable();
      },
    });
  }

  get state(): ShardState {
    return this.#state;
  }

  /** Restores what was stored; call first. */
  wake(): void {
    const { clock, log, newEpoch, rows, sockets } = this.#ports;
    if (!rows.exists()) return;
    for (const hostId of sockets.endUnreadable()) this.#blame.noteSocket(hostId);
    this.#state = this.store.load(sockets.survivors(), newEpoch());
    this.policies.restore(this.store.policy());
    this.trust.restore(this.store.trust());
    this.#state = believable(this.#state, clock.now, this.policies.inForce(clock.now));
    if (this.policies.known === null) this.askPolicy();
    this.#isNewVersion = this.store.noteVersion();
    const { armedAt: alarmAt } = this.#alarm;
    this.#unjudgedWake = { alarmAt };
    try {
      if (alarmAt !== null) this.#judgeWake(alarmAt);
      this.tellUnreadable();
    } catch (error) {
      // It stays to be judged; a shard that does not wake watches nobody.
      log.error(`Wake ${this.#state.shard}`, error);
      this.arm(clock.now + RETRY_SWEEP_MS);
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
    // Some other event came before the alarm that woke us: then the alarm is being rung just now.
    if (event.kind !== "woke") this.#judgeWake(this.#ports.clock.now);
    try {
      return this.#decideAndSave(event, alsoWrite);
    } catch (error) {
      const found = this.#blame.of(error, { event, state: this.#state, context: this.#context() });
      this.#state = found.state;
      this.tellUnreadable();
      return found.isOfEvent ? [] : this.#decideAndSave(event, alsoWrite);
    }
  }

  /** Puts aside what was found to be unreadable since the last time, and tells the desk of it. */
  tellUnreadable(): void {
    this.aside.tell((noted) => {
      if (noted.length === 0) return;
      this.take({ kind: "unreadable-found", records: noted.map(({ record }) => record) }, () =>
        this.aside.move(noted, this.#ports.clock.now),
      );
    });
  }

  perform(effects: readonly ShardEffect[]): void {
    performEffects(effects, {
      ports: this.#ports,
      offerTrust: (offer) => this.trust.offer(offer),
      take: (event) => this.take(event),
    });
  }

  /** Moves the outboxes, in the background: neither the desk nor D1 may delay what a host is told. */
  deliver(): void {
    this.#outboxes.deliver();
  }

  /** Makes sure that we look again at this instant or before; null asks for nothing. */
  arm(at: number | null): void {
    this.#alarm.arm(at);
  }

  /** The alarm rang, `rangFor` this instant. Catches all and re-arms: the runtime drops an alarm for good after six failures. */
  ring(rangFor: number): void {
    const { clock, log, rows } = this.#ports;
    if (!rows.exists()) return;
    const { now } = clock;
    try {
      const policy = this.policies.inForce(now);
      if (isLate(this.#state, { now, alarmAt: rangFor, policy })) this.#unjudgedWake ??= { alarmAt: rangFor };
      this.#judgeWake(rangFor);
      for (const flooded of this.budgets.untold(now)) this.take(flooded);
      this.#noteDesk();
      this.#sweep(this.#sweeps.plan(this.#state, this.#context()));
      // The alarm may have been set for nobody but what waits to be told.
      for (const at of this.#outboxes.retry()) this.arm(at);
      this.tellUnreadable();
    } catch (error) {
      log.error(`Sweep ${this.#state.shard}`, error);
      this.arm(now + RETRY_SWEEP_MS);
    } finally {
      // Whatever was decided: while there are hosts, somebody looks again.
      if (this.#alarm.armedAt === null && this.#state.hosts.size > 0) this.arm(now + RETRY_SWEEP_MS);
    }
  }

  /** The memory goes, and was said to: all that is known is kept, as far as it must not be lost. */
  endsLife(): void {
    this.#ports.rows.atomically(() => this.store.saveAll(this.#state));
  }

  /** The minute's watch: makes sure that the alarm is set and the outboxes move; says what waits in them. */
  watch(): ShardWaits {
    const unprojectedSinceAt = this.#ports.rows.exists() ? this.#outboxes.unprojectedSinceAt() : null;
    const census = censusOf(this.#state);
    if (this.#state.hosts.size === 0) return { ...census, unconfirmedSinceAt: null, unprojectedSinceAt };
    if (this.#alarm.armedAt === null) this.arm(this.#ports.clock.now);
    this.#alarm.rescue(ALARM_OVERDUE_MS);
    const unconfirmedSinceAt = this.#outboxes.unconfirmedSinceAt();
    this.askPolicy();
    this.trust.ask();
    this.store.words.expire(this.#ports.clock.now);
    this.deliver();
    return { ...census, unconfirmedSinceAt, unprojectedSinceAt };
  }

  /** Enrols a host; the first one makes the shard. */
  enrol(host: {
    readonly shard: string;
    readonly hostId: string;
    readonly publicKey: string;
    readonly name: string;
  }): Result<null, { reason: "shard-full" | "host-retired" }> {
    const { shard, hostId, publicKey, name } = host;
    const { hosts } = this.store;
    this.#makeOnce(shard);
    if (hosts.isRetired(hostId)) return refuse({ reason: "host-retired" });
    if (hosts.publicKeyOf(hostId) !== null) return ok(null);
    if (hosts.count() >= HOSTS_PER_SHARD_MAX) return refuse({ reason: "shard-full" });
    this.take({ kind: "host-enrolled", hostId, name }, () => hosts.add(hostId, publicKey));
    return ok(null);
  }

  /** Forgets a host and its socket, and keeps a mark by which its key is refused: also where its enrolment has not arrived yet. */
  retire({ hostId, shard }: RetiredHost): void {
    const { hosts } = this.store;
    this.#makeOnce(shard);
    if (hosts.isRetired(hostId)) return;
    this.take({ kind: "host-retired", hostId }, () => this.store.retire(hostId));
    this.#sweeps.drop(hostId);
    this.#ports.sockets.closeAllOf(hostId, "host-unknown");
  }

  /** Takes over what the desk told, and judges by it at once. */
  takePolicy(told: ToldPolicy): void {
    if (this.#ports.rows.exists()) this.#judgeBy(told, this.policies.take(told, this.#ports.clock.now));
  }

  /** Recalls the grants that a freeze names; a repeated word changes nothing. */
  pullFreeze({ by, grants }: PulledFreeze): void {
    if (this.#ports.rows.exists()) this.take({ kind: "freeze-pulled", by, grants });
  }

  /** Lets go of what a person lifted; a repeated word is known by its key. */
  liftFreeze({ key, scope, by }: LiftedFreeze): void {
    const { clock, rows } = this.#ports;
    if (!rows.exists() || this.store.isWordTaken(key)) return;
    this.take({ kind: "freeze-lifted", scope, by }, () => this.store.takeWord(key, clock.now));
  }

  /** Puts a person's question to its host; a repeated word is known by its request. */
  askFor(ask: PersonAsk): void {
    if (!this.#ports.rows.exists() || this.store.isWordTaken(ask.requestId)) return;
    const taken = () => this.store.takeWord(ask.requestId, this.#ports.clock.now);
    this.take({ kind: "asked-for", hostId: ask.hostId, ask }, taken);
  }

  /** In the background: the desk must not delay what is watched here, and what it does not tell now it tells within a minute. */
  askPolicy(): void {
    const { known } = this.policies;
    this.#ports.calls.askPolicy(known, (answer) => {
      if (!answer.ok || answer.value === null || !this.#ports.rows.exists()) return;
      const { now } = this.#ports.clock;
      this.#judgeBy(answer.value, this.policies.takeAnswer(answer.value, known, now));
    });
  }

  /** What the desk has not confirmed for long, it may not hear: judged with each ring, and when nothing is on its way to it any more. */
  #noteDesk(): void {
    const sinceAt = this.#outboxes.unconfirmedSinceAt();
    const isSilent = sinceAt !== null && this.#ports.clock.now - sinceAt >= DESK_SILENT_AFTER_MS;
    if (isSilent === (this.#state.deskSilentSinceAt !== null)) return;
    const wasHolding = this.#state.fleetSilence !== null;
    this.take({ kind: "desk-noted", silentSinceAt: isSilent ? sinceAt : null });
    // What was held back is asked now.
    if (wasHolding && this.#state.fleetSilence === null)
      this.#sweep(this.#sweeps.planAll(this.#state, this.#context()));
  }

  #judgeBy(told: ToldPolicy, change: ReturnType<ShardPolicy["take"]>): void {
    if (change === null) return;
    this.#ports.rows.atomically(() => this.store.savePolicy(told));
    const sweep = this.#sweeps.planAll(this.#state, this.#context());
    if (change === "pace") this.#ports.sockets.restartAll();
    this.#sweep(sweep);
  }

  /** With nothing due nothing is decided. */
  #sweep({ event, othersDueAt }: Sweep): void {
    // Before the rest, and mostly all that there is to set: each time costs a row.
    this.arm(othersDueAt);
    if (event !== null) {
      this.perform(this.decide(event));
      this.#sweeps.judged(event, this.#state, this.#context());
      this.deliver();
    }
    this.arm(this.#sweeps.nextAt(this.#state));
  }

  #decideAndSave(event: ShardEvent, alsoWrite?: () => void): readonly ShardEffect[] {
    const { core } = this.#ports;
    const before = this.#state;
    const context = this.#context();
    const decided = core.decideShard(before, event, context);
    const { state: after } = decided;
    const effects = this.budgets.admit(event, decided.effects, context.now);
    const decision = effects === decided.effects ? decided : { ...decided, effects };
    const rows = this.#save(event, { before, decision, alsoWrite });
    this.#state = after;
    this.#sweeps.note(before, after, context);
    this.arm(this.#sweeps.nextAt(after));
    // Keepalives are no events: while somebody sends them we look again before they could be missed.
    if (this.#sweeps.hasSockets()) this.arm(context.now + context.policy.liveness.lateAfterMs);
    this.store.attachChanged(before, after);
    this.#onSaved({ event, before, after, effects, rows });
    release(before.hosts, after.hosts);
    return effects;
  }

  /** One storage step; none where there is nothing to store. */
  #save(
    event: ShardEvent,
    {
      alsoWrite,
      before,
      decision,
    }: {
      readonly before: ShardState;
      readonly decision: ShardDecision;
      readonly alsoWrite: (() => void) | undefined;
    },
  ): readonly StoredHost[] {
    const { isMemoryLasting, rows: stored } = this.#ports;
    let rows: readonly StoredHost[] = [];
    if (isMemoryLasting && decision.effects.length === 0 && alsoWrite === undefined) return rows;
    stored.atomically(() => {
      alsoWrite?.();
      rows = this.store.save(event, before, decision);
      this.#outboxes.put(before, decision);
    });
    this.store.saved(rows);
    return rows;
  }

  #context(): ShardContext {
    const { clock, newId } = this.#ports;
    const { now } = clock;
    const { told: trust } = this.trust;
    return { now, policy: this.policies.inForce(now), newId, ...(trust === null ? {} : { trust }) };
  }

  /** Judges a wake once. When it cannot be saved it stays to be judged, by the alarm that is our witness and not by the next one. */
  #judgeWake(rangAt: number | null): void {
    if (this.#unjudgedWake === null) return;
    const alarmAt = this.#unjudgedWake.alarmAt ?? rangAt;
    this.#unjudgedWake = { alarmAt };
    const connectedHostIds = this.#ports.sockets.hostIds();
    const { now, policy } = this.#context();
    const blindSinceAt = blindSinceAtOf(this.#state, {
      now,
      alarmAt,
      connectedHostIds: new Set(connectedHostIds),
      isNewVersion: this.#isNewVersion,
      policy,
    });
    const effects = this.decide({ kind: "woke", connectedHostIds, blindSinceAt });
    this.#unjudgedWake = null;
    this.#isNewVersion = false;
    this.perform(effects);
  }

  #makeOnce(shard: string): void {
    const { newEpoch, rows } = this.#ports;
    if (rows.exists()) return;
    rows.atomically(() => {
      rows.make();
      this.store.saveName(shard);
    });
    this.store.noteVersion();
    this.#state = emptyShard(shard, newEpoch());
    this.askPolicy();
    this.trust.ask();
  }
}
