// What the Worker and the two actors call on each other over Durable Object RPC. Arguments and answers are plain data.
import type { Result } from "@countersign/shared/values/result";
import type { Assertion, RelyingParty } from "@countersign/shared/wire/assertion";
import type { Envelope } from "@countersign/shared/wire/envelope";
import type { SignedTrust, TrustMark } from "@countersign/shared/wire/fleet-trust";
import type { TrustRefusal } from "@countersign/shared/wire/trust-chain";
import type { PersonAct } from "../core/desk/acts/act-list.ts";
import type { KnownArgv } from "../core/desk/approvals/known-argvs.ts";
import type { StandingUse } from "../core/desk/approvals/standing-uses.ts";
import type { ChainedAuditEntry } from "../core/desk/audit/audit-chain.ts";
import type { HostsNotUp } from "../core/desk/hosts-not-up.ts";
import type { IncidentNow } from "../core/desk/incidents-now.ts";
import type { AffectedHost, HostCounts } from "../core/desk/incidents/held-findings.ts";
import type { Holds } from "../core/desk/paging/holds.ts";
import type { NextSending } from "../core/desk/paging/next-sending.ts";
import type { Reach } from "../core/desk/paging/reach.ts";
import type { RouteWarning } from "../core/desk/paging/route-warning.ts";
import type { Approval } from "../core/desk/records/approval.ts";
import type { Ask } from "../core/desk/records/ask.ts";
import type { Finding } from "../core/desk/records/finding.ts";
import type { Freeze } from "../core/desk/records/freeze.ts";
import type { Incident } from "../core/desk/records/incident.ts";
import type { Page } from "../core/desk/records/pages/page.ts";
import type { TestPage } from "../core/desk/records/pages/test-page.ts";
import type { ShadowCount } from "../core/desk/records/shadow-count.ts";
import type { ShadowFinding } from "../core/desk/records/shadow-finding.ts";
import type { Silence } from "../core/desk/records/silence.ts";
import type { StandingApproval } from "../core/desk/records/standing-approval.ts";
import type { UnreadableRecord } from "../core/desk/records/unreadable-record.ts";
import type { ShardWord } from "../core/desk/shard-unreachable.ts";
import type { CannotRun } from "../core/desk/state/cannot-run.ts";
import type { ActRefusal } from "../core/desk/state/desk-events.ts";
import type { RecordedSettings } from "../core/desk/state/recorded-settings.ts";
import type { SilentFleet } from "../core/desk/state/silent-fleet.ts";
import type { HostState } from "../core/shard/host/shard-state.ts";
import type { ToldWords } from "../core/shard/kept/told-words.ts";
import type { Actor, Admin, Person } from "../core/words/actor.ts";
import type { HostTraits } from "../core/words/host-traits.ts";
import type { Role } from "../core/words/roles.ts";
import type {
  KnownPolicy,
  LiftedFreeze,
  OfferedTrust,
  PersonAsk,
  PulledFreeze,
  RetiredHost,
  ShardWaits,
  ToldPolicy,
  ToldTrust,
} from "../core/words/shard-word.ts";
import type { Signal } from "../core/words/signal.ts";
import type { PutAsideRow } from "../shell/put-aside.ts";
import type { ApproversRpc } from "./approvers-rpc.ts";
import type { RegisteredHost } from "./desk/desk-hosts.ts";
import type {
  PlanRefusal,
  PolicyAct,
  PolicyActRefusal,
  PolicyVersionChanges,
  SamePolicy,
  ShownPolicy,
} from "./desk/desk-policies.ts";
import type { UnboundSecret } from "./desk/routes.ts";
import type { ToldAnswer, ToldCall } from "./desk/told-by-channels.ts";
import type { RecordedAsked, RecordedPart } from "./shard/recorded-events.ts";
import type {
  EndedSignIn,
  GivenLink,
  Invitation,
  InvitationRefusal,
  LinkRefusal,
  ListedSignIn,
  SignIn,
  SoleApprover,
} from "./sign-in-shapes.ts";

export interface HostShardRpc {
  /** idempotent by host id */
  enrolHost(host: {
    shard: string;
    hostId: string;
    publicKey: string;
    name: string;
  }): Promise<Result<null, { reason: "shard-full" | "host-retired" }>>;
  /** forgets a host and refuses its key from then on, whether it was enrolled here or not; idempotent, resolves once stored */
  retireHost(retired: RetiredHost): Promise<void>;
  /** idempotent by grant id; resolves once stored */
  deliverGrant(grant: {
    grantId: string;
    hostId: string;
    service: string;
    action: string;
    expiresAt: number;
    envelope: Envelope;
  }): Promise<void>;
  /** automation was frozen: grants that were given before go no further; idempotent by grant id, resolves once stored */
  pullFreeze(pulled: PulledFreeze): Promise<void>;
  /** a person lifted a freeze: rules that hold back proposals there let go; idempotent by key, resolves once stored */
  liftFreeze(lift: LiftedFreeze): Promise<void>;
  /** a person wants a host to be asked for an act; idempotent by request id, resolves once stored */
  askFor(ask: PersonAsk): Promise<void>;
  /** idempotent by version; an older one is passed over. Resolves once stored */
  takePolicy(told: ToldPolicy): Promise<void>;
  /** the fleet's trust as it is now; hosts that are behind are offered what follows. Resolves once stored */
  takeTrust(told: ToldTrust): Promise<void>;
  /** one host as it is now, with its last keepalive; null: it is not here */
  host(hostId: string): Promise<HostState | null>;
  /** what the logs of these services of a host (null: of all) said last, the newest first within each */
  lastWords(hostId: string, services: readonly string[] | null): Promise<readonly ToldWords[]>;
  /** what was kept of the shard's events, for replays */
  recordedEvents(asked: RecordedAsked): Promise<RecordedPart>;
  /** its hosts as they are now, as far as a replay needs them */
  recordedHosts(): Promise<readonly RecordedHost[]>;
  /** what its hosts that have a service (null: all of them) say of themselves, to be compared */
  hostTraits(service: string | null): Promise<readonly HostTraits[]>;
  /** rows that could not be read, as they were found, the newest first */
  putAside(): Promise<readonly PutAsideRow[]>;
  /** cron: makes sure the alarm is armed and the outbox moves; says what still waits in it */
  watch(): Promise<ShardWaits>;
}

/** A host as a replay of what was recorded begins with it. */
export type RecordedHost = Pick<HostState, "hostId" | "name" | "connection">;

/** Hosts that one question is about at most. */
export const REGISTERED_MAX = 500;

/** What the desk knows of all hosts; instants are epoch milliseconds. */
export interface HostsNow extends HostsNotUp {
  readonly enrolledCount: number;
  /** since when the read side may lack what a shard knows of its hosts; null: as far as is known it lacks nothing */
  readonly unprojectedSinceAt: number | null;
}

/** Who does an act: a responder on an enrolled device, or whoever holds the admin token. */
export type Doer = (Person & { readonly deviceId: string }) | Admin;

/** One act, and what vouches for it. */
export interface ActCall {
  readonly act: PersonAct;
  readonly by: Doer;
  /** what the person's passkey signed for exactly this act; absent: the sign-in and its form's token vouch for it, where that is enough */
  readonly gesture?: Assertion;
}

export interface EnrolmentRefusal {
  readonly reason: "token-unknown" | "token-expired" | "token-used" | "host-retired";
}

export interface IncidentDeskRpc extends ApproversRpc {
  /** idempotent by key; resolves once stored */
  receiveSignals(shard: string, signals: readonly Signal[]): Promise<void>;
  watch(): Promise<void>;
  /** cron: what each shard answered; resolves once stored */
  noteShards(words: readonly ShardWord[]): Promise<void>;

  /** what a provider brought for a channel; refused: nobody has shown that it came from there */
  hearChannel(
    channel: string,
    call: ToldCall,
  ): Promise<Result<ToldAnswer, { readonly reason: "provider-unproven" }>>;

  createEnrolmentToken(by: Actor): Promise<{ token: string; expiresAt: number }>;
  /** single use; the same public key may repeat its own redeemed token within the token's life (a lost answer is not a lost host) */
  redeemEnrolmentToken(
    token: string,
    publicKey: string,
    hostname: string,
  ): Promise<Result<{ hostId: string; shard: string; name: string }, EnrolmentRefusal>>;
  /**
   * a link for a person, as the admin token or a signed-in person asks for one: given only while nobody is signed in, else
   * sent to the person
   */
  inviteToSignIn(responder: string, by: Actor): Promise<Result<Invitation, InvitationRefusal>>;
  /** a link by which a signed-in person signs in one more device of their own; `token` is given here and never again */
  linkForDevice(signIn: Pick<SignIn, "responder" | "deviceName">): Promise<Result<GivenLink, LinkRefusal>>;
  redeemSignInToken(
    token: string,
    deviceName: string,
  ): Promise<
    Result<
      { signInSecret: string; signIn: SignIn },
      { reason: "token-unknown" | "token-expired" | "token-used" }
    >
  >;
  /** who opens a view, and what every view must say; null: no such sign-in, or expired, or its device was removed */
  visitOf(signInSecret: string): Promise<{
    readonly signIn: SignIn;
    /** what the policy calls them; of who is not in it the id */
    readonly name: string;
    /** by the policy, a name of the IANA database */
    readonly timeZone: string;
    /** what the policy lets them do */
    readonly roles: readonly Role[];
    /** the one person who may approve, with the one passkey; null: there are more, or none */
    readonly soleApprover: SoleApprover | null;
    readonly warnings: readonly RouteWarning[];
  } | null>;
  /** whether people can be woken, as far as is known: who is on call, how each channel did last */
  reach(): Promise<Reach>;
  /** null: there is no such test page, or it was sent more than an hour ago, a drill more than a day */
  testPage(testId: string): Promise<TestPage | null>;
  /** what keeps the desk from doing its work; empty: nothing that it knows of */
  health(): Promise<readonly DeskHealthReason[]>;
  /** valid ones, newest first; null: everybody's */
  signIns(responder: string | null): Promise<readonly ListedSignIn[]>;
  endSignIn(ended: EndedSignIn): Promise<Result<null, { reason: "sign-in-unknown" }>>;
  /** also voids the links that wait for the person; repeating it ends nothing more */
  endSignInsOf(
    responder: string,
    ended: { readonly by: Actor; readonly keptSignInId: string | null },
  ): Promise<Result<{ ended: number }, { reason: "responder-unknown" }>>;

  /** by name; what somebody asks for who only wants to visit each of them */
  shardNames(): Promise<readonly string[]>;
  /** what a list of hosts is laid over: who is not up, how many there are, and what the list may lack */
  hostsNow(): Promise<HostsNow>;
  /** those of at most `REGISTERED_MAX` that are enrolled, and not retired, in no order */
  registered(hostIds: readonly string[]): Promise<readonly RegisteredHost[]>;
  /** enrolled hosts by words in their names, at most `REGISTERED_MAX`, by name */
  findHosts(search: string): Promise<readonly RegisteredHost[]>;
  /** null: it is not enrolled, or retired */
  hostAt(hostId: string): Promise<{
    readonly host: RegisteredHost;
    readonly open: readonly Incident[];
    /** it is away with many others, and nobody looks after it apart */
    readonly isOfSilentFleet: boolean;
    /** what its actions would run, of those that were proposed lately */
    readonly argvs: readonly KnownArgv[];
  } | null>;
  /** what people asked a host for within the hour, the newest first, and why nothing could run there now as the desk knows it */
  asksOn(hostId: string): Promise<{ readonly asks: readonly Ask[]; readonly cannotRun: CannotRun | null }>;
  /** since when the read side lacks something that the desk knows; null: it has taken all */
  unprojectedSinceAt(): Promise<number | null>;
  /** what is open, and what was resolved within the hour */
  overview(): Promise<{
    readonly incidents: readonly Incident[];
    readonly approvals: readonly Approval[];
  }>;
  /** of these, at most `INCIDENTS_NOW_MAX`, what is open: who was paged, who is next, and what holds it back */
  incidentsNow(incidentIds: readonly string[]): Promise<readonly IncidentNow[]>;
  /** `resolvesAt`: when an incident that has cleared resolves, if it stays well; null: by something else than time */
  incident(incidentId: string): Promise<{
    incident: Incident;
    /** what it holds, what goes on first and what is over last; at most 500 of `findingCount` */
    findings: readonly Finding[];
    findingCount: number;
    /** of all that it holds */
    hosts: HostCounts;
    /** the hosts of all that it holds, however many findings are not in the part */
    affected: readonly AffectedHost[];
    resolvesAt: number | null;
    /** what goes out about it next, if nothing changes before; empty: nothing does */
    next: readonly NextSending[];
    approvals: readonly Approval[];
    pages: readonly Page[];
    readonly holds: Holds;
    /** of an incident of a silent fleet: who it was, while the desk keeps it, and whether its freeze still holds */
    readonly fleet: SilentFleet;
    /** what was decided about the same service for other incidents, newest first */
    readonly earlier: readonly Approval[];
    /** what people asked hosts for in it, within the hour */
    readonly asks: readonly Ask[];
    /** it left the desk's state an hour after it was over: nothing is added to it any more */
    readonly isArchived: boolean;
  } | null>;
  /**
   * `finding`: what it is for; null: that could not be read. `successor`: what took its place, for nobody had decided it. `earlier`: what else was
   * decided about the same service, whichever incident it belonged to, newest first. `cannotRun`: as far as the desk knows it.
   */
  approval(approvalId: string): Promise<{
    approval: Approval;
    incident: Incident;
    finding: Finding | null;
    successor: Approval | null;
    earlier: readonly Approval[];
    readonly cannotRun: CannotRun | null;
  } | null>;
  auditRows(options: { before: number | null; limit: number }): Promise<readonly ChainedAuditEntry[]>;

  /** the fleet's trust: every version, oldest first, and where people sign: as it was when it began, before that the desk's own address */
  trustNow(): Promise<{ readonly party: RelyingParty | null; readonly versions: readonly SignedTrust[] }>;
  /** takes the next version, signed by a threshold of the people of the newest, and tells every host of it */
  publishTrust(signed: SignedTrust, by: Actor): Promise<Result<TrustMark, PublishRefusal>>;
  /** what a shard that knows the newest as `known` must be told; null: nothing */
  trustFor(known: TrustMark | null): Promise<ToldTrust | null>;
  /** null: there is no such version */
  trustVersion(version: number): Promise<OfferedTrust | null>;

  /** what a shard that holds `known` must be told; null: nothing */
  policyFor(known: KnownPolicy | null): Promise<ToldPolicy | null>;
  showPolicy(): Promise<ShownPolicy>;
  /** what people can read of what decides; null: nothing that is kept can be read */
  policyInForce(): Promise<{ readonly version: number; readonly text: string } | null>;
  /** null: that version is not kept */
  policyVersion(version: number): Promise<PolicyVersionChanges | null>;
  /** null: that version is not kept */
  policyText(version: number): Promise<string | null>;
  /** what an apply or an undo would do; nothing is done */
  planPolicy(act: PolicyAct): Promise<Result<PolicyPlan, PlanRefusal>>;
  applyPolicy(act: PolicyAct): Promise<Result<AppliedPolicy, PolicyActRefusal>>;
  shadow(): Promise<{ counts: readonly ShadowCount[]; findings: readonly ShadowFinding[] }>;
  /** what people are told of, and the desk's own rows as they were found, the newest first */
  unreadable(): Promise<{ records: readonly UnreadableRecord[]; putAside: readonly PutAsideRow[] }>;

  /** what people do to incidents, approvals, brakes, silences, standing approvals and hosts: any act of core/desk/acts */
  act(call: ActCall): Promise<Result<null, ActRefusal>>;
  brakes(): Promise<{
    freezes: readonly Freeze[];
    silences: readonly Silence[];
    standing: readonly StandingApproval[];
  }>;
  /** what was used of yeses in advance, newest first, and those that are over, the last that ended first; a part of both */
  standingHistory(): Promise<{
    readonly over: readonly { readonly standing: StandingApproval; readonly endedAt: number }[];
    readonly uses: readonly StandingUse[];
  }>;
  /** what covered some of a time, also what is over */
  settingsWithin(window: { readonly fromAt: number; readonly toAt: number }): Promise<RecordedSettings>;
}

export interface PublishRefusal {
  /** `desk-key-missing`: it leaves out this desk's own key, so no host would take a grant of it any more */
  readonly reason: "trust-missing" | "desk-key-missing" | TrustRefusal["reason"];
  readonly detail: string;
}

/** What an outsider may know about what is wrong here (`GET /healthz`). */
export type DeskHealthReason =
  | "no-channel"
  | "policy-invalid"
  | "database-down"
  | "shard-unreachable"
  | "desk-unconfirmed"
  | "state-of-another-version";

/** What another policy would do. */
export interface PolicyPlan {
  /** in force now */
  readonly version: number;
  /** it is in force already, to the letter or by what it decides: an apply would do nothing; null: it differs */
  readonly same: SamePolicy | null;
  /** the version whose text would be brought back; null: it is no undo */
  readonly restores: number | null;
  readonly text: string;
  readonly losesAccess: readonly string[];
  /** nobody who is signed in would stay so: it wants to be confirmed */
  readonly leavesNobody: boolean;
  /** what would be wrong with the way to people */
  readonly warnings: readonly RouteWarning[];
  readonly unbound: readonly UnboundSecret[];
}

/**
 * A version that is in force now; `warnings`: what is wrong with its way to people, absent: nothing; `losesAccess`: who left the policy
 * and is signed out, absent: nobody.
 */
export interface AppliedPolicy {
  readonly version: number;
  readonly hash: string;
  readonly warnings?: readonly RouteWarning[];
  readonly losesAccess?: readonly string[];
  /** nothing was done: it was in force already, to the letter or by what it decides; absent: it is a new version */
  readonly same?: SamePolicy;
}
