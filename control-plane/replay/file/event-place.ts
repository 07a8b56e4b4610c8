// Where an event happens: on which hosts, and to which of their services; and what is wrong with how it says so. Pure.
import type { FoundProblem } from "@countersign/shared/files/file-problem";
import { BESIDE, type IncidentEvent, type Verb } from "./event-format.ts";
import type { PlannedEvent, PlannedHost } from "./planned-incident.ts";

const NEEDS_SERVICE: readonly Verb[] = [
  "check",
  "restart",
  "unit",
  "codeChanged",
  "request",
  "approve",
  "deny",
];
/** What is said of a host with one service is said of it, unless the words are about the host itself. */
const OF_HOST: readonly Verb[] = ["keepalives", "leaves", "pressure", "acknowledge"];
/** Mistakes are told by their place below the event. */
export type Refuse = (at: FoundProblem["path"], message: string) => void;

/** The hosts that a file has. */
export interface Hosts {
  readonly all: readonly PlannedHost[];
  readonly byName: ReadonlyMap<string, PlannedHost>;
}

/** The names of an event's hosts, each once; none: it is about no host in particular. */
export function hostsOf(
  event: IncidentEvent,
  verb: Verb,
  { hosts, refuse }: { readonly hosts: Hosts; readonly refuse: Refuse },
): readonly string[] {
  if (!BESIDE[verb].includes("hosts")) return [];
  if (event.freeze?.scope === "fleet" || event.unfreeze?.scope === "fleet") return [];
  const all = hosts.all.map(({ name }) => name);
  if (event.hosts === undefined) {
    if (verb === "acknowledge" || (all.length > 1 && isOfKind(event))) return [];
    if (all.length !== 1) refuse([], "there are several hosts: say which by `hosts`");
    return all;
  }
  const isList = typeof event.hosts !== "string";
  const written = typeof event.hosts === "string" ? [event.hosts] : event.hosts;
  const chosen = written.flatMap((word, at): readonly string[] => {
    const found = hostsNamed(word, hosts.all);
    if (found.length === 0) refuse(isList ? ["hosts", at] : ["hosts"], noSuchHost(word));
    return found;
  });
  return [...new Set(chosen)];
}

/** A silence of everything would be none of one kind: the desk refuses it. */
function isOfKind({ service, silence }: IncidentEvent): boolean {
  return silence !== undefined && (service !== undefined || silence.reason !== undefined);
}

function hostsNamed(word: string, all: readonly PlannedHost[]): readonly string[] {
  const names = all.map(({ name }) => name);
  if (word === "all") return names;
  if (/^[0-9]{1,3}%$/.test(word))
    return names.slice(0, Math.ceil((names.length * Number(word.slice(0, -1))) / 100));
  if (word.startsWith("tag:"))
    return all.filter(({ tags }) => tags.includes(word.slice(4))).map(({ name }) => name);
  return names.filter((name) => name === word);
}

function noSuchHost(word: string): string {
  return word.startsWith("tag:") ? `no host has the tag "${word.slice(4)}"` : `unknown host "${word}"`;
}

/** The service that an event is about; `service` null: none, a wrong one, or each host's own. */
export function serviceAt(
  event: IncidentEvent,
  about: {
    readonly verb: Verb;
    readonly names: readonly string[];
    readonly hosts: Hosts;
    readonly refuse: Refuse;
  },
): Pick<PlannedEvent, "service" | "services"> {
  const { hosts, names, refuse, verb } = about;
  if (event.service !== undefined && names.length === 0 && BESIDE[verb].includes("service"))
    if (!hosts.all.some(({ services }) => services.some(({ name }) => name === event.service)))
      refuse(["service"], `unknown service "${event.service}"`);
  for (const host of names) {
    const wrong = wrongOn(host, event, { verb, hosts });
    if (wrong === null) continue;
    refuse(wrong.at, wrong.message);
    break;
  }
  if (event.service !== undefined) return { service: event.service, services: null };
  return OF_HOST.includes(verb) ? { service: null, services: null } : onlyServices(names, hosts);
}

function onlyServices(names: readonly string[], hosts: Hosts): Pick<PlannedEvent, "service" | "services"> {
  const only = names.flatMap((host): readonly (readonly [string, string])[] => {
    const [service, ...others] = hosts.byName.get(host)?.services ?? [];
    return service === undefined || others.length > 0 ? [] : [[host, service.name]];
  });
  const services = new Map(only);
  const [name = null, ...different] = new Set(services.values());
  const isOne = services.size === names.length && different.length === 0;
  return isOne ? { service: name, services: null } : { service: null, services };
}

function wrongOn(
  host: string,
  event: IncidentEvent,
  { hosts, verb }: { readonly verb: Verb; readonly hosts: Hosts },
): { readonly at: FoundProblem["path"]; readonly message: string } | null {
  const services = hosts.byName.get(host)?.services ?? [];
  const name = event.service ?? (services.length === 1 ? services[0]?.name : undefined);
  const service = services.find((candidate) => candidate.name === name);
  if (event.service !== undefined && service === undefined)
    return { at: ["service"], message: `unknown service "${event.service}" on ${host}` };
  if (service === undefined)
    return NEEDS_SERVICE.includes(verb)
      ? { at: [], message: `${verb} is about a service: say which by \`service\`` }
      : null;
  const { check, request } = event;
  if (check !== undefined && check.name === undefined && service.checks.length !== 1)
    return { at: ["check"], message: "there are several checks: say which by `name`" };
  if (check?.name !== undefined && service.checks.every((plan) => plan.name !== check.name))
    return { at: ["check", "name"], message: `unknown check "${check.name}" of ${service.name}` };
  if (request !== undefined && service.actions.every((action) => action.name !== request.action))
    return { at: ["request", "action"], message: `unknown action "${request.action}" of ${service.name}` };
  return null;
}
