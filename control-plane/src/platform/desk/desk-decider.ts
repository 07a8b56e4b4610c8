// The desk's state and the one way to change it: load, decide, save, perform. State, audit, outboxes and alarm are one storage step
// without an await; pages and grants go out after it. What was saved and not performed (a crash between) is performed again by the
// alarm, with the same keys.
import type { Policy } from "@countersign/shared/policy/policy";
import type { Result } from "@countersign/shared/values/result";
import type { RouteWarning } from "../../core/desk/paging/route-warning.ts";
import { refsOfApproval } from "../../core/desk/state/audit-refs.ts";
import { withoutRecords } from "../../core/desk/state/culprits.ts";
import { type AuditDraft, auditEntryOf } from "../../core/desk/state/desk-change.ts";
import type { ActRefusal, DeskDecision, DeskEffect, DeskEvent } from "../../core/desk/state/desk-events.ts";
import type { AuditEntry, DeskState } from "../../core/desk/state/desk-state.ts";
import { EMPTY_DESK } from "../../core/desk/state/empty-desk.ts";
import { BY_DESK } from "../../core/words/actor.ts";
import { approvalRowsOf, auditRowOf, incidentRowOf, pageRowOf, type ProjectionRow } from "../../db/rows.ts";
import { DESK_WRITER } from "../../db/writers.ts";
import { planRouteChecks } from "../../notify/route-problem.ts";
import { judgeRoutes } from "../../notify/route-warnings.ts";
import type { ActorEnv } from "../actor-env.ts";
import { AlarmClock } from "../alarm-clock.ts";
import { CountedSql } from "../counted-sql.ts";
import { OutboxDrain } from "../outbox-drain.ts";
import { PROJECTION_RETRY_MAX_MS, ProjectionOutbox } from "../projection-outbox.ts";
import { PutAside } from "../put-aside.ts";
import { newId } from "../random-id.ts";
import { layoutOf, makeTables } from "../stored-layout.ts";
import { DeskAudit } from "./desk-audit.ts";
import { culpritsOf, decideEvents, Undecidable } from "./desk-decision.ts";
import { DeskDeliveries } from "./desk-deliveries.ts";
import { DeskHosts } from "./desk-hosts.ts";
import { DeskPeople } from "./desk-people.ts";
import { DeskPolicies } from "./desk-policies.ts";
import { dropFinished } from "./desk-retention.ts";
import { type DeskDifference, DeskStore } from "./desk-store.ts";
import { LEFT_UNDONE, planUnreadable } from "./desk-unreadable.ts";
import { FREEZE_RETRY_MAX_MS, FreezeOutbox } from "./freeze-outbox.ts";

/** A tick that failed is tried again after this. */
const RETRY_TICK_MS = 5_000;
/** When a word to a shard is told again, should we crash before it is told. */
const TELL_AGAIN_MS = 1_000;
/** An alarm that is overdue by this much is set again. */
const ALARM_OVERDUE_MS = 60_000;

export class DeskDecider {
  readonly store: DeskStore;
  readonly audit: DeskAudit;
  readonly people: DeskPeople;
  readonly hosts: DeskHosts;
  readonly policies: DeskPolicies;
  readonly deliveries: DeskDeliveries;
  /** rows that cannot be read */
  readonly aside: PutAside;
  readonly #storage: DurableObjectStorage;
  readonly #env: () => ActorEnv;
  readonly #sql: CountedSql;
  readonly #projections: ProjectionOutbox;
  readonly #toD1: OutboxDrain;
  readonly #freezes: FreezeOutbox;
  readonly #toShards: OutboxDrain;
  #clock: AlarmClock;
  #state: DeskState = EMPTY_DESK;
  #hasToldUndone = false;

  /** `env` is asked each time: its bindings may be replaced. */
  constructor(storage: DurableObjectStorage, env: () => ActorEnv) {
    this.#storage = storage;
    this.#env = env;
    this.#sql = new CountedSql(storage);
    this.aside = new PutAside(this.#sql);
    this.store = new DeskStore(this.#sql, this.aside);
    this.audit = new DeskAudit(this.#sql);
    this.people = new DeskPeople(this.#sql);
    this.hosts = new DeskHosts(this.#sql);
    this.policies = new DeskPolicies(this.#sql, env().POLICY);
    this.deliveries = new DeskDeliveries({
      env,
      policy: () => this.policy(),
      shardOf: (hostId) => this.hosts.shardOf(hostId),
      take: (event) => void this.take([event]),
      isRecalled: (approvalId) => this.#state.approvals.get(approvalId)?.recalledBy !== undefined,
      standing: (standingId) => this.store.standing(standingId),
      refuseGrant: (approval, why) =>
        this.record({ actor: BY_DESK, act: "grant-refused", refs: refsOfApproval(approval), why }),
    });
    this.#projections = new ProjectionOutbox(this.#sql, this.aside, {
      actor: () => DESK_WRITER,
      knownRows: () => this.#knownRows(),
    });
    this.#toD1 = new OutboxDrain({ what: "Project to D1", retryMaxMs: PROJECTION_RETRY_MAX_MS }, () =>
      this.#projections.deliverBatch(env().DB),
    );
    this.#freezes = new FreezeOutbox(
      this.#sql,
      {
        shardOf: (hostId) => this.hosts.shardOf(hostId),
        shards: () => this.hosts.shards(),
      },
      this.aside,
    );
    this.#toShards = new OutboxDrain({ what: "Tell freezes", retryMaxMs: FREEZE_RETRY_MAX_MS }, () =>
      this.#freezes.deliverBatch((name, word) => {
        const { HOST_SHARD } = env();
        const shard = HOST_SHARD.get(HOST_SHARD.idFromName(name));
        switch (word.kind) {
          case "retired":
            return shard.retireHost(word);
          case "pulled":
            return shard.pullFreeze(word);
          case "lifted":
            return shard.liftFreeze(word);
        }
      }),
    );
    this.#clock = new AlarmClock(storage, null);
  }

  get state(): DeskState {
    return this.#state;
  }

  /** Restores what was stored; call first, with nothing beside it. */
  async wake(): Promise<void> {
    this.#clock = new AlarmClock(this.#storage, await this.#storage.getAlarm());
    if (layoutOf(this.#sql).kind === "none") this.#create();
    this.#projections.mend();
    this.#state = this.store.load();
    try {
      this.tellUnreadable();
    } catch (error) {
      console.error("Tell what cannot be read:", error);
      this.#clock.arm(Date.now() + RETRY_TICK_MS, Date.now());
    }
  }

  #create(): void {
    const { aside, audit, hosts, people, policies, store } = this;
    makeTables(this.#sql, [aside, audit, hosts, people, policies, store, this.#projections, this.#freezes]);
  }

  policy(): Policy {
    return this.policies.inForce();
  }

  /** The alarm rang. Catches all and re-arms in any case: the runtime drops an alarm for good after six failures. */
  ring(): void {
    this.#clock.rang();
    try {
      this.tick();
    } catch (error) {
      console.error("Tick desk:", error);
      this.#clock.arm(Date.now() + RETRY_TICK_MS, Date.now());
    }
  }

  /** Cron: rescues the alarm, forgets what is over, checks the routes. */
  watch(): void {
    const now = Date.now();
    this.#clock.rescue(now, ALARM_OVERDUE_MS);
    this.store.forgetSignals(now);
    this.people.forgetExpired(now);
    this.#forgetOld(now);
    this.checkRoutes();
    this.tick();
  }

  /** What is wrong with the way to people now, whatever was recorded. */
  routeWarnings(): readonly RouteWarning[] {
    return judgeRoutes(this.policy(), this.#env());
  }

  /** One bounded piece at a time, in one storage step; writes nothing when nothing is due. */
  #forgetOld(now: number): void {
    const { archiveForMs, auditForMs } = this.policy().retention;
    this.#sql.atomically(() => {
      const row = this.audit.cut({ now, keptForMs: auditForMs });
      if (row !== null) this.#projections.put([auditRowOf(row)], now);
      this.store.archive.cut({ now, keptForMs: archiveForMs });
    });
  }

  /** Looks whether each channel of the policy can work at all. */
  checkRoutes(): void {
    const events = planRouteChecks(this.#state.brokenRoutes, this.policy(), this.#env());
    if (events.length > 0) this.take(events);
  }

  /** What time alone brings. */
  tick(): void {
    this.take([{ kind: "tick" }]);
    this.tellUnreadable();
    const kept = dropFinished(this.#state, Date.now());
    if (kept === this.#state) return;
    this.#sql.atomically(() => void this.store.save(this.#state, kept, Date.now()));
    this.#state = kept;
  }

  /** Decides events in order and saves state, audit, outbox and alarm in one storage step; then performs. Gives the last answer. */
  take(events: readonly DeskEvent[], alsoWrite?: (now: number) => void): Result<null, ActRefusal> {
    const now = Date.now();
    const { alarmAt, answer, effects, isLeftUndone, state: after } = this.#decide(events, now);
    this.#sql.atomically(() => {
      alsoWrite?.(now);
      this.#save(after, now);
      for (const effect of effects) if (effect.kind === "audit") this.#appendAudit(effect.entry);
      this.#freezes.put(effects, now);
    });
    this.#state = after;
    this.#clock.arm(alarmAt, now);
    // Should we crash after this step, the alarm brings us back to tell the shards.
    if (effects.some(isForShards)) this.#clock.arm(now + TELL_AGAIN_MS, now);
    this.#perform(effects);
    if (isLeftUndone) this.#tellUndone();
    return answer;
  }

  /** Puts aside what was found to be unreadable since the last time, and tells people of it. */
  tellUnreadable(): void {
    const noted = this.aside.noted;
    const events = planUnreadable(this.#state, noted, this.policies.unreadableVersion());
    if (events.length === 0) return;
    this.take(events, (now) => this.aside.move(noted, now));
    this.aside.settle(noted);
  }

  /** Decides events. What is to blame where that cannot be done is put aside first; throws `Undecidable` when the events themselves are. */
  #decide(events: readonly DeskEvent[], now: number): DeskDecision {
    const context = { now, policy: this.policy(), newId };
    try {
      return decideEvents(this.#state, events, context);
    } catch (error) {
      const culprits = culpritsOf(this.#state, context);
      if (culprits.length === 0) throw new Undecidable("Decide", { cause: error });
      console.error("Put aside what cannot be decided:", error);
      for (const place of culprits) this.store.noteCulprit(place, this.#state);
      this.#state = withoutRecords(this.#state, culprits);
      this.tellUnreadable();
      return this.#decide(events, now);
    }
  }

  #tellUndone(): void {
    if (this.#hasToldUndone) return;
    this.#hasToldUndone = true;
    this.take([LEFT_UNDONE]);
  }

  /** An act of the shell itself, with its audit row in the same storage step. */
  record<T>(draft: AuditDraft, write?: () => T): T {
    let written: T | undefined;
    this.#sql.atomically(() => {
      written = write?.();
      this.#appendAudit(auditEntryOf(draft, Date.now()));
    });
    this.#deliver();
    return written as T;
  }

  /** Settles when nothing is on its way any more. */
  async settled(): Promise<void> {
    await this.deliveries.settled();
    await Promise.all([this.#toD1.drain(Date.now()), this.#toShards.drain(Date.now())]);
  }

  #save(after: DeskState, now: number): void {
    this.#projections.put(rowsOf(this.store.save(this.#state, after, now)), now);
  }

  #knownRows(): readonly ProjectionRow[] {
    const { incidents, approvals, pages } = this.#state;
    return rowsOf({
      incidents: incidents.values(),
      approvals: approvals.values(),
      pages: pages.values(),
    });
  }

  #appendAudit(entry: AuditEntry): void {
    this.#projections.put([auditRowOf(this.audit.append(entry))], entry.at);
  }

  #perform(effects: readonly DeskEffect[]): void {
    for (const effect of effects)
      switch (effect.kind) {
        case "audit":
        case "freeze-pulled":
        case "freeze-lifted":
        case "host-retired":
          break; // stored already
        case "send-page":
          this.deliveries.sendPage(effect.page);
          break;
        case "deliver-grant":
          this.deliveries.deliverGrant(effect.approval);
          break;
      }
    this.#deliver();
  }

  /** Moves the outboxes in the background: neither D1 nor a shard delays anybody. */
  #deliver(): void {
    for (const outbox of [this.#toD1, this.#toShards])
      outbox
        .drain(Date.now())
        .then(() => {
          this.#clock.arm(outbox.retryAt, Date.now());
          if (this.aside.noted.length > 0) this.tellUnreadable();
        })
        .catch((error: unknown) => console.error("Move outbox:", error));
  }
}

function rowsOf({ incidents, approvals, pages }: DeskDifference): readonly ProjectionRow[] {
  return [...incidents.map(incidentRowOf), ...approvals.flatMap(approvalRowsOf), ...pages.map(pageRowOf)];
}

function isForShards({ kind }: DeskEffect): boolean {
  return kind === "freeze-pulled" || kind === "freeze-lifted" || kind === "host-retired";
}
