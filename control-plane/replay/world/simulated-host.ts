// A host as the control plane meets it: keepalives, reports, facts, an actuator, and everything that can go wrong between
// them. The agent's one loop runs at each keepalive period: connect if needed, check, report, hand over outcomes; and when a
// check is overdue. What it reports is decided as the agent decides it (shared/src/host). As its loop is never stuck, it
// tells all that hangs, and its keepalive is earned. A healthy host's loop says nothing, so it sleeps until something
// changes; its keepalives are not events but computed when somebody asks for them.
import {
  beginSession,
  endSession,
  NONE_OPEN,
  type OpenSessions,
  runningSinceOf,
} from "@countersign/shared/host/open-sessions";
import {
  DIGEST_EVERY_MS,
  NOTHING_REPORTED,
  planReport,
  type Reported,
} from "@countersign/shared/host/report-plan";
import { FACTS_PER_MESSAGE_MAX } from "@countersign/shared/values/limits";
import type { ExaminedFinding } from "@countersign/shared/wire/examined";
import type { Fact } from "@countersign/shared/wire/fact";
import type { TrustMark } from "@countersign/shared/wire/fleet-trust";
import type { AgentMessage, ControlMessage } from "@countersign/shared/wire/protocol";
import type { TrustRefusal } from "@countersign/shared/wire/trust-chain";
import type { Policy } from "../../src/policy/policy.ts";
import type { Peer } from "../ports/memory-sockets.ts";
import { withoutDigests } from "./left-out-digests.ts";
import { SimulatedActuator } from "./simulated-actuator.ts";
import { SimulatedService } from "./simulated-service.ts";
import type { VirtualClock } from "./virtual-clock.ts";

const FRAME_MS = 100;
/** Facts kept while the control plane cannot be reached; older ones are lost. */
const FACTS_SPOOLED_MAX = 512;

type LeavingReason = Extract<AgentMessage, { type: "leaving" }>["reason"];

/** What a simulated host needs of the shard that it is connected to: a simulated one, or a real actor. */
export interface ShardOfHost {
  readonly policy: Policy;
  readonly isRunning: boolean;
  say(hostId: string, message: AgentMessage): void;
  knowHost(host: SimulatedHost): void;
  reachChanged(host: SimulatedHost): void;
  connect(host: SimulatedHost): string | null;
  hasSocket(hostId: string, connectionId: string): boolean;
}

export class SimulatedHost implements Peer {
  readonly name: string;
  readonly hostId: string;
  readonly tags: readonly string[];
  readonly actuator: SimulatedActuator;
  readonly services = new Map<string, SimulatedService>();
  /** cumulative work counters, by service and name */
  readonly counters = new Map<string, number>();
  bootId: string;
  connectionId: string | null = null;
  /** what it says of the fleet's trust; null: its agent is of version 1 */
  signing: { readonly trust: TrustMark | null } | null = { trust: null };
  readonly #clock: VirtualClock;
  readonly #shard: ShardOfHost;
  readonly #areDigestsLeftOut: boolean;
  #isPowered = true;
  #isAgentAlive = true;
  #isReachable = true;
  #boots = 1;
  #reported: Reported = NOTHING_REPORTED;
  /** the instant that the loop counts its periods from; null: it never started */
  #loopFromAt: number | null = null;
  #nextLoop: { readonly at: number; readonly cancel: () => void } | null = null;
  /** while it cannot be heard: the last keepalive that got out */
  #heardLastAt: number | null = null;
  #facts: Fact[] = [];
  /** the sessions that run, by service */
  readonly #sessions = new Map<string, OpenSessions>();

  constructor(
    name: string,
    parts: {
      readonly clock: VirtualClock;
      readonly shard: ShardOfHost;
      readonly hostId: string;
      /** of its catalogue; absent: none */
      readonly tags?: readonly string[];
      /** an unchanged digest decides nothing while every check runs, so a replay leaves it out */
      readonly areDigestsLeftOut?: boolean;
    },
  ) {
    this.name = name;
    this.hostId = parts.hostId;
    this.tags = parts.tags ?? [];
    this.#clock = parts.clock;
    this.#shard = parts.shard;
    this.#areDigestsLeftOut = parts.areDigestsLeftOut ?? false;
    this.bootId = bootIdOf(1);
    this.actuator = new SimulatedActuator(this.#clock, this.services, () => this.bootId);
    this.actuator.onOutcome = () => this.wakes();
  }

  /** Power and network are there: it answers a TCP connect. */
  get answersProbe(): boolean {
    return this.#isPowered && this.#isReachable;
  }

  /** It says which version of the fleet's trust it believes from now on, and why not the one that it was offered. */
  answersTrust(trust: TrustMark | null, reason: TrustRefusal["reason"] | null): void {
    this.signing = { trust };
    const refusal = reason === null ? null : { reason, offered: null, detail: "as the story says" };
    this.#send({ version: 2, type: "trust-answer", trust, refusal });
  }

  /** Its keepalives reach the control plane. */
  get isHeard(): boolean {
    return this.#isPowered && this.#isAgentAlive && this.#isReachable;
  }

  get keepaliveMs(): number {
    return this.#shard.policy.liveness.keepaliveMs;
  }

  /** Its socket was ended: it connects again at its next period. */
  losesSocket(): void {
    this.wakes();
  }

  /** Its keepalives arrive on the socket that it has: not before the first one after a return. */
  get isHeardNow(): boolean {
    return this.isHeard && this.#heardLastAt === null;
  }

  /** The service of that name; the first mention adds it. */
  service(name: string): SimulatedService {
    return this.services.get(name) ?? this.addService(new SimulatedService(this.#clock, { name }));
  }

  addService(service: SimulatedService): SimulatedService {
    this.services.set(service.name, service);
    service.onChange = () => this.wakes();
    service.onRunEnded = () => this.#tellsUnits();
    return service;
  }

  /** Begins the agent's loop at once. */
  starts(): void {
    this.#loopFromAt = this.#clock.now;
    this.#shard.knowHost(this);
    this.#runLoop();
  }

  /** Loses power: no close, nothing answers any more. */
  fallsSilent(): void {
    this.#changeReach(() => (this.#isPowered = false));
  }

  /** Only the agent dies; the host answers from outside. */
  agentDies(): void {
    this.#changeReach(() => (this.#isAgentAlive = false));
  }

  isCutOff(): void {
    this.#changeReach(() => (this.#isReachable = false));
  }

  /** Power, agent and network are back. A host that had lost power has booted anew. */
  returns(): void {
    this.#changeReach(() => {
      if (!this.#isPowered) this.#boot();
      if (!this.#isPowered || !this.#isAgentAlive)
        for (const service of this.services.values()) service.isWatchedAnew();
      this.#isPowered = true;
      this.#isAgentAlive = true;
      this.#isReachable = true;
    });
  }

  /** Boots anew so fast that nobody saw its old socket die. */
  rebootsFast(): void {
    this.#changeReach(() => this.#boot());
  }

  /** Another machine with the same key and another boot. */
  clone(): SimulatedHost {
    const clone = new SimulatedHost(this.name, {
      clock: this.#clock,
      shard: this.#shard,
      hostId: this.hostId,
    });
    clone.service("demo");
    clone.bootId = bootIdOf(99);
    return clone;
  }

  /** A frame of the control plane; the network takes its time. */
  take(message: ControlMessage): void {
    this.#clock.after(FRAME_MS, () => {
      if (this.#isOnline()) this.#takeNow(message);
    });
  }

  /** The last keepalive that the runtime has on this host's socket. */
  lastKeepaliveAt(connectedAt: number): number {
    return Math.max(connectedAt, this.#heardLastAt ?? this.#lastTickAt());
  }

  /** Its doctor has looked; nothing is told of it while the control plane cannot be reached. */
  isExamined(findings: readonly ExaminedFinding[]): void {
    this.#send({ version: 1, type: "examined", at: this.#clock.now, findings: [...findings] });
  }

  /** Tells the control plane what became known; kept until it can be reached. */
  tells(facts: readonly Fact[]): void {
    if (this.#facts.length === 0 && this.#isOnline() && this.#shard.isRunning) return this.#sayFacts(facts);
    this.#facts.push(...facts);
    if (this.#facts.length > FACTS_SPOOLED_MAX) this.#facts.splice(0, this.#facts.length - FACTS_SPOOLED_MAX);
    this.wakes();
  }

  /** A session of the service begins, and is told to run. */
  sessionBegins(service: string, startedAt: number): void {
    this.#tellsSessions(service, (open) => beginSession(open, startedAt));
  }

  /** The session that began then has ended; what still runs is told. */
  sessionEnds(service: string, startedAt: number): void {
    this.#tellsSessions(service, (open) => endSession(open, startedAt));
  }

  /** Says that it goes, and when it will be back; a story may have reasons of its own. */
  announcesAbsence(reason: string, returnWithinMs: number): void {
    const said = { version: 1, type: "leaving", reason: reason as LeavingReason, returnWithinMs } as const;
    if (this.#shard.isRunning) this.#shard.say(this.hostId, said);
  }

  describeCatalogue() {
    return [...this.services.values()].map((service) => service.describeEntry());
  }

  /** Something may have to be said: the loop runs at its next period. */
  wakes(): void {
    if (this.#loopFromAt === null || !this.isHeard) return;
    this.#loopAt(Math.min(this.#nextTickFrom(this.#clock.now + 1), this.#nextOverdueAt()));
  }

  // An end that is over before the loop looks again is seen all the same: the story says that there was one.
  #tellsUnits(): void {
    if (this.#isOnline() && this.#heardLastAt === null && this.#shard.isRunning) this.#report();
  }

  #tellsSessions(service: string, change: (open: OpenSessions) => OpenSessions): void {
    const before = this.#sessions.get(service) ?? NONE_OPEN;
    const open = change(before);
    this.#sessions.set(service, open);
    const startedAt = runningSinceOf(open);
    if (startedAt !== runningSinceOf(before))
      this.tells([{ kind: "session-running", at: this.#clock.now, service, startedAt }]);
  }

  #lastTickAt(): number {
    const fromAt = this.#loopFromAt ?? 0;
    return fromAt + Math.floor((this.#clock.now - fromAt) / this.keepaliveMs) * this.keepaliveMs;
  }

  #nextTickFrom(at: number): number {
    const fromAt = this.#loopFromAt ?? 0;
    return fromAt + Math.max(0, Math.ceil((at - fromAt) / this.keepaliveMs)) * this.keepaliveMs;
  }

  #changeReach(change: () => void): void {
    const last = this.#heardLastAt ?? this.#lastTickAt();
    change();
    // after a return nothing is heard before the next tick
    this.#heardLastAt = last;
    this.#shard.reachChanged(this);
    this.wakes();
  }

  #boot(): void {
    this.#boots += 1;
    this.bootId = bootIdOf(this.#boots);
    this.connectionId = null;
  }

  #isOnline(): boolean {
    return this.isHeard && this.connectionId !== null;
  }

  #loopAt(at: number): void {
    if (!Number.isFinite(at) || (this.#nextLoop !== null && this.#nextLoop.at <= at)) return;
    this.#nextLoop?.cancel();
    const cancel = this.#clock.at(at, () => {
      this.#nextLoop = null;
      this.#runLoop();
    });
    this.#nextLoop = { at, cancel };
  }

  #runLoop(): void {
    if (!this.isHeard || !this.#shard.isRunning) return;
    if (this.connectionId === null || !this.#shard.hasSocket(this.hostId, this.connectionId)) {
      this.connectionId = this.#shard.connect(this);
      if (this.connectionId === null) return this.wakes();
      this.#reported = NOTHING_REPORTED;
      this.#tellExpected();
    }
    this.#resumesKeepalives();
    this.#report();
    this.#tellSpooled();
    for (const outcome of this.actuator.outcomes) this.#send({ version: 1, type: "outcome", outcome });
    this.#loopAt(Math.min(this.#nextTickFrom(this.#nextWorkAt()), this.#nextOverdueAt()));
  }

  #resumesKeepalives(): void {
    if (this.#heardLastAt === null) return;
    this.#heardLastAt = null;
    this.#shard.reachChanged(this);
  }

  #hangs(): boolean {
    for (const service of this.services.values()) if (service.hangs) return true;
    return false;
  }

  // Told at once, and not at the next period; after a return nothing is.
  #nextOverdueAt(): number {
    if (this.#heardLastAt !== null) return Number.POSITIVE_INFINITY;
    let least = Number.POSITIVE_INFINITY;
    for (const service of this.services.values()) least = Math.min(least, service.overdueToldAt() ?? least);
    return least;
  }

  #nextWorkAt(): number {
    const { now } = this.#clock;
    if (this.actuator.outcomes.length > 0) return now + 1;
    const isDigestTold = !this.#areDigestsLeftOut || this.#hangs();
    let least = isDigestTold ? (this.#reported.digestAt ?? now) + DIGEST_EVERY_MS : Number.POSITIVE_INFINITY;
    for (const service of this.services.values()) least = Math.min(least, service.nextResultAt() ?? least);
    return Math.max(least, now + 1);
  }

  #report(): void {
    const { now } = this.#clock;
    if (this.#areDigestsLeftOut && !this.#hangs()) this.#reported = withoutDigests(this.#reported, now);
    const observed = [...this.services.values()].map((service) => service.report());
    const { digest, services, reported } = planReport(observed, this.#reported, now);
    this.#reported = reported;
    if (services.length === 0 && !digest) return;
    this.#send({ version: 1, type: "report", digest, sentAt: now, services: [...services] });
  }

  // How things stand is told after each welcome.
  #tellExpected(): void {
    const { now: at } = this.#clock;
    const facts = [...this.services.values()].flatMap(({ heartbeats, name: service }): readonly Fact[] =>
      heartbeats === null ? [] : [{ kind: "heartbeats-expected", service, at, heartbeats: [...heartbeats] }],
    );
    if (facts.length > 0) this.tells(facts);
  }

  #tellSpooled(): void {
    const facts = this.#facts.splice(0);
    for (let from = 0; from < facts.length; from += FACTS_PER_MESSAGE_MAX)
      this.#sayFacts(facts.slice(from, from + FACTS_PER_MESSAGE_MAX));
  }

  #sayFacts(facts: readonly Fact[]): void {
    this.#shard.say(this.hostId, { version: 1, type: "facts", sentAt: this.#clock.now, facts: [...facts] });
  }

  #takeNow(message: ControlMessage): void {
    switch (message.type) {
      case "propose":
        return this.#send(this.actuator.answer(message, this, this.service(message.service)));
      case "grant":
        return this.actuator.takeGrant(message.envelope);
      case "outcome-acknowledged":
        return this.actuator.acknowledge(message.sequence);
      case "report-wanted":
        this.#reported = NOTHING_REPORTED;
        return this.wakes();
      case "trust":
      case "challenge":
      case "welcome":
        return;
      case "frame-refused":
        throw new Error(`Send frame: the shard refused it (${message.reason})`);
    }
  }

  #send(message: AgentMessage): void {
    this.#clock.after(FRAME_MS, () => {
      if (this.#isOnline() && this.#shard.isRunning) this.#shard.say(this.hostId, message);
    });
  }
}

function bootIdOf(count: number): string {
  return `00000000-0000-4000-8000-${String(count).padStart(12, "0")}`;
}
