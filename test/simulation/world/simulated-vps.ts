// A host that the network and its own power can fail at any moment. Its keepalives are not events but computed when somebody asks, and
// a healthy host's loop sleeps: so a thousand quiet hosts cost almost nothing. Frames carry the host's own clock, which may be wrong.
import {
  DIGEST_EVERY_MS,
  NOTHING_REPORTED,
  planReport,
  type Reported,
} from "@countersign/shared/host/report-plan";
import { sha256Hex } from "@countersign/shared/values/digest";
import type { AgentMessage, ControlMessage } from "@countersign/shared/wire/protocol";
import { SimulatedService } from "../../../control-plane/replay/world/simulated-service.ts";
import type { VirtualClock } from "../../../control-plane/replay/world/virtual-clock.ts";
import type { ShardState } from "../../../control-plane/src/core/shard/host/shard-state.ts";
import type { Cores } from "../cores.ts";
import { SickServices } from "../faults/sick-services.ts";
import type { SeededRandom } from "../seeded-random.ts";
import type { Network } from "./network.ts";
import { RebootingActuator } from "./rebooting-actuator.ts";
import { CATALOGUE, SERVICE_NAMES } from "./vps-catalogue.ts";

const KEEPALIVE_MS = 5_000;
const OUTCOME_AGAIN_MS = 30_000;
const RECONNECT_AFTER_MS = 2_000;
const UNANSWERED_AFTER_MS = 12_000;
type Part = "power" | "agent" | "link";

/** What a host, and whoever looks at it, needs of its shard. */
export interface ShardOfVps {
  readonly network: Network;
  readonly isDown: boolean;
  readonly runsSinceAt: number;
  readonly state: ShardState;
  connect(vps: SimulatedVps): string | null;
  takeFrame(vps: SimulatedVps, connectionId: string, message: AgentMessage): void;
  socketFallsSilent(hostId: string, connectionId: string): void;
  forge(hostId: string, envelope: string): void;
}

export class SimulatedVps {
  readonly name: string;
  readonly hostId: string;
  readonly services = new Map<string, SimulatedService>();
  readonly actuator: RebootingActuator;
  readonly sick: SickServices;
  readonly shard: ShardOfVps;
  bootId = "";
  connectionId: string | null = null;
  /** its wall clock is ahead by this */
  clockErrorMs = 0;
  isNetworkBad = false;
  /** what it says is refused; it pings all the same */
  isUnderstood = true;
  /** what is sent to it comes again a little later */
  hasEcho = false;
  /** the last instant at which anything but quiet health was going on */
  troubledAt: number;
  /** when it last fell silent */
  silentSinceAt = 0;
  /** it announced to be away until then */
  announcedUntilAt = 0;
  readonly #clock: VirtualClock;
  readonly #random: SeededRandom;
  readonly #phaseMs: number;
  readonly #lacks = new Map<Part, number>();
  #boots = 0;
  #bootedAt = 0;
  #heardFromAt: number | null = null;
  #heardLastAt = 0;
  #reported: Reported = NOTHING_REPORTED;
  #outcomesDueAt = Number.POSITIVE_INFINITY;
  #lastArrivalAt = 0;
  /** by service: how its health turned last; those that never failed are not there */
  readonly #turned = new Map<string, { readonly at: number; readonly isHealthy: boolean }>();
  #nextLoop: { readonly at: number; readonly cancel: () => void } | null = null;

  constructor(
    name: string,
    parts: {
      readonly clock: VirtualClock;
      readonly random: SeededRandom;
      readonly shard: ShardOfVps;
      readonly cores: Cores;
    },
  ) {
    const { clock, cores, random, shard } = parts;
    this.name = name;
    this.hostId = `host_${sha256Hex(name).slice(0, 32)}`;
    this.shard = shard;
    this.#clock = clock;
    this.#random = random;
    this.#phaseMs = random.whole(0, KEEPALIVE_MS);
    this.troubledAt = clock.now;
    this.sick = new SickServices({
      clock,
      wallAt: (at) => this.#wallAt(at),
      onFacts: () => {
        this.#isTroubled();
        this.wakes();
      },
    });
    for (const service of SERVICE_NAMES) this.#addService(service);
    const { hostId, services } = this;
    const instant = () => ({
      bootId: this.bootId,
      monotonicMs: clock.now - this.#bootedAt,
      wallMs: this.#wallAt(clock.now),
    });
    this.actuator = new RebootingActuator({ clock, hostId, catalogue: CATALOGUE, services, cores, instant });
    this.actuator.onOutcome = () => {
      this.#outcomesDueAt = clock.now;
      this.#isTroubled();
      this.wakes();
    };
    this.#boot();
    this.#judgeReach();
  }

  /** Power, agent and network are there: keepalives go out. */
  get isHeard(): boolean {
    return this.#lacks.size === 0;
  }

  /** Heard, connected, and all its services healthy. */
  get isWell(): boolean {
    return this.isHeard && this.connectionId !== null && !this.hasFailingService;
  }

  get hasFailingService(): boolean {
    return [...this.#turned.values()].some(({ isHealthy }) => !isHealthy);
  }

  get answersProbe(): boolean {
    return !this.#lacks.has("power") && !this.#lacks.has("link");
  }

  /** The last keepalive that left this host and could arrive. */
  lastKeepaliveAt(): number {
    if (this.#heardFromAt === null) return this.#heardLastAt;
    const { now } = this.#clock;
    const tick = this.#phaseMs + Math.floor((now - this.#phaseMs) / KEEPALIVE_MS) * KEEPALIVE_MS;
    return tick >= this.#heardFromAt ? tick : this.#heardLastAt;
  }

  /** Takes something away for a while; it comes back when every taker has given it back. */
  lacks(part: Part, durationMs: number): void {
    this.#take(part, 1);
    this.#clock.after(durationMs, () => this.#take(part, -1));
  }

  /** Loses power and boots anew. */
  reboots(durationMs: number): void {
    this.lacks("power", durationMs);
    this.#boot();
  }

  /** A deploy refuses what its agent says, and the next one takes it again. */
  isNotUnderstoodFor(durationMs: number): void {
    if (!this.isUnderstood) return;
    this.isUnderstood = false;
    this.#connectsAnew();
    this.#clock.after(durationMs, () => {
      this.isUnderstood = true;
      this.#connectsAnew();
    });
  }

  #connectsAnew(): void {
    this.silentSinceAt = this.#clock.now;
    this.#isTroubled();
    this.#dropConnection();
    this.wakes();
  }

  announcesReboot(withinMs: number): void {
    this.announcedUntilAt = this.#clock.now + withinMs;
    this.#isTroubled();
    this.#send({ version: 1, type: "leaving", reason: "reboot", returnWithinMs: withinMs });
  }

  /** Boots so fast that nobody saw its old socket die. */
  rebootsFast(): void {
    this.#dropConnection();
    this.#boot();
    this.wakes();
  }

  /** A frame of the control plane that came through. */
  take(message: ControlMessage): void {
    if (!this.isHeard || this.connectionId === null) return;
    switch (message.type) {
      case "propose":
        return this.#send(this.actuator.answer(message));
      case "grant":
        return this.actuator.takeGrant(message.envelope);
      case "outcome-acknowledged":
        return this.actuator.acknowledge(message.sequence);
      case "report-wanted":
        this.#reported = NOTHING_REPORTED;
        return this.wakes();
      case "challenge":
      case "welcome":
      case "trust":
        return;
      case "frame-refused":
        if (message.reason === "version-unsupported") return;
        throw new Error(`Send frame: the shard refused it (${message.reason})`);
    }
  }

  /** Its socket is gone, and it was told so; or it was not, and notices by keepalives that nobody answers. */
  losesSocket(connectionId: string, isTold: boolean): void {
    this.#isTroubled();
    this.#clock.after(isTold ? this.#random.whole(10, 500) : UNANSWERED_AFTER_MS, () => {
      if (this.connectionId !== connectionId) return;
      this.#dropConnection();
      this.wakes();
    });
  }

  /** Since when a service fails without a break; infinity: it does not. */
  failingSinceAt(service: string): number {
    const turned = this.#turned.get(service);
    return turned?.isHealthy === false ? turned.at : Number.POSITIVE_INFINITY;
  }

  /** Everything that no fault gives back by itself is made well. */
  isMended(): void {
    this.hasEcho = false;
    this.isNetworkBad = false;
    // What was told by a wrong clock is told anew.
    if (this.clockErrorMs !== 0) this.#connectsAnew();
    this.clockErrorMs = 0;
    this.actuator.diesAtNextAct = false;
    this.actuator.doRestartsHelp = true;
    this.actuator.doLowerRungsHelp = false;
    for (const service of this.services.values()) if (!service.isHealthy) service.recovers();
  }

  /** Since when a service that has failed is well again; null: it fails, or never did. */
  wellAgainAt(service: string): number | null {
    const turned = this.#turned.get(service);
    return turned?.isHealthy === true ? turned.at : null;
  }

  describeCatalogue() {
    return CATALOGUE.services.map(({ name, unit, actions }) => ({
      service: name,
      title: name,
      unit: unit ?? null,
      actions: actions.map(({ name: action, level, undo }) =>
        undo === undefined ? { action, level } : { action, level, undo },
      ),
    }));
  }

  /** Something may have to be said: the loop runs soon. */
  wakes(): void {
    this.#loopAt(this.#clock.now + this.#random.whole(100, 1_000));
  }

  #addService(name: string): void {
    const service = new SimulatedService(this.#clock, { name });
    let { invocationId } = service.unit;
    service.onChange = () => {
      if (service.unit.invocationId !== invocationId) this.sick.isStartedAnew(name);
      ({ invocationId } = service.unit);
      if (service.isHealthy !== (this.#turned.get(name)?.isHealthy ?? true))
        this.#turned.set(name, { at: this.#clock.now, isHealthy: service.isHealthy });
      this.#isTroubled();
      this.wakes();
    };
    this.services.set(name, service);
  }

  #isTroubled(): void {
    this.troubledAt = this.#clock.now;
  }

  #take(part: Part, change: 1 | -1): void {
    const before = this.lastKeepaliveAt();
    const count = (this.#lacks.get(part) ?? 0) + change;
    if (count > 0) this.#lacks.set(part, count);
    else this.#lacks.delete(part);
    this.#heardLastAt = before;
    this.#isTroubled();
    this.#judgeReach();
  }

  #judgeReach(): void {
    const wasHeard = this.#heardFromAt !== null;
    if (this.isHeard === wasHeard) return;
    this.#heardFromAt = this.isHeard ? this.#clock.now : null;
    if (this.isHeard) return this.wakes();
    this.silentSinceAt = this.#clock.now;
    // A path that comes back before the agent has noticed carries on with the same socket; an agent that died does not.
    if (!this.#lacks.has("link")) return this.#dropConnection();
    if (this.connectionId !== null) this.losesSocket(this.connectionId, false);
  }

  #boot(): void {
    this.#boots += 1;
    this.#bootedAt = this.#clock.now;
    const count = String(this.#boots).padStart(12, "0");
    this.bootId = `00000000-0000-4000-8000-${count}`;
    this.#dropConnection();
    if (this.#boots === 1) return;
    this.actuator.startsAnew();
    for (const service of this.services.values()) {
      service.isRestartedBySomebody();
      service.setUnit({ restartCount: 0 });
    }
  }

  /** What this end gave up stays as it is at the other end until that one notices. */
  #dropConnection(): void {
    if (this.connectionId !== null) {
      this.shard.socketFallsSilent(this.hostId, this.connectionId);
      this.sick.isDisconnected();
    }
    this.connectionId = null;
  }

  #wallAt(at: number): number {
    return at + this.clockErrorMs;
  }

  #loopAt(at: number): void {
    if (this.#nextLoop !== null && this.#nextLoop.at <= at) return;
    this.#nextLoop?.cancel();
    const cancel = this.#clock.at(at, () => {
      this.#nextLoop = null;
      this.#runLoop();
    });
    this.#nextLoop = { at, cancel };
  }

  #runLoop(): void {
    if (!this.isHeard) return;
    const { now } = this.#clock;
    if (this.connectionId === null) {
      this.connectionId = this.shard.connect(this);
      if (this.connectionId === null) return this.#loopAt(now + RECONNECT_AFTER_MS);
      this.#isTroubled();
      this.#lastArrivalAt = now;
      this.#reported = NOTHING_REPORTED;
      this.#outcomesDueAt = now;
      this.sick.isConnectedAnew();
    }
    this.#report();
    this.#tellFacts();
    this.#sendOutcomes();
    let nextAt = Math.min((this.#reported.digestAt ?? now) + DIGEST_EVERY_MS, this.#outcomesDueAt);
    for (const service of this.services.values()) nextAt = Math.min(nextAt, service.nextResultAt() ?? nextAt);
    this.#loopAt(Math.max(nextAt, now + 100));
  }

  #report(): void {
    const { now } = this.#clock;
    const observed = [...this.services.values()].map((service) => service.report());
    const { digest, services, reported } = planReport(observed, this.#reported, now);
    this.#reported = reported;
    if (services.length === 0) return;
    const byHostClock = services.map((report) => ({
      ...report,
      results: report.results.map((result) => ({ ...result, finishedAt: this.#wallAt(result.finishedAt) })),
    }));
    this.#send({ version: 1, type: "report", digest, sentAt: this.#wallAt(now), services: byHostClock });
  }

  #tellFacts(): void {
    const facts = this.sick.takeFacts();
    if (facts.length === 0) return;
    this.#send({ version: 1, type: "facts", sentAt: this.#wallAt(this.#clock.now), facts: [...facts] });
  }

  #sendOutcomes(): void {
    const { now } = this.#clock;
    if (now < this.#outcomesDueAt) return;
    const { outcomes } = this.actuator;
    this.#outcomesDueAt = outcomes.length === 0 ? Number.POSITIVE_INFINITY : now + OUTCOME_AGAIN_MS;
    for (const outcome of outcomes) this.#send({ version: 1, type: "outcome", outcome });
  }

  /** Frames of one connection keep their order; on a bad path they are late, come twice, or break the connection. */
  #send(message: AgentMessage): void {
    const { connectionId } = this;
    if (connectionId === null) return;
    if (!this.isHeard || (this.isNetworkBad && this.#random.isHit(0.1))) {
      this.shard.socketFallsSilent(this.hostId, connectionId);
      return this.losesSocket(connectionId, false);
    }
    const delayMs = this.shard.network.delayMs(this.isNetworkBad);
    this.#lastArrivalAt = Math.max(this.#lastArrivalAt, this.#clock.now + delayMs);
    const arrive = () => this.shard.takeFrame(this, connectionId, message);
    this.#clock.at(this.#lastArrivalAt, arrive);
    if (this.isNetworkBad && this.#random.isHit(0.1)) this.#clock.at(this.#lastArrivalAt + 1, arrive);
  }
}
