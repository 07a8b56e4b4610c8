// A list of hosts with what is said above it: until when it holds what is known, what it lacks, and that it cannot be read. An empty list is never
// shown in the place of one that could not be read. Pure.
import type { HostList } from "../../read-side/listed-host.ts";
import { AsOf } from "../frame/as-of.tsx";
import { OwnCard } from "../frame/own-card.tsx";
import { HostCard } from "./host-card.tsx";

/** Hosts, and the way on where there are more; `morePath` leads to the next part. */
export function HostListing(props: {
  readonly list: HostList;
  readonly now: number;
  readonly morePath: (after: string) => string;
}) {
  const { list, morePath, now } = props;
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
      {list.enrolledCount === 0 && (
        <p>
          No host is enrolled yet. <a href="/hosts/new">Add the first one</a>.
        </p>
      )}
      <div class="hosts">
        {list.hosts.map((host) => (
          <OwnCard what={`Host ${host.hostId}`}>
            <HostCard host={host} now={now} />
          </OwnCard>
        ))}
      </div>
      {list.next !== null && (
        <p>
          <a class="btn plain" href={morePath(list.next)}>
            More hosts, none more urgent than those above
          </a>
        </p>
      )}
    </>
  );
}
