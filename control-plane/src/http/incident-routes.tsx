// The desk, one incident, and its acknowledgement. A shard that does not answer costs the page its hosts, not the page.
import { Hono } from "hono";
import type { HostState } from "../core/shard-state.ts";
import { deskOf, shardOf, type Bound, type Ctx } from "./context.ts";
import { admitForm } from "./form.ts";
import { DeskPage } from "./pages/desk.tsx";
import { IncidentPage } from "./pages/incident.tsx";
import {
  askToSignIn,
  csrfTokenOf,
  frameOf,
  seeOther,
  sendNotFound,
  sendPage,
  sendRefusal,
} from "./respond.tsx";
import { visitorOf } from "./session.ts";

export const incidentRoutes = new Hono<Bound>();

incidentRoutes.get("/", async (c) => {
  const visitor = await visitorOf(c);
  if (visitor === null) return askToSignIn(c);
  const { shards, incidents, approvals } = await deskOf(c.env).overview();
  const snapshots = await Promise.all(shards.map((shard) => snapshotOf(c, shard)));
  return sendPage(
    c,
    <DeskPage
      frame={await frameOf(visitor)}
      incidents={incidents}
      approvals={approvals}
      hosts={snapshots.flatMap(({ hosts }) => hosts ?? [])}
      silentShards={snapshots.filter(({ hosts }) => hosts === null).map(({ shard }) => shard)}
    />,
  );
});

incidentRoutes.get("/incidents/:id", async (c) => {
  const visitor = await visitorOf(c);
  if (visitor === null) return askToSignIn(c);
  const incidentId = c.req.param("id");
  const found = await deskOf(c.env).incident(incidentId);
  if (found === null) return sendNotFound(c, visitor);
  const act = { purpose: "acknowledge", subject: incidentId, proposalHash: "" } as const;
  return sendPage(
    c,
    <IncidentPage
      frame={await frameOf(visitor)}
      incident={found.incident}
      resolvesAt={found.resolvesAt}
      approvals={found.approvals}
      pages={found.pages}
      acknowledgeToken={await csrfTokenOf(visitor, act)}
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
  const answered = await deskOf(c.env).acknowledge(incidentId, visitor.session.responder);
  return answered.ok ? seeOther(c, path) : sendRefusal(c, answered.error.reason, { visitor, backPath: path });
});

/** What one shard knows; null hosts when it did not answer. The page says so: that is where this failure is recorded. */
async function snapshotOf(
  c: Ctx,
  shard: string,
): Promise<{ readonly shard: string; readonly hosts: readonly HostState[] | null }> {
  try {
    return { shard, hosts: await shardOf(c.env, shard).snapshot() };
  } catch {
    return { shard, hosts: null };
  }
}
