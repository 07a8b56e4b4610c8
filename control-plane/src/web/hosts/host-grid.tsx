// Hosts beside each other with what is said above them: until when it holds what is known, what it lacks, and that it cannot
// be read. An empty grid is never shown in the place of one that could not be read. Pure.
import type { HostCounts, HostList, HostRow, ListedState } from "../../read-side/listed-host.ts";
import type { HostStrips } from "../../read-side/queries/strip-rows.ts";
import { AsOf } from "../look/as-of.tsx";
import { OwnCard } from "../look/own-card.tsx";
import { State, type StateKind } from "../look/state.tsx";
import { frozenHosts, type HostMarks, silencedHosts } from "./host-marks.ts";
import { HostTile } from "./host-tile.tsx";

/** The lines of the hosts that are shown, by host; null: they cannot be read now. */
export type Strips = ReadonlyMap<string, HostStrips> | null;

/** The hosts, and how to read them. */
export function HostGrid(props: {
  readonly hosts: readonly HostRow[];
  readonly strips: Strips;
  readonly marks: HostMarks;
  /** they are some of very many */
  readonly isBrief?: boolean;
  readonly now: number;
}) {
  const { hosts, isBrief = false, marks, now, strips } = props;
  if (hosts.length === 0) return null;
  return (
    <>
      <ul class="hosts">
        {hosts.map((host) => (
          <OwnCard as="li" what={`Host ${host.hostId}`}>
            <HostTile host={host} strips={strips?.get(host.hostId)} {...{ isBrief, marks, now }} />
          </OwnCard>
        ))}
      </ul>
      {strips === null ? (
        <p class="small soft">Their last 24 hours cannot be read just now.</p>
      ) : (
        <p class="small soft">
          Each line is a service's last 24 hours. Thin: well. Half: restarted. Tall: failing. Hairline: no
          data.
        </p>
      )}
    </>
  );
}

const COUNTED: readonly (readonly [ListedState, StateKind, string])[] = [
  ["down", "down", "down"],
  ["failing", "failing", "failing"],
  ["unknown", "unknown", "not known"],
];

/** How many are how, each host once and each a way to them; beside it of how many people froze or silenced something. */
export function HostChips(props: {
  readonly counts: HostCounts | null;
  readonly marks: HostMarks;
  readonly now: number;
}) {
  const { counts, marks, now } = props;
  if (counts === null) return null;
  const frozen = frozenHosts(marks).length;
  const silenced = silencedHosts(marks, now).length;
  const isAllFrozen = marks.freezes.some(({ scope }) => scope.kind === "fleet");
  return (
    <p class="chips small">
      {COUNTED.filter(([state]) => counts[state] > 0).map(([state, kind, word]) => (
        <a href={`/hosts?state=${state}`}>
          <State kind={kind}>
            {counts[state]} {word}
          </State>
        </a>
      ))}
      {counts.well > 0 && (
        <State kind="well" isQuiet>
          {counts.well} well
        </State>
      )}
      {(isAllFrozen || frozen > 0) && (
        <a href="/brake">
          <State kind="frozen">{isAllFrozen ? "all of them frozen" : `${frozen} of them frozen`}</State>
        </a>
      )}
      {silenced > 0 && (
        <a href="/silences">
          <State kind="silenced">{silenced} of them silenced</State>
        </a>
      )}
    </p>
  );
}

/** What a list of hosts is not: fresh, readable, whole. */
export function HostListSays({ list, now }: { readonly list: HostList; readonly now: number }) {
  return (
    <>
      <AsOf asOf={list.asOf} now={now} what="list of hosts" />
      {list.asOf === null && list.hosts.length > 0 && <p>These do not answer, as the desk itself knows.</p>}
      {list.blindShards.length > 0 && (
        <p class="say no" role="alert" data-says="blind">
          Which hosts of {list.blindShards.join(", ")} are up is not known just now.
        </p>
      )}
      {list.missingCount > 0 && (
        <p class="say" data-says="missing">
          {list.missingCount === 1 ? "1 host is" : `${list.missingCount} hosts are`} enrolled and not in the
          list yet.
        </p>
      )}
    </>
  );
}
