// What is over; one incident, and its acknowledgement: the form of its view, good for this incident alone.
import { ok } from "@countersign/shared/values/result";
import { listResolved } from "../../http/desk-lists.ts";
import { act, type PeopleRoute, view } from "../frame/people-routes.ts";
import { csrfTokenOf, sendNotFound, sendView } from "../frame/respond.tsx";
import { meaningOf } from "../runbooks/runbooks.ts";
import { HistoryView } from "./history-view.tsx";
import { IncidentView } from "./incident-view.tsx";

const HISTORY_PER_VIEW = 50;

export const incidentRoutes: readonly PeopleRoute[] = [
  view("/incidents", async (c) => {
    const asked = { hostId: null, after: c.req.query("after") ?? null, limit: HISTORY_PER_VIEW };
    const part = await listResolved(c.var.reads, asked);
    return sendView(c, <HistoryView frame={c.var.frame} part={part} />);
  }),

  view("/incidents/:id", async (c) => {
    const { frame, reads, visitor } = c.var;
    const incidentId = c.req.param("id");
    const found = await reads.desk.incident(incidentId);
    if (found === null) return sendNotFound(c, frame);
    await c.var.noteIncidentSeen(incidentId);
    return sendView(
      c,
      <IncidentView
        frame={frame}
        incident={found.incident}
        findings={found.findings}
        chosenId={c.req.query("finding") ?? null}
        hosts={found.hosts}
        next={found.next}
        resolvesAt={found.resolvesAt}
        approvals={found.approvals}
        pages={found.pages}
        asks={found.asks}
        earlier={found.earlier}
        holds={found.holds}
        fleet={found.fleet}
        acknowledgeToken={await csrfTokenOf(visitor, { purpose: "acknowledge", subject: incidentId })}
        meaning={meaningOf(found.incident.reason)}
      />,
    );
  }),

  act("/incidents/:id/acknowledge", {
    kind: "acknowledge",
    subject: (c) => c.req.param("id"),
    backPath: (c) => `/incidents/${encodeURIComponent(c.req.param("id"))}`,
    says: (c) => ok({ incidentId: c.req.param("id") }),
  }),
];
