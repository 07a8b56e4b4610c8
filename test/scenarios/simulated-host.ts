// A host as the control plane meets it: keepalives, reports, an actuator, and everything that can go wrong between them. The agent's
// one loop runs every keepalive period: connect if needed, ping, check, report, hand over outcomes.
import type { ControlMessage } from "@countersign/shared/protocol";
import { proposalText, SimulatedActuator } from "./simulated-actuator.ts";
import type { SimulatedShard } from "./simulated-shard.ts";
import { SimulatedService } from "./simulated-service.ts";
import type { VirtualClock } from "./virtual-clock.ts";

const LOOP_MS = 5_000;
const FRAME_MS = 100;
const DIGEST_EVERY_MS = 15 * 60_000;

export class SimulatedHost {
  readonly name: string;
  readonly hostId: string;
  readonly actuator: SimulatedActuator;
  bootId: string;
  connectionId: string | null = null;
  isPowered = true;
  isAgentAlive = true;
  isReachable = true;
  readonly #services = new Map<string, SimulatedService>();
  readonly #clock: VirtualClock;
  readonly #shard: SimulatedShard;
  #boots = 1;
  #digestDueAt = 0;
  readonly #lastStatus = new Map<string, string>();

  constructor(name: string, parts: { clock: VirtualClock; shard: SimulatedShard; hostId: string }) {
    this.name = name;
    this.hostId = parts.hostId;
    this.#clock = parts.clock;
    this.#shard = parts.shard;
    this.bootId = bootIdOf(1);
    this.actuator = new SimulatedActuator(this.#clock, this.#services);
    this.service("demo");
  }

  service(name: string): SimulatedService {
    const known = this.#services.get(name);
    if (known !== undefined) return known;
    const service = new SimulatedService(name, this.#clock);
    this.#services.set(name, service);
    return service;
  }

  /** Begins the agent's loop at once. */
  starts(): void {
    this.#runLoop();
    this.#clock.every(LOOP_MS, () => (this.#runLoop(), true));
  }

  /** Loses power: no close, nothing answers any more. */
  fallsSilent(): void {
    this.isPowered = false;
  }

  /** Only the agent dies; the host answers from outside. */
  agentDies(): void {
    this.isAgentAlive = false;
  }

  isCutOff(): void {
    this.isReachable = false;
  }

  /** Power, agent and network are back. A host that had lost power has booted anew. */
  returns(): void {
    if (!this.isPowered) this.#boot();
    this.isPowered = true;
    this.isAgentAlive = true;
    this.isReachable = true;
  }

  /** Boots anew so fast that nobody saw its old socket die. */
  rebootsFast(): void {
    this.#boot();
  }

  /** Another machine with the same key and another boot. */
  clone(): SimulatedHost {
    const clone = new SimulatedHost(this.name, {
      clock: this.#clock,
      shard: this.#shard,
      hostId: this.hostId,
    });
    clone.bootId = bootIdOf(99);
    return clone;
  }

  /** A frame of the control plane; the network takes its time. */
  take(message: ControlMessage): void {
    this.#clock.after(FRAME_MS, () => {
      if (this.#isOnline()) this.#takeNow(message);
    });
  }

  describeCatalogue() {
    return [...this.#services.values()].map(({ name }) => ({
      service: name,
      title: name,
      unit: `${name}.service`,
      actions: [{ action: "restart", level: 4 }],
    }));
  }

  #boot(): void {
    this.#boots += 1;
    this.bootId = bootIdOf(this.#boots);
    this.connectionId = null;
  }

  #isOnline(): boolean {
    return this.isPowered && this.isAgentAlive && this.isReachable && this.connectionId !== null;
  }

  #runLoop(): void {
    if (!this.isPowered || !this.isAgentAlive || !this.isReachable || !this.#shard.isRunning) return;
    if (this.connectionId === null || !this.#shard.hasSocket(this.hostId, this.connectionId)) {
      this.connectionId = this.#shard.connect(this);
      if (this.connectionId === null) return;
      this.#digestDueAt = this.#clock.now;
    }
    this.#shard.keepAlive(this.hostId);
    this.#report();
    for (const outcome of this.actuator.outcomes)
      this.#send(() => this.#shard.take({ kind: "outcome", hostId: this.hostId, outcome }));
  }

  /** Changes at once, every result while unhealthy, and a digest now and then. */
  #report(): void {
    const isDigest = this.#clock.now >= this.#digestDueAt;
    if (isDigest) this.#digestDueAt = this.#clock.now + DIGEST_EVERY_MS;
    const services = [...this.#services.values()].filter((service) => {
      const status = `${service.isHealthy} ${service.unit.invocationId}`;
      const isNews = this.#lastStatus.get(service.name) !== status || !service.isHealthy;
      this.#lastStatus.set(service.name, status);
      return isDigest || isNews;
    });
    if (services.length === 0) return;
    const reports = services.map((service) => service.report());
    this.#send(() =>
      this.#shard.take({ kind: "reported", hostId: this.hostId, digest: isDigest, services: reports }),
    );
  }

  #takeNow(message: ControlMessage): void {
    switch (message.type) {
      case "propose":
        return this.#propose(message.requestId, message.service, message.action);
      case "grant":
        return this.actuator.takeGrant(message.envelope);
      case "outcome-acknowledged":
        return this.actuator.acknowledge(message.sequence);
      case "challenge":
      case "welcome":
      case "report-wanted":
    }
  }

  #propose(requestId: string, name: string, action: string): void {
    const { hostId, bootId } = this;
    const refusal = this.actuator.refusesProposalsFor;
    if (refusal !== null)
      return this.#send(() => this.#shard.take({ kind: "proposal-refused", hostId, requestId, refusal }));
    const proposal = this.actuator.mint({ hostId, bootId }, this.service(name), action);
    this.#send(() =>
      this.#shard.take({
        kind: "proposed",
        hostId,
        requestId,
        proposal: proposalText(proposal),
        service: name,
        invocationId: proposal.unitState.invocationId,
      }),
    );
  }

  #send(deliver: () => void): void {
    this.#clock.after(FRAME_MS, () => {
      if (this.#isOnline() && this.#shard.isRunning) deliver();
    });
  }
}

function bootIdOf(count: number): string {
  return `00000000-0000-4000-8000-${String(count).padStart(12, "0")}`;
}
