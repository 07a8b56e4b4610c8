// Routes of the audit, of one host and of adding one. The audit's view checks the hash chain of the rows it shows; the enrolment token is made
// by the form's POST, never by opening the view, and is shown in that one answer only.
import { Hono } from "hono";
import { refuse } from "@countersign/shared/values/result";
import { type ChainedAuditEntry, type ChainEnd, findChainBreak } from "../../core/desk/audit/audit-chain.ts";
import { byPerson } from "../../core/words/actor.ts";
import { hostIdIn } from "../../core/words/subject.ts";
import { deskOf, type Bound } from "../../http/context.ts";
import { snapshotsOf } from "../../http/snapshots.ts";
import { visitorOf } from "../../http/visitor.ts";
import { parsePublicUrl } from "../../public-url.ts";
import { takeAct, whyOf } from "../frame/act.ts";
import { admitForm } from "../frame/form.ts";
import { askToSignIn, csrfTokenOf, frameOf, sendNotFound, sendView, sendRefusal } from "../frame/respond.tsx";
import { AuditView } from "./audit-view.tsx";
import { HostView } from "./host-view.tsx";
import { HostCommandView, NewHostView } from "./hosts-view.tsx";

const AUDIT_ROWS_PER_VIEW = 50;

export const fleetRoutes = new Hono<Bound>();

fleetRoutes.get("/audit", async (c) => {
  const visitor = await visitorOf(c);
  if (visitor === null) return askToSignIn(c);
  const before = sequenceOf(c.req.query("before"));
  const found = await deskOf(c.env).auditRows({ before, limit: AUDIT_ROWS_PER_VIEW + 1 });
  const rows = found.slice(0, AUDIT_ROWS_PER_VIEW);
  const oldest = rows.at(-1);
  const olderBefore = found.length > rows.length ? (oldest?.sequence ?? null) : null;
  const brokenAt = oldest === undefined ? null : findChainBreak(rows.toReversed(), endBefore(oldest));
  return sendView(
    c,
    <AuditView frame={await frameOf(visitor)} rows={rows} olderBefore={olderBefore} brokenAt={brokenAt} />,
  );
});

fleetRoutes.get("/hosts/new", async (c) => {
  const visitor = await visitorOf(c);
  if (visitor === null) return askToSignIn(c);
  const csrfToken = await csrfTokenOf(visitor, { purpose: "create-host", subject: "", proposalHash: "" });
  return sendView(c, <NewHostView frame={await frameOf(visitor)} csrfToken={csrfToken} />);
});

fleetRoutes.post("/hosts/new", async (c) => {
  const admitted = await admitForm(c, { purpose: "create-host", subject: "" });
  if (!admitted.ok) {
    if (admitted.error.reason === "not-signed-in") return askToSignIn(c);
    return sendRefusal(c, admitted.error.reason, {
      visitor: admitted.error.visitor,
      backPath: "/hosts/new",
    });
  }
  const { visitor } = admitted.value;
  const base = parsePublicUrl(c.env.PUBLIC_URL);
  if (!base.ok) return sendRefusal(c, base.error.reason, { visitor, backPath: "/hosts/new" });
  const { token, expiresAt } = await deskOf(c.env).createEnrolmentToken(byPerson(visitor.signIn.responder));
  return sendView(
    c,
    <HostCommandView frame={await frameOf(visitor)} url={base.value} token={token} expiresAt={expiresAt} />,
  );
});

fleetRoutes.get("/hosts/:id", async (c) => {
  const visitor = await visitorOf(c);
  if (visitor === null) return askToSignIn(c);
  const desk = deskOf(c.env);
  const [shards, { incidents }] = await Promise.all([desk.shardNames(), desk.overview()]);
  const snapshots = await snapshotsOf(c, shards);
  const hostId = c.req.param("id");
  const host = snapshots.flatMap(({ hosts }) => hosts ?? []).find((known) => known.hostId === hostId);
  if (host === undefined) return sendNotFound(c, visitor);
  const open = incidents.filter(({ state, subject }) => state !== "resolved" && hostIdIn(subject) === hostId);
  const act = { purpose: "retire-host", subject: hostId, proposalHash: "" } as const;
  const retireToken = await csrfTokenOf(visitor, act);
  return sendView(
    c,
    <HostView frame={await frameOf(visitor)} host={host} incidents={open} retireToken={retireToken} />,
  );
});

fleetRoutes.post("/hosts/:id/retire", (c) => {
  const hostId = c.req.param("id");
  const act = { purpose: "retire-host", subject: hostId, backPath: "/" } as const;
  return takeAct(c, act, async (admitted) => {
    const why = whyOf(admitted);
    if (why === "") return refuse({ reason: "reason-missing" } as const);
    return deskOf(c.env).retireHost({ hostId, by: byPerson(admitted.visitor.signIn.responder), why });
  });
});

/** The chain's end that a row says it continues. */
function endBefore(row: ChainedAuditEntry): ChainEnd {
  return { sequence: row.sequence - 1, hash: row.previousHash };
}

/** Where the rows that are shown begin; anything else reads as the newest. */
function sequenceOf(text: string | undefined): number | null {
  return text !== undefined && /^[0-9]{1,15}$/.test(text) ? Number(text) : null;
}
