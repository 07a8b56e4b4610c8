// What each kind of fault does to the world. All of them give back what they took when their time is over.
import { namesOf } from "@countersign/shared/values/named";
import type { SimulatedService } from "../../../control-plane/replay/world/simulated-service.ts";
import { byPerson } from "../../../control-plane/src/core/words/actor.ts";
import { SeededRandom } from "../seeded-random.ts";
import type { ChannelFault } from "../world/pager.ts";
import type { SimulatedFleet } from "../world/simulated-fleet.ts";
import { signGrant } from "../world/simulated-signature.ts";
import type { SimulatedVps } from "../world/simulated-vps.ts";
import { SERVICE_NAMES } from "../world/vps-catalogue.ts";
import { type Ailment, type AilmentKind, AILMENTS, PROVIDER_AILMENT } from "./ailments.ts";
import { applyToPeople, PEOPLE_KINDS, type PeopleKind } from "./apply-people-fault.ts";
import type { CrashPoints } from "./crash-points.ts";
import type { Fault, FaultKind, FaultOf } from "./fault-schedule.ts";

const FLAP_MEAN_MS = 40_000;
const EFFECTS_COUNTED_MAX = 6;
const DEPLOY_LOSES_SOCKETS = { isSocketLost: true, isNewVersion: true };

const HOST_KINDS = [
  "host-reboots",
  "host-dies",
  "host-reboots-announced",
  "host-reboots-fast",
  "agent-dies",
  "host-is-cut-off",
  "fleet-is-parted",
  "host-network-is-bad",
  "host-clock-is-wrong",
  "host-is-not-understood",
  "actuator-dies-at-next-act",
  "grants-come-twice",
  "grant-is-forged",
  "provider-fails",
] as const;
const SERVICE_KINDS = [
  "service-fails",
  "service-fails-until-restarted",
  "service-flaps",
  "service-is-restarted",
  "restarts-stop-helping",
  "lower-rungs-help",
] as const;
const AILMENT_KINDS = Object.keys(AILMENTS) as readonly AilmentKind[];

type HostKind = (typeof HOST_KINDS)[number];
type ServiceKind = (typeof SERVICE_KINDS)[number];
type ControlKind = Exclude<FaultKind, HostKind | ServiceKind | PeopleKind | AilmentKind>;

/** Makes one fault happen now. */
export function applyFault(simulation: SimulatedFleet, fault: Fault): void {
  const vps = at(simulation.vpses, fault.target);
  const { kind } = fault;
  if (isOf(HOST_KINDS, kind)) return applyToHost(simulation, vps, { ...fault, kind });
  if (isOf(SERVICE_KINDS, kind)) return applyToService(simulation, vps, { ...fault, kind });
  if (isOf(AILMENT_KINDS, kind)) return fallSick(simulation, vps, { ...fault, kind });
  if (isOf(PEOPLE_KINDS, kind)) return applyToPeople(simulation, vps, { ...fault, kind });
  applyToControlPlane(simulation, { ...fault, kind });
}

// What is judged by what it was before begins when that can be heard.
function fallSick(
  { clock, disturbedUntilAt }: SimulatedFleet,
  vps: SimulatedVps,
  fault: FaultOf<AilmentKind>,
): void {
  const ailment: Ailment = AILMENTS[fault.kind];
  const falls = () => vps.sick.fallsSick(serviceNameOf(fault), ailment, fault.durationMs);
  if (ailment.isJudgedByChange !== true || disturbedUntilAt < clock.now) return falls();
  clock.after(disturbedUntilAt - clock.now + 1, falls);
}

function applyToHost(simulation: SimulatedFleet, vps: SimulatedVps, fault: FaultOf<HostKind>): void {
  const { durationMs, manner } = fault;
  switch (fault.kind) {
    case "host-reboots":
    case "host-dies":
      return vps.reboots(durationMs);
    case "host-reboots-announced": {
      const withinMs = Math.floor(60_000 + manner * 240_000);
      vps.announcesReboot(withinMs);
      return void simulation.clock.after(1_000, () => vps.reboots(durationMs));
    }
    case "host-reboots-fast":
      return vps.rebootsFast();
    case "agent-dies":
      return vps.lacks("agent", durationMs);
    case "host-is-cut-off":
      return vps.lacks("link", durationMs);
    case "fleet-is-parted": {
      const random = new SeededRandom(fault.index, 3);
      for (const other of simulation.vpses) if (random.isHit(manner)) other.lacks("link", durationMs);
      return;
    }
    case "host-network-is-bad":
      vps.isNetworkBad = true;
      return after(simulation, fault, () => (vps.isNetworkBad = false));
    case "host-is-not-understood":
      return vps.isNotUnderstoodFor(durationMs);
    case "host-clock-is-wrong":
      vps.clockErrorMs = Math.floor((manner - 0.5) * 7_200_000);
      return after(simulation, fault, () => (vps.clockErrorMs = 0));
    case "actuator-dies-at-next-act":
      vps.actuator.diesAtNextAct = true;
      return after(simulation, fault, () => (vps.actuator.diesAtNextAct = false));
    case "grants-come-twice":
      vps.hasEcho = true;
      return after(simulation, fault, () => (vps.hasEcho = false));
    case "grant-is-forged":
      return forge(simulation, vps);
    case "provider-fails":
      return failProvider(simulation, fault);
  }
}

// It fails for some hosts; for half of them so that their checks fail too.
function failProvider({ clock, vpses }: SimulatedFleet, { durationMs, index, manner }: Fault): void {
  const random = new SeededRandom(index, 4);
  for (const { services, sick } of vpses) {
    if (!random.isHit(0.3 + manner * 0.7)) continue;
    const name = random.oneOf(SERVICE_NAMES);
    sick.fallsSick(name, PROVIDER_AILMENT, durationMs);
    const service = services.get(name);
    if (service === undefined || random.isHit(0.5)) continue;
    clock.after(random.whole(0, 60_000), () => service.fails());
    clock.after(durationMs, () => service.recovers());
  }
}

function serviceNameOf({ manner }: Fault): (typeof SERVICE_NAMES)[number] {
  return SERVICE_NAMES[manner < 0.5 ? 0 : 1];
}

function applyToService(simulation: SimulatedFleet, vps: SimulatedVps, fault: FaultOf<ServiceKind>): void {
  const service = vps.services.get(serviceNameOf(fault));
  if (service === undefined) return;
  switch (fault.kind) {
    case "service-fails":
      service.fails();
      return after(simulation, fault, () => service.recovers());
    case "service-fails-until-restarted":
      return service.fails();
    case "service-flaps":
      return flap(simulation, service, simulation.clock.now + fault.durationMs);
    case "service-is-restarted":
      return service.isRestartedBySomebody({ isCounted: fault.target < 0.5 });
    case "lower-rungs-help":
      vps.actuator.doLowerRungsHelp = true;
      return after(simulation, fault, () => (vps.actuator.doLowerRungsHelp = false));
    case "restarts-stop-helping":
      vps.actuator.doRestartsHelp = false;
      return after(simulation, fault, () => (vps.actuator.doRestartsHelp = true));
  }
}

function applyToControlPlane(simulation: SimulatedFleet, fault: FaultOf<ControlKind>): void {
  const { desk, network, shards } = simulation;
  const { durationMs } = fault;
  const shard = at(shards, fault.target);
  // D1 may be down for a day: nothing that is held here may depend on it.
  if (fault.kind !== "database-is-down") simulation.isDisturbed(durationMs);
  switch (fault.kind) {
    case "shard-crashes":
      return armCrash(simulation, shard.points, fault);
    case "desk-crashes":
      return armCrash(simulation, desk.points, fault);
    case "shard-is-evicted":
      return shard.isEvicted();
    case "shard-storage-fails":
      return failStorage(simulation, shard.points, fault);
    case "desk-storage-fails":
      return failStorage(simulation, desk.points, fault);
    case "desk-is-hard-to-reach":
      network.badCallShare = fault.manner;
      return after(simulation, fault, () => (network.badCallShare = 0));
    case "database-is-down":
      simulation.readSide.isDown = true;
      return after(simulation, fault, () => (simulation.readSide.isDown = false));
    case "redeploy":
    case "control-plane-is-down":
      for (const each of shards) each.stops({ downMs: durationMs, ...DEPLOY_LOSES_SOCKETS });
      return desk.stops(durationMs);
    case "channel-fails":
    case "channel-hangs":
    case "channel-swallows":
      return breakChannel(simulation, fault);
  }
}

// The crash comes at the next decision; one that did not come by then does not come at all.
function armCrash(simulation: SimulatedFleet, points: CrashPoints, fault: Fault): void {
  points.armed = Math.floor(fault.manner * (EFFECTS_COUNTED_MAX + 1)) - 1;
  after(simulation, { ...fault, durationMs: fault.durationMs + 60_000 }, () => (points.armed = null));
  simulation.isDisturbed(fault.durationMs + 60_000);
}

function failStorage(simulation: SimulatedFleet, points: CrashPoints, fault: Fault): void {
  points.isStorageFailing = true;
  after(simulation, fault, () => (points.isStorageFailing = false));
}

function breakChannel({ pager, policy }: SimulatedFleet, { durationMs, kind, target }: Fault): void {
  const channels = namesOf(policy.channels);
  const how = kind.slice("channel-".length) as ChannelFault;
  // One channel or all of them.
  const broken = target < 0.4 ? channels : [at(channels, (target - 0.4) / 0.6)];
  for (const channel of broken) pager.breaks(channel, how, durationMs);
}

function flap(simulation: SimulatedFleet, service: SimulatedService, untilAt: number): void {
  const { clock, random } = simulation;
  if (clock.now >= untilAt) return service.recovers();
  if (service.isHealthy) service.fails();
  else service.recovers();
  clock.after(random.pauseMs(FLAP_MEAN_MS), () => flap(simulation, service, untilAt));
}

// Whoever holds the control plane, and not the desk's key: an approval that nobody gave, or one that was given, signed anew.
function forge({ desk }: SimulatedFleet, vps: SimulatedVps): void {
  const approval = desk.state.approvals.values().find(({ subject }) => subject.hostId === vps.hostId);
  if (approval === undefined) return;
  const given = { ...approval, grantId: `grt_${"f".repeat(22)}`, decidedBy: byPerson("alice") };
  const envelope = signGrant(
    { ...given, decidedAt: approval.requestedAt, grantExpiresAt: approval.requestedAt + 3_600_000 },
    null,
    "guessed",
  );
  vps.shard.forge(vps.hostId, JSON.stringify(envelope));
}

function isOf<K extends FaultKind>(kinds: readonly K[], kind: FaultKind): kind is K {
  return (kinds as readonly FaultKind[]).includes(kind);
}

function after({ clock }: SimulatedFleet, { durationMs }: Fault, undo: () => void): void {
  clock.after(durationMs, undo);
}

function at<T>(items: readonly T[], fraction: number): T {
  const item = items[Math.min(items.length - 1, Math.floor(fraction * items.length))];
  if (item === undefined) throw new Error("Choose a target: there is none");
  return item;
}
