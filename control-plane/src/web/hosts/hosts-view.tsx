// All hosts, part by part: found by words in the names of host, services and tags, by a tag, by how they are. It has fields,
// so it stands still. Pure.
import { SEARCH_CHARS_MAX } from "@countersign/shared/values/limits";
import { type HostList, LISTED_STATES, type ListedState } from "../../read-side/listed-host.ts";
import type { TagGroup } from "../../read-side/queries/host-rows.ts";
import { Layout, type Frame } from "../frame/layout.tsx";
import { May } from "../look/may.tsx";
import { Exact } from "../look/parts.tsx";
import { HostChips, HostGrid, HostListSays, type Strips } from "./host-grid.tsx";
import type { HostMarks } from "./host-marks.ts";

/** Hosts of one part: with their lines it must load on a bad connection. */
export const HOSTS_PER_VIEW = 40;

/** By what the list is cut down; empty, null: by nothing. */
export interface HostFilter {
  readonly search: string;
  readonly tag: string | null;
  readonly state: ListedState | null;
}

export interface HostsViewProps {
  readonly frame: Frame;
  readonly filter: HostFilter;
  readonly list: HostList;
  readonly strips: Strips;
  /** null: they cannot be read now */
  readonly tags: readonly TagGroup[] | null;
  readonly marks: HostMarks;
}

/** Part of the list. */
export function HostsView(props: HostsViewProps) {
  const { filter, frame, list, marks, strips } = props;
  const isCut = filter.search !== "" || filter.tag !== null || filter.state !== null;
  return (
    <Layout title="Hosts" frame={frame} path="/hosts">
      <div>
        <div class="row">
          <h1>{list.enrolledCount === 1 ? "1 host" : `${list.enrolledCount} hosts`}</h1>
          <May needs="administer">
            <a class="tap" href="/hosts/new">
              Add a host
            </a>
          </May>
        </div>
        <HostChips counts={list.counts} marks={marks} now={frame.now} />
      </div>
      {list.enrolledCount > 0 && <FilterForm {...props} />}
      <HostListSays list={list} now={frame.now} />
      {list.enrolledCount === 0 && <p>No host is enrolled yet.</p>}
      {list.asOf !== null && list.hosts.length === 0 && list.enrolledCount > 0 && (
        <NoneFound filter={filter} hasMore={list.next !== null} />
      )}
      <h2 class="vh">The hosts</h2>
      <HostGrid hosts={list.hosts} strips={strips} marks={marks} now={frame.now} />
      <p class="links">
        {list.next !== null && (
          <a href={pathOf(filter, list.next)}>More hosts, none more urgent than these</a>
        )}
        {isCut && <a href="/hosts">All hosts</a>}
      </p>
    </Layout>
  );
}

const STATE_WORDS: Readonly<Record<ListedState, string>> = {
  down: "down",
  failing: "failing",
  unknown: "not known",
  well: "well",
};

function FilterForm({ filter, tags }: HostsViewProps) {
  const known = (tags ?? []).map(({ tag }) => tag);
  const offered = filter.tag === null || known.includes(filter.tag) ? known : [filter.tag, ...known];
  return (
    <form method="get" action="/hosts" role="search" class="find">
      <label>
        Name, service or tag
        <input type="search" name="q" value={filter.search} maxlength={SEARCH_CHARS_MAX} autocomplete="off" />
      </label>
      {offered.length > 0 && (
        <label>
          Tag
          <select name="tag">
            <option value="">any</option>
            {offered.map((tag) => (
              <option value={tag} selected={tag === filter.tag}>
                {tag}
              </option>
            ))}
          </select>
        </label>
      )}
      <label>
        How it is
        <select name="state">
          <option value="">any</option>
          {LISTED_STATES.map((state) => (
            <option value={state} selected={state === filter.state}>
              {STATE_WORDS[state]}
            </option>
          ))}
        </select>
      </label>
      <p>
        <button class="btn plain">Find</button>
      </p>
    </form>
  );
}

function NoneFound({ filter, hasMore }: { readonly filter: HostFilter; readonly hasMore: boolean }) {
  const { search, state, tag } = filter;
  const said = [
    ...(state === null ? [] : [`is ${STATE_WORDS[state]}`]),
    ...(tag === null ? [] : [`has the tag ${tag}`]),
    ...(search === "" ? [] : [`has “${search}” in its names`]),
  ];
  return (
    <p>
      {hasMore ? "In this part no host " : "No host "}
      <Exact text={said.length === 0 ? "is listed" : said.join(" and ")} />.
    </p>
  );
}

function pathOf({ search, state, tag }: HostFilter, after: string): string {
  const query = new URLSearchParams({ after });
  if (search !== "") query.set("q", search);
  if (tag !== null) query.set("tag", tag);
  if (state !== null) query.set("state", state);
  return `/hosts?${query.toString()}`;
}
