// Resolves what the author of an incident file left to the reader: instants, hosts, services, checks, the policy. What cannot be resolved is
// kept as a problem with its place in the file, and the rest is looked at nevertheless.
import type { FoundProblem } from "@countersign/shared/files/file-problem";
import { heartbeatProblems } from "@countersign/shared/host/heartbeat-spec";
import type { Policy } from "../../src/policy/policy.ts";
import { FALLBACK_POLICY, loadRawPolicy, mergePolicy, type RawPolicy } from "../replay-policy.ts";
import { type IncidentEvent, VERB_NAMES } from "./event-format.ts";
import { type Hosts, hostsOf, serviceAt } from "./event-place.ts";
import { eventProblems } from "./event-problems.ts";
import type { Expectation } from "./expectation-format.ts";
import { expectationProblems, windowProblems } from "./expectation-problems.ts";
import type { IncidentFormat, ServicePlan } from "./incident-format.ts";
import { namedInPolicies, type PolicyNames } from "./named-in-policies.ts";
import type {
  Incident,
  PlannedEvent,
  PlannedExpectation,
  PlannedHost,
  ReadOptions,
} from "./planned-incident.ts";
import { HOSTS_MAX } from "./written-shapes.ts";
import { instantOf, spanMs, zoneMsOf } from "./written-times.ts";

/** Occurrences that one file may unfold into. */
export const OCCURRENCES_MAX = 20_000_000;
/** The longest story. */
const LENGTH_MAX_MS = 400 * 86_400_000;

/** A file as its shape was read. */
export interface ShapedFile {
  readonly name: string;
  /** as it was written */
  readonly written: unknown;
  readonly file: IncidentFormat;
  /** where the entries of its lists stand in what was written */
  readonly events: readonly number[];
  readonly expect: readonly number[];
}

type Path = FoundProblem["path"];

export class IncidentResolver {
  readonly problems: FoundProblem[] = [];
  readonly #source: ShapedFile;
  readonly #file: IncidentFormat;
  readonly #startAt: number;
  readonly #zoneMs: number;
  readonly #endAt: number;
  readonly #hosts: Hosts;
  readonly #services: ReadonlySet<string>;
  readonly #actions: ReadonlySet<string>;
  readonly #named: PolicyNames;
  #rawPolicy: RawPolicy;
  #occurrences = 0;

  constructor(source: ShapedFile, options: ReadOptions) {
    const { file } = source;
    this.#source = source;
    this.#file = file;
    this.#startAt = Date.parse(file.start);
    this.#zoneMs = zoneMsOf(file.start);
    this.#endAt = this.#instant(file.end, ["end"], this.#startAt);
    if (this.#startAt < 0) this.#refuse(["start"], "before 1970: the clock of the replay begins there");
    if (this.#endAt - this.#startAt > LENGTH_MAX_MS) this.#refuse(["end"], "longer than 400 days");
    const all = this.#planHosts();
    this.#hosts = { all, byName: new Map(all.map((host) => [host.name, host])) };
    this.#services = new Set(all.flatMap(({ services }) => services.map(({ name }) => name)));
    this.#actions = new Set(all.flatMap((host) => host.services.flatMap(actionsOf)));
    this.#named = namedInPolicies(source.written, options);
    this.#rawPolicy = { ...(options.policy ?? { version: 1, ...file.policy }) };
    if (options.overrides !== undefined) this.#rawPolicy = mergePolicy(this.#rawPolicy, options.overrides);
  }

  resolve(): Incident {
    const policy = this.#policyOf(this.#rawPolicy, ["policy"]);
    let latestAt = this.#startAt;
    const events = this.#file.events.map((event, index) => {
      const place = this.#source.events[index] ?? index;
      const planned = this.#planEvent(event, place, latestAt);
      latestAt = Math.max(latestAt, planned.atMs);
      return planned;
    });
    const expectations = this.#file.expect.map((expectation, index) =>
      this.#planExpectation(expectation, ["expect", this.#source.expect[index] ?? index]),
    );
    return {
      file: this.#source.name,
      title: this.#file.title,
      startAt: this.#startAt,
      endAt: this.#endAt,
      policy,
      assume: this.#file.assume,
      hosts: this.#hosts.all,
      events,
      expectations,
    };
  }

  #planHosts(): readonly PlannedHost[] {
    const planned = this.#file.hosts.flatMap(({ name, count, tags, services }, index) => {
      const path = ["hosts", index, "services"];
      this.#refuseTwice(services, path);
      services.forEach(({ actions, checks, heartbeats }, at) => {
        this.#refuseTwice(checks, [...path, at, "checks"]);
        this.#refuseTwice(actions, [...path, at, "actions"]);
        // Every service of a simulated host has a ledger, read at once.
        for (const problem of heartbeatProblems({ heartbeats, ledger: "" }))
          this.#refuse([...path, at, ...problem.path], problem.message);
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

  #refuseTwice(named: readonly { readonly name: string }[], path: Path): void {
    named.forEach(({ name }, at) => {
      if (named.findIndex((other) => other.name === name) !== at)
        this.#refuse([...path, at, "name"], `"${name}" is there twice`);
    });
  }

  #planEvent(event: IncidentEvent, place: number, latestAt: number): PlannedEvent {
    const path = ["events", place];
    const verb = VERB_NAMES.find((name) => event[name] !== undefined) ?? "note";
    const refuse = (at: Path, message: string) => this.#refuse([...path, ...at], message);
    const atMs = this.#instant(event.at, [...path, "at"], latestAt);
    if (atMs < latestAt) refuse(["at"], "out of order: it is before the event above it");
    if (atMs > this.#endAt) refuse(["at"], "after the end of the incident");
    const hosts = hostsOf(event, verb, { hosts: this.#hosts, refuse });
    const { service, services } = serviceAt(event, { verb, names: hosts, hosts: this.#hosts, refuse });
    const isOfService = service !== null || services?.size === hosts.length;
    for (const { at, message } of eventProblems(event, { verb, isOfService, channels: this.#named.channels }))
      refuse(at, message);
    const { everyMs, count } = this.#repetition(event, { atMs, path, hosts: hosts.length });
    return {
      event,
      verb,
      place,
      atMs,
      everyMs,
      count,
      hosts,
      stepMs: event.over === undefined || hosts.length < 2 ? 0 : spanMs(event.over) / (hosts.length - 1),
      service,
      services,
      lastedMs: event.session === undefined ? 0 : spanMs(event.session.lasted),
      policy: event.policy === undefined ? null : this.#applyPolicy(event.policy, [...path, "policy"]),
      expiresAt:
        event.credential?.expires === undefined
          ? null
          : this.#anyInstant(event.credential.expires, [...path, "credential", "expires"], atMs),
    };
  }

  #repetition(
    event: IncidentEvent,
    about: { readonly atMs: number; readonly path: Path; readonly hosts: number },
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

  #planExpectation(expectation: Expectation, path: Path): PlannedExpectation {
    const when = (key: "by" | "notBefore" | "from" | "until" | "at") => {
      const text = expectation[key];
      return text === undefined ? null : this.#instant(text, [...path, key], this.#startAt);
    };
    const { people } = this.#named;
    const [actions, services] = [this.#actions, this.#services];
    const named = { hosts: this.#hosts.byName, services, people, actions };
    const planned = {
      expectation,
      byAt: when("by"),
      notBeforeAt: when("notBefore"),
      fromAt: when("from"),
      untilAt: when("until"),
      at: when("at"),
    };
    for (const { key, message } of [
      ...expectationProblems(expectation, named),
      ...windowProblems(planned, this.#endAt),
    ])
      this.#refuse(key === null ? path : [...path, key], message);
    return planned;
  }

  #instant(text: string, path: Path, notBeforeAt: number): number {
    const at = this.#anyInstant(text, path, notBeforeAt);
    if (at < this.#startAt) this.#refuse(path, "before the start of the incident");
    return at;
  }

  // What ended long ago may be told today.
  #anyInstant(text: string, path: Path, notBeforeAt: number): number {
    const at = instantOf(text, { startAt: this.#startAt, notBeforeAt, zoneMs: this.#zoneMs });
    if (Number.isNaN(at)) this.#refuse(path, `there is no such time: ${text}`);
    return at;
  }

  #applyPolicy(overrides: Record<string, unknown>, path: Path): Policy {
    this.#rawPolicy = mergePolicy(this.#rawPolicy, overrides);
    return this.#policyOf(this.#rawPolicy, path);
  }

  #policyOf(raw: RawPolicy, path: Path): Policy {
    const loaded = loadRawPolicy(raw);
    if (loaded.ok) return loaded.value;
    for (const { path: below, message } of loaded.error.problems) this.#refuse([...path, ...below], message);
    return FALLBACK_POLICY;
  }

  #refuse(path: Path, message: string): void {
    this.problems.push({ path, isKey: true, message });
  }
}

function actionsOf({ actions }: ServicePlan): readonly string[] {
  return actions.map(({ name }) => name);
}
