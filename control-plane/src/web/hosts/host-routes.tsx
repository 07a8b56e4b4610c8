// The hosts: their list, the view of one, retiring it or setting it aside, and adding one. The enrolment token is made by the form, never by opening the view, and is shown in that
// one answer only.
import { LIST_ROWS_MAX, SEARCH_CHARS_MAX } from "@countersign/shared/values/limits";
import { ok, refuse } from "@countersign/shared/values/result";
import { byPerson } from "../../core/words/actor.ts";
import { listedHost, listHosts } from "../../http/host-list.ts";
import { hostNow } from "../../http/host-now.ts";
import { parsePublicUrl } from "../../public-url.ts";
import { whyOf } from "../frame/fields.ts";
import { act, otherAct, type PeopleRoute, view } from "../frame/people-routes.ts";
import { csrfTokenOf, frameOf, sendNotFound, sendView } from "../frame/respond.tsx";
import { HostView } from "./host-view.tsx";
import { HostsView } from "./hosts-view.tsx";
import { HostCommandView, NewHostView } from "./new-host-view.tsx";

export const hostRoutes: readonly PeopleRoute[] = [
  view("/hosts", async (c) => {
    const { frame, reads } = c.var;
    const search = (c.req.query("q") ?? "").slice(0, SEARCH_CHARS_MAX);
    const asked = { search, after: c.req.query("after") ?? null, limit: LIST_ROWS_MAX };
    const list = await listHosts(reads, asked, frame.now);
    return sendView(c, <HostsView frame={frame} search={search} list={list} />);
  }),

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
      const frame = await frameOf(visitor, c.req.url);
      return ok(await sendView(c, <HostCommandView frame={frame} url={url.value} {...made} />));
    },
  }),

  view("/hosts/:id", async (c) => {
    const { frame, reads, visitor } = c.var;
    const hostId = c.req.param("id");
    const found = await reads.desk.hostAt(hostId);
    if (found === null) return sendNotFound(c, frame);
    const { host, isOfSilentFleet, open } = found;
    const asked = await hostNow(reads.shard, host);
    const state = asked.ok ? asked.value : null;
    const row = state === null ? await listedHost(reads, hostId) : null;
    const retireToken = await csrfTokenOf(visitor, { purpose: "retire-host", subject: hostId });
    const asideToken = isOfSilentFleet
      ? await csrfTokenOf(visitor, { purpose: "set-aside", subject: hostId })
      : null;
    return sendView(
      c,
      <HostView {...{ frame, host, state, row, retireToken, asideToken }} incidents={open} />,
    );
  }),

  act("/hosts/:id/set-aside", {
    kind: "set-aside",
    subject: (c) => c.req.param("id"),
    backPath: (c) => `/hosts/${encodeURIComponent(c.req.param("id"))}`,
    says: (c) => ok({ hostId: c.req.param("id"), why: whyOf(c.var.form) }),
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
