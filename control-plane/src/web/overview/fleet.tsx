// The hosts of the desk's front, the worst first. A small fleet is shown whole. Of a large one the ill and the frozen are
// shown, the worst first, and the well ones fold into one map by tag: what is well takes no more room than what is ill.
// Pure.
import type { HostList } from "../../read-side/listed-host.ts";
import { listedStateOf } from "../../read-side/listed-host.ts";
import type { TagGroup, TagList } from "../../read-side/queries/host-rows.ts";
import { HostChips, HostGrid, HostListSays, type Strips } from "../hosts/host-grid.tsx";
import { frozenHosts, type HostMarks } from "../hosts/host-marks.ts";
import { isSilenced } from "../hosts/host-tile.tsx";
import { Icon } from "../look/icons.tsx";
import { May } from "../look/may.tsx";
import { Exact } from "../look/parts.tsx";

/** A fleet of so many is shown whole. */
export const WHOLE_MAX = 40;
/** Of a larger one so many that need a look. */
export const ILL_SHOWN_MAX = 24;

export interface FleetProps {
  readonly list: HostList;
  readonly strips: Strips;
  readonly marks: HostMarks;
  /** of a large fleet; null: they cannot be read, or it is none */
  readonly tags: TagList | null;
  readonly now: number;
}

/** Which of the hosts are shown, the worst first. */
export function shownHosts(list: HostList, marks: HostMarks, now: number): HostList["hosts"] {
  const frozen = new Set(frozenHosts(marks));
  const rank = (host: HostList["hosts"][number]) => {
    if (listedStateOf(host) !== "well") return isSilenced(host, marks, now) ? 1 : 0;
    return frozen.has(host.hostId) ? 2 : 3;
  };
  const rankOf = (host: HostList["hosts"][number]) => readable(() => rank(host)) ?? 0;
  const inOrder = list.hosts.toSorted((left, right) => rankOf(left) - rankOf(right));
  if (!isLarge(list)) return inOrder;
  return inOrder.filter((host) => rankOf(host) < 3).slice(0, ILL_SHOWN_MAX);
}

/** What of a row cannot be read costs itself: such a host is shown as one that needs a look. */
function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** Services of the hosts that are in the list. */
export function serviceCountOf({ hosts }: HostList): number {
  return hosts.reduce((sum, { services }) => sum + (readable(() => services.length) ?? 0), 0);
}

/** More than is shown whole. */
export function isLarge({ enrolledCount, next }: HostList): boolean {
  return next !== null || enrolledCount > WHOLE_MAX;
}

/** The section. */
export function Fleet(props: FleetProps) {
  const { list, marks, now, strips } = props;
  const hosts = shownHosts(list, marks, now);
  const ill = list.counts === null ? 0 : list.counts.down + list.counts.failing + list.counts.unknown;
  const illShown = hosts.filter((host) => readable(() => listedStateOf(host)) !== "well").length;
  return (
    <section aria-labelledby="hosts">
      <div>
        <h2 id="hosts">
          {list.enrolledCount} {list.enrolledCount === 1 ? "host" : "hosts"}
        </h2>
        <HostChips counts={list.counts} marks={marks} now={now} />
      </div>
      <HostListSays list={list} now={now} />
      <HostGrid {...{ hosts, strips, marks, now }} isBrief={isLarge(list)} />
      {illShown < ill && (
        <p>
          {ill - illShown} more of {ill} that are not well, none worse than these:{" "}
          {list.counts === null ? "" : <Ways counts={list.counts} />}
        </p>
      )}
      {isLarge(list) && <Map {...props} />}
      <p class="links">
        <a href="/hosts">{isLarge(list) ? "Find a host" : "All hosts"}</a>
        <May needs="administer">
          <a href="/hosts/new">Add a host</a>
        </May>
      </p>
    </section>
  );
}

/** A way to those of each state that is not well. */
export function Ways({ counts }: { readonly counts: NonNullable<HostList["counts"]> }) {
  const ways = [
    ["down", "down", counts.down],
    ["failing", "failing", counts.failing],
    ["unknown", "not known", counts.unknown],
  ] as const;
  return (
    <span class="links">
      {ways
        .filter(([, , count]) => count > 0)
        .map(([state, word, count]) => (
          <a href={`/hosts?state=${state}`}>
            {count === 1 ? "the one" : `all ${count}`} {word}
          </a>
        ))}
    </span>
  );
}

/** A large fleet by the tags of its hosts: a host of two stands in both. */
function Map({ list, tags }: FleetProps) {
  if (list.counts === null) return null;
  return (
    <>
      <h3>By tag: how many are not well</h3>
      {tags === null && <p class="small soft">Their tags cannot be read just now.</p>}
      {tags !== null && tags.groups.length === 0 && (
        <p class="small soft">No host has a tag. A host's catalogue names its tags.</p>
      )}
      {tags !== null && tags.groups.length > 0 && (
        <ul class="map small">
          {tags.groups.map((group) => (
            <li class={group.illCount > 0 ? "bad" : undefined}>
              <a href={`/hosts?tag=${encodeURIComponent(group.tag)}`}>
                <TagIcon group={group} />
                <span>
                  <Exact text={group.tag} />
                  <br />
                  <span class="nb">{tagWords(group)}</span>
                </span>
              </a>
            </li>
          ))}
        </ul>
      )}
      {tags !== null && tags.moreCount > 0 && (
        <p class="small soft">
          {tags.moreCount} {tags.moreCount === 1 ? "tag" : "tags"} of fewer hosts{" "}
          {tags.moreCount === 1 ? "is" : "are"} not shown.
        </p>
      )}
    </>
  );
}

function TagIcon({ group: { illCount, unknownCount } }: { readonly group: TagGroup }) {
  if (illCount > 0) return <Icon name="fail" tone="bad" />;
  return unknownCount > 0 ? <Icon name="todo" /> : <Icon name="well" tone="good" />;
}

function tagWords({ count, illCount, unknownCount }: TagGroup): string {
  const unknown = unknownCount > 0 ? [`${unknownCount} not known`] : [];
  if (illCount > 0) return [`${illCount} of ${count}`, ...unknown].join(", ");
  return unknown.length === 0 ? `${count} well` : `${unknown.join("")} of ${count}`;
}
