// From what was seen of a host to the services that are proposed, the most important first, each with what a person should know. Pure.
// What a reader would get wrong: conservative is the rule. A check that was not seen to pass, evidence that the agent could not read and an act
// that may do harm are only suggested, in comments; and whatever the schema would refuse becomes a comment too.
import { ACTION_TIMEOUT_MS, ServiceSpec } from "@countersign/shared/host/catalogue";
import { TIMER_MAX_MS, writeDuration } from "@countersign/shared/values/duration";
import { SERVICES_PER_HOST_MAX } from "@countersign/shared/values/limits";
import { visibleText } from "@countersign/shared/values/visible-text";
import { hiddenPathsOf } from "../evidence/hidden-paths.ts";
import { unitSpansOf } from "../unit-spans.ts";
import { evidenceFor } from "./evidence-proposals.ts";
import { knownAgentOf } from "./known-agents.ts";
import type { FoundContainer, FoundPort, FoundUnit, Observations, UnitOwner } from "./observations.ts";
import { twoManagersOf } from "./run-twice.ts";
import type { CheckDraft, Discovery, Proposal, ServiceDraft, Suggestion } from "./service-draft.ts";
import { freeName } from "./service-names.ts";
import { type Worth, worthOf } from "./worth-watching.ts";

interface Candidate {
  readonly rank: number;
  readonly label: string;
  readonly source: string;
  readonly owner: UnitOwner;
  readonly propose: (name: string) => Proposal;
}

/** A unit that every machine with systemd has: a catalogue without any service is none. */
const STAND_IN = "systemd-journald.service";
type Unproposed = "base" | "transient" | "nothing";
const RANKS: Readonly<Record<Exclude<Worth, Unproposed>, number>> = { own: 1, packaged: 3, job: 4 };
/** Kind of a file that is no user's. */
export const CERTIFICATE = "certificate";
const TITLE_CHARS_MAX = 80;
const PORTS_CHECKED_MAX = 3;

/** What a catalogue has already. */
export interface Known {
  readonly names: ReadonlySet<string>;
  /** what its services watch, as sourceOf says it */
  readonly sources: ReadonlySet<string>;
}
const NOTHING_KNOWN: Known = { names: new Set(), sources: new Set() };

/** What a service is seen by, in words that are the same for what was found and for what a catalogue names; null: a pid file. */
export function sourceOf({
  unit,
  user,
  container,
}: Pick<ServiceSpec, "unit" | "user" | "container">): string | null {
  if (container !== undefined) return containerSource(container.name, container.engine);
  return unit === undefined ? null : unitSource(unit, user ?? null);
}

/** The same of a unit. */
export function unitSource(unit: string, owner: UnitOwner): string {
  return owner === null ? unit : `${unit} of user ${owner}`;
}

/** The same of a container. */
export function containerSource(name: string, engine: string): string {
  return `container ${name} of ${engine}`;
}

/** Proposes services that are not known yet. */
export function proposeServices(seen: Observations, known = NOTHING_KNOWN): Discovery {
  const candidates = [...unitCandidates(seen), ...containerCandidates(seen)]
    .filter(({ source }) => !known.sources.has(source))
    .toSorted((left, right) => left.rank - right.rank || compare(left.source, right.source));
  const services: Proposal[] = [];
  const passedOver: string[] = [];
  const names = new Set(known.names);
  for (const { label, source, owner, propose } of candidates) {
    const name = freeName(label, owner, names);
    const proposal = propose(name);
    const problem = problemOf(proposal.draft);
    if (problem !== null) passedOver.push(`${source}: a catalogue cannot name it (${problem})`);
    else if (services.length >= SERVICES_PER_HOST_MAX)
      passedOver.push(`${source}: no room, a host has ${SERVICES_PER_HOST_MAX} services at most`);
    else {
      names.add(name);
      services.push(proposal);
    }
  }
  const nameless = seen.containers
    .filter(({ name }) => name === null)
    .map(({ id, engine }) => `container ${id.slice(0, 12)}: ${engine} could not be asked for its name`);
  const notes = [...twoManagersOf(seen), ...certificatesOf(seen)];
  return { services, passedOver: [...passedOver, ...nameless, ...leftOutOf(seen)], notes };
}

/** What stands in a catalogue of a host on which nothing was found. */
export function standIn(): Proposal {
  const checks = [{ name: "unit", kind: "unit" }] as const;
  return {
    draft: { name: "journal", unit: STAND_IN, checks, actions: [] },
    notes: ["Nothing of your own was found. This service only makes the file whole: put yours in its place."],
    suggestions: [],
  };
}

function unitCandidates(seen: Observations): readonly Candidate[] {
  return seen.units.flatMap((unit) => {
    const worth = worthOf(unit);
    if (worth === "base" || worth === "transient" || worth === "nothing") return [];
    const rank = knownAgentOf(unit.unit) === null ? RANKS[worth] : 0;
    const { owner } = unit;
    const source = unitSource(unit.unit, owner);
    const propose = (name: string) => proposeUnit(name, { unit, worth, seen });
    return [{ rank, label: unit.unit, source, owner, propose }];
  });
}

function proposeUnit(
  name: string,
  { unit, worth, seen }: { readonly unit: FoundUnit; readonly worth: Worth; readonly seen: Observations },
): Proposal {
  const ports = seen.ports.filter(
    ({ holder }) => holder?.kind === "unit" && holder.owner === unit.owner && holder.unit === unit.unit,
  );
  const checked = checksOf(ports);
  const evidence = evidenceFor(unit, seen);
  const restart = {
    name: "restart",
    kind: "systemctl",
    verb: "restart",
    level: 4,
    ...timeoutOf(unit),
  } as const;
  const isJob = worth === "job";
  return {
    draft: {
      name,
      ...titleOf(unit.description, unit.unit),
      ...(unit.owner === null ? {} : { manager: "user" as const, user: unit.owner }),
      unit: unit.unit,
      checks: [{ name: "unit", kind: "unit" }, ...checked.checks],
      ...(evidence.draft === null ? {} : { evidence: evidence.draft }),
      actions: isJob ? [] : [restart],
    },
    notes: [...knownWords(unit), ...stateWords(unit), ...(isJob ? jobWords(unit) : restartWords(unit))],
    suggestions: [...checked.suggestions, ...evidence.suggestions, ...(isJob ? [AGAIN] : [])],
  };
}

const AGAIN: Suggestion = {
  why: "running the job once more, if doing it twice does no harm:",
  lines: ["actions:", "  - { name: run-again, kind: systemctl, verb: start, level: 4 }"],
};

function containerCandidates(seen: Observations): readonly Candidate[] {
  return seen.containers.flatMap((container) => {
    const { name: label, engine } = container;
    if (label === null) return [];
    const propose = (name: string) => proposeContainer(name, { container, label, seen });
    return [{ rank: 2, label, source: containerSource(label, engine), owner: null, propose }];
  });
}

function proposeContainer(
  name: string,
  about: { readonly container: FoundContainer; readonly label: string; readonly seen: Observations },
): Proposal {
  const { container, label, seen } = about;
  const { engine, id, ports, image } = container;
  // docker's own proxy holds the port of a container
  const own = seen.ports.filter(
    ({ port, holder }) => ports.includes(port) || (holder?.kind === "container" && holder.id === id),
  );
  const { checks, suggestions } = checksOf(own);
  return {
    draft: {
      name,
      container: { name: label, engine },
      checks: [{ name: "unit", kind: "unit" }, ...checks],
      actions: [{ name: "restart", kind: "container", verb: "restart", level: 4 }],
    },
    notes: [
      `A container of ${image}. ${engine === "docker" ? "Docker" : "Podman"} may restart it too, where its restart policy says so.`,
    ],
    suggestions,
  };
}

/** What answered is checked by HTTP; what only listens, by TCP. */
function checksOf(ports: readonly FoundPort[]): {
  readonly checks: readonly CheckDraft[];
  readonly suggestions: readonly Suggestion[];
} {
  const usable = ports
    .filter(({ reach }) => reach !== "other")
    .toSorted((left, right) => rankOf(left) - rankOf(right) || left.port - right.port);
  const single = usable.length === 1;
  const checkOf = ({ port, healthPath }: FoundPort): CheckDraft =>
    healthPath === null
      ? { name: single ? "port" : `port-${port}`, kind: "tcp", port }
      : {
          name: single ? "health" : `health-${port}`,
          kind: "http",
          url: `http://127.0.0.1:${port}${healthPath}`,
        };
  const counters = ports.flatMap(({ port, counters: names }) => names.map((metric) => ({ port, metric })));
  const [counter] = counters;
  const suggestions: Suggestion[] = [];
  if (counter !== undefined)
    suggestions.push({
      why: `its /metrics tells counters (${counters
        .slice(0, 5)
        .map(({ metric }) => metric)
        .join(", ")}). One that grows with useful work alone proves progress:`,
      lines: [
        "evidence:",
        "  counters:",
        `    - { name: work, url: "http://127.0.0.1:${counter.port}/metrics", metric: ${counter.metric} }`,
      ],
    });
  return { checks: usable.slice(0, PORTS_CHECKED_MAX).map(checkOf), suggestions };
}

function rankOf({ healthPath }: FoundPort): number {
  if (healthPath === null) return 2;
  return healthPath === "/" ? 1 : 0;
}

/** As long as the unit itself may take, where that is longer than an action has by itself. */
function timeoutOf(unit: FoundUnit): { readonly timeout?: string } {
  const { start, stop } = unitSpansOf(unit);
  const neededMs = Math.min(Math.ceil(start + stop), TIMER_MAX_MS);
  return neededMs > ACTION_TIMEOUT_MS ? { timeout: writeDuration(neededMs) } : {};
}

function knownWords({ unit }: FoundUnit): readonly string[] {
  const known = knownAgentOf(unit);
  return known === null ? [] : [known.words];
}

function stateWords({ activeState, fileState, owner }: FoundUnit): readonly string[] {
  const words: string[] = [];
  if (activeState === "failed")
    words.push("It has failed: this service is in trouble from the first minute on.");
  else if (activeState === "inactive") words.push("It does not run now: start it, or leave it out.");
  if (fileState === "disabled" && activeState !== "inactive")
    words.push("It runs and is not enabled: it does not come back after a reboot.");
  if (owner !== null)
    words.push(`A unit of ${owner}'s own systemd, which runs without a sign-in as long as ${owner} lingers.`);
  return words;
}

function jobWords({ triggeredBy }: FoundUnit): readonly string[] {
  return [
    `A job that ${triggeredBy.join(", ")} starts: it is well between its runs, and fails with its last one.`,
  ];
}

/** What systemd does by itself: a restart that a person is asked for comes after that. */
function restartWords({ restart, restartMs, startLimitBurst, startLimitMs }: FoundUnit): readonly string[] {
  if (restart === "no" || restart === "") return ["systemd does not restart it by itself (Restart=no)."];
  const base = `systemd restarts it by itself (Restart=${restart})`;
  if (startLimitBurst === null || startLimitMs === null) return [`${base}.`];
  const isUnlimited =
    startLimitBurst === 0 || startLimitMs === 0 || startLimitBurst * (restartMs ?? 0) >= startLimitMs;
  return isUnlimited
    ? [
        `${base} and never gives up: one that dies at each start never counts as failed. A start limit mends that.`,
      ]
    : [`${base}, and gives up after ${startLimitBurst} starts in ${startLimitMs / 1_000} s.`];
}

function titleOf(description: string, unit: string): { readonly title?: string } {
  const title = visibleText(description).trim().slice(0, TITLE_CHARS_MAX).trim();
  return title === "" || title === unit ? {} : { title };
}

/** Why a catalogue would refuse it; null: it takes it. */
function problemOf(draft: ServiceDraft): string | null {
  const parsed = ServiceSpec.safeParse(draft);
  if (!parsed.success) return visibleText(parsed.error.issues[0]?.message ?? "not of its shape");
  const [hidden] = hiddenPathsOf({ services: [parsed.data] });
  return hidden === undefined ? null : hidden.why;
}

function certificatesOf({ files }: Observations): readonly string[] {
  const paths = files.filter(({ kind }) => kind === CERTIFICATE).map(({ path }) => path);
  return paths
    .toSorted(compare)
    .map(
      (path) =>
        `A certificate of certbot: ${path}. Its folder is closed to all but root: watch a copy that a hook makes (docs/evidence.md, "What cannot be read").`,
    );
}

function leftOutOf({ units }: Observations): readonly string[] {
  const namesOf = (worth: Worth) => {
    const names = units.filter((unit) => worthOf(unit) === worth).map(({ unit }) => unit);
    return [...new Set(names)].toSorted(compare).join(", ");
  };
  const [transient, base] = [namesOf("transient"), namesOf("base")];
  return [
    ...(transient === "" ? [] : [`transient, so gone with its end: ${transient}`]),
    ...(base === "" ? [] : [`part of the system: ${base}`]),
  ];
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
