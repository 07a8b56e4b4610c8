// All hosts, part by part, found by words in the names of hosts and services. Pure.
import { SEARCH_CHARS_MAX } from "@countersign/shared/values/limits";
import type { HostList } from "../../read-side/listed-host.ts";
import { Layout, type Frame } from "../frame/layout.tsx";
import { HostListing } from "./host-listing.tsx";

export interface HostsViewProps {
  readonly frame: Frame;
  readonly search: string;
  readonly list: HostList;
}

/** Part of the list. */
export function HostsView({ frame, list, search }: HostsViewProps) {
  const morePath = (after: string) => `/hosts?${new URLSearchParams({ q: search, after }).toString()}`;
  return (
    <Layout title="Hosts" frame={frame} path="/hosts">
      <h1>Hosts</h1>
      <form method="get" action="/hosts" role="search">
        <label>
          Name of a host or a service{" "}
          <input type="search" name="q" value={search} maxlength={SEARCH_CHARS_MAX} autocomplete="off" />
        </label>
        <p>
          <button class="btn plain">Find</button>
        </p>
      </form>
      {list.asOf !== null && list.hosts.length === 0 && list.enrolledCount > 0 && (
        <p>No host has that name.</p>
      )}
      <HostListing list={list} now={frame.now} morePath={morePath} />
    </Layout>
  );
}
