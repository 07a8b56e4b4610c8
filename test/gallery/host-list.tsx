// The list of hosts: whole, cut down, with nothing found, and when it cannot be read.
import { HostsView, type HostsViewProps } from "../../control-plane/src/web/hosts/hosts-view.tsx";
import { listOf, NIGHT_FLEET, stripsOf } from "./records/overview-night.ts";
import { ALICE, type ShownState } from "./shown-state.ts";

const TAGS = ["web", "db", "agents", "edge"].map((tag) => ({ tag, count: 3, illCount: 0, unknownCount: 0 }));

const ALL: HostsViewProps = {
  frame: ALICE,
  filter: { search: "", tag: null, state: null },
  ...NIGHT_FLEET,
  list: NIGHT_FLEET.hosts,
  tags: TAGS,
};
const WEB = ALL.list.hosts.filter(({ tags }) => tags.includes("web"));
const CUT = { ...ALL.list, hosts: WEB };
const HOSTILE = listOf([
  {
    ...WEB[0]!,
    name: `${"very-long-name-of-a-host".repeat(3)}\u202Egnp`,
    services: Array.from({ length: 12 }, (_, index) => ({
      service: index === 0 ? "مرحبا" : `service-with-a-long-name-${index}`,
      title: "A title \u202E of another",
      status: index < 8 ? ("failing" as const) : ("healthy" as const),
      names: ["http", "a-check-with-a-name-that-does-not-end-soon"],
    })),
  },
]);

export const states: readonly ShownState[] = [
  { name: "hosts-all", view: <HostsView {...ALL} />, path: "/hosts" },
  {
    name: "hosts-filtered",
    view: <HostsView {...ALL} list={CUT} filter={{ search: "nginx", tag: "web", state: null }} />,
    path: "/hosts",
  },
  {
    name: "hosts-no-match",
    view: (
      <HostsView
        {...ALL}
        list={{ ...ALL.list, hosts: [] }}
        filter={{ search: "postgress", tag: "web", state: "failing" }}
      />
    ),
    path: "/hosts",
  },
  {
    name: "hosts-unread",
    view: (
      <HostsView
        {...ALL}
        list={{ ...ALL.list, hosts: ALL.list.hosts.slice(0, 1), counts: null, asOf: null }}
        strips={null}
        tags={null}
      />
    ),
    path: "/hosts",
  },
  {
    name: "hosts-hostile",
    view: <HostsView {...ALL} list={HOSTILE} strips={stripsOf(HOSTILE.hosts)} />,
    path: "/hosts",
  },
];
