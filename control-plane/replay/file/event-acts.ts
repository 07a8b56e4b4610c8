// Makes the events of an incident file happen in the replay's world: to a host, to a service, by a person, to ourselves.
// Every restart shows in the unit; one whose doer is known is told as a fact too, and the rules count the two as one.
import type { Fact } from "@countersign/shared/wire/fact";
import type { SimulatedHost } from "../world/simulated-host.ts";
import type { SimulatedService } from "../world/simulated-service.ts";
import type { StoryWorld } from "../world/story-world.ts";
import { factOf } from "./event-facts.ts";
import type { IncidentEvent } from "./event-format.ts";
import { actOfPerson } from "./person-acts.ts";
import type { PlannedEvent } from "./planned-incident.ts";
import { spanMs } from "./written-times.ts";

const REDEPLOY_MS = 5_000;
/** How often the agent reads a ledger. */
const LEDGER_EVERY_MS = 5_000;

/** Makes an event of the whole world happen. */
export function happenToFleet(world: StoryWorld, planned: PlannedEvent): void {
  const { event, policy } = planned;
  if (policy !== null) world.applyPolicy(policy);
  if (event.channel !== undefined) world.desk.channels.set(event.channel.name, event.channel.state);
  if (event.controlPlane !== undefined) changeControlPlane(world, event.controlPlane, planned.place);
  if (event.answers !== undefined) world.answers.set(...answerOf(event.answers, planned.place));
  if (planned.hosts.length === 0) actOfPerson(world, planned, null);
}

function answerOf(
  answers: NonNullable<IncidentEvent["answers"]>,
  place: number,
): Parameters<StoryWorld["answers"]["set"]> {
  const { after, by } = typeof answers === "string" ? { after: answers, by: null } : answers;
  return [by, { afterMs: after === "never" ? null : spanMs(after), place }];
}

/** Makes an event happen to one host. */
export function happenToHost(world: StoryWorld, event: PlannedEvent, host: SimulatedHost): void {
  const planned = event.services === null ? event : onHost(event, event.services.get(host.name) ?? null);
  switch (planned.verb) {
    case "keepalives":
      return changeReach(host, planned);
    case "leaves":
      return leave(host, planned);
    case "actuator":
      return changeActuator(host, planned);
    case "check":
      return changeCheck(host.services.get(planned.service ?? ""), planned);
    case "unit":
      changeUnit(world, host.services.get(planned.service ?? ""), planned);
      return tell(world, host, planned);
    case "restart":
      return restart(world, host, planned);
    case "request":
      return requestAction(world, host, planned);
    case "codeChanged":
      world.codeChangedAt.set(keyOf(host, planned), world.clock.now);
      return tell(world, host, planned);
    case "session":
      return runSession(world, host, planned);
    case "approve":
    case "deny":
    case "acknowledge":
    case "freeze":
    case "unfreeze":
    case "silence":
    case "falseAlarm":
      return actOfPerson(world, planned, host);
    case "work":
    case "reading":
    case "latency":
    case "pressure":
    case "fallback":
    case "credential":
    case "credentialUse":
    case "configChanged":
    case "identity":
    case "provider":
    case "privilege":
    case "attempt":
    case "drill":
    case "heartbeat":
    case "log":
      return tell(world, host, planned);
    case "answers":
    case "policy":
    case "channel":
    case "controlPlane":
    case "note":
  }
}

function onHost(planned: PlannedEvent, service: string | null): PlannedEvent {
  return { ...planned, service, services: null };
}

function tell(world: StoryWorld, host: SimulatedHost, planned: PlannedEvent): void {
  const { now } = world.clock;
  const { work } = planned.event;
  // among those of the host
  const counter = work === undefined ? "" : `${planned.service ?? ""}/${work.counter}`;
  const counted = host.counters.get(counter) ?? 0;
  const service = planned.verb === "codeChanged" ? host.services.get(planned.service ?? "") : undefined;
  const fact = factOf(planned, { now, counted, runningSinceAt: service?.unit.activeEnterAt ?? now });
  if (fact === null) return;
  if (fact.kind === "work") host.counters.set(counter, fact.value);
  host.tells([fact]);
}

function changeReach(host: SimulatedHost, { event }: PlannedEvent): void {
  if (event.keepalives === "resumed") return host.returns();
  switch (event.cause) {
    case "power":
      return host.fallsSilent();
    case "agent":
      return host.agentDies();
    case "network":
    case undefined:
      return host.isCutOff();
  }
}

function leave(host: SimulatedHost, { event }: PlannedEvent): void {
  if (event.leaves === undefined) return;
  const { reason, returnWithin } = event.leaves;
  const returnWithinMs = spanMs(returnWithin);
  host.announcesAbsence(reason, returnWithinMs);
  host.fallsSilent();
}

function changeActuator(host: SimulatedHost, { event, service }: PlannedEvent): void {
  const { executions, helpsFor, proposals } = event.actuator ?? {};
  if (executions === "lost") host.actuator.diesDuringNextExecution = true;
  else if (executions !== undefined) host.actuator.endsAs = executions;
  if (proposals !== undefined)
    host.actuator.refusesProposalsFor = proposals === "accepted" ? null : proposals;
  if (helpsFor === undefined) return;
  for (const each of host.services.values())
    if (service === null || each.name === service) each.restartHelpsForMs = spanMs(helpsFor);
}

function changeCheck(service: SimulatedService | undefined, { event }: PlannedEvent): void {
  if (event.check === undefined || service === undefined) return;
  const { status, class: failureClass, severity, text } = event.check;
  const name = event.check.name ?? service.checkNames()[0] ?? "";
  service.setCheck(name, { status, severity, failureClass, summary: text === "" ? status : text });
}

function changeUnit(world: StoryWorld, service: SimulatedService | undefined, { event }: PlannedEvent): void {
  if (event.unit === undefined || service === undefined) return;
  const { state, exitCode, memoryBytes, startTimeout } = event.unit;
  const result = event.unit.result ?? resultOf(event.unit);
  service.setUnit({
    activeState: state,
    subState: state === "active" ? "running" : exitCode === undefined ? state : `exited ${exitCode}`,
    result,
    memoryCurrentBytes: memoryBytes ?? service.unit.memoryCurrentBytes,
    ...(startTimeout === undefined
      ? {}
      : { startTimeoutMs: startTimeout === "infinity" ? null : spanMs(startTimeout) }),
    ...(state === "failed" || state === "inactive" ? { mainPid: 0 } : {}),
    ...(state === "active" && service.unit.activeState !== state ? { activeEnterAt: world.clock.now } : {}),
  });
}

// One that ends before the agent looks again is told only then.
function runSession(world: StoryWorld, host: SimulatedHost, planned: PlannedEvent): void {
  const isSeenToRun = planned.lastedMs >= LEDGER_EVERY_MS;
  const startedAt = world.clock.now;
  const service = planned.service ?? "";
  if (isSeenToRun) host.sessionBegins(service, startedAt);
  const end = () => {
    tell(world, host, planned);
    if (isSeenToRun) host.sessionEnds(service, startedAt);
  };
  world.clock.after(planned.lastedMs, end, planned.place);
}

/** As systemd would say it: a run that ended otherwise than well is told until the next one begins. */
function resultOf({ exitCode = 0, oomKill, state }: NonNullable<IncidentEvent["unit"]>): string {
  if (state !== "failed" && (state !== "activating" || (exitCode === 0 && oomKill === undefined)))
    return "success";
  return oomKill === undefined ? "exit-code" : "oom-kill";
}

function restart(world: StoryWorld, host: SimulatedHost, planned: PlannedEvent): void {
  const service = host.services.get(planned.service ?? "");
  const by = planned.event.restart?.by ?? "unknown";
  if (service === undefined) return;
  service.isStartedAnew({ isCounted: by === "systemd", isByTrigger: by === "unknown" });
  if (by !== "systemd" && by !== "unknown") tell(world, host, planned);
  const diskChangedAt = world.codeChangedAt.get(keyOf(host, planned));
  if (diskChangedAt === undefined) return;
  const { now } = world.clock;
  const fact: Fact = { kind: "code", at: now, service: service.name, diskChangedAt, runningSinceAt: now };
  host.tells([fact]);
}

// Whoever asks without a person's signed yes is refused by the actuator, and what was asked for becomes known.
function requestAction(world: StoryWorld, host: SimulatedHost, { event, service }: PlannedEvent): void {
  if (event.request === undefined) return;
  const { action, by } = event.request;
  const unit = host.services.get(service ?? "")?.unitName ?? "";
  world.refuse({
    host: host.name,
    service,
    by: "actuator",
    reason: "signature-missing",
    text: `signature-missing: ${action} asked for by ${by}`,
  });
  host.tells([
    {
      kind: "attempt",
      at: world.clock.now,
      service,
      action,
      by,
      outcome: "refused: signature-missing",
      isHelpful: false,
      deniedCommand: `sudo systemctl ${action} ${unit}`,
    },
  ]);
}

function changeControlPlane(world: StoryWorld, change: "down" | "up" | "redeployed", place: number): void {
  switch (change) {
    case "down":
      return world.controlPlaneStops();
    case "up":
      return world.controlPlaneStarts();
    case "redeployed":
      world.controlPlaneStops();
      world.clock.after(REDEPLOY_MS, () => world.controlPlaneStarts(), place);
  }
}

function keyOf(host: SimulatedHost, { service }: PlannedEvent): string {
  return `${host.name}/${service ?? ""}`;
}
