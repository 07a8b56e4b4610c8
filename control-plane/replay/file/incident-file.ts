// Reads an incident file and resolves what its author left to the reader: instants, hosts, services, checks, the policy. Whatever
// cannot be resolved is refused with its line, before anything runs; nothing is ever ignored.
import { type FileProblem, PROBLEMS_MAX, problemsOf } from "@countersign/shared/files/file-problem";
import type { YamlText } from "@countersign/shared/files/yaml-file";
import { refuse, type Result } from "@countersign/shared/values/result";
import type { Policy } from "../../src/policy/policy.ts";
import { FALLBACK_POLICY, loadRawPolicy, mergePolicy, type RawPolicy } from "../replay-policy.ts";
import { expectationProblems } from "./expectation-problems.ts";
import {
  type Expectation,
  HOSTS_MAX,
  IncidentFormat,
  type IncidentEvent,
  type ServicePlan,
  VERB_NAMES,
  type Verb,
} from "./incident-format.ts";
import { parseWritten, readWrittenFile, type WrittenRefusal } from "./written-file.ts";
import { instantOf, spanMs, zoneMsOf } from "./written-times.ts";

/** Occurrences that one file may unfold into. */
export const OCCURRENCES_MAX = 20_000_000;
/** The longest story. */
const LENGTH_MAX_MS = 400 * 86_400_000;
const DEFAULT_RESPONDERS = FALLBACK_POLICY.responders.map(({ id }) => id);
const NEEDS_SERVICE: readonly Verb[] = [
  "check",
  "restart",
  "unit",
  "codeChanged",
  "request",
  "approve",
  "deny",
];
const NEEDS_NO_HOST: readonly Verb[] = ["policy", "channel", "controlPlane", "note"];

export interface PlannedHost {
  readonly name: string;
  readonly tags: readonly string[];
  readonly services: readonly ServicePlan[];
}

/** An event with everything resolved. */
export interface PlannedEvent {
  readonly event: IncidentEvent;
  readonly verb: Verb;
  readonly atMs: number;
  readonly everyMs: number | null;
  readonly count: number;
  readonly hosts: readonly string[];
  /** the pause from one host to the next */
  readonly stepMs: number;
  readonly service: string | null;
  /** for `session`: how long it lasts */
  readonly lastedMs: number;
  /** for `work`: the counter among those of a host; empty for other words */
  readonly counter: string;
  /** for `policy` */
  readonly policy: Policy | null;
  /** for `credential` */
  readonly expiresAt: number | null;
}

export interface PlannedExpectation {
  readonly expectation: Expectation;
  readonly byAt: number | null;
  readonly notBeforeAt: number | null;
  readonly fromAt: number | null;
  readonly untilAt: number | null;
  readonly at: number | null;
}

export interface Incident {
  readonly file: string;
  readonly title: string;
  readonly startAt: number;
  readonly endAt: number;
  readonly policy: Policy;
  readonly assume: readonly string[];
  readonly hosts: readonly PlannedHost[];
  readonly events: readonly PlannedEvent[];
  readonly expectations: readonly PlannedExpectation[];
}

export interface ReadOptions {
  /** stands in for the file's own policy; its later `policy` events still apply */
  readonly policy?: RawPolicy;
  /** laid over whatever policy there is */
  readonly overrides?: RawPolicy;
}

/** Reads and resolves a file. */
export function readIncident(file: string, options: ReadOptions = {}): Result<Incident, WrittenRefusal> {
  const yaml = readWrittenFile(file);
  return yaml.ok ? resolveIncident(file, yaml.value, options) : yaml;
}

/** Resolves a text; `file` is for the words only. */
export function parseIncident(
  file: string,
  text: string,
  options: ReadOptions = {},
): Result<Incident, WrittenRefusal> {
  const yaml = parseWritten(file, text);
  return yaml.ok ? resolveIncident(file, yaml.value, options) : yaml;
}

function resolveIncident(
  file: string,
  yaml: YamlText,
  options: ReadOptions,
): Result<Incident, WrittenRefusal> {
  const parsed = IncidentFormat.safeParse(yaml.value);
  if (!parsed.success) {
    const problems = problemsOf(IncidentFormat, yaml.value, parsed.error).map(yaml.problemAt);
    return refuse({ reason: "file-wrong", file, problems: inTextOrder(problems) });
  }
  const resolver = new Resolver({ file, yaml }, parsed.data, options);
  const incident = resolver.resolve();
  return resolver.problems.length > 0
    ? refuse({ reason: "file-wrong", file, problems: inTextOrder(resolver.problems) })
    : { ok: true, value: incident };
}

function inTextOrder(problems: readonly FileProblem[]): readonly FileProblem[] {
  return problems
    .toSorted((left, right) => left.line - right.line || left.column - right.column)
    .slice(0, PROBLEMS_MAX);
}

class Resolver {
  readonly problems: FileProblem[] = [];
  readonly #source: { readonly file: string; readonly yaml: YamlText };
  readonly #file: IncidentFormat;
  readonly #startAt: number;
  readonly #zoneMs: number;
  readonly #endAt: number;
  readonly #hosts: readonly PlannedHost[];
  readonly #byName: ReadonlyMap<string, PlannedHost>;
  readonly #services: ReadonlySet<string>;
  readonly #people: ReadonlySet<string>;
  #rawPolicy: RawPolicy;
  #occurrences = 0;

  constructor(
    source: { readonly file: string; readonly yaml: YamlText },
    file: IncidentFormat,
    options: ReadOptions,
  ) {
    this.#source = source;
    this.#file = file;
    this.#startAt = Date.parse(file.start);
    this.#zoneMs = zoneMsOf(file.start);
    this.#endAt = this.#instant(file.end, ["end"], this.#startAt);
    if (this.#startAt < 0) this.#refuse(["start"], "before 1970: the clock of the replay begins there");
    if (this.#endAt - this.#startAt > LENGTH_MAX_MS) this.#refuse(["end"], "longer than 400 days");
    this.#hosts = this.#planHosts();
    this.#services = new Set(this.#hosts.flatMap(({ services }) => services.map(({ name }) => name)));
    this.#byName = new Map(this.#hosts.map((host) => [host.name, host]));
    this.#people = new Set([file.policy, ...file.events.map(({ policy }) => policy)].flatMap(respondersIn));
    this.#rawPolicy = { ...(options.policy ?? { version: 1, ...file.policy }) };
    if (options.overrides !== undefined) this.#rawPolicy = mergePolicy(this.#rawPolicy, options.overrides);
  }

  resolve(): Incident {
    const policy = this.#policyOf(this.#rawPolicy, ["policy"]);
    let latestAt = this.#startAt;
    const events = this.#file.events.map((event, index) => {
      const planned = this.#planEvent(event, index, latestAt);
      latestAt = Math.max(latestAt, planned.atMs);
      return planned;
    });
    return {
      file: this.#source.file,
      title: this.#file.title,
      startAt: this.#startAt,
      endAt: this.#endAt,
      policy,
      assume: this.#file.assume,
      hosts: this.#hosts,
      events,
      expectations: this.#file.expect.map((expectation, index) => this.#planExpectation(expectation, index)),
    };
  }

  #planHosts(): readonly PlannedHost[] {
    const planned = this.#file.hosts.flatMap(({ name, count, tags, services }, index) => {
      services.forEach((service, at) => {
        if (services.findIndex((other) => other.name === service.name) !== at)
          this.#refuse(["hosts", index, "services", at, "name"], `"${service.name}" is there twice`);
      });
      if (count === undefined) return [{ name, tags, services }];
      const width = String(count).length;
      return Array.from({ length: count }, (_, at) => ({
        name: `${name}-${String(at + 1).padStart(width, "0")}`,
        tags,
        services,
      }));
    });
    if (planned.length > HOSTS_MAX) this.#refuse(["hosts"], `more than ${HOSTS_MAX} hosts`);
    const seen = new Set<string>();
    for (const { name } of planned) {
      if (seen.has(name)) this.#refuse(["hosts"], `there are two hosts "${name}"`);
      seen.add(name);
    }
    return planned;
  }

  #planEvent(event: IncidentEvent, index: number, latestAt: number): PlannedEvent {
    const path = ["events", index] as const;
    const verb = VERB_NAMES.find((name) => event[name] !== undefined) ?? "note";
    const atMs = this.#instant(event.at, [...path, "at"], latestAt);
    if (atMs < latestAt) this.#refuse([...path, "at"], "out of order: it is before the event above it");
    if (atMs > this.#endAt) this.#refuse([...path, "at"], "after the end of the incident");
    if (NEEDS_NO_HOST.includes(verb) && event.hosts !== undefined)
      this.#refuse([...path, "hosts"], `${verb} is about no host`);
    const hosts = NEEDS_NO_HOST.includes(verb) ? [] : this.#hostsOf(event, path);
    this.#checkService(event, { verb, hosts, path });
    if (event.cause !== undefined && event.keepalives !== "lost")
      this.#refuse([...path, "cause"], "cause belongs to keepalives: lost");
    const { everyMs, count } = this.#repetition(event, { atMs, path, hosts: hosts.length });
    const service = event.service ?? this.#onlyServiceOf(hosts, verb);
    return {
      event,
      verb,
      atMs,
      everyMs,
      count,
      hosts,
      stepMs: event.over === undefined || hosts.length < 2 ? 0 : spanMs(event.over) / (hosts.length - 1),
      service,
      lastedMs: event.session === undefined ? 0 : spanMs(event.session.lasted),
      counter: event.work === undefined ? "" : `${service ?? ""}/${event.work.counter}`,
      policy: event.policy === undefined ? null : this.#applyPolicy(event.policy, [...path, "policy"]),
      expiresAt:
        event.credential?.expires === undefined
          ? null
          : this.#instant(event.credential.expires, [...path, "credential", "expires"], atMs),
    };
  }

  #hostsOf(event: IncidentEvent, path: readonly PropertyKey[]): readonly string[] {
    const all = this.#hosts.map(({ name }) => name);
    if (event.hosts === undefined) {
      if (all.length !== 1 && event.acknowledge === undefined)
        this.#refuse([...path], "there are several hosts: say which by `hosts`");
      return event.acknowledge === undefined ? all : [];
    }
    const written = typeof event.hosts === "string" ? [event.hosts] : event.hosts;
    const chosen = written.flatMap((word, at): readonly string[] => {
      if (word === "all") return all;
      if (/^[0-9]{1,3}%$/.test(word))
        return all.slice(0, Math.ceil((all.length * Number(word.slice(0, -1))) / 100));
      const found = word.startsWith("tag:")
        ? this.#hosts.filter(({ tags }) => tags.includes(word.slice(4))).map(({ name }) => name)
        : all.filter((name) => name === word);
      if (found.length === 0)
        this.#refuse(
          typeof event.hosts === "string" ? [...path, "hosts"] : [...path, "hosts", at],
          word.startsWith("tag:") ? `no host has the tag "${word.slice(4)}"` : `unknown host "${word}"`,
        );
      return found;
    });
    return [...new Set(chosen)];
  }

  #checkService(
    event: IncidentEvent,
    about: { readonly verb: Verb; readonly hosts: readonly string[]; readonly path: readonly PropertyKey[] },
  ): void {
    const { verb, hosts, path } = about;
    for (const host of hosts) {
      const services = this.#byName.get(host)?.services ?? [];
      const name = event.service ?? (services.length === 1 ? services[0]?.name : undefined);
      const service = services.find((candidate) => candidate.name === name);
      if (event.service !== undefined && service === undefined)
        return this.#refuse([...path, "service"], `unknown service "${event.service}" on ${host}`);
      if (service === undefined && NEEDS_SERVICE.includes(verb))
        return this.#refuse([...path], `${verb} is about a service: say which by \`service\``);
      if (event.check !== undefined && service !== undefined) {
        const check = event.check.name;
        const isKnown =
          check === undefined
            ? service.checks.length === 1
            : service.checks.some((plan) => plan.name === check);
        if (!isKnown)
          return this.#refuse(
            [...path, "check", ...(check === undefined ? [] : ["name"])],
            check === undefined
              ? "there are several checks: say which by `name`"
              : `unknown check "${check}" of ${service.name}`,
          );
      }
      if (
        event.request !== undefined &&
        service?.actions.every((action) => action.name !== event.request?.action) === true
      )
        return this.#refuse(
          [...path, "request", "action"],
          `unknown action "${event.request.action}" of ${service.name}`,
        );
    }
  }

  // A host with one service: what is said of the host is said of it, unless the words are about the host itself.
  #onlyServiceOf(hosts: readonly string[], verb: Verb): string | null {
    if (verb === "keepalives" || verb === "leaves" || verb === "pressure" || verb === "acknowledge")
      return null;
    const services = this.#byName.get(hosts[0] ?? "")?.services ?? [];
    return services.length === 1 ? (services[0]?.name ?? null) : null;
  }

  #repetition(
    event: IncidentEvent,
    about: { readonly atMs: number; readonly path: readonly PropertyKey[]; readonly hosts: number },
  ): { readonly everyMs: number | null; readonly count: number } {
    const { atMs, path, hosts } = about;
    if (event.every === undefined) {
      if (event.repeat !== undefined || event.until !== undefined)
        this.#refuse(
          [...path, event.repeat === undefined ? "until" : "repeat"],
          "repeat and until need `every`",
        );
      return { everyMs: null, count: 1 };
    }
    const everyMs = spanMs(event.every);
    if (everyMs < 1) {
      this.#refuse([...path, "every"], "expected more than nothing");
      return { everyMs: null, count: 1 };
    }
    const untilAt =
      event.until === undefined ? this.#endAt : this.#instant(event.until, [...path, "until"], atMs);
    if (untilAt < atMs) this.#refuse([...path, "until"], "before the event itself");
    const fitting = Math.max(1, Math.floor((Math.min(untilAt, this.#endAt) - atMs) / everyMs) + 1);
    const count = Math.min(event.repeat ?? Number.POSITIVE_INFINITY, fitting);
    this.#occurrences += count * Math.max(1, hosts);
    if (this.#occurrences > OCCURRENCES_MAX)
      this.#refuse([...path, "every"], `the file unfolds into more than ${OCCURRENCES_MAX} events`);
    return { everyMs, count };
  }

  #planExpectation(expectation: Expectation, index: number): PlannedExpectation {
    const path = ["expect", index] as const;
    const when = (key: "by" | "notBefore" | "from" | "until" | "at") => {
      const text = expectation[key];
      return text === undefined ? null : this.#instant(text, [...path, key], this.#startAt);
    };
    const named = { hosts: this.#byName, services: this.#services, people: this.#people };
    for (const { key, message } of expectationProblems(expectation, named))
      this.#refuse(key === null ? [...path] : [...path, key], message);
    return {
      expectation,
      byAt: when("by"),
      notBeforeAt: when("notBefore"),
      fromAt: when("from"),
      untilAt: when("until"),
      at: when("at"),
    };
  }

  #instant(text: string, path: readonly PropertyKey[], notBeforeAt: number): number {
    const at = instantOf(text, { startAt: this.#startAt, notBeforeAt, zoneMs: this.#zoneMs });
    if (Number.isNaN(at)) this.#refuse(path, `there is no such time: ${text}`);
    else if (at < this.#startAt) this.#refuse(path, "before the start of the incident");
    return at;
  }

  #applyPolicy(overrides: Record<string, unknown>, path: readonly PropertyKey[]): Policy {
    this.#rawPolicy = mergePolicy(this.#rawPolicy, overrides);
    return this.#policyOf(this.#rawPolicy, path);
  }

  #policyOf(raw: RawPolicy, path: readonly PropertyKey[]): Policy {
    const loaded = loadRawPolicy(raw);
    if (loaded.ok) return loaded.value;
    for (const { path: below, message } of loaded.error.problems) this.#refuse([...path, ...below], message);
    return FALLBACK_POLICY;
  }

  #refuse(path: readonly PropertyKey[], message: string): void {
    this.problems.push(this.#source.yaml.problemAt({ path, isKey: true, message }));
  }
}

/** Whom the file itself names; also where `--policy` stands in for its policy. */
function respondersIn(policy: RawPolicy | undefined): readonly string[] {
  const responders = policy?.["responders"];
  if (!Array.isArray(responders)) return policy === undefined ? [] : DEFAULT_RESPONDERS;
  return responders.map((responder: unknown) => String((responder as { id?: unknown } | null)?.id));
}
