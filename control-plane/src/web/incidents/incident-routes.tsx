// One incident, and its acknowledgement. Opening a view changes nothing.
import { Hono } from "hono";
import { deskOf, type Bound } from "../../http/context.ts";
import { visitorOf } from "../../http/visitor.ts";
import { admitForm } from "../frame/form.ts";
import {
  askToSignIn,
  csrfTokenOf,
  frameOf,
  seeOther,
  sendNotFound,
  sendView,
  sendRefusal,
} from "../frame/respond.tsx";
import { meaningOf } from "../runbooks/runbooks.ts";
import { IncidentView } from "./incident-view.tsx";

export const incidentRoutes = new Hono<Bound>();

incidentRoutes.get("/incidents/:id", async (c) => {
  const visitor = await visitorOf(c);
  if (visitor === null) return askToSignIn(c);
  const incidentId = c.req.param("id");
  const found = await deskOf(c.env).incident(incidentId);
  if (found === null) return sendNotFound(c, visitor);
  const act = { purpose: "acknowledge", subject: incidentId, proposalHash: "" } as const;
  return sendView(
    c,
    <IncidentView
      frame={await frameOf(visitor)}
      incident={found.incident}
      resolvesAt={found.resolvesAt}
      approvals={found.approvals}
      pages={found.pages}
      holds={found.holds}
      acknowledgeToken={await csrfTokenOf(visitor, act)}
      meaning={meaningOf(found.incident.reason)}
    />,
  );
});

incidentRoutes.post("/incidents/:id/acknowledge", async (c) => {
  const incidentId = c.req.param("id");
  const path = `/incidents/${encodeURIComponent(incidentId)}`;
  const admitted = await admitForm(c, { purpose: "acknowledge", subject: incidentId });
  if (!admitted.ok) {
    if (admitted.error.reason === "not-signed-in") return askToSignIn(c);
    return sendRefusal(c, admitted.error.reason, { visitor: admitted.error.visitor, backPath: path });
  }
  const { visitor } = admitted.value;
  const answered = await deskOf(c.env).acknowledge(incidentId, visitor.signIn.responder);
  return answered.ok ? seeOther(c, path) : sendRefusal(c, answered.error.reason, { visitor, backPath: path });
});

/** How many to pass over; anything that is no count is none. */
