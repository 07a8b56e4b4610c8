// Plays an incident file with real actors in workerd instead of a replay's shards and desk. The simulated hosts are the replay's own, but
// what they say goes over real sockets as real frames; people act on the real desk. One virtual clock leads: before anything happens Date
// is set to its instant, afterwards everything under way is awaited, and the actors' alarms are rung at the instants they were set to.
// What a reader would get wrong: a keepalive's instant is the runtime's, by real time, so it is answered here from the simulated host.
import { runInDurableObject } from "cloudflare:test";
import { expect, vi } from "vitest";
import { expectedHeartbeats } from "@countersign/shared/host/heartbeat-spec";
import { NO_RECORDS, recordsFrom, type Records } from "@countersign/shared/values/records";
import { assert, ok } from "@countersign/shared/values/result";
import type { TrustMark } from "@countersign/shared/wire/fleet-trust";
import type { SoftwareAuthenticator } from "../../../control-plane/embedded/story/authenticator.ts";
import { pageSeen } from "../../../control-plane/replay/desk-seen.ts";
import type { Incident, PlannedHost } from "../../../control-plane/replay/file/planned-incident.ts";
import { spanMs } from "../../../control-plane/replay/file/written-times.ts";
import { emptyRecord, type RecordedLiveness } from "../../../control-plane/replay/printed/replay-record.ts";
import { recordSignal, TurnRecorder } from "../../../control-plane/replay/recorded/record-decisions.ts";
import { scheduleStory } from "../../../control-plane/replay/run-replay.ts";
import { type ShardOfHost, SimulatedHost } from "../../../control-plane/replay/world/simulated-host.ts";
import { SimulatedService } from "../../../control-plane/replay/world/simulated-service.ts";
import type { StoryWorld } from "../../../control-plane/replay/world/story-world.ts";
import { VirtualClock } from "../../../control-plane/replay/world/virtual-clock.ts";
import type { DeskEvent } from "../../../control-plane/src/core/desk/desk-event.ts";
import type { Approval } from "../../../control-plane/src/core/desk/records/approval.ts";
import type { Finding } from "../../../control-plane/src/core/desk/records/finding.ts";
import type { Incident as DeskIncident } from "../../../control-plane/src/core/desk/records/incident.ts";
import type { AuditEntry } from "../../../control-plane/src/core/desk/state/desk-state.ts";
import { byPerson } from "../../../control-plane/src/core/words/actor.ts";
import type { IncidentDesk } from "../../../control-plane/src/platform/desk/incident-desk.ts";
import type { HostShard } from "../../../control-plane/src/platform/shard/host-shard.ts";
import { type AgentSocket, desk, dial, type EnrolledHost, enrolledHost, helloOf, shard } from "./fleet.ts";
import { firstPasskey, newestMark } from "./passkeys.ts";
import { until, WorkerdTraffic } from "./workerd-traffic.ts";
import { actOf, type Answer } from "./workerd-words.ts";

/** As in a replay: hosts have been up and well for this long when the story starts. */
const SETTLED_MS = 60_000;
const AUDIT_PART = 1_000;

type Actor = DurableObjectStub<HostShard> | DurableObjectStub<IncidentDesk>;

interface Connected {
  readonly connectionId: string;
  readonly connectedAt: number;
  socket: AgentSocket | null;
  /** of what the socket received, handed to the host */
  taken: number;
}

export class WorkerdStory implements StoryWorld {
  readonly clock: VirtualClock;
  readonly hosts = new Map<string, SimulatedHost>();
  readonly codeChangedAt = new Map<string, number>();
  /** in workerd nobody answers by himself */
  readonly answers = {
    set: () => {
      throw new Error("a story in workerd has its acts written one by one");
    },
  };
  readonly record = emptyRecord();
  readonly desk: StoryWorld["desk"];
  livenesses: RecordedLiveness[] = [];
  readonly #incident: Incident;
  readonly #shard: ShardOfHost;
  readonly #enrolled = new Map<string, EnrolledHost>();
  readonly #connected = new Map<string, Connected>();
  readonly #todo: (() => Promise<void>)[] = [];
  readonly #turns = new TurnRecorder(this.record);
  /** all that there were, those that have left the desk's state too */
  readonly #incidentIds = new Set<string>();
  /** no story here has a rule in shadow */
  readonly #state: {
    approvals: Records<Approval>;
    findings: Records<Finding>;
    incidents: Records<DeskIncident>;
    readonly shadow: Records<never>;
  } = {
    approvals: NO_RECORDS,
    findings: NO_RECORDS,
    incidents: NO_RECORDS,
    shadow: NO_RECORDS,
  };
  readonly #traffic = new WorkerdTraffic();
  readonly #alarms = new Map<string, { readonly at: number; readonly cancel: () => void }>();
  /** those with something under way that was not awaited yet */
  readonly #restless = new Set<"desk" | "shard">();
  #connections = 0;
  /** of who says yes; null: nobody does in this story */
  #passkey: SoftwareAuthenticator | null = null;
  #trust: TrustMark | null = null;

  constructor(incident: Incident) {
    this.#incident = incident;
    this.clock = new VirtualClock(incident.startAt - SETTLED_MS);
    this.#shard = {
      isRunning: true,
      policy: incident.policy,
      knowHost: () => {},
      reachChanged: () => {},
      connect: (host) => this.#connect(host),
      hasSocket: (hostId, connectionId) => this.#hasSocket(hostId, connectionId),
      say: (hostId, message) => void this.#todo.push(async () => this.#send(hostId, message)),
    };
    this.desk = {
      channels: new Map(),
      state: this.#state,
      take: (event) => this.#takeOfPerson(event),
    };
  }

  /** Plays the incident under `policyText` until an instant; then `record` is complete. */
  async play(policyText: string, untilAt: number): Promise<readonly AuditEntry[]> {
    vi.useFakeTimers({ toFake: ["Date"], now: this.clock.now });
    this.#traffic.watch((signals) => {
      this.#restless.add("desk");
      for (const signal of signals) recordSignal(this.record, signal, this.clock.now);
    });
    const act = { text: policyText, expectedVersion: 0, by: byPerson("ada"), why: "" };
    expect(await desk().applyPolicy(act)).toMatchObject({ ok: true });
    await this.#beginTrust();
    for (const plan of this.#incident.hosts) await this.#addHost(plan);
    await this.#answerKeepalives();
    for (const host of this.hosts.values()) host.starts();
    await this.#work();
    await this.#advanceTo(this.#incident.startAt);
    this.livenesses = scheduleStory(this, this.#incident);
    await this.#advanceTo(untilAt);
    await this.#collectPages();
    return this.#audit();
  }

  tell(): void {}

  refuse(refusal: Omit<StoryWorld["record"]["refusals"][number], "at">): void {
    this.record.refusals.push({ at: this.clock.now, ...refusal });
  }

  livenessOf(name: string): string {
    throw new Error(`nobody asks for the liveness of ${name} in a story in workerd`);
  }

  applyPolicy(): void {
    throw new Error("a story in workerd cannot change its policy");
  }

  controlPlaneStops(): void {
    throw new Error("a story in workerd cannot stop the control plane");
  }

  controlPlaneStarts(): void {}

  async #advanceTo(untilAt: number): Promise<void> {
    // Something is always scheduled then, so that no alarm rings on past the end.
    this.clock.at(untilAt, () => {});
    for (let at = this.clock.nextAt; at !== null && at <= untilAt; at = this.clock.nextAt) {
      vi.setSystemTime(at);
      this.clock.runNext(at);
      await this.#work();
    }
    vi.setSystemTime(untilAt);
    this.clock.advanceTo(untilAt);
  }

  /** Does what was asked for at this instant, waits until the actors are still, and looks at what they did. */
  async #work(): Promise<void> {
    if (this.#todo.length === 0) return;
    while (this.#todo.length > 0) await this.#todo.shift()?.();
    await until(() => this.#traffic.framesTaken >= this.#traffic.framesSent);
    if (this.#restless.delete("shard")) await this.#settle(shard());
    const isDeskBusy = this.#restless.has("desk");
    // The desk may have told the shard something, which may have an answer.
    while (this.#restless.delete("desk")) {
      await this.#settle(desk());
      await this.#settle(shard());
    }
    await until(() => this.#received() >= this.#traffic.messagesSent);
    this.#handOver();
    if (isDeskBusy) await this.#look();
  }

  async #settle(stub: Actor): Promise<void> {
    await runInDurableObject(stub as DurableObjectStub<HostShard>, async (instance, { storage }) => {
      await instance.settled();
      this.#arm(stub, await storage.getAlarm());
    });
  }

  /**
   * What `runDurableObjectAlarm` does; alarms of the shard that find nothing, which is what happens most, ring on in the same call. The desk is
   * looked at after each.
   */
  async #ring(stub: Actor): Promise<void> {
    const isDesk = stub.id.equals(desk().id);
    await runInDurableObject(stub as DurableObjectStub<HostShard>, async (instance, { storage }) => {
      let alarmAt: number | null;
      do {
        await storage.deleteAlarm();
        await instance.alarm();
        await instance.settled();
        alarmAt = await storage.getAlarm();
      } while (!isDesk && this.#isNext(alarmAt) && this.#passTo(alarmAt));
      this.#arm(stub, alarmAt);
    });
    if (isDesk) this.#restless.add("desk");
  }

  /** Nothing happens before this alarm. */
  #isNext(alarmAt: number | null): alarmAt is number {
    const isStill = this.#restless.size === 0 && this.#received() >= this.#traffic.messagesSent;
    return isStill && alarmAt !== null && alarmAt < (this.clock.nextAt ?? 0);
  }

  #passTo(at: number): true {
    vi.setSystemTime(at);
    this.clock.advanceTo(at);
    return true;
  }

  #received(): number {
    let count = 0;
    // The challenge is not sent through ShardSockets.send.
    for (const { socket } of this.#connected.values())
      count += Math.max(0, (socket?.received.length ?? 0) - 1);
    return count;
  }

  #handOver(): void {
    for (const [hostId, connected] of this.#connected) {
      const host = [...this.hosts.values()].find((each) => each.hostId === hostId);
      const messages = connected.socket?.received.slice(connected.taken) ?? [];
      connected.taken += messages.length;
      for (const message of messages) host?.take(message);
    }
  }

  async #look(): Promise<void> {
    const { incidents, approvals } = await desk().overview();
    this.#state.incidents = recordsFrom(incidents.map((each) => [each.incidentId, each]));
    this.#state.approvals = recordsFrom(approvals.map((each) => [each.approvalId, each]));
    for (const { incidentId } of incidents) this.#incidentIds.add(incidentId);
    const held = await Promise.all(incidents.map(async ({ incidentId }) => desk().incident(incidentId)));
    const findings = held
      .flatMap((shown) => shown?.findings ?? [])
      .toSorted((left, right) => left.beganAt - right.beganAt);
    this.#state.findings = recordsFrom(findings.map((each) => [each.findingId, each]));
    this.#turns.look(this.#state, this.clock.now);
  }

  #arm(stub: Actor, alarmAt: number | null): void {
    const actor = stub.id.toString();
    const before = this.#alarms.get(actor);
    if (before?.at === alarmAt) return;
    before?.cancel();
    this.#alarms.delete(actor);
    if (alarmAt === null) return;
    const cancel = this.clock.at(alarmAt, () => {
      this.#alarms.delete(actor);
      this.#todo.push(() => this.#ring(stub));
    });
    this.#alarms.set(actor, { at: alarmAt, cancel });
  }

  // The fleet's trust begins with the passkey of who says yes in this story; in one without a yes it never begins.
  async #beginTrust(): Promise<void> {
    const people = new Set(this.#incident.events.flatMap(({ event }) => event.approve?.by ?? []));
    assert(people.size <= 1, "in a story in workerd one person says yes");
    for (const person of people) {
      this.#passkey = await firstPasskey(person);
      this.#trust = await newestMark();
    }
  }

  async #addHost({ name, services, tags }: PlannedHost): Promise<void> {
    const enrolled = await enrolledHost(name);
    const { hostId } = enrolled;
    const parts = { clock: this.clock, shard: this.#shard, hostId, tags, areDigestsLeftOut: true };
    const host = new SimulatedHost(name, parts);
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
    host.signing = { trust: this.#trust };
    this.hosts.set(name, host);
    this.#enrolled.set(hostId, enrolled);
  }

  #connect(host: SimulatedHost): string {
    const { hostId, bootId } = host;
    const enrolled = this.#enrolled.get(hostId);
    assert(enrolled !== undefined, "a host of the story is enrolled");
    const connectionId = `connection-${++this.#connections}`;
    const connected: Connected = { connectionId, connectedAt: this.clock.now, socket: null, taken: 0 };
    this.#connected.set(hostId, connected);
    this.#todo.push(async () => {
      const socket = await dial(enrolled);
      connected.socket = socket;
      const { challenge } = await socket.expect("challenge");
      const signing = { version: 2, ...host.signing };
      const hello = await helloOf(enrolled, challenge, { bootId, signing });
      this.#send(hostId, {
        ...hello,
        hostname: host.name,
        catalogue: host.describeCatalogue(),
        ...(host.tags.length === 0 ? {} : { tags: [...host.tags] }),
      });
      await socket.expect("welcome");
      // Waiting for a message moves the faked Date.
      vi.setSystemTime(this.clock.now);
    });
    return connectionId;
  }

  #hasSocket(hostId: string, connectionId: string): boolean {
    const connected = this.#connected.get(hostId);
    return connected?.connectionId === connectionId && (connected.socket?.closedWith ?? null) === null;
  }

  #send(hostId: string, message: object): void {
    const socket = this.#connected.get(hostId)?.socket;
    assert(socket !== null && socket !== undefined, "a host speaks on a socket");
    expect(socket.closedWith, "a host's socket is open").toBeNull();
    this.#traffic.framesSent += 1;
    this.#restless.add("shard");
    socket.send(message);
  }

  #takeOfPerson(event: DeskEvent): Answer {
    this.#todo.push(async () => {
      const answer = await actOf(event, this.#passkey);
      this.#restless.add("desk");
      if (answer.ok) return;
      const { reason } = answer.error;
      this.refuse({ host: null, service: null, by: "desk", reason, text: reason });
    });
    // What the desk answers is known, and recorded, in a moment.
    return ok(null);
  }

  async #answerKeepalives(): Promise<void> {
    await runInDurableObject(shard() as DurableObjectStub, (_instance, ctx) => {
      vi.spyOn(ctx, "getWebSocketAutoResponseTimestamp").mockImplementation((socket) => {
        const { hostId } = socket.deserializeAttachment() as { hostId: string };
        const host = [...this.hosts.values()].find((each) => each.hostId === hostId);
        const connectedAt = this.#connected.get(hostId)?.connectedAt ?? 0;
        return host === undefined ? null : new Date(host.lastKeepaliveAt(connectedAt));
      });
    });
  }

  async #collectPages(): Promise<void> {
    for (const incidentId of this.#incidentIds) {
      const shown = await desk().incident(incidentId);
      assert(shown !== null, "an incident of the story is kept");
      const incidents = recordsFrom([[incidentId, shown.incident]]);
      for (const page of shown.pages) {
        const { deliveredAt: at, deliveredBy: channel } = page;
        if (at === null || channel === null) continue;
        this.record.pages.push(pageSeen(page, { incidents }, { at, channel }));
      }
    }
    this.record.pages.sort((one, other) => one.at - other.at);
  }

  async #audit(): Promise<readonly AuditEntry[]> {
    const rows = await desk().auditRows({ before: null, limit: AUDIT_PART });
    expect(rows.length, "the whole audit fits one answer").toBeLessThan(AUDIT_PART);
    return rows.toReversed();
  }
}
