// Silences: which there are, one more, and ending one early. Whom a silence covers is chosen from what there is; the token of its form is
// bound to that, the rest of the matcher and the times are the person's own input, checked by the desk.
import { Hono } from "hono";
import { refuse } from "@countersign/shared/values/result";
import type { PageReason } from "../../core/words/signal.ts";
import { hostIdIn, type Scope, serviceOf, subjectKeyOf } from "../../core/words/subject.ts";
import { deskOf, type Bound, type Ctx } from "../../http/context.ts";
import { visitorOf } from "../../http/visitor.ts";
import { countIn, takeAct, whyOf } from "../frame/act.ts";
import type { AdmittedForm } from "../frame/form.ts";
import { askToSignIn, csrfTokenOf, frameOf, sendNotFound, sendView } from "../frame/respond.tsx";
import { runbookOf, runbookReasons } from "../runbooks/runbooks.ts";
import { scopesNow } from "./scopes-now.ts";
import { findScopes, hostNameIn, scopeOf, SEARCH_CHARS_MAX } from "./scopes.ts";
import { HOURS_MAX, NewSilenceView, SilencesView, SilenceScopeView } from "./silences-view.tsx";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const MINUTES_AHEAD_MAX = 30 * 24 * 60;

export const silenceRoutes = new Hono<Bound>();

silenceRoutes.get("/silences", async (c) => {
  const visitor = await visitorOf(c);
  if (visitor === null) return askToSignIn(c);
  const { silences } = await deskOf(c.env).brakes();
  const { scopes } = await scopesNow(c);
  const shown = silences.map(async (silence) => {
    const act = { purpose: "end-silence", subject: silence.silenceId, proposalHash: "" } as const;
    const { hostId } = silence.matcher;
    const host = hostId === null ? null : (hostNameIn(scopes, hostId) ?? hostId);
    return { silence, host, token: await csrfTokenOf(visitor, act) };
  });
  return sendView(c, <SilencesView frame={await frameOf(visitor)} silences={await Promise.all(shown)} />);
});

silenceRoutes.get("/silences/new", async (c) => {
  const visitor = await visitorOf(c);
  if (visitor === null) return askToSignIn(c);
  const search = (c.req.query("q") ?? "").slice(0, SEARCH_CHARS_MAX);
  const { scopes, silentShards } = await scopesNow(c);
  const found = findScopes(scopes, search).filter((scope) => scope.kind !== "fleet");
  const view = <SilenceScopeView frame={await frameOf(visitor)} {...{ found, search, silentShards }} />;
  return sendView(c, view);
});

silenceRoutes.get("/silences/new/:scope", async (c) => {
  const visitor = await visitorOf(c);
  if (visitor === null) return askToSignIn(c);
  const scope = scopeOf((await scopesNow(c)).scopes, c.req.param("scope"));
  if (scope === undefined) return sendNotFound(c, visitor);
  const act = { purpose: "silence", subject: subjectKeyOf(scope), proposalHash: "" } as const;
  return sendView(
    c,
    <NewSilenceView
      frame={await frameOf(visitor)}
      scope={scope}
      reasons={runbookReasons()}
      reason={c.req.query("reason") ?? ""}
      token={await csrfTokenOf(visitor, act)}
    />,
  );
});

silenceRoutes.post("/silences/add/:scope", (c) => {
  const subject = c.req.param("scope");
  return takeAct(c, { purpose: "silence", subject, backPath: "/silences" }, (admitted) =>
    addSilence(c, subject, admitted),
  );
});

silenceRoutes.post("/silences/end/:id", (c) => {
  const silenceId = c.req.param("id");
  return takeAct(c, { purpose: "end-silence", subject: silenceId, backPath: "/silences" }, ({ visitor }) =>
    deskOf(c.env).endSilence(silenceId, visitor.signIn.responder),
  );
});

async function addSilence(c: Ctx, key: string, admitted: AdmittedForm) {
  const { form, visitor } = admitted;
  const scope = scopeOf((await scopesNow(c)).scopes, key);
  const matcher = scope === undefined ? null : matcherOf(scope, form);
  if (matcher === null) return refuse({ reason: "silence-unknown" } as const);
  const hours = countIn(form.get("hours"), HOURS_MAX);
  const minutesAhead = countIn(form.get("beginsIn") ?? "0", MINUTES_AHEAD_MAX);
  if (hours === null || minutesAhead === null) return refuse({ reason: "silence-bounds" } as const);
  const startsAt = Date.now() + minutesAhead * MINUTE_MS;
  return deskOf(c.env).silence({
    matcher,
    by: visitor.signIn.responder,
    why: whyOf(admitted),
    startsAt,
    endsAt: startsAt + hours * HOUR_MS,
  });
}

/** The fleet's scope stands for any host; then a reason or a service must be named. null: there is no such reason. */
function matcherOf(scope: Scope, form: URLSearchParams) {
  const reason = form.get("reason") ?? "";
  if (reason !== "" && runbookOf(reason) === null) return null;
  const isAnyHost = scope.kind === "fleet";
  const service = isAnyHost ? (form.get("service") ?? "").trim().slice(0, 64) : (serviceOf(scope) ?? "");
  return {
    hostId: hostIdIn(scope),
    service: service === "" ? null : service,
    reason: reason === "" ? null : (reason as PageReason),
  };
}
