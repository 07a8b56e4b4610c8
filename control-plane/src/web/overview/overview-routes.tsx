// The desk's front: open incidents, the hosts, and what was resolved lately. What is open comes from the desk, what is over and the hosts from D1
// with the desk's word over them; no shard is asked.
import { LIST_ROWS_MAX } from "@countersign/shared/values/limits";
import type { Incident } from "../../core/desk/records/incident.ts";
import { listHosts } from "../../http/host-list.ts";
import { countIn } from "../frame/fields.ts";
import { type PeopleRoute, view } from "../frame/people-routes.ts";
import { sendView } from "../frame/respond.tsx";
import type { ResolvedIncident } from "../incidents/resolved-line.tsx";
import { OverviewView } from "./overview-view.tsx";

/** More open incidents than this are looked for elsewhere. */
const SKIP_MAX = 999_999;
const RESOLVED_SHOWN_MAX = 10;

export const overviewRoutes: readonly PeopleRoute[] = [
  view("/", async (c) => {
    const { frame, reads } = c.var;
    const [{ incidents, approvals }, hosts, history] = await Promise.all([
      reads.desk.overview(),
      listHosts(reads, { search: "", after: null, limit: LIST_ROWS_MAX }, frame.now),
      reads.lists.resolved({ hostId: null, after: null, limit: RESOLVED_SHOWN_MAX }),
    ]);
    return sendView(
      c,
      <OverviewView
        {...{ frame, approvals, hosts }}
        incidents={incidents.filter(({ state }) => state === "open" || state === "acknowledged")}
        resolved={newestOf(incidents, history?.rows ?? [])}
        isHistoryRead={history !== null}
        skipCount={countIn(c.req.query("skip"), SKIP_MAX) ?? 0}
      />,
    );
  }),
];

/** The desk remembers what was resolved within the hour, whatever the lists hold of it. */
function newestOf(
  incidents: readonly Incident[],
  listed: readonly ResolvedIncident[],
): readonly ResolvedIncident[] {
  const known = incidents.flatMap(({ incidentId, resolvedAt, title }) =>
    resolvedAt === null ? [] : [{ incidentId, resolvedAt, title }],
  );
  // What was opened again since is open, and not over.
  const isLive = new Set(incidents.map(({ incidentId }) => incidentId));
  return [...known, ...listed.filter(({ incidentId }) => !isLive.has(incidentId))]
    .toSorted((left, right) => right.resolvedAt - left.resolvedAt)
    .slice(0, RESOLVED_SHOWN_MAX);
}
