// The desk's front. What is open, who is paged and what is held comes from the desk, what is over, the hosts and their lines
// from D1 with the desk's word over them; no shard is asked. Two rounds: what there is, then more about what of it is shown.
import { type IncidentNow, INCIDENTS_NOW_MAX } from "../../core/desk/incidents-now.ts";
import type { Incident } from "../../core/desk/records/incident.ts";
import { listHosts, listTags } from "../../http/host-list.ts";
import { overlayOf } from "../../http/host-list.ts";
import { readStripsOf } from "../../http/host-strips.ts";
import type { Reads } from "../../http/reads.ts";
import { trustOf } from "../../http/trust-now.ts";
import type { HostList } from "../../read-side/listed-host.ts";
import { countIn } from "../frame/fields.ts";
import { type PeopleRoute, view } from "../frame/people-routes.ts";
import { sendView } from "../frame/respond.tsx";
import { frozenHosts, type HostMarks } from "../hosts/host-marks.ts";
import { byUrgency } from "../incidents/incident-words.ts";
import type { ResolvedIncident } from "../incidents/resolved-line.tsx";
import { isLarge, shownHosts, WHOLE_MAX } from "./fleet.tsx";
import { INCIDENTS_ASKED_MAX, INCIDENTS_PER_VIEW, OverviewView } from "./overview-view.tsx";

/** More open incidents than this are looked for elsewhere. */
const SKIP_MAX = 999_999;
const RESOLVED_SHOWN_MAX = 6;
/** One of its days may have 25 hours. */
const WEEK_MS = (7 * 24 + 1) * 3_600_000;
const ALL_HOSTS = { search: "", tag: null, state: null, after: null, limit: WHOLE_MAX } as const;

export const overviewRoutes: readonly PeopleRoute[] = [
  view("/", async (c) => {
    const { frame, reads } = c.var;
    const skipCount = countIn(c.req.query("skip"), SKIP_MAX) ?? 0;
    const [{ approvals, incidents }, listed, history, brakes, reach, { trust }] = await Promise.all([
      reads.desk.overview(),
      listHosts(reads, ALL_HOSTS, frame.now),
      reads.lists.resolved({ hostId: null, after: null, limit: RESOLVED_SHOWN_MAX }),
      reads.desk.brakes(),
      reads.desk.reach(),
      trustOf(reads.desk),
    ]);
    const open = byUrgency(incidents.filter(({ state }) => state === "open" || state === "acknowledged"));
    const names = new Map(reach.onCall.map(({ name, responder }) => [responder, name]));
    const marks: HostMarks = { ...brakes, names };
    const shown = open.slice(skipCount, skipCount + INCIDENTS_PER_VIEW);
    const asked = [...new Set([...open.slice(0, INCIDENTS_ASKED_MAX), ...shown])];
    const [known, hosts, tags, rings, signIns] = await Promise.all([
      incidentsNowOf(reads, asked),
      withFrozen(reads, listed, marks),
      isLarge(listed) ? listTags(reads) : null,
      open.length === 0 ? reads.lists.ringsSince(frame.now - WEEK_MS) : null,
      reads.desk.signIns(null),
    ]);
    const stripped = { ...hosts, hosts: shownHosts(hosts, marks, frame.now) };
    const strips = await readStripsOf(reads, stripped, frame.now);
    return sendView(
      c,
      <OverviewView
        {...{ frame, approvals, hosts, known, marks, reach, rings, skipCount, strips, tags }}
        incidents={open}
        devices={countsOf(signIns)}
        resolved={newestOf(incidents, history?.rows ?? [])}
        isHistoryRead={history !== null}
        hasApprovers={trust !== null}
      />,
    );
  }),
];

/** Devices of each person. */
function countsOf(signIns: readonly { readonly responder: string }[]): ReadonlyMap<string, number> {
  const byPerson = Map.groupBy(signIns, ({ responder }) => responder);
  return new Map([...byPerson].map(([responder, theirs]) => [responder, theirs.length]));
}

/** What the desk knows of each, asked in parts that it answers. */
async function incidentsNowOf(
  { desk }: Pick<Reads, "desk">,
  incidents: readonly Incident[],
): Promise<readonly IncidentNow[]> {
  const ids = incidents.map(({ incidentId }) => incidentId);
  const parts = Array.from({ length: Math.ceil(ids.length / INCIDENTS_NOW_MAX) }, (_, index) =>
    desk.incidentsNow(ids.slice(index * INCIDENTS_NOW_MAX, (index + 1) * INCIDENTS_NOW_MAX)),
  );
  return (await Promise.all(parts)).flat();
}

/** Of a large fleet: who is frozen is shown, wherever they stand in the list. */
async function withFrozen({ desk, lists }: Reads, list: HostList, marks: HostMarks): Promise<HostList> {
  const shown = new Set(list.hosts.map(({ hostId }) => hostId));
  const missing = frozenHosts(marks)
    .filter((hostId) => !shown.has(hostId))
    .slice(0, WHOLE_MAX);
  if (missing.length === 0 || list.counts === null || !isLarge(list)) return list;
  const [known, rows] = await Promise.all([desk.hostsNow(), lists.hostsById(missing)]);
  return { ...list, hosts: [...list.hosts, ...(rows ?? []).map(overlayOf(known))] };
}

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
