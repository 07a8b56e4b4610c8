// IncidentDesk: the people's side of one fleet. The Durable Object itself is only what the runtime and others call: `WorkerdDesk`
// decides and saves, `DeskTokens` lets hosts and people in. A method here reads, or hands one event over.
import { DurableObject } from "cloudflare:workers";
import type { Result } from "@countersign/shared/values/result";
import type { SignedTrust, TrustMark } from "@countersign/shared/wire/fleet-trust";
import type { ChainedAuditEntry } from "../../core/desk/audit/audit-chain.ts";
import { hostsNotUp } from "../../core/desk/hosts-not-up.ts";
import { incidentsNow } from "../../core/desk/incidents-now.ts";
import type { ShardWord } from "../../core/desk/shard-unreachable.ts";
import type { ActRefusal } from "../../core/desk/state/desk-events.ts";
import type { Actor } from "../../core/words/actor.ts";
import { rolesOf } from "../../core/words/roles.ts";
import type { KnownPolicy } from "../../core/words/shard-word.ts";
import type { Signal } from "../../core/words/signal.ts";
import { searchWordsOf } from "../../read-side/search-words.ts";
import { PUT_ASIDE_SHOWN_MAX } from "../../shell/put-aside.ts";
import type { ActorEnv } from "../actor-env.ts";
import type { TrustAct } from "../approvers-rpc.ts";
import { CountedSql } from "../counted-sql.ts";
import { type ActCall, type IncidentDeskRpc, REGISTERED_MAX } from "../rpc.ts";
import type { EndedSignIn, SignIn } from "../sign-in-shapes.ts";
import { OnStorage } from "../stored-layout.ts";
import { ApproverActs } from "./approvers/approver-acts.ts";
import { PasskeySignIns } from "./approvers/passkey-sign-ins.ts";
import { TrustActs } from "./approvers/trust-acts.ts";
import { DeskHealth } from "./desk-health.ts";
import type { TokenRefusal } from "./desk-people.ts";
import type { PolicyAct } from "./desk-policies.ts";
import { approvalShown, asksShown, hostShown, incidentShown, standingHistory } from "./desk-questions.ts";
import { settingsWithin } from "./desk-settings.ts";
import { DeskTokens } from "./desk-tokens.ts";
import { PolicyActs } from "./policy-acts.ts";
import { readyAct } from "./ready-act.ts";
import { SignInInvitations } from "./sign-in-invitations.ts";
import { hearChannel } from "./told-by-channels.ts";
import { WorkerdDesk } from "./workerd-desk.ts";

const AUDIT_ROWS_MAX = 1_000;

/** What a call is handed to. */
interface Parts {
  readonly desk: WorkerdDesk;
  readonly tokens: DeskTokens;
  readonly invitations: SignInInvitations;
  readonly policyActs: PolicyActs;
  readonly trustActs: TrustActs;
  readonly approverActs: ApproverActs;
  readonly passkeySignIns: PasskeySignIns;
  readonly health: DeskHealth;
}

export class IncidentDesk extends DurableObject<ActorEnv> implements IncidentDeskRpc {
  readonly #storage: OnStorage<Parts>;

  constructor(ctx: DurableObjectState, env: ActorEnv) {
    super(ctx, env);
    const desk = new WorkerdDesk(ctx.storage, () => this.env);
    const tokens = new DeskTokens(desk);
    const trustActs = new TrustActs(desk, () => this.env);
    this.#storage = new OnStorage(new CountedSql(ctx.storage), "the desk", {
      desk,
      tokens,
      invitations: new SignInInvitations(desk, tokens, () => this.env),
      policyActs: new PolicyActs(desk, tokens),
      trustActs,
      approverActs: new ApproverActs(desk, trustActs, () => this.env),
      passkeySignIns: new PasskeySignIns(desk, () => this.env),
      health: new DeskHealth(desk, () => this.env.DB),
    });
    if (this.#storage.refusal !== null) return;
    void ctx.blockConcurrencyWhile(async () => {
      await this.#desk.wake();
      this.#shutOutLeavers();
    });
  }

  get #desk(): WorkerdDesk {
    return this.#storage.parts.desk;
  }

  get #tokens(): DeskTokens {
    return this.#storage.parts.tokens;
  }

  override async alarm(): Promise<void> {
    if (this.#storage.refusal === null) this.#desk.ring();
  }

  async watch(): Promise<void> {
    this.#desk.watch();
  }

  async noteShards(words: readonly ShardWord[]): Promise<void> {
    this.#storage.parts.health.noteShards(words);
    this.#desk.take([{ kind: "shards-watched", words }]);
  }

  async receiveSignals(shard: string, signals: readonly Signal[]): Promise<void> {
    this.#desk.takeSignals(shard, signals);
  }

  async hearChannel(
    channel: string,
    call: Parameters<IncidentDeskRpc["hearChannel"]>[1],
  ): ReturnType<IncidentDeskRpc["hearChannel"]> {
    return hearChannel(this.#desk, this.env, { channel, call, now: Date.now() });
  }

  async createEnrolmentToken(by: Actor): Promise<{ token: string; expiresAt: number }> {
    return this.#tokens.createForHost(by, this.env.DESK_PUBLIC_KEY);
  }

  async redeemEnrolmentToken(
    token: string,
    publicKey: string,
    hostname: string,
  ): ReturnType<IncidentDeskRpc["redeemEnrolmentToken"]> {
    return this.#tokens.redeemForHost(token, publicKey, hostname);
  }

  async inviteToSignIn(responder: string, by: Actor): ReturnType<IncidentDeskRpc["inviteToSignIn"]> {
    return this.#storage.parts.invitations.invite(responder, by);
  }

  async linkForDevice(
    signIn: Pick<SignIn, "responder" | "deviceName">,
  ): ReturnType<IncidentDeskRpc["linkForDevice"]> {
    return this.#tokens.createForDevice(signIn);
  }

  async redeemSignInToken(
    token: string,
    deviceName: string,
  ): Promise<Result<{ signInSecret: string; signIn: SignIn }, TokenRefusal>> {
    return this.#tokens.redeemForDevice(token, deviceName);
  }

  async visitOf(signInSecret: string): ReturnType<IncidentDeskRpc["visitOf"]> {
    const signIn = this.#tokens.signInOf(signInSecret);
    if (signIn === null) return null;
    const { responders } = this.#desk.policy();
    const sole = this.#desk.trust.soleApprover();
    const nameOf = (responder: string) => responders.find(({ id }) => id === responder)?.name ?? responder;
    return {
      signIn,
      name: nameOf(signIn.responder),
      timeZone: responders.find(({ id }) => id === signIn.responder)?.timeZone ?? "UTC",
      roles: rolesOf(this.#desk.policy(), signIn.responder),
      soleApprover: sole === null ? null : { responder: sole, name: nameOf(sole) },
      warnings: this.#desk.routeWarnings(),
    };
  }

  async reach(): ReturnType<IncidentDeskRpc["reach"]> {
    return this.#desk.reach(Date.now());
  }

  async testPage(testId: string): ReturnType<IncidentDeskRpc["testPage"]> {
    return this.#desk.state.testPages.get(testId) ?? null;
  }

  async health(): ReturnType<IncidentDeskRpc["health"]> {
    if (this.#storage.refusal !== null) return ["state-of-another-version"];
    return this.#storage.parts.health.reasons(Date.now());
  }

  async signIns(responder: string | null): ReturnType<IncidentDeskRpc["signIns"]> {
    return this.#tokens.signIns(responder);
  }

  async endSignIn(ended: EndedSignIn): ReturnType<IncidentDeskRpc["endSignIn"]> {
    return this.#tokens.endSignIn(ended);
  }

  async endSignInsOf(
    responder: string,
    ended: { readonly by: Actor; readonly keptSignInId: string | null },
  ): ReturnType<IncidentDeskRpc["endSignInsOf"]> {
    return this.#tokens.endSignInsOf(responder, ended);
  }

  async shardNames(): ReturnType<IncidentDeskRpc["shardNames"]> {
    return this.#desk.hosts.shards();
  }

  async hostsNow(): ReturnType<IncidentDeskRpc["hostsNow"]> {
    const { hosts, state } = this.#desk;
    const unprojectedSinceAt = this.#storage.parts.health.shardsUnprojectedSinceAt();
    return { ...hostsNotUp(state), enrolledCount: hosts.count(), unprojectedSinceAt };
  }

  async registered(hostIds: readonly string[]): ReturnType<IncidentDeskRpc["registered"]> {
    return this.#desk.hosts.findAll(hostIds.slice(0, REGISTERED_MAX));
  }

  async findHosts(search: string): ReturnType<IncidentDeskRpc["findHosts"]> {
    return this.#desk.hosts.search(searchWordsOf(search), REGISTERED_MAX);
  }

  async hostAt(hostId: string): ReturnType<IncidentDeskRpc["hostAt"]> {
    return hostShown(this.#desk, hostId);
  }

  async asksOn(hostId: string): ReturnType<IncidentDeskRpc["asksOn"]> {
    return asksShown(this.#desk, hostId);
  }

  async unprojectedSinceAt(): ReturnType<IncidentDeskRpc["unprojectedSinceAt"]> {
    return this.#desk.unprojectedSinceAt();
  }

  async overview(): ReturnType<IncidentDeskRpc["overview"]> {
    const { incidents, approvals } = this.#desk.state;
    return { incidents: incidents.values(), approvals: approvals.values() };
  }

  async incidentsNow(incidentIds: readonly string[]): ReturnType<IncidentDeskRpc["incidentsNow"]> {
    const at = { now: Date.now(), policy: this.#desk.policy() };
    return incidentsNow(this.#desk.state, at, incidentIds);
  }

  async incident(incidentId: string): ReturnType<IncidentDeskRpc["incident"]> {
    return incidentShown(this.#desk, incidentId, Date.now());
  }

  async approval(approvalId: string): ReturnType<IncidentDeskRpc["approval"]> {
    return approvalShown(this.#desk, approvalId);
  }

  async auditRows(options: { before: number | null; limit: number }): Promise<readonly ChainedAuditEntry[]> {
    const limit = Math.min(AUDIT_ROWS_MAX, Math.max(1, options.limit));
    return this.#desk.audit.rows(options.before, limit);
  }

  async act(call: ActCall): Promise<Result<null, ActRefusal>> {
    const ready = await readyAct(call, this.#desk, Date.now());
    if (!ready.ok) return ready;
    const { event, alsoWrite } = ready.value;
    return this.#desk.take([event], alsoWrite);
  }

  async brakes(): ReturnType<IncidentDeskRpc["brakes"]> {
    const { freezes, silences, standing } = this.#desk.state;
    return {
      freezes: freezes.values(),
      silences: silences.values(),
      standing: standing.values(),
    };
  }

  async standingHistory(): ReturnType<IncidentDeskRpc["standingHistory"]> {
    return standingHistory(this.#desk);
  }

  async settingsWithin(window: {
    readonly fromAt: number;
    readonly toAt: number;
  }): ReturnType<IncidentDeskRpc["settingsWithin"]> {
    const { archive, state } = this.#desk;
    return settingsWithin(state, archive, window);
  }

  async shadow(): ReturnType<IncidentDeskRpc["shadow"]> {
    const { shadow, shadowCounts } = this.#desk.state;
    return { counts: shadowCounts.values(), findings: shadow.values() };
  }

  async unreadable(): ReturnType<IncidentDeskRpc["unreadable"]> {
    const { aside, state } = this.#desk;
    return { records: state.unreadable.values(), putAside: aside.rows(PUT_ASIDE_SHOWN_MAX) };
  }

  async approversNow(): ReturnType<IncidentDeskRpc["approversNow"]> {
    return this.#storage.parts.approverActs.now();
  }

  async trustAct(
    act: TrustAct,
    by: Parameters<IncidentDeskRpc["trustAct"]>[1],
  ): ReturnType<IncidentDeskRpc["trustAct"]> {
    return this.#storage.parts.approverActs.take(act, by);
  }

  async inviteHere(
    ...asked: Parameters<IncidentDeskRpc["inviteHere"]>
  ): ReturnType<IncidentDeskRpc["inviteHere"]> {
    return this.#storage.parts.invitations.inviteHere(...asked);
  }

  async signInChallenge(): ReturnType<IncidentDeskRpc["signInChallenge"]> {
    return this.#storage.parts.passkeySignIns.challenge();
  }

  async signInByPasskey(
    asked: Parameters<IncidentDeskRpc["signInByPasskey"]>[0],
  ): ReturnType<IncidentDeskRpc["signInByPasskey"]> {
    return this.#storage.parts.passkeySignIns.signIn(asked);
  }

  async trustNow(): ReturnType<IncidentDeskRpc["trustNow"]> {
    return { party: this.#storage.parts.trustActs.party(), versions: this.#desk.trust.versions() };
  }

  async publishTrust(signed: SignedTrust, by: Actor): ReturnType<IncidentDeskRpc["publishTrust"]> {
    return this.#storage.parts.trustActs.publish(signed, by);
  }

  async trustFor(known: TrustMark | null): ReturnType<IncidentDeskRpc["trustFor"]> {
    return this.#desk.trust.told(known);
  }

  async trustVersion(version: number): ReturnType<IncidentDeskRpc["trustVersion"]> {
    return this.#desk.trust.offered(version);
  }

  async policyFor(known: KnownPolicy | null): ReturnType<IncidentDeskRpc["policyFor"]> {
    return this.#desk.policies.told(known);
  }

  async showPolicy(): ReturnType<IncidentDeskRpc["showPolicy"]> {
    return this.#desk.policies.show();
  }

  async policyVersion(version: number): ReturnType<IncidentDeskRpc["policyVersion"]> {
    return this.#desk.policies.changesOf(version);
  }

  async policyText(version: number): ReturnType<IncidentDeskRpc["policyText"]> {
    return this.#desk.policies.textOf(version);
  }

  async policyInForce(): ReturnType<IncidentDeskRpc["policyInForce"]> {
    return this.#desk.policies.readable();
  }

  async planPolicy(act: PolicyAct): ReturnType<IncidentDeskRpc["planPolicy"]> {
    return this.#storage.parts.policyActs.plan(act);
  }

  async applyPolicy(act: PolicyAct): ReturnType<IncidentDeskRpc["applyPolicy"]> {
    return this.#storage.parts.policyActs.apply(act);
  }

  /** A deploy may have brought another policy of its own. A desk that can read none wakes all the same, and says so elsewhere. */
  #shutOutLeavers(): void {
    try {
      this.#tokens.shutOutLeavers();
    } catch (error) {
      console.error("Shut out who left the policy:", error);
    }
  }

  /** Settles when nothing is on its way any more; for tests. */
  async settled(): Promise<void> {
    if (this.#storage.refusal === null) await this.#desk.settled();
  }
}
