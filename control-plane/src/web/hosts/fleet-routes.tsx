// Routes of the audit, of one host and of adding one. The audit's view checks the hash chain of the rows it shows; the enrolment token is made
// by the form, never by opening the view, and is shown in that one answer only.
import { ok, refuse } from "@countersign/shared/values/result";
import { type ChainedAuditEntry, type ChainEnd, findChainBreak } from "../../core/desk/audit/audit-chain.ts";
import { byPerson } from "../../core/words/actor.ts";
import { hostIdIn } from "../../core/words/subject.ts";
import { snapshotsOf } from "../../http/snapshots.ts";
import { parsePublicUrl } from "../../public-url.ts";
import { whyOf } from "../frame/act.ts";
import { act, type PeopleRoute, view } from "../frame/people-routes.ts";
import { csrfTokenOf, frameOf, sendNotFound, sendView } from "../frame/respond.tsx";
import { AuditView } from "./audit-view.tsx";
import { HostView } from "./host-view.tsx";
import { HostCommandView, NewHostView } from "./hosts-view.tsx";

const AUDIT_ROWS_PER_VIEW = 50;

export const fleetRoutes: readonly PeopleRoute[] = [
  view("/audit", async (c) => {
    const before = sequenceOf(c.req.query("before"));
    const found = await c.var.reads.desk.auditRows({ before, limit: AUDIT_ROWS_PER_VIEW + 1 });
    const rows = found.slice(0, AUDIT_ROWS_PER_VIEW);
    const oldest = rows.at(-1);
    const olderBefore = found.length > rows.length ? (oldest?.sequence ?? null) : null;
    const brokenAt = oldest === undefined ? null : findChainBreak(rows.toReversed(), endBefore(oldest));
    return sendView(c, <AuditView frame={c.var.frame} {...{ rows, olderBefore, brokenAt }} />);
  }),

  view("/hosts/new", async (c) => {
    const csrfToken = await csrfTokenOf(c.var.visitor, { purpose: "create-host", subject: "" });
    return sendView(c, <NewHostView frame={c.var.frame} csrfToken={csrfToken} />);
  }),

  act("/hosts/new", {
    purpose: "create-host",
    subject: () => "",
    backPath: () => "/hosts/new",
    perform: async (c) => {
      const { desk, visitor } = c.var;
      const url = parsePublicUrl(c.env.PUBLIC_URL);
      if (!url.ok) return url;
      const made = await desk.createEnrolmentToken(byPerson(visitor.signIn.responder));
      const frame = await frameOf(visitor);
      return ok(await sendView(c, <HostCommandView frame={frame} url={url.value} {...made} />));
    },
  }),

  view("/hosts/:id", async (c) => {
    const { frame, visitor } = c.var;
    const { desk, shard } = c.var.reads;
    const [shards, { incidents }] = await Promise.all([desk.shardNames(), desk.overview()]);
    const snapshots = await snapshotsOf(shard, shards);
    const hostId = c.req.param("id");
    const host = snapshots.flatMap(({ hosts }) => hosts ?? []).find((known) => known.hostId === hostId);
    if (host === undefined) return sendNotFound(c, frame);
    const open = incidents.filter(
      ({ state, subject }) => state !== "resolved" && hostIdIn(subject) === hostId,
    );
    const retireToken = await csrfTokenOf(visitor, { purpose: "retire-host", subject: hostId });
    return sendView(c, <HostView frame={frame} host={host} incidents={open} retireToken={retireToken} />);
  }),

  act("/hosts/:id/retire", {
    purpose: "retire-host",
    subject: (c) => c.req.param("id"),
    backPath: () => "/",
    perform: async (c) => {
      const why = whyOf(c.var.form);
      if (why === "") return refuse({ reason: "reason-missing" } as const);
      const by = byPerson(c.var.visitor.signIn.responder);
      return c.var.desk.retireHost({ hostId: c.req.param("id"), by, why });
    },
  }),
];

/** The chain's end that a row says it continues. */
function endBefore(row: ChainedAuditEntry): ChainEnd {
  return { sequence: row.sequence - 1, hash: row.previousHash };
}

/** Where the rows that are shown begin; anything else reads as the newest. */
function sequenceOf(text: string | undefined): number | null {
  return text !== undefined && /^[0-9]{1,15}$/.test(text) ? Number(text) : null;
}
