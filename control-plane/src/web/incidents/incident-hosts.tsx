// The hosts of an incident that many share: which fail, which are well again, and why nothing is offered for each. Pure.
import { type HostCounts, isFiring } from "../../core/desk/incidents/held-findings.ts";
import type { Finding } from "../../core/desk/records/finding.ts";
import type { Incident, Place } from "../../core/desk/records/incident.ts";
import { hostIdIn, placeNameOf } from "../../core/words/subject.ts";
import { Exact } from "../frame/parts.tsx";
import { State } from "../frame/state.tsx";

const HOSTS_SHOWN_MAX = 200;
/** Puts names in order, and never throws, whatever stands where a name should. */
const NAMES = new Intl.Collator("en", { numeric: true });

export interface IncidentHostsProps {
  readonly incident: Incident;
  /** a part of them; what goes on first */
  readonly findings: readonly Finding[];
  /** of all */
  readonly hosts: HostCounts;
}

/** Says whether many hosts share it. */
export function isShared({ kind }: Place): boolean {
  return kind === "wide" || kind === "many" || kind === "fleet";
}

/** The hosts, those that fail first; nothing where one host has it alone. */
export function IncidentHosts({ findings, hosts, incident }: IncidentHostsProps) {
  if (!isShared(incident.place) || hosts.failing + hosts.well === 0) return null;
  const failing = hostsIn(findings.filter(isFiring));
  const well = hostsIn(findings).filter(({ hostId }) => !failing.some((host) => host.hostId === hostId));
  return (
    <>
      <h2>
        {hosts.failing} of {hosts.failing + hosts.well} hosts {failsOr(incident)}
      </h2>
      <HostLinks hosts={failing} countOfAll={hosts.failing} isBad />
      {hosts.well > 0 && (
        <details>
          <summary>{hosts.well} well again</summary>
          <HostLinks hosts={well} countOfAll={hosts.well} />
        </details>
      )}
    </>
  );
}

/** Why a person finds no restart here. */
export function NothingOffered({ place, state }: Pick<Incident, "place" | "state">) {
  if (!isShared(place) || state === "resolved" || state === "merged") return null;
  return (
    <p class="say" data-says="nothing-offered">
      No restart is offered, and nothing runs by itself: what breaks on many hosts at once is rarely the fault
      of each. Look at what they share first.
    </p>
  );
}

function failsOr({ place }: Incident): string {
  return place.kind === "fleet" ? "are silent" : "fail";
}

interface LinkedHost {
  readonly hostId: string;
  readonly name: string;
}

function hostsIn(findings: readonly Finding[]): readonly LinkedHost[] {
  const names = new Map<string, string>();
  for (const { subject } of findings) {
    const hostId = hostIdIn(subject);
    if (hostId !== null) names.set(hostId, placeNameOf(subject));
  }
  return [...names]
    .map(([hostId, name]) => ({ hostId, name }))
    .sort((left, right) => NAMES.compare(left.name, right.name));
}

function HostLinks(props: {
  readonly hosts: readonly LinkedHost[];
  readonly countOfAll: number;
  readonly isBad?: boolean;
}) {
  const shown = props.hosts.slice(0, HOSTS_SHOWN_MAX);
  return (
    <>
      <ul class="map">
        {shown.map(({ hostId, name }) => (
          <li>
            <a href={`/hosts/${hostId}`}>
              <State kind={props.isBad === true ? "failing" : "done"}>
                <Exact text={name} />
              </State>
            </a>
          </li>
        ))}
      </ul>
      {props.countOfAll > shown.length && <p class="soft">And {props.countOfAll - shown.length} more.</p>}
    </>
  );
}
