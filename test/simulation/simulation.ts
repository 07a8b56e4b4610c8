// One simulated fleet on a virtual clock: hosts, network, shards, desk, pager and people, all driven by one seed; the faults of a plan
// happen to it, and every invariant is held after every step. The first one that breaks ends the run.
import { START_AT, VirtualClock } from "../../control-plane/replay/world/virtual-clock.ts";
import type { Policy } from "../../control-plane/src/policy/policy.ts";
import { type Cores, PRODUCTION_CORES } from "./cores.ts";
import { applyFault } from "./faults/apply-fault.ts";
import type { Fault } from "./faults/fault-schedule.ts";
import { USUAL_POLICY } from "./fleet-policies.ts";
import { allInvariants } from "./invariants/all-invariants.ts";
import { type Invariant, WATCH_EVERY_MS } from "./invariants/invariant.ts";
import { ShardPolicies } from "./ports/shard-calls.ts";
import { SeededRandom } from "./seeded-random.ts";
import { DeskActor } from "./world/desk-actor.ts";
import { Network } from "./world/network.ts";
import type { Observer } from "./world/observer.ts";
import { Pager } from "./world/pager.ts";
import { type KeyedRow, ReadSide } from "./world/read-side.ts";
import { ShardActor } from "./world/shard-actor.ts";
import type { SimulatedFleet } from "./world/simulated-fleet.ts";
import { SimulatedPeople } from "./world/simulated-people.ts";
import { SimulatedVps } from "./world/simulated-vps.ts";

const HOUR_MS = 3_600_000;
const CRON_MS = 60_000;
const POLICY_TOLD_MS = 5_000;
const LIFTED_AFTER_MS = [0, 15, 30, 60].map((minutes) => minutes * 60_000);
const HOSTS_PER_SHARD_MAX = 1_000;
/** After the last fault: windows of an hour, flapping for half an hour, acknowledgements. */
export const REST_HOURS = 3;

/** Everything that makes a run what it is. */
export interface Plan {
  readonly seed: number;
  readonly hours: number;
  readonly hosts: number;
  readonly faults: readonly Fault[];
}

export interface Broken {
  readonly sentence: string;
  readonly what: string;
  readonly step: number;
  /** since the start of the run */
  readonly afterMs: number;
}

export interface RunResult {
  readonly broken: Broken | null;
  readonly steps: number;
  readonly counts: Readonly<
    Record<"shardDecisions" | "deskDecisions" | "executions" | "pages" | "rows", number>
  >;
}

class Violation extends Error {}

export class Simulation implements Observer, SimulatedFleet {
  readonly clock = new VirtualClock(START_AT);
  policy: Policy = USUAL_POLICY;
  readonly network: Network;
  readonly readSide = new ReadSide();
  readonly pager: Pager;
  readonly desk: DeskActor;
  readonly shards: readonly ShardActor[];
  readonly #policies = new ShardPolicies(USUAL_POLICY);
  readonly vpses: readonly SimulatedVps[];
  readonly people: SimulatedPeople;
  readonly random: SeededRandom;
  disturbedUntilAt = 0;
  readonly #plan: Plan;
  readonly #invariants: readonly Invariant[];
  readonly #placed = new Map<string, { readonly vps: SimulatedVps; readonly shard: ShardActor }>();
  readonly #counts = { shardDecisions: 0, deskDecisions: 0, executions: 0, pages: 0, rows: 0 };
  #applied: readonly Policy[] = [];
  #broken: Broken | null = null;
  #steps = 0;
  #ids = 0;

  constructor(plan: Plan, cores: Cores = PRODUCTION_CORES) {
    this.#plan = plan;
    this.#invariants = allInvariants();
    this.random = new SeededRandom(plan.seed, 2);
    const { clock, random } = this;
    const newId = (prefix: string) => `${prefix}_${String(++this.#ids).padStart(22, "0")}`;
    this.network = new Network(clock, random);
    this.pager = new Pager({ clock, random, observer: this });
    const shared = { clock, random, network: this.network, cores, observer: this, newId };
    this.readSide.onRow = (row) => this.rowTaken(row);
    const shardOf = (hostId: string) => this.#placed.get(hostId)?.shard ?? null;
    this.desk = new DeskActor({
      ...shared,
      policy: () => this.policy,
      pager: this.pager,
      shardOf,
      shards: () => this.shards,
      readSide: this.readSide,
      onRowStored: (row) => this.#rowStored(row),
    });
    const shardCount = Math.max(plan.hosts > 4 ? 2 : 1, Math.ceil(plan.hosts / HOSTS_PER_SHARD_MAX));
    this.shards = Array.from(
      { length: shardCount },
      (_, index) =>
        new ShardActor({
          ...shared,
          policies: this.#policies,
          readSide: this.readSide,
          onRowStored: (row) => this.#rowStored(row),
          name: `shard-${index}`,
          receiveSignals: (signals) => this.desk.receiveSignals(`shard-${index}`, signals),
        }),
    );
    this.people = new SimulatedPeople({
      clock,
      random,
      desk: this.desk,
      acknowledgementMs: this.policy.incident.acknowledgementMs,
    });
    this.pager.onArrival = ({ page }) => this.people.receive(page);
    this.vpses = Array.from({ length: plan.hosts }, (_, index) => this.#addVps(index, cores));
  }

  readonly vpsOf = (hostId: string): SimulatedVps | undefined => this.#placed.get(hostId)?.vps;

  /** Runs the whole plan, and then rests; ends early at the first broken invariant. */
  run(): RunResult {
    const endMs = this.#plan.hours * HOUR_MS;
    try {
      for (const { vps, shard } of this.#placed.values()) shard.enrol(vps.hostId, vps.name);
      this.#cron();
      this.#watch();
      for (const fault of this.#plan.faults)
        this.clock.after(fault.afterMs, () =>
          applyFault(this, { ...fault, durationMs: Math.min(fault.durationMs, endMs - fault.afterMs) }),
        );
      this.clock.advance(endMs);
      this.#becomesWell();
      this.clock.advance(REST_HOURS * HOUR_MS);
      this.#hold((invariant) => invariant.atRest?.(this));
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
    }
    return { broken: this.#broken, steps: this.#steps, counts: this.#counts };
  }

  applies(policy: Policy, durationMs: number): void {
    this.#applied = [...this.#applied, policy];
    this.#tellPolicy();
    this.clock.after(durationMs, () => {
      this.#applied = this.#applied.filter((other) => other !== policy);
      this.#tellPolicy();
    });
  }

  #tellPolicy(): void {
    const policy = this.#applied.at(-1) ?? USUAL_POLICY;
    if (policy !== this.policy) this.#policies.apply(policy);
    this.policy = policy;
    this.desk.watch();
    for (const shard of this.shards)
      this.clock.after(this.random.whole(50, POLICY_TOLD_MS), () => shard.hearsPolicy());
  }

  isDisturbed(durationMs: number): void {
    this.disturbedUntilAt = Math.max(this.disturbedUntilAt, this.clock.now + durationMs);
  }

  shardDecided(step: Parameters<Observer["shardDecided"]>[0]): void {
    this.#counts.shardDecisions += 1;
    this.#counts.rows += step.rows.length;
    this.#hold((invariant) => invariant.onShard?.(step, this));
  }

  deskDecided(step: Parameters<Observer["deskDecided"]>[0]): void {
    this.#counts.deskDecisions += 1;
    this.#hold((invariant) => invariant.onDesk?.(step, this));
  }

  executed(execution: Parameters<Observer["executed"]>[0]): void {
    this.#counts.executions += 1;
    this.#hold((invariant) => invariant.onExecution?.(execution, this));
  }

  pageTaken(arrival: Parameters<Observer["pageTaken"]>[0], isSeen: boolean): void {
    if (isSeen) this.#counts.pages += 1;
    this.#hold((invariant) => invariant.onPage?.(arrival, this, isSeen));
  }

  rowTaken(row: KeyedRow): void {
    this.#hold((invariant) => invariant.onRowTaken?.(row));
  }

  threw(error: unknown): void {
    if (error instanceof Violation) throw error;
    this.#break(
      "No step of ours throws",
      error instanceof Error ? (error.stack ?? error.message) : "it threw",
    );
  }

  #hold(ask: (invariant: Invariant) => string | null | undefined): void {
    this.#steps += 1;
    for (const invariant of this.#invariants) {
      const what = ask(invariant);
      if (typeof what === "string") this.#break(invariant.sentence, what);
    }
  }

  #break(sentence: string, what: string): never {
    this.#broken ??= { sentence, what, step: this.#steps, afterMs: this.clock.now - START_AT };
    throw new Violation(sentence);
  }

  #rowStored(row: KeyedRow): void {
    for (const invariant of this.#invariants) invariant.onRowStored?.(row);
  }

  #addVps(index: number, cores: Cores): SimulatedVps {
    const shard = this.shards[index % this.shards.length];
    if (shard === undefined) throw new Error("Place host: there is no shard");
    const { clock, random } = this;
    const vps = new SimulatedVps(`host-${index + 1}`, { clock, random, shard, cores });
    this.#placed.set(vps.hostId, { vps, shard });
    vps.actuator.onExecution = (execution) => this.executed(execution);
    return vps;
  }

  #cron(): void {
    this.desk.watch();
    for (const shard of this.shards) shard.watch();
    this.clock.after(CRON_MS, () => this.#cron());
  }

  #watch(): void {
    this.#hold((invariant) => invariant.onWatch?.(this));
    this.clock.after(WATCH_EVERY_MS, () => this.#watch());
  }

  /** Faults have given back what they took; people mend and lift what is left. */
  #becomesWell(): void {
    this.network.badCallShare = 0;
    this.readSide.isDown = false;
    this.#applied = [];
    this.#tellPolicy();
    for (const shard of this.shards) {
      shard.points.armed = null;
      shard.points.isStorageFailing = false;
    }
    this.desk.points.armed = null;
    this.desk.points.isStorageFailing = false;
    for (const vps of this.vpses) vps.isMended();
    for (const afterMs of LIFTED_AFTER_MS) this.clock.after(afterMs, () => this.#liftFreezes());
  }

  // A rule that was in shadow may freeze when it is in earnest again.
  #liftFreezes(): void {
    for (const { scope } of this.desk.state.freezes.values())
      this.people.pulls("alice", { kind: "lift-freeze", scope, why: "all is well again" });
  }
}
