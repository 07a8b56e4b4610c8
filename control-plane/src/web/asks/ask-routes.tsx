// Asking a host for an act of its catalogue: the form, which takes no more than the host's last hello named, and what came of it. Asking runs nothing:
// what the host says it would run becomes a question, which is answered at its own view.
import { SEARCH_CHARS_MAX } from "@countersign/shared/values/limits";
import { ok, refuse } from "@countersign/shared/values/result";
import { hostNow } from "../../http/host-now.ts";
import { WHY_CHARS_MAX, whyOf } from "../frame/fields.ts";
import { act, type PeopleRoute, view } from "../frame/people-routes.ts";
import { csrfTokenOf, seeOther, sendNotFound, sendView } from "../frame/respond.tsx";
import { justAskedPathOf } from "./ask-path.ts";
import { AskedView, AskView, ChooseHostView } from "./ask-view.tsx";
import { isAwaited } from "./ask-words.ts";

/** Hosts listed at once; the search finds the others. */
const HOSTS_SHOWN_MAX = 50;

export const askRoutes: readonly PeopleRoute[] = [
  view("/ask", async (c) => {
    const { frame, reads } = c.var;
    const incidentId = c.req.query("incident") ?? "";
    const search = (c.req.query("q") ?? "").slice(0, SEARCH_CHARS_MAX);
    const hosts = await reads.desk.findHosts(search);
    const shown = hosts.slice(0, HOSTS_SHOWN_MAX);
    const hasMore = hosts.length > shown.length;
    return sendView(c, <ChooseHostView {...{ frame, incidentId, search, hasMore }} hosts={shown} />);
  }),

  view("/ask/:host", async (c) => {
    const { frame, reads, visitor } = c.var;
    const hostId = c.req.param("host");
    const [found, lately] = await Promise.all([reads.desk.hostAt(hostId), reads.desk.asksOn(hostId)]);
    if (found === null) return sendNotFound(c, frame);
    const { host } = found;
    const asked = await hostNow(reads.shard, host);
    const state = asked.ok ? asked.value : null;
    const offered = (state?.connection?.catalogue ?? []).filter(({ actions }) => actions.length > 0);
    const forms = offered.map(async (entry) => ({
      entry,
      token: await csrfTokenOf(visitor, { purpose: "ask-for", subject: `${hostId}/${entry.service}` }),
    }));
    const { action = null, incident: incidentId = "", service = null, why = "" } = c.req.query();
    return sendView(
      c,
      <AskView
        frame={frame}
        host={host}
        liveness={state?.liveness ?? null}
        cannotRun={lately.cannotRun}
        forms={await Promise.all(forms)}
        chosen={{ incidentId, service, action, why: why.slice(0, WHY_CHARS_MAX) }}
        hasAsked={lately.asks.length > 0}
      />,
    );
  }),

  view("/ask/:host/asked", async (c) => {
    const { frame, reads } = c.var;
    const hostId = c.req.param("host");
    const [found, { asks }] = await Promise.all([reads.desk.hostAt(hostId), reads.desk.asksOn(hostId)]);
    if (found === null) return sendNotFound(c, frame);
    const [newest] = asks;
    const isOwn = newest?.by.kind === "person" && newest.by.responder === frame.signIn.responder;
    if (c.req.query("then") === "answer" && isOwn && newest.answer?.kind === "proposed")
      return seeOther(c, `/approvals/${encodeURIComponent(newest.answer.approvalId)}`);
    const isWaiting = asks.some((ask) => isAwaited(ask, frame.now));
    return sendView(c, <AskedView {...{ frame, asks, isWaiting }} host={found.host} />);
  }),

  act("/ask/:host/:service", {
    kind: "ask-for",
    subject: (c) => `${c.req.param("host")}/${c.req.param("service")}`,
    backPath: (c) => justAskedPathOf(c.req.param("host")),
    says: (c) => {
      const { form } = c.var;
      const [action, incidentId] = [form.get("action") ?? "", form.get("incident") ?? ""];
      const why = whyOf(form);
      if (why === "") return refuse({ reason: "reason-missing" } as const);
      const { host: hostId, service } = c.req.param();
      return ok({ hostId, service, action, why, ...(incidentId === "" ? {} : { incidentId }) });
    },
  }),
];
