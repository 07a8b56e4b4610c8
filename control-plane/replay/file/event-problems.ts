// What is wrong with one event beyond its shape: a key that means nothing beside what else it says. Pure. Each would otherwise be passed over
// in silence, and its author would believe that it was replayed.
import type { FoundProblem } from "@countersign/shared/files/file-problem";
import { BESIDE, type IncidentEvent, type Verb } from "./event-format.ts";

/** Who restarts by itself, so that it has a name of its own. */
const SUPERVISED: readonly string[] = ["watchdog", "self"];

/** What the file has, to be named by an event. */
export interface EventScene {
  readonly verb: Verb;
  /** it is about a service on each of its hosts */
  readonly isOfService: boolean;
  readonly channels: { readonly has: (name: string) => boolean };
}

/** A mistake; `at`: below the event. */
export interface EventProblem {
  readonly at: FoundProblem["path"];
  readonly message: string;
}

/** All mistakes of an event. */
export function eventProblems(event: IncidentEvent, scene: EventScene): readonly EventProblem[] {
  const { channels, verb } = scene;
  const found = [
    event.over !== undefined &&
      event.hosts === undefined &&
      BESIDE[verb].includes("over") &&
      wrong("over", "over spreads it over several `hosts`: name them"),
    ...(event.check === undefined ? [] : checkProblems(event.check)),
    ...(event.actuator === undefined ? [] : actuatorProblems(event)),
    ...brakeProblems(event, scene),
    ...pairProblems(event),
    event.channel !== undefined &&
      !channels.has(event.channel.name) &&
      wrong("channel.name", `there is no channel "${event.channel.name}" in the file's policy`),
  ];
  return found.filter((problem) => problem !== false);
}

type Found = EventProblem | false;

function checkProblems({ status, ...said }: NonNullable<IncidentEvent["check"]>): readonly Found[] {
  if (status === "fail") return [];
  return (["class", "severity"] as const).map(
    (key) => said[key] !== undefined && wrong(`check.${key}`, `${key} belongs to status: fail`),
  );
}

function actuatorProblems({ actuator = {}, service }: IncidentEvent): readonly Found[] {
  const { executions, helpsFor, proposals } = actuator;
  const isWhole = executions !== undefined || proposals !== undefined;
  return [
    !isWhole && helpsFor === undefined && wrong("actuator", "say executions, helpsFor or proposals"),
    service !== undefined &&
      isWhole &&
      wrong("service", "executions and proposals are of a whole host; only helpsFor may be of a service"),
  ];
}

function brakeProblems(event: IncidentEvent, { isOfService, verb }: EventScene): readonly Found[] {
  const brake = event.freeze ?? event.unfreeze;
  if (brake === undefined) return [];
  const isOnService = brake.scope === "service";
  return [
    isOnService && !isOfService && wrong(`${verb}.scope`, "of which service? say it by `service`"),
    !isOnService &&
      event.service !== undefined &&
      wrong("service", `service belongs to scope: service, here it is ${brake.scope}`),
  ];
}

function pairProblems({ credential, provider, restart, unit }: IncidentEvent): readonly Found[] {
  return [
    restart?.supervisor !== undefined &&
      !SUPERVISED.includes(restart.by) &&
      wrong("restart.supervisor", `supervisor belongs to by: ${SUPERVISED.join(" or ")}`),
    unit?.exitCode !== undefined &&
      unit.state === "active" &&
      wrong(
        "unit.exitCode",
        "exitCode belongs to a state in which it has ended: activating, inactive or failed",
      ),
    credential?.target !== undefined &&
      credential.file !== "symlink" &&
      wrong("credential.target", "target belongs to file: symlink"),
    credential?.expires !== undefined &&
      credential.unreadable === true &&
      wrong("credential.expires", "an expiry that is unreadable is not told: leave expires out"),
    provider?.class !== undefined && provider.ok && wrong("provider.class", "class belongs to ok: false"),
  ];
}

function wrong(at: string, message: string): EventProblem {
  return { at: at.split("."), message };
}
