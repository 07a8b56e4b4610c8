// The hosts: their list, the view of one, retiring it or setting it aside, and adding one. The enrolment token is made by the form, never by opening the view, and is shown in that
// one answer only.
import { SEARCH_CHARS_MAX } from "@countersign/shared/values/limits";
import { type Named, namedFrom } from "@countersign/shared/values/named";
import { ok, refuse } from "@countersign/shared/values/result";
import { INCIDENTS_NOW_MAX } from "../../core/desk/incidents-now.ts";
import { byPerson } from "../../core/words/actor.ts";
import { listedHost, listHosts, listTags } from "../../http/host-list.ts";
import { hostNow } from "../../http/host-now.ts";
import { readOwnStrips, readStripsOf } from "../../http/host-strips.ts";
import { wordsOfHost } from "../../http/last-words-now.ts";
import { policyNow } from "../../http/policy-now.ts";
import { trustOf } from "../../http/trust-now.ts";
import type { Visitor } from "../../http/visitor.ts";
import { parsePublicUrl } from "../../public-url.ts";
import { LISTED_STATES } from "../../read-side/listed-host.ts";
import { whyOf } from "../frame/fields.ts";
import { act, otherAct, type PeopleRoute, view } from "../frame/people-routes.ts";
import { csrfTokenOf, frameOf, sendNotFound, sendRefusal, sendView } from "../frame/respond.tsx";
import { whoMay } from "../frame/who-may.ts";
import { servicesOn } from "./host-shown.ts";
import { HostView } from "./host-view.tsx";
import { HOSTS_PER_VIEW, HostsView } from "./hosts-view.tsx";
import { HostCommandView, NewHostView } from "./new-host-view.tsx";
import { RetireView, SetAsideView } from "./retire-view.tsx";
import { silentSinceOf } from "./silent-since.ts";

export const hostRoutes: readonly PeopleRoute[] = [
  view("/hosts", async (c) => {
    const { frame, reads } = c.var;
    const { after = null, q = "", state, tag = "" } = c.req.query();
    const filter = {
      search: q.slice(0, SEARCH_CHARS_MAX),
      tag: tag === "" ? null : tag.slice(0, SEARCH_CHARS_MAX),
      state: LISTED_STATES.find((known) => known === state) ?? null,
    };
    const asked = { ...filter, after: after === "" ? null : after, limit: HOSTS_PER_VIEW };
    const [list, tags, brakes] = await Promise.all([
      listHosts(reads, asked, frame.now),
      listTags(reads),
      reads.desk.brakes(),
    ]);
    const strips = await readStripsOf(reads, list, frame.now);
    const marks = { ...brakes, names: new Map<string, string>() };
    return sendView(c, <HostsView {...{ frame, filter, list, marks, strips }} tags={tags?.groups ?? null} />);
  }),

  view("/hosts/new", async (c) => {
    const csrfToken = await csrfTokenOf(c.var.visitor, { purpose: "create-host", subject: "" });
    const { trust } = await trustOf(c.var.reads.desk);
    const who = await whoMay(c, "administer");
    return sendView(c, <NewHostView frame={c.var.frame} {...{ csrfToken, trust }} whoMay={who} />);
  }),

  otherAct("/hosts/new", {
    purpose: "create-host",
    needs: "administer",
    subject: () => "",
    backPath: () => "/hosts/new",
    perform: async (c) => {
      const { desk, reads, visitor } = c.var;
      const url = parsePublicUrl(c.env.PUBLIC_URL);
      if (!url.ok) return url;
      const made = await desk.createEnrolmentToken(byPerson(visitor.signIn.responder));
      const frame = await frameOf(visitor, null);
      const { trust } = await trustOf(reads.desk);
      return ok(await sendView(c, <HostCommandView {...{ frame, trust }} url={url.value} {...made} />));
    },
  }),

  view("/hosts/:id", async (c) => {
    const { frame, reads, visitor } = c.var;
    const hostId = c.req.param("id");
    const found = await reads.desk.hostAt(hostId);
    if (found === null) return sendNotFound(c, frame);
    const { argvs, host, isOfSilentFleet, open: incidents } = found;
    const ids = incidents.slice(0, INCIDENTS_NOW_MAX).map(({ incidentId }) => incidentId);
    const [asked, known, brakes, policy, { trust }, lastWords] = await Promise.all([
      hostNow(reads.shard, host),
      ids.length === 0 ? [] : reads.desk.incidentsNow(ids),
      reads.desk.brakes(),
      policyNow(reads.desk, c.env.POLICY),
      trustOf(reads.desk),
      wordsOfHost(reads.shard, host, null),
    ]);
    const state = asked.ok ? asked.value : null;
    const row = state === null ? await listedHost(reads, hostId) : null;
    const ending = brakes.silences.filter(({ matcher }) => (matcher.hostId ?? hostId) === hostId);
    const endTokens = await endTokensOf(visitor, ending);
    const shown = {
      frame,
      host,
      state,
      row,
      incidents,
      known,
      brakes,
      endTokens,
      policy,
      argvs,
      isOfSilentFleet,
      trust,
      lastWords,
    };
    const downSinceAt = state === null ? (row?.sinceAt ?? null) : silentSinceOf(state);
    const own = { ...host, services: servicesOn({ row, state }), downSinceAt, isTold: state !== null };
    const strips = await readOwnStrips(reads, own, frame.now);
    return sendView(c, <HostView {...shown} strips={strips} />);
  }),

  view("/hosts/:id/retire", async (c) => {
    const { frame, reads, visitor } = c.var;
    const found = await reads.desk.hostAt(c.req.param("id"));
    if (found === null) return sendNotFound(c, frame);
    const { host, open } = found;
    const token = await csrfTokenOf(visitor, { purpose: "retire-host", subject: host.hostId });
    const who = await whoMay(c, "administer");
    return sendView(c, <RetireView {...{ frame, host, token }} openCount={open.length} whoMay={who} />);
  }),

  view("/hosts/:id/set-aside", async (c) => {
    const { frame, reads, visitor } = c.var;
    const found = await reads.desk.hostAt(c.req.param("id"));
    if (found === null) return sendNotFound(c, frame);
    const { host, isOfSilentFleet } = found;
    const backPath = `/hosts/${encodeURIComponent(host.hostId)}`;
    if (!isOfSilentFleet) return sendRefusal(c, "host-not-listed", { frame, backPath });
    const token = await csrfTokenOf(visitor, { purpose: "set-aside", subject: host.hostId });
    const who = await whoMay(c, "answer");
    return sendView(c, <SetAsideView {...{ frame, host, token }} whoMay={who} />);
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

/** A token for the form that ends each of them, by its id. */
async function endTokensOf(
  visitor: Visitor,
  silences: readonly { readonly silenceId: string }[],
): Promise<Named<string>> {
  const tokens = silences.map(
    async ({ silenceId }) =>
      [silenceId, await csrfTokenOf(visitor, { purpose: "end-silence", subject: silenceId })] as const,
  );
  return namedFrom(await Promise.all(tokens));
}
