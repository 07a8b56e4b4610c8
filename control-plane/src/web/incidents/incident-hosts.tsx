// The hosts of an incident that many share: what they have in common and what not, why nothing is offered for each, and which fail and which are well
// again. Pure.
import { isFiring } from "../../core/desk/incidents/held-findings.ts";
import type { Finding } from "../../core/desk/records/finding.ts";
import type { Place } from "../../core/desk/records/incident.ts";
import { hostIdIn, placeNameOf } from "../../core/words/subject.ts";
import { chooseHostPathOf } from "../asks/ask-path.ts";
import { Icon } from "../look/icons.tsx";
import { Exact } from "../look/parts.tsx";
import { State } from "../look/state.tsx";
import { Card } from "./card.tsx";
import { type Counted, type Share, sharesOf } from "./incident-shares.ts";
import type { ShownIncident } from "./shown-incident.ts";

const HOSTS_SHOWN_MAX = 200;
/** Puts names in order, and never throws, whatever stands where a name should. */
const NAMES = new Intl.Collator("en", { numeric: true });

/** Says whether many hosts share it. */
export function isShared({ kind }: Place): boolean {
  return kind === "wide" || kind === "many" || kind === "fleet";
}

/** What the failing ones share, and what does not explain it; nothing where one host has it alone. */
export function IncidentShares({ shown }: { readonly shown: ShownIncident }) {
  const { findings, incident } = shown.found;
  if (!isShared(incident.place) || incident.state === "merged") return null;
  const { notExplaining, shared } = sharesOf(findings, shown.traits);
  const count = shown.found.hosts.failing;
  return (
    <>
      {shared.length > 0 && (
        <Card id="shared" heading={`What the ${count} share`} tone="no">
          <ul class="list">
            {shared.map((share) => (
              <li>
                <ShareTitle share={share} />
                <p class="small">{countWords(share)}</p>
              </li>
            ))}
          </ul>
        </Card>
      )}
      <NothingOffered shown={shown} />
      {notExplaining.length > 0 && (
        <Card id="spread" heading="What does not explain it">
          <ul class="list small">
            {notExplaining.map((share) => (
              <li>
                <ShareTitle share={share} /> <span class="soft">{countWords(share)}</span>
              </li>
            ))}
          </ul>
        </Card>
      )}
    </>
  );
}

function ShareTitle({ share: { kind, text } }: { readonly share: Share }) {
  switch (kind) {
    case "check":
      return (
        <b>
          The same check: <Exact text={text} />
        </b>
      );
    case "failure":
      return (
        <b>
          The same kind of failure: <Exact text={text} />
        </b>
      );
    case "words":
      return (
        <>
          <b>The same last line</b>
          <ol class="log" aria-label="What they say">
            <li>
              <b>
                <Exact text={text} />
              </b>
            </li>
          </ol>
        </>
      );
    case "tag":
      return (
        <b>
          Tag <Exact text={text} />
        </b>
      );
    case "version":
      return (
        <b>
          Agent <Exact text={text} />
        </b>
      );
  }
}

function countWords({ failing, well }: Share): string {
  const bad = `${wholeOf(failing)} that fail`;
  return well === null ? bad : `${bad}; ${wholeOf(well)} that are well`;
}

function wholeOf({ count, of }: Counted): string {
  return `${count} of ${of}`;
}

/** Why a person finds no restart here. */
function NothingOffered({ shown }: { readonly shown: ShownIncident }) {
  const { incidentId, place, state } = shown.found.incident;
  if (!isShared(place) || state === "resolved" || state === "merged") return null;
  return (
    <Card id="no-restart" heading="No restart is offered" says="nothing-offered">
      <p>
        What breaks on many hosts at once is rarely the fault of each, so nothing is offered and nothing runs
        by itself. Look at what they share first.
      </p>
      {place.kind !== "fleet" && (
        <p class="links">
          <a href={chooseHostPathOf(incidentId)}>Ask for something on one host, to try</a>
        </p>
      )}
    </Card>
  );
}

/** The hosts, those that fail first. */
export function IncidentHosts({ shown }: { readonly shown: ShownIncident }) {
  const { findings, hosts, incident } = shown.found;
  if (!isShared(incident.place) || incident.place.kind === "fleet" || hosts.failing + hosts.well === 0)
    return null;
  const failing = hostsIn(findings.filter(isFiring));
  const again = hostsIn(findings).filter(({ hostId }) => !failing.some((host) => host.hostId === hostId));
  const all = new Set(hostsIn(findings).map(({ hostId }) => hostId));
  const never = (shown.traits ?? []).filter(({ hostId }) => !all.has(hostId));
  const count = hosts.failing + hosts.well + never.length;
  return (
    <Card id="hosts" heading={`${hosts.failing} of ${count} ${count === 1 ? "host fails" : "hosts fail"}`}>
      {hosts.well > 0 && (
        <p class="chips small">
          <State kind="well" isQuiet>
            {hosts.well} well again
          </State>
        </p>
      )}
      <HostMap hosts={failing} countOfAll={hosts.failing} isBad />
      {hosts.well > 0 && (
        <details>
          <summary>{hosts.well} well again</summary>
          <HostMap hosts={again} countOfAll={hosts.well} />
        </details>
      )}
      {never.length > 0 && (
        <details>
          <summary>{never.length} that never failed</summary>
          <HostMap hosts={never} countOfAll={never.length} />
        </details>
      )}
    </Card>
  );
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

function HostMap(props: {
  readonly hosts: readonly LinkedHost[];
  readonly countOfAll: number;
  readonly isBad?: boolean;
}) {
  const { countOfAll, hosts, isBad = false } = props;
  const shown = hosts.slice(0, HOSTS_SHOWN_MAX);
  return (
    <>
      <ul class="map small">
        {shown.map(({ hostId, name }) => (
          <li class={isBad ? "bad" : undefined}>
            <a href={`/hosts/${hostId}`}>
              <Icon name={isBad ? "fail" : "well"} {...(isBad ? {} : { tone: "good" })} />
              <Exact text={name} />
            </a>
          </li>
        ))}
      </ul>
      {countOfAll > shown.length && <p class="soft small">And {countOfAll - shown.length} more.</p>}
    </>
  );
}
