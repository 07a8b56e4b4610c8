// One host on the desk: its liveness, when it was last seen, and each of its services. Pure.
import { formatDuration } from "@countersign/shared/values/duration";
import { entriesOf, isNoneNamed, namedAt, namesOf, valuesOf } from "@countersign/shared/values/named";
import { type FiringMark, isFiring } from "../../core/facts/fact-book.ts";
import type { HostState, Liveness, ServiceState } from "../../core/shard/host/shard-state.ts";
import { NAMES, serviceNamesOf } from "../brakes/scopes.ts";
import { Age, Badge, Exact, type Shape } from "../frame/parts.tsx";

export type ListedHost = HostState;

/** One service of a host in a line. */
export interface ServiceLine {
  readonly service: string;
  readonly shape: Shape;
  readonly isBad: boolean;
  readonly text: string;
}

const LIVENESS_SHAPES: Readonly<Record<Liveness, Shape>> = {
  up: "full",
  late: "half",
  down: "cross",
  unknown: "ring",
};
const URGENCY: Readonly<Record<Liveness, number>> = { down: 0, late: 2, unknown: 3, up: 4 };
/** Between down and late: a host that answers and whose service fails. */
const TROUBLE_URGENCY = 1;

/** Hosts with trouble first, then by name. */
export function hostsByUrgency(hosts: readonly ListedHost[]): readonly ListedHost[] {
  return hosts
    .map((host) => ({ host, urgency: urgencyOf(host) }))
    .toSorted((left, right) => left.urgency - right.urgency || NAMES.compare(left.host.name, right.host.name))
    .map(({ host }) => host);
}

// What cannot be read is trouble.
function urgencyOf(host: ListedHost): number {
  try {
    return Math.min(URGENCY[host.liveness], hasTrouble(host) ? TROUBLE_URGENCY : URGENCY.up);
  } catch {
    return TROUBLE_URGENCY;
  }
}

function hasTrouble(host: ListedHost): boolean {
  if (host.flooding !== null) return true;
  return valuesOf(host.services).some(
    (service) =>
      hasFailure(service.failing) || findingsOf(service).some(([, { isShadow }]) => isShadow !== true),
  );
}

// What fires beside failing checks: these are named one by one, and when they pass the service recovers.
function findingsOf({ book }: ServiceState): readonly (readonly [string, FiringMark])[] {
  return entriesOf(book.firing).filter(([, { reason }]) => reason !== "check-failing");
}

/** One host. */
export function HostCard({ host, now }: { readonly host: ListedHost; readonly now: number }) {
  const lines = serviceLinesOf(host);
  return (
    <article class="card">
      <div class="row">
        <h3>
          <a href={`/hosts/${host.hostId}`}>
            <Exact text={host.name} />
          </a>
        </h3>
        <LivenessBadge host={host} />
      </div>
      <p class="soft small">{host.lastSeenAt > 0 ? <Seen host={host} now={now} /> : "never seen"}</p>
      {lines.length > 0 && (
        <ul class="services">
          {lines.map((line) => (
            <li>
              <span>{line.service}</span>
              <Badge shape={line.shape} isBad={line.isBad}>
                {line.text}
              </Badge>
            </li>
          ))}
        </ul>
      )}
    </article>
  );
}

/** Whether the host shows life: a shape and a word. */
export function LivenessBadge({ host }: { readonly host: ListedHost }) {
  if (host.flooding !== null && host.liveness === "up")
    return (
      <Badge shape="triangle" isBad>
        throttled
      </Badge>
    );
  return (
    <Badge shape={LIVENESS_SHAPES[host.liveness]} isBad={host.liveness === "down"}>
      {host.liveness}
    </Badge>
  );
}

function Seen({ host, now }: { readonly host: ListedHost; readonly now: number }) {
  return (
    <>
      last seen <Age at={Math.min(host.lastSeenAt, now)} now={now} />
      {host.liveness !== "up" && `, ${host.liveness} for ${formatDuration(now - host.sinceAt)}`}
      {isNotUnderstood(host) && "; it connects, and its reports are refused"}
    </>
  );
}

/** It speaks, and nothing it says counts: its keepalives neither. */
export function isNotUnderstood({ unheard }: ListedHost): boolean {
  return unheard !== null && (unheard.refusedCount > 0 || unheard.isOverdue);
}

/** Services of the host's catalogue, and those known by facts alone; the shard keeps a state only for those that are not boring. */
export function serviceLinesOf(host: ListedHost): readonly ServiceLine[] {
  return serviceNamesOf(host).map((service) => serviceLineOf(service, host));
}

function serviceLineOf(service: string, host: ListedHost): ServiceLine {
  const state = namedAt(host.services, service);
  if (host.liveness === "down" || host.liveness === "unknown")
    return { service, shape: "ring", isBad: false, text: "unknown" };
  if (state === undefined) return { service, shape: "full", isBad: false, text: "healthy" };
  return { service, ...troubleOf(state) };
}

function troubleOf(state: ServiceState): Omit<ServiceLine, "service"> {
  if (hasFailure(state.failing)) {
    const checks = namesOf(state.failing).join(", ");
    return { shape: "triangle", isBad: true, text: `${checks} failing` };
  }
  const found = findingsOf(state);
  const inEarnest = found.filter(([, { isShadow }]) => isShadow !== true).map(([key]) => key);
  if (inEarnest.length > 0) return { shape: "triangle", isBad: true, text: inEarnest.join(", ") };
  if (state.verification !== null) return { shape: "half", isBad: false, text: "being verified" };
  if (isFiring(state.book, "check-failing")) return { shape: "half", isBad: false, text: "recovering" };
  // A rule in shadow only records: it is no trouble, and it is said.
  if (found.length > 0)
    return { shape: "ring", isBad: false, text: `in shadow: ${found.map(([key]) => key).join(", ")}` };
  return { shape: "full", isBad: false, text: "healthy" };
}

function hasFailure(failing: ServiceState["failing"]): boolean {
  return !isNoneNamed(failing);
}
