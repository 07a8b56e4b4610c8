// IncidentDesk: the people's side of one fleet. A shell around `decideDesk`: load, decide, save, perform. State, audit, outboxes and
// alarm are one storage step without an await; pages and grants go out after it. What was saved and not performed (a crash between)
// is performed again by the alarm, with the same keys.
import { DurableObject } from "cloudflare:workers";
import { keyFingerprintOf } from "@countersign/shared/enrolment";
import { decodeBase64 } from "@countersign/shared/base64";
import { hostIdOf } from "@countersign/shared/ids";
import { ENROLMENT_TOKEN_TTL_MS, SIGN_IN_TOKEN_TTL_MS } from "@countersign/shared/limits";
import { assert, ok, refuse, type Result } from "@countersign/shared/result";
import { decideDesk } from "../core/decide-desk.ts";
import type { ActRefusal, DeskEffect, DeskEvent } from "../core/desk-events.ts";
import type { Approval, AuditEntry, DeskState, Incident, Page } from "../core/desk-state.ts";
import type { Signal, Subject } from "../core/signal.ts";
import { EMPTY_DESK } from "../core/empty-desk.ts";
import { approvalRowsOf, incidentRowOf, pageRowOf } from "../db/rows.ts";
import type { Env } from "../env.ts";
import { planRouteChecks } from "../notify/route-problem.ts";
import { AlarmClock } from "./alarm-clock.ts";
import { CountedSql } from "./counted-sql.ts";
import { DeskDeliveries } from "./desk-deliveries.ts";
import { DeskHosts } from "./desk-hosts.ts";
import { DeskPolicies, type PolicyAct } from "./desk-policies.ts";
import { DeskPeople, type TokenRefusal } from "./desk-people.ts";
import { dropFinished } from "./desk-retention.ts";
import { DeskStore } from "./desk-store.ts";
import { OutboxDrain } from "./outbox-drain.ts";
import { PROJECTION_RETRY_MAX_MS, ProjectionOutbox } from "./projection-outbox.ts";
import { newId, newSecret } from "./random-id.ts";
import type { ChainedAuditEntry, IncidentDeskRpc, Session, SilenceAsked, StandingAsked } from "./rpc.ts";

/** An alarm that is overdue by this much is set again by `watch`. */
const ALARM_OVERDUE_MS = 60_000;
const ARCHIVED_SHOWN_MAX = 50;
const AUDIT_ROWS_MAX = 1_000;
const DEVICE_NAME_CHARS_MAX = 80;

export class IncidentDesk extends DurableObject<Env> implements IncidentDeskRpc {
  readonly #sql: CountedSql;
  readonly #store: DeskStore;
  readonly #people: DeskPeople;
  readonly #hosts: DeskHosts;
  readonly #policies: DeskPolicies;
  readonly #projections: ProjectionOutbox;
  readonly #toD1: OutboxDrain;
  readonly #deliveries: DeskDeliveries;
  #clock: AlarmClock;
  #state: DeskState = EMPTY_DESK;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = new CountedSql(ctx.storage);
    this.#store = new DeskStore(this.#sql);
    this.#people = new DeskPeople(this.#sql);
    this.#hosts = new DeskHosts(this.#sql);
    this.#policies = new DeskPolicies(this.#sql, env.POLICY);
    this.#deliveries = new DeskDeliveries({
      env: () => this.env,
      policy: () => this.#policy(),
      shardOf: (hostId) => this.#hosts.find(hostId)?.shard ?? null,
      take: (event) => void this.#apply([event]),
    });
    this.#projections = new ProjectionOutbox(this.#sql);
    this.#toD1 = new OutboxDrain({ what: "Project to D1", retryMaxMs: PROJECTION_RETRY_MAX_MS }, () =>
      this.#projections.deliverBatch(this.env.DB),
    );
    this.#clock = new AlarmClock(ctx.storage, null);
    void ctx.blockConcurrencyWhile(async () => {
      this.#clock = new AlarmClock(ctx.storage, await ctx.storage.getAlarm());
      for (const part of [this.#store, this.#people, this.#hosts, this.#policies, this.#projections])
        part.create();
      this.#state = this.#store.load();
    });
  }

  /** Catches all and re-arms in any case: the runtime drops an alarm for good after six failures. */
  override async alarm(): Promise<void> {
    this.#clock.rang();
    try {
      this.#tick();
    } catch (error) {
      console.error("Tick desk:", error);
      this.#clock.arm(Date.now() + 5_000, Date.now());
    }
  }

  async watch(): Promise<void> {
    const now = Date.now();
    this.#clock.rescue(now, ALARM_OVERDUE_MS);
    this.#store.forgetSignals(now);
    this.#people.forgetExpired(now);
    this.#checkRoutes();
    this.#tick();
  }

  async receiveSignals(_shard: string, signals: readonly Signal[]): Promise<void> {
    const fresh = signals.filter(({ key }) => !this.#store.isSignalTaken(key));
    if (fresh.length === 0) return;
    this.#apply([{ kind: "signals", signals: fresh }], (now) => {
      for (const { key } of fresh) this.#store.takeSignal(key, now);
    });
  }

  async createEnrolmentToken(by: string): Promise<{ token: string; expiresAt: number }> {
    const deskKey = decodeBase64(this.env.DESK_PUBLIC_KEY);
    assert(deskKey !== null && deskKey.length === 32, "DESK_PUBLIC_KEY is 32 bytes in base64");
    const token = `cse_${newSecret()}.${keyFingerprintOf(deskKey)}`;
    const expiresAt = Date.now() + ENROLMENT_TOKEN_TTL_MS;
    this.#record({ actor: by, act: "enrolment-token-created", subject: "fleet", why: "asked for" }, () =>
      this.#people.storeToken({ token, kind: "enrolment", holder: by, expiresAt }),
    );
    return { token, expiresAt };
  }

  async redeemEnrolmentToken(
    token: string,
    publicKey: string,
    hostname: string,
  ): Promise<Result<{ hostId: string; shard: string; name: string }, TokenRefusal>> {
    const raw = decodeBase64(publicKey);
    assert(raw !== null && raw.length === 32, "the caller checked the public key's shape");
    const hostId = hostIdOf(raw);
    const now = Date.now();
    const redeemed = this.#people.redeemToken(token, "enrolment", { usedBy: hostId, now });
    if (!redeemed.ok) {
      this.#recordRefusal(redeemed.error, {
        actor: `host:${hostId}`,
        act: "enrolment-refused",
        subject: hostname,
      });
      return redeemed;
    }
    const why = `with a token asked for by ${redeemed.value}`;
    return this.#record({ actor: `host:${hostId}`, act: "host-enrolled", subject: hostname, why }, () =>
      ok(this.#hosts.register(hostId, hostname, now)),
    );
  }

  async createSignInToken(
    responder: string,
    by: string,
  ): Promise<Result<{ token: string; expiresAt: number }, { reason: "responder-unknown" }>> {
    const isKnown = this.#policy().responders.some(({ id }) => id === responder);
    if (!isKnown) return refuse({ reason: "responder-unknown" });
    const token = `csi_${newSecret()}`;
    const expiresAt = Date.now() + SIGN_IN_TOKEN_TTL_MS;
    const entry = { actor: by, act: "sign-in-token-created", subject: responder, why: "asked for" };
    this.#record(entry, () =>
      this.#people.storeToken({ token, kind: "sign-in", holder: responder, expiresAt }),
    );
    return ok({ token, expiresAt });
  }

  async redeemSignInToken(
    token: string,
    deviceName: string,
  ): Promise<Result<{ sessionSecret: string; session: Session }, TokenRefusal>> {
    const now = Date.now();
    // A device that lost the answer asks for a new link: only the answer holds the session's secret.
    const usedBy = newId("dev");
    const redeemed = this.#people.redeemToken(token, "sign-in", { usedBy, now });
    const name = deviceName.slice(0, DEVICE_NAME_CHARS_MAX);
    if (!redeemed.ok) {
      this.#recordRefusal(redeemed.error, { actor: "unknown", act: "sign-in-refused", subject: name });
      return redeemed;
    }
    const responder = redeemed.value;
    return this.#record(
      { actor: responder, act: "device-signed-in", subject: name, why: "one-time link" },
      () => ok(this.#people.openSession(responder, name, now)),
    );
  }

  async sessionOf(sessionSecret: string): Promise<Session | null> {
    const session = this.#people.sessionOf(sessionSecret, Date.now());
    // A responder who left the policy may approve nothing any more.
    const isKnown = this.#policy().responders.some(({ id }) => id === session?.responder);
    return isKnown ? session : null;
  }

  async endSession(sessionId: string): Promise<void> {
    this.#record({ actor: "desk", act: "session-ended", subject: sessionId, why: "signed out" }, () =>
      this.#people.endSession(sessionId),
    );
  }

  async overview(): ReturnType<IncidentDeskRpc["overview"]> {
    const live = Object.values(this.#state.incidents);
    const incidents = [...live, ...this.#store.archivedIncidents(ARCHIVED_SHOWN_MAX)];
    return { shards: this.#hosts.shards(), incidents, approvals: Object.values(this.#state.approvals) };
  }

  async incident(
    incidentId: string,
  ): Promise<{ incident: Incident; approvals: readonly Approval[]; pages: readonly Page[] } | null> {
    const incident = this.#store.incident(incidentId);
    if (incident === null) return null;
    return {
      incident,
      approvals: this.#store.approvalsOf(incidentId),
      pages: this.#store.pagesOf(incidentId),
    };
  }

  async approval(approvalId: string): Promise<{ approval: Approval; incident: Incident } | null> {
    const approval = this.#store.approval(approvalId);
    const incident = approval === null ? null : this.#store.incident(approval.incidentId);
    return approval === null || incident === null ? null : { approval, incident };
  }

  async auditRows(options: { before: number | null; limit: number }): Promise<readonly ChainedAuditEntry[]> {
    return this.#store.auditRows(options.before, Math.min(AUDIT_ROWS_MAX, Math.max(1, options.limit)));
  }

  async markSeen(approvalId: string, by: string): Promise<void> {
    this.#apply([{ kind: "approval-seen", approvalId, by }]);
  }

  async approve(approvalId: string, by: string, proposalHash: string): Promise<Result<null, ActRefusal>> {
    return this.#apply([{ kind: "approve", approvalId, by, proposalHash }]);
  }

  async deny(approvalId: string, by: string): Promise<Result<null, ActRefusal>> {
    return this.#apply([{ kind: "deny", approvalId, by }]);
  }

  async acknowledge(incidentId: string, by: string): Promise<Result<null, ActRefusal>> {
    return this.#apply([{ kind: "acknowledge", incidentId, by }]);
  }

  async freeze(scope: Subject, by: string, why: string): Promise<Result<null, ActRefusal>> {
    return this.#apply([{ kind: "freeze", scope, by, why }]);
  }

  async liftFreeze(scope: Subject, by: string, why: string): Promise<Result<null, ActRefusal>> {
    return this.#apply([{ kind: "lift-freeze", scope, by, why }]);
  }

  async silence(asked: SilenceAsked): Promise<Result<null, ActRefusal>> {
    return this.#apply([{ ...asked, kind: "silence" }]);
  }

  async endSilence(silenceId: string, by: string): Promise<Result<null, ActRefusal>> {
    return this.#apply([{ kind: "end-silence", silenceId, by }]);
  }

  async giveStanding(asked: StandingAsked): Promise<Result<null, ActRefusal>> {
    return this.#apply([{ ...asked, kind: "give-standing" }]);
  }

  async revokeStanding(standingId: string, by: string): Promise<Result<null, ActRefusal>> {
    return this.#apply([{ kind: "revoke-standing", standingId, by }]);
  }

  async brakes(): ReturnType<IncidentDeskRpc["brakes"]> {
    const { freezes, silences, standing } = this.#state;
    return {
      freezes: Object.values(freezes),
      silences: Object.values(silences),
      standing: Object.values(standing),
    };
  }

  async shadow(): ReturnType<IncidentDeskRpc["shadow"]> {
    return {
      counts: Object.values(this.#state.shadowCounts),
      findings: Object.values(this.#state.shadow),
    };
  }

  async markFalseAlarm(findingId: string, by: string): Promise<Result<null, ActRefusal>> {
    return this.#apply([{ kind: "mark-false-alarm", findingId, by }]);
  }

  async policyFor(knownVersion: number | null): ReturnType<IncidentDeskRpc["policyFor"]> {
    return this.#policies.told(knownVersion);
  }

  async showPolicy(): ReturnType<IncidentDeskRpc["showPolicy"]> {
    return this.#policies.show();
  }

  async applyPolicy(act: PolicyAct): ReturnType<IncidentDeskRpc["applyPolicy"]> {
    const planned = this.#policies.plan(act, Date.now());
    if (!planned.ok) return planned;
    const { row, summary } = planned.value;
    const did = act.text === null ? "policy-undone" : "policy-applied";
    this.#record({ actor: act.by, act: did, subject: "fleet", why: summary }, () =>
      this.#policies.write(planned.value),
    );
    this.#deliveries.tellPolicy(row, this.#hosts.shards());
    this.#tick();
    return ok({ version: row.version, hash: row.hash });
  }

  /** Settles when nothing is on its way any more; for tests. */
  async settled(): Promise<void> {
    await this.#deliveries.settled();
    await this.#toD1.drain(Date.now());
  }

  #tick(): void {
    this.#apply([{ kind: "tick" }]);
    const kept = dropFinished(this.#state, Date.now());
    if (kept === this.#state) return;
    this.#sql.atomically(() => void this.#store.save(this.#state, kept, Date.now()));
    this.#state = kept;
  }

  #checkRoutes(): void {
    const events = planRouteChecks(this.#state.brokenRoutes, this.#policy(), this.env);
    if (events.length > 0) this.#apply(events);
  }

  /** Decides events in order and saves state, audit, outbox and alarm in one storage step; then performs. Gives the last answer. */
  #apply(events: readonly DeskEvent[], alsoWrite?: (now: number) => void): Result<null, ActRefusal> {
    const now = Date.now();
    const policy = this.#policy();
    const effects: DeskEffect[] = [];
    let answer: Result<null, ActRefusal> = ok(null);
    let alarmAt: number | null = null;
    let after = this.#state;
    for (const event of events) {
      const decision = decideDesk(after, event, { now, policy, newId });
      ({ state: after, alarmAt, answer } = decision);
      effects.push(...decision.effects);
    }
    this.#sql.atomically(() => {
      alsoWrite?.(now);
      this.#save(after, now);
      for (const effect of effects) if (effect.kind === "audit") this.#appendAudit(effect.entry);
    });
    this.#state = after;
    this.#clock.arm(alarmAt, now);
    this.#perform(effects);
    return answer;
  }

  #save(after: DeskState, now: number): void {
    const { incidents, approvals, pages } = this.#store.save(this.#state, after, now);
    this.#projections.put([
      ...incidents.map(incidentRowOf),
      ...approvals.flatMap(approvalRowsOf),
      ...pages.map(pageRowOf),
    ]);
  }

  /** An act of the shell itself, with its audit row in the same storage step. */
  #record<T>(entry: Omit<AuditEntry, "at">, write?: () => T): T {
    let written: T | undefined;
    this.#sql.atomically(() => {
      written = write?.();
      this.#appendAudit({ at: Date.now(), ...entry });
    });
    this.#project();
    return written as T;
  }

  /** A token that was never made here leaves no row: who has none must not be able to fill the audit. */
  #recordRefusal({ reason }: TokenRefusal, entry: Pick<AuditEntry, "actor" | "act" | "subject">): void {
    if (reason !== "token-unknown") this.#record({ ...entry, why: reason });
  }

  #appendAudit(entry: AuditEntry): void {
    this.#projections.put([{ table: "audit", row: this.#store.appendAudit(entry) }]);
  }

  #perform(effects: readonly DeskEffect[]): void {
    for (const effect of effects)
      switch (effect.kind) {
        case "audit":
          break; // stored already
        case "send-page":
          this.#deliveries.sendPage(effect.page);
          break;
        case "freeze-lifted":
          this.#deliveries.tellLifted(effect);
          break;
        case "deliver-grant":
          this.#deliveries.deliverGrant(effect.approval);
          break;
      }
    this.#project();
  }

  /** Moves the projection in the background: D1 delays nobody. */
  #project(): void {
    void this.#toD1.drain(Date.now()).then(() => this.#clock.arm(this.#toD1.retryAt, Date.now()));
  }

  #policy() {
    return this.#policies.inForce();
  }
}
