// The world of one replay: the hosts of the file, shards of at most a thousand of them, one desk, on one virtual clock; the deciding
// is done by the very decideShard and decideDesk of production. Everything decided is recorded.
import { expectedHeartbeats } from "@countersign/shared/host/heartbeat-spec";
import { sha256Hex } from "@countersign/shared/values/digest";
import { HOSTS_PER_SHARD_MAX } from "@countersign/shared/values/limits";
import type { ShadowFinding } from "../../src/core/desk/records/shadow-finding.ts";
import type { Signal } from "../../src/core/words/signal.ts";
import { placeNameOf, serviceOf } from "../../src/core/words/subject.ts";
import type { Policy } from "../../src/policy/policy.ts";
import { changed, pageSeen } from "../desk-seen.ts";
import type { Incident, PlannedHost } from "../file/planned-incident.ts";
import { spanMs } from "../file/written-times.ts";
import {
  emptyRecord,
  LINES_MAX,
  type RecordedLine,
  type RecordedPage,
  type ReplayRecord,
} from "../printed/replay-record.ts";
import { recordSignal, TurnRecorder } from "../recorded/record-decisions.ts";
import { DrillRecorder } from "../recorded/record-drills.ts";
import { type DeliveredPage, MemoryDesk } from "./memory-desk.ts";
import { ReplayShard } from "./replay-shard.ts";
import { SimulatedHost } from "./simulated-host.ts";
import { SimulatedService } from "./simulated-service.ts";
import { StandingAnswers } from "./standing-answers.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** Hosts have been up and well for this long when the story starts. */
const SETTLED_MS = 60_000;

export class ReplayWorld {
  readonly clock: VirtualClock;
  readonly desk: MemoryDesk;
  readonly shards: readonly ReplayShard[];
  readonly hosts = new Map<string, SimulatedHost>();
  readonly record: ReplayRecord = emptyRecord();
  /** when the code on disk of a service changed last, by host and service */
  readonly codeChangedAt = new Map<string, number>();
  /** who acknowledges how soon */
  readonly answers: StandingAnswers;
  /** every line of the story as it is told */
  onLine: (line: RecordedLine) => void = () => {};
  /** in `shards`, by host */
  readonly #shardIndexes = new Map<string, number>();
  readonly #turns = new TurnRecorder(this.record);
  readonly #drills = new DrillRecorder(this.record);
  readonly #shadowed = new Set<string>();
  /** by key */
  readonly #pages = new Map<string, RecordedPage>();

  constructor(incident: Incident) {
    this.clock = new VirtualClock(incident.startAt - SETTLED_MS);
    this.desk = new MemoryDesk({ clock: this.clock, policy: incident.policy });
    const shardCount = Math.ceil(incident.hosts.length / HOSTS_PER_SHARD_MAX);
    this.shards = Array.from({ length: shardCount }, (_, index) => this.#newShard(index, incident.policy));
    this.answers = new StandingAnswers(this);
    this.desk.shardNameOf = (hostId) => shardName(this.#shardIndexes.get(hostId) ?? 0);
    this.desk.onPage = (page) => this.#recordPage(page);
    this.desk.onDecision = () => {
      this.#turns.look(this.desk.state, this.clock.now);
      this.#drills.look(this.desk.state, this.clock.now);
      this.#recordShadow();
    };
    incident.hosts.forEach((host, index) => this.#addHost(host, index));
    this.clock.advanceTo(incident.startAt);
  }

  applyPolicy(policy: Policy): void {
    this.desk.policy = policy;
    for (const shard of this.shards) shard.applyPolicy(policy);
    this.desk.take({ kind: "tick" });
  }

  controlPlaneStops(): void {
    if (!this.desk.isRunning) return;
    for (const shard of this.shards) shard.stops();
    this.desk.stops();
  }

  controlPlaneStarts(): void {
    if (this.desk.isRunning) return;
    for (const shard of this.shards) shard.startsAgain();
    this.desk.startsAgain();
  }

  /** Adds a line to the story. */
  tell(who: RecordedLine["who"], text: string): void {
    if (this.record.lines.length >= LINES_MAX) {
      this.record.linesLeftOut += 1;
      return;
    }
    const line = { at: this.clock.now, who, text };
    this.record.lines.push(line);
    this.onLine(line);
  }

  refuse(refusal: Omit<ReplayRecord["refusals"][number], "at">): void {
    this.record.refusals.push({ at: this.clock.now, ...refusal });
  }

  livenessOf(name: string): string {
    const hostId = this.hosts.get(name)?.hostId ?? "";
    return this.shards[this.#shardIndexes.get(hostId) ?? 0]?.hostState(hostId)?.liveness ?? "unknown";
  }

  #newShard(index: number, policy: Policy): ReplayShard {
    const name = shardName(index);
    const shard = new ReplayShard({
      clock: this.clock,
      policy,
      name,
      onSignal: (signal) => this.#recordSignal(signal),
      tellDesk: (signals, answered) => this.desk.receiveSignals(name, signals, answered),
    });
    this.desk.shards.set(name, shard);
    return shard;
  }

  #recordSignal(signal: Signal): void {
    recordSignal(this.record, signal, this.clock.now);
    if (signal.kind !== "note") return;
    const place = signal.subject === null ? "fleet" : placeNameOf(signal.subject);
    this.tell("history", `${place}: ${signal.text}`);
  }

  #addHost({ name, services, tags }: PlannedHost, index: number): void {
    const shardIndex = Math.floor(index / HOSTS_PER_SHARD_MAX);
    const shard = this.shards[shardIndex];
    if (shard === undefined) return;
    const hostId = `host_${sha256Hex(new TextEncoder().encode(name)).slice(0, 32)}`;
    const host = new SimulatedHost(name, {
      clock: this.clock,
      shard,
      hostId,
      tags,
      areDigestsLeftOut: true,
    });
    for (const { name: service, unit, actions, checks, heartbeats, type, triggeredBy } of services)
      host.addService(
        new SimulatedService(this.clock, {
          name: service,
          ...(unit === undefined ? {} : { unitName: unit }),
          kind: { type, triggeredBy },
          actions: actions.map(({ name: action, level }) => ({ action, level })),
          checks: checks.map(({ every, ...check }) => ({ ...check, everyMs: spanMs(every) })),
          heartbeats: expectedHeartbeats(heartbeats),
        }),
      );
    host.actuator.onExecution = (service, action) => {
      this.record.actions.push({ at: this.clock.now, host: name, service, action });
    };
    this.hosts.set(name, host);
    this.#shardIndexes.set(hostId, shardIndex);
    shard.enrol(hostId, name);
    host.starts();
  }

  #recordPage({ page, channel, at }: DeliveredPage): void {
    const known = this.#pages.get(page.key);
    if (known !== undefined) {
      if (!known.channels.includes(channel)) known.channels.push(channel);
      return;
    }
    const seen = pageSeen(page, this.desk.state, { at, channel });
    this.#pages.set(page.key, seen);
    this.record.pages.push(seen);
    this.#drills.arrived(seen, this.desk.state);
    this.answers.hear(seen);
  }

  #recordShadow(): void {
    const { shadow, shadowCounts } = this.desk.state;
    const changedIds = shadowChanged(shadow).take();
    if (changedIds.length === 0) return;
    this.record.shadowCounts = shadowCounts.values();
    for (const id of changedIds) {
      const finding = shadow.get(id);
      if (finding === undefined || this.#shadowed.has(id)) continue;
      this.#shadowed.add(id);
      const { firedAt: at, findingId, signal } = finding;
      const { reason, severity, subject, title } = signal;
      const [host, service] = [placeNameOf(subject), serviceOf(subject)];
      this.record.findings.push({ at, findingId, reason, host, service, severity, title });
    }
  }
}

const shadowChanged = changed<ShadowFinding>();

function shardName(index: number): string {
  return `shard-${index}`;
}
