// The desk's state and the one way to change it: load, decide, save, perform. State, audit, outboxes and alarm are one storage step; pages,
// grants and words go out after it. What was saved and not performed (a crash between) is performed again by the alarm, with the same keys.
import type { Result } from "@countersign/shared/values/result";
import type { DeskEvent } from "../../core/desk/desk-event.ts";
import { refsOfApproval } from "../../core/desk/state/audit-refs.ts";
import { withoutRecords } from "../../core/desk/state/culprits.ts";
import { type AuditDraft, auditEntryOf } from "../../core/desk/state/desk-change.ts";
import type { ActRefusal, DeskDecision, DeskEffect } from "../../core/desk/state/desk-events.ts";
import type { AuditEntry, DeskState } from "../../core/desk/state/desk-state.ts";
import { EMPTY_DESK } from "../../core/desk/state/empty-desk.ts";
import { BY_DESK } from "../../core/words/actor.ts";
import type { Signal } from "../../core/words/signal.ts";
import { auditRowOf } from "../../read-side/rows.ts";
import { AlarmClock } from "../alarm-clock.ts";
import { PutAside } from "../put-aside.ts";
import { culpritsOf, type Deciding, decideEvents, Undecidable } from "./desk-decision.ts";
import { DeskDeliveries } from "./desk-deliveries.ts";
import { DeskOutboxes, projectionsOf } from "./desk-outboxes.ts";
import type { DeskPorts } from "./desk-ports.ts";
import { dropFinished } from "./desk-retention.ts";
import { type SignalTaker, takeSignals } from "./desk-signals.ts";
import { DeskStore } from "./desk-store.ts";
import { LEFT_UNDONE, planUnreadable } from "./desk-unreadable.ts";
import { TakenSignals } from "./taken-signals.ts";

/** A tick that failed is tried again after this. */
const RETRY_TICK_MS = 5_000;
/** When a word to a shard is told again, should we crash before it is told. */
const TELL_AGAIN_MS = 1_000;
/** An alarm that is overdue by this much is set again. */
const ALARM_OVERDUE_MS = 60_000;

export class DeskShell {
  /** records that cannot be read */
  readonly aside: PutAside;
  readonly #ports: DeskPorts;
  readonly #store: DeskStore;
  readonly #taken: TakenSignals;
  readonly #outboxes: DeskOutboxes;
  readonly #deliveries: DeskDeliveries;
  readonly #alarm: AlarmClock;
  #state: DeskState = EMPTY_DESK;
  #hasToldUndone = false;

  constructor(ports: DeskPorts) {
    const { alarm, archive, calls, clock, hosts, rows } = ports;
    this.#ports = ports;
    this.#alarm = new AlarmClock(alarm, clock);
    this.aside = new PutAside(rows);
    this.#store = new DeskStore(rows, archive, this.aside);
    this.#taken = new TakenSignals(rows);
    this.#outboxes = new DeskOutboxes(ports, {
      aside: this.aside,
      state: () => this.#state,
      onRest: (retryAt) => this.#outboxRests(retryAt),
    });
    this.#deliveries = new DeskDeliveries({
      calls,
      clock,
      state: () => this.#state,
      shardOf: (hostId) => hosts.shardOf(hostId),
      standing: (standingId) => this.#store.standing(standingId),
      take: (event) => void this.take([event]),
      refuseGrant: (approval, why) =>
        this.record({ actor: BY_DESK, act: "grant-refused", refs: refsOfApproval(approval), why }),
    });
  }

  get state(): DeskState {
    return this.#state;
  }

  /** Restores what was stored; call first, with nothing beside it. */
  wake(): void {
    const { rows } = this.#ports;
    if (!rows.exists()) rows.atomically(() => rows.make());
    this.#state = this.#store.load();
    this.#orAgain("Tell what cannot be read", () => this.tellUnreadable());
  }

  /** The alarm rang. Catches all and re-arms in any case: the runtime drops an alarm for good after six failures. */
  ring(): void {
    this.#orAgain("Tick desk", () => this.tick());
  }

  /** Cron: rescues the alarm, forgets what is over. */
  watch(): void {
    this.#alarm.rescue(ALARM_OVERDUE_MS);
    this.#taken.forget(this.#ports.clock.now);
    this.#forgetOld();
    this.tick();
  }

  /** What time alone brings. */
  tick(): void {
    this.take([{ kind: "tick" }]);
    this.tellUnreadable();
    const kept = dropFinished(this.#state, this.#ports.clock.now);
    if (kept === this.#state) return;
    this.#ports.rows.atomically(() => void this.#store.save(this.#state, kept));
    this.#state = kept;
  }

  /** Decides events in order and saves state, audit, outboxes and alarm in one storage step; then performs. Gives the last answer. */
  take(events: readonly DeskEvent[], alsoWrite?: (now: number) => void): Result<null, ActRefusal> {
    const { now } = this.#ports.clock;
    const { alarmAt, answer, effects, isLeftUndone, state: after } = this.#decide(events);
    const before = this.#state;
    let isForShards = false;
    this.#ports.rows.atomically(() => {
      alsoWrite?.(now);
      this.#outboxes.project(projectionsOf(this.#store.save(before, after), before));
      for (const effect of effects) if (effect.kind === "audit") this.#appendAudit(effect.entry);
      isForShards = this.#outboxes.putWords(effects, now);
    });
    this.#state = after;
    this.#alarm.arm(alarmAt);
    // Should we crash after this step, the alarm brings us back to tell the shards.
    if (isForShards) this.#alarm.arm(now + TELL_AGAIN_MS);
    this.#ports.onDecided?.({ events, before, after, effects, isLeftUndone });
    this.#perform(effects);
    if (isLeftUndone) this.#tellUndone();
    return answer;
  }

  /** Takes in what a shard tells: what is new of it. */
  takeSignals(shard: string, signals: readonly Signal[]): void {
    const { clock, hosts } = this.#ports;
    const taker: SignalTaker = {
      clock,
      state: () => this.#state,
      taken: this.#taken,
      aside: this.aside,
      isRetired: (hostId) => hosts.isRetired(hostId),
      take: (events, alsoWrite) => void this.take(events, alsoWrite),
      tellUnreadable: () => this.tellUnreadable(),
    };
    takeSignals(taker, shard, signals);
  }

  /** Puts aside what was found to be unreadable since the last time, and tells people of it. */
  tellUnreadable(): void {
    const { clock, policies } = this.#ports;
    this.aside.tell((noted) => {
      const events = planUnreadable(this.#state, noted, policies.unreadableVersion());
      if (events.length > 0) this.take(events, () => this.aside.move(noted, clock.now));
    });
  }

  /** An act beside the core, with its audit row in the same storage step. */
  record<T>(draft: AuditDraft, write?: () => T): T {
    let written: T | undefined;
    this.#ports.rows.atomically(() => {
      written = write?.();
      this.#appendAudit(auditEntryOf(draft, this.#ports.clock.now));
    });
    this.deliver();
    return written as T;
  }

  /** Since when the read side lacks something that the desk knows; null: it has taken all. */
  unprojectedSinceAt(): number | null {
    return this.#outboxes.unprojectedSinceAt();
  }

  /** Moves the outboxes: neither the read side nor a shard delays anybody. */
  deliver(): void {
    this.#outboxes.drain();
  }

  /** Decides events. What is to blame where that cannot be done is put aside first; throws `Undecidable` when the events themselves are. */
  #decide(events: readonly DeskEvent[]): DeskDecision {
    const { clock, decide, log, newId, policies } = this.#ports;
    const deciding: Deciding = { decide, context: { now: clock.now, policy: policies.inForce(), newId } };
    try {
      return decideEvents(this.#state, events, deciding);
    } catch (error) {
      const culprits = culpritsOf(this.#state, deciding);
      if (culprits.length === 0) throw new Undecidable("Decide", { cause: error });
      log.error("Put aside what cannot be decided", error);
      for (const place of culprits) this.#store.noteCulprit(place, this.#state);
      this.#state = withoutRecords(this.#state, culprits);
      this.tellUnreadable();
      return this.#decide(events);
    }
  }

  #tellUndone(): void {
    if (this.#hasToldUndone) return;
    this.#hasToldUndone = true;
    this.take([LEFT_UNDONE]);
  }

  /** One bounded piece at a time, in one storage step; writes nothing when nothing is due. */
  #forgetOld(): void {
    const { archive, audit, clock, policies, rows } = this.#ports;
    const { now } = clock;
    const { archiveForMs, auditForMs } = policies.inForce().retention;
    rows.atomically(() => {
      const row = audit.cut({ now, keptForMs: auditForMs });
      if (row !== null) this.#outboxes.project([auditRowOf(row)]);
      archive.cut({ now, keptForMs: archiveForMs });
    });
  }

  #appendAudit(entry: AuditEntry): void {
    this.#outboxes.project([auditRowOf(this.#ports.audit.append(entry))]);
  }

  #perform(effects: readonly DeskEffect[]): void {
    for (const effect of effects)
      switch (effect.kind) {
        case "audit":
        case "freeze-pulled":
        case "freeze-lifted":
        case "host-retired":
        case "ask-host":
          break; // stored already
        case "send-page":
          this.#deliveries.sendPage(effect);
          break;
        case "ask-receipt":
          this.#deliveries.askReceipt(effect.delivery);
          break;
        case "settle-delivery":
          this.#deliveries.settleDelivery(effect.delivery);
          break;
        case "deliver-grant":
          this.#deliveries.deliverGrant(effect.approval);
          break;
      }
    this.#deliveries.move();
    this.deliver();
  }

  #outboxRests(retryAt: number | null): void {
    this.#alarm.arm(retryAt);
    if (this.aside.hasNoted) this.#orAgain("Tell what cannot be read", () => this.tellUnreadable());
  }

  #orAgain(what: string, attempt: () => void): void {
    const { clock, log } = this.#ports;
    try {
      attempt();
    } catch (error) {
      log.error(what, error);
      this.#alarm.arm(clock.now + RETRY_TICK_MS);
    }
  }
}
