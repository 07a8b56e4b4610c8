// The hosts of an incident that many share: what they have in common and what not, why nothing is offered for each, and
// which fail and which are well again. Pure.
import type { Place } from "../../core/desk/records/incident.ts";
import { chooseHostPathOf } from "../asks/ask-path.ts";
import { Icon } from "../look/icons.tsx";
import { May } from "../look/may.tsx";
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
  const { notExplaining, shared } = sharesOf(findings, shown.traits, shown.found.affected);
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
        <May needs="answer">
          <p class="links">
            <a href={chooseHostPathOf(incidentId)}>Ask for something on one host, to try</a>
          </p>
        </May>
      )}
    </Card>
  );
}

/** The hosts, those that fail first. */
export function IncidentHosts({ shown }: { readonly shown: ShownIncident }) {
  const { affected, hosts, incident } = shown.found;
  if (!isShared(incident.place) || incident.place.kind === "fleet" || hosts.failing + hosts.well === 0)
    return null;
  const all = affected.toSorted((left, right) => NAMES.compare(left.name, right.name));
  const failing = all.filter(({ isFailing }) => isFailing);
  const again = all.filter(({ isFailing }) => !isFailing);
  const ids = new Set(all.map(({ hostId }) => hostId));
  const never = (shown.traits ?? []).filter(({ hostId }) => !ids.has(hostId));
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
          <summary>{never.length} without this finding</summary>
          <HostMap hosts={never} countOfAll={never.length} />
        </details>
      )}
    </Card>
  );
}

interface LinkedHost {
  readonly hostId: string;
  readonly name: string;
  /** known to be well; absent: as far as this incident goes */
  readonly isWell?: boolean;
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
        {shown.map(({ hostId, isWell = true, name }) => (
          <li class={isBad ? "bad" : undefined}>
            <a href={`/hosts/${hostId}`}>
              {isBad && <Icon name="fail" />}
              {!isBad && (isWell ? <Icon name="well" tone="good" /> : <Icon name="todo" />)}
              <Exact text={name} />
            </a>
          </li>
        ))}
      </ul>
      {countOfAll > shown.length && <p class="soft small">And {countOfAll - shown.length} more.</p>}
    </>
  );
}
