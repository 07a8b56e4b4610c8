// A shard of a replay: the shell of production over ports in memory, and what the world does to it (it stops, it starts again).
import { ok, type Result } from "@countersign/shared/values/result";
import type { AgentMessage } from "@countersign/shared/wire/protocol";
import type { HostState, PendingGrant } from "../../src/core/shard/host/shard-state.ts";
import type { ShardEffect } from "../../src/core/words/effects.ts";
import type { WordToShard } from "../../src/core/words/shard-word.ts";
import type { Signal } from "../../src/core/words/signal.ts";
import type { Policy } from "../../src/policy/policy.ts";
import type { Answered } from "../../src/shell/ports.ts";
import { ShardArrivals } from "../../src/shell/shard/shard-arrivals.ts";
import type { ShardPorts } from "../../src/shell/shard/shard-ports.ts";
import { type SavedDecision, type ShardOptions, ShardShell } from "../../src/shell/shard/shard-shell.ts";
import { memoryShardPorts } from "../ports/memory-shard-ports.ts";
import { MemorySockets } from "../ports/memory-sockets.ts";
import { VirtualAlarm } from "../ports/virtual-alarm.ts";
import type { ToldShard } from "./memory-desk.ts";
import type { ShardOfHost, SimulatedHost } from "./simulated-host.ts";
import type { VirtualClock } from "./virtual-clock.ts";

const SECOND_OPINION_MS = 1_000;

export class ReplayShard implements ShardOfHost, ToldShard {
  isRunning = true;
  /** decisions made */
  decisionCount = 0;
  readonly #name: string;
  readonly #onSignal: (signal: Signal) => void;
  readonly #options: Pick<ShardOptions, "judgesAll">;
  readonly #clock: VirtualClock;
  readonly #hosts = new Map<string, SimulatedHost>();
  readonly #sockets: MemorySockets<SimulatedHost>;
  readonly #alarm: VirtualAlarm;
  readonly #ports: ShardPorts;
  #shell: ShardShell;
  #arrivals: ShardArrivals;
  #policy: Policy;
  #policyVersion = 0;
  #connections = 0;
  /** counts the lives of the shell: an answer to an earlier one is heard by nobody */
  #life = 0;

  constructor(parts: {
    readonly clock: VirtualClock;
    readonly policy: Policy;
    readonly name?: string;
    /** hears of each signal when it is decided */
    readonly onSignal?: (signal: Signal) => void;
    /** every sweep judges all hosts, whether they are due or not: to prove that it makes no difference */
    readonly judgesAll?: true;
    /** the desk's call */
    readonly tellDesk: (signals: readonly Signal[], answered: Answered<void>) => void;
  }) {
    this.#name = parts.name ?? "shard-0";
    this.#onSignal = parts.onSignal ?? (() => {});
    this.#options = parts.judgesAll === undefined ? {} : { judgesAll: parts.judgesAll };
    this.#clock = parts.clock;
    this.#policy = parts.policy;
    this.#sockets = new MemorySockets(parts.clock);
    this.#alarm = new VirtualAlarm(parts.clock, (scheduledAt) => this.#shell.ring(scheduledAt));
    this.#ports = memoryShardPorts({
      clock: parts.clock,
      alarm: this.#alarm,
      sockets: this.#sockets,
      policy: () => this.#policy,
      calls: {
        tellDesk: (_shard, signals, answered) => parts.tellDesk(signals, this.#inThisLife(answered)),
        // What is in force is told.
        askPolicy: () => {},
        askTrust: () => {},
        fetchTrust: () => {},
        askSecondOpinion: ({ address }, answered) => this.#askSecondOpinion(address, answered),
      },
    });
    [this.#shell, this.#arrivals] = this.#begin();
  }

  get policy(): Policy {
    return this.#policy;
  }

  get shell(): ShardShell {
    return this.#shell;
  }

  enrol(hostId: string, name: string): void {
    this.#shell.enrol({ shard: this.#name, hostId, name, publicKey: hostId });
  }

  hostState(hostId: string): HostState | null {
    return this.#shell.state.hosts.get(hostId) ?? null;
  }

  /** From now on this policy holds. */
  applyPolicy(policy: Policy): void {
    this.#policy = policy;
    this.#policyVersion += 1;
    if (this.isRunning) this.#tellPolicy();
  }

  /** A host that begins: it is told when the control plane is back. */
  knowHost(host: SimulatedHost): void {
    this.#hosts.set(host.hostId, this.#hosts.get(host.hostId) ?? host);
  }

  /** Whether a host's keepalives arrive has changed. */
  reachChanged({ hostId }: SimulatedHost): void {
    this.#sockets.reachChanged(hostId);
  }

  /** The hello of a host that has proven its key; null: refused, because another boot is live. */
  connect(host: SimulatedHost): string | null {
    const { hostId, bootId, name } = host;
    if (!this.#arrivals.makesRoom(hostId, bootId)) return null;
    const connectionId = `connection-${++this.#connections}`;
    const connection = {
      connectionId,
      bootId,
      connectedAt: this.#clock.now,
      agentVersion: "0.1.0",
      hostname: name,
      address: hostId,
      probePort: 22,
      catalogue: host.describeCatalogue(),
      ...(host.tags.length === 0 ? {} : { tags: host.tags }),
      ...(host.signing === null ? {} : { signing: host.signing }),
    };
    this.#sockets.open(hostId, host, connection);
    this.#arrivals.greet(hostId, connection, { addressGroup: "", lastSeenAt: null });
    return connectionId;
  }

  hasSocket(hostId: string, connectionId: string): boolean {
    return this.#sockets.has(hostId, connectionId);
  }

  /** A host says something on its socket. */
  say(hostId: string, message: AgentMessage): void {
    const taken: Result<null, { readonly reason: string }> = this.#arrivals.takeMessage(hostId, message);
    if (!taken.ok) throw new Error(`Take message of ${hostId}: ${taken.error.reason}`);
  }

  takeGrant(grant: PendingGrant): void {
    this.#shell.take({ kind: "grant-issued", grant });
  }

  takeWord(word: WordToShard): void {
    switch (word.kind) {
      case "pulled":
        return this.#shell.pullFreeze(word);
      case "lifted":
        return this.#shell.liftFreeze(word);
      case "asked":
        return this.#shell.askFor(word);
      case "retired":
        return this.#shell.retire(word);
    }
  }

  /** A deploy or crash of ours: all sockets end, no alarm rings. */
  stops(): void {
    this.#shell.endsLife();
    this.#life += 1;
    this.isRunning = false;
    this.#alarm.pause();
    this.#sockets.clear();
  }

  startsAgain(): void {
    this.isRunning = true;
    [this.#shell, this.#arrivals] = this.#begin();
    this.#shell.wake();
    this.#alarm.resume();
    this.#tellPolicy();
    for (const host of this.#hosts.values()) host.wakes();
  }

  #begin(): readonly [ShardShell, ShardArrivals] {
    const onSaved = ({ effects }: SavedDecision) => this.#note(effects);
    const shell = new ShardShell(this.#ports, { onSaved, ...this.#options });
    return [shell, new ShardArrivals(shell, this.#ports)];
  }

  #note(effects: readonly ShardEffect[]): void {
    this.decisionCount += 1;
    for (const effect of effects) if (effect.kind === "signal") this.#onSignal(effect.signal);
  }

  #tellPolicy(): void {
    if (this.#policyVersion > 0)
      this.#shell.takePolicy({ version: this.#policyVersion, hash: "", text: String(this.#policyVersion) });
  }

  #askSecondOpinion(hostId: string, answered: Answered<"answers" | "refused" | "no-answer">): void {
    const hear = this.#inThisLife(answered);
    this.#clock.after(SECOND_OPINION_MS, () =>
      hear(ok(this.#hosts.get(hostId)?.answersProbe === true ? "answers" : "no-answer")),
    );
  }

  #inThisLife<T>(answered: Answered<T>): Answered<T> {
    const life = this.#life;
    return (answer) => {
      if (life === this.#life) answered(answer);
    };
  }
}
