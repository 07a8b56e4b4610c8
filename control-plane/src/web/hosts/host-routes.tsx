// One host: its view, retiring it, and adding one. The enrolment token is made by the form, never by opening the view, and is shown in that
// one answer only.
import { ok, refuse } from "@countersign/shared/values/result";
import { byPerson } from "../../core/words/actor.ts";
import { hostIdIn } from "../../core/words/subject.ts";
import { snapshotsOf } from "../../http/snapshots.ts";
import { parsePublicUrl } from "../../public-url.ts";
import { whyOf } from "../frame/fields.ts";
import { act, otherAct, type PeopleRoute, view } from "../frame/people-routes.ts";
import { csrfTokenOf, frameOf, sendNotFound, sendView } from "../frame/respond.tsx";
import { HostView } from "./host-view.tsx";
import { HostCommandView, NewHostView } from "./new-host-view.tsx";

export const hostRoutes: readonly PeopleRoute[] = [
  view("/hosts/new", async (c) => {
    const csrfToken = await csrfTokenOf(c.var.visitor, { purpose: "create-host", subject: "" });
    return sendView(c, <NewHostView frame={c.var.frame} csrfToken={csrfToken} />);
  }),

  otherAct("/hosts/new", {
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
    kind: "retire-host",
    subject: (c) => c.req.param("id"),
    backPath: () => "/",
    says: (c) => {
      const why = whyOf(c.var.form);
      if (why === "") return refuse({ reason: "reason-missing" } as const);
      return ok({ hostId: c.req.param("id"), why });
    },
  }),
];
