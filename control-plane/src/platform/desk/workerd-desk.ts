// The desk's shell on workerd: its parts in the actor's SQLite, and what only this platform knows of them. Calls of others, the views' and
// the operators' among them, reach the shell and the parts through here.
import type { Result } from "@countersign/shared/values/result";
import { decideDesk } from "../../core/desk/decide-desk.ts";
import type { DeskEvent } from "../../core/desk/desk-event.ts";
import { type Reach, reachOf } from "../../core/desk/paging/reach.ts";
import type { RouteWarning } from "../../core/desk/paging/route-warning.ts";
import type { AuditDraft } from "../../core/desk/state/desk-change.ts";
import type { ActRefusal } from "../../core/desk/state/desk-events.ts";
import type { DeskState } from "../../core/desk/state/desk-state.ts";
import type { ToldPolicy, ToldTrust } from "../../core/words/shard-word.ts";
import type { Policy } from "../../policy/policy.ts";
import type { DeskRecords } from "../../shell/desk/desk-ports.ts";
import { DeskShell } from "../../shell/desk/desk-shell.ts";
import type { PutAside } from "../../shell/put-aside.ts";
import { DESK_ROW_SHAPES } from "../../stored/desk-rows.ts";
import { DOCUMENT_SHAPES } from "../../stored/desk-shapes.ts";
import type { ActorEnv } from "../actor-env.ts";
import { CountedSql } from "../counted-sql.ts";
import { OUTBOX_SHAPES } from "../outbox-shapes.ts";
import { newId } from "../random-id.ts";
import { WORKERD_CLOCK, WORKERD_LOG, WorkerdAlarm, WorkerdCalls } from "../workerd-ports.ts";
import { WorkerdReadSide } from "../workerd-read-side.ts";
import { WorkerdRows } from "../workerd-rows.ts";
import { DeskApprovers } from "./approvers/desk-approvers.ts";
import { DeskTrust } from "./approvers/desk-trust.ts";
import { DeskArchive } from "./desk-archive.ts";
import { DeskAudit } from "./desk-audit.ts";
import { DeskHosts } from "./desk-hosts.ts";
import { DeskPeople } from "./desk-people.ts";
import { DeskPolicies } from "./desk-policies.ts";
import {
  brokenRoutesAt,
  judgeRoutes,
  planRouteChecks,
  type UnboundSecret,
  unboundSecretsOf,
  withUnheard,
} from "./routes.ts";
import { WorkerdDeskCalls } from "./workerd-desk-calls.ts";

const SHAPES = { ...DOCUMENT_SHAPES, ...DESK_ROW_SHAPES, ...OUTBOX_SHAPES };

export class WorkerdDesk {
  readonly archive: DeskArchive;
  readonly audit: DeskAudit;
  readonly people: DeskPeople;
  readonly hosts: DeskHosts;
  readonly policies: DeskPolicies;
  readonly trust: DeskTrust;
  readonly approvers: DeskApprovers;
  readonly #storage: DurableObjectStorage;
  readonly #env: () => ActorEnv;
  readonly #alarm: WorkerdAlarm;
  readonly #underWay = new WorkerdCalls();
  readonly #calls: WorkerdDeskCalls;
  readonly #shell: DeskShell;

  /** `env` is asked each time: its bindings may be replaced. */
  constructor(storage: DurableObjectStorage, env: () => ActorEnv) {
    const sql = new CountedSql(storage);
    this.#storage = storage;
    this.#env = env;
    this.#alarm = new WorkerdAlarm(storage);
    this.archive = new DeskArchive(sql, WORKERD_CLOCK, () => this.aside);
    this.audit = new DeskAudit(sql);
    this.people = new DeskPeople(sql);
    this.hosts = new DeskHosts(sql);
    this.policies = new DeskPolicies(sql, env().POLICY);
    this.trust = new DeskTrust(
      sql,
      () => this.aside,
      () => env().PUBLIC_URL,
    );
    this.approvers = new DeskApprovers(sql, () => this.aside);
    this.#calls = new WorkerdDeskCalls(this.#underWay, env, {
      policy: () => this.policy(),
      signers: () => this.trust.signers(),
    });
    const { approvers, archive, audit, hosts, people, policies, trust } = this;
    const parts = [approvers, archive, audit, hosts, people, policies, trust];
    this.#shell = new DeskShell({
      clock: WORKERD_CLOCK,
      alarm: this.#alarm,
      rows: new WorkerdRows<DeskRecords>(sql, SHAPES, parts),
      log: WORKERD_LOG,
      newId,
      audit,
      archive,
      hosts,
      policies,
      calls: this.#calls,
      readSide: new WorkerdReadSide(this.#underWay, () => env().DB),
      decide: decideDesk,
    });
  }

  get state(): DeskState {
    return this.#shell.state;
  }

  /** records that cannot be read */
  get aside(): PutAside {
    return this.#shell.aside;
  }

  /** Restores what was stored; call first, with nothing beside it. */
  async wake(): Promise<void> {
    this.#alarm.wokeWith(await this.#storage.getAlarm());
    this.#shell.wake();
    this.people.complete();
    this.trust.complete();
    this.approvers.complete();
  }

  /** Since when the read side lacks something that the desk knows; null: it has taken all. */
  unprojectedSinceAt(): number | null {
    return this.#shell.unprojectedSinceAt();
  }

  policy(): Policy {
    return this.policies.inForce();
  }

  ring(): void {
    this.#alarm.rang();
    this.#shell.ring();
  }

  /** Cron: rescues the alarm, forgets what is over, checks the routes. */
  watch(): void {
    this.people.forgetExpired(Date.now());
    this.approvers.forgetExpired(Date.now());
    this.#shell.watch();
    this.checkRoutes();
  }

  /** What is wrong with the way to people now, whatever was recorded. */
  routeWarnings(): readonly RouteWarning[] {
    return judgeRoutes(this.policy(), this.#env());
  }

  /** Whether people can be woken now, whatever was recorded at the last look. */
  reach(now: number): Reach {
    const [policy, bindings] = [this.policy(), this.#env()];
    const brokenRoutes = brokenRoutesAt(now, this.state, { policy, bindings });
    const { channelStates, contacts, drills } = this.state;
    const reach = reachOf({ brokenRoutes, channelStates, contacts, drills }, { now, policy });
    return withUnheard(reach, policy, bindings);
  }

  /** What would be wrong by another policy, and which secrets of its channels nobody has bound. */
  routesUnder(policy: Policy): {
    readonly warnings: readonly RouteWarning[];
    readonly unbound: readonly UnboundSecret[];
  } {
    const bindings = this.#env();
    return { warnings: judgeRoutes(policy, bindings), unbound: unboundSecretsOf(policy, bindings) };
  }

  /** Looks whether each channel of the policy can work at all. */
  checkRoutes(): void {
    const events = planRouteChecks(this.state.brokenRoutes, this.policy(), this.#env());
    if (events.length > 0) this.take(events);
  }

  /** Another policy holds: every shard is told, and routes and deadlines are looked at by it. */
  tellPolicy(policy: ToldPolicy): void {
    this.#calls.tellPolicy(policy, this.hosts.shards());
    this.checkRoutes();
    this.#shell.tick();
  }

  /** The fleet's trust has another version: every shard is told. */
  tellTrust(told: ToldTrust): void {
    this.#calls.tellTrust(told, this.hosts.shards());
  }

  take(events: readonly DeskEvent[], alsoWrite?: (now: number) => void): Result<null, ActRefusal> {
    return this.#shell.take(events, alsoWrite);
  }

  takeSignals(...told: Parameters<DeskShell["takeSignals"]>): void {
    this.#shell.takeSignals(...told);
  }

  /** An act beside the core, with its audit row in the same storage step. */
  record<T>(draft: AuditDraft, write?: () => T): T {
    return this.#shell.record(draft, write);
  }

  /** Settles when nothing is on its way any more. */
  async settled(): Promise<void> {
    this.#shell.deliver();
    await this.#underWay.settled();
  }
}
