// Standing approvals: which there are, giving one, taking one back. Giving takes the same gesture as an approval: a form of this device whose
// token is bound to the hash of the exact text that was shown. Composing and reviewing are GETs, and store nothing.
import { Hono } from "hono";
import { encodeBase64Url } from "@countersign/shared/values/base64";
import { visibleLine } from "@countersign/shared/values/visible-text";
import { StandingContent, standingHashOf } from "@countersign/shared/wire/standing";
import { STANDING_LEVEL_MAX, STANDING_USES_MAX } from "../../core/desk/approvals/standing.ts";
import type { HostState } from "../../core/shard/host/shard-state.ts";
import type { ServiceSubject } from "../../core/words/subject.ts";
import { deskOf, type Bound, type Ctx } from "../../http/context.ts";
import { visitorOf, type Visitor } from "../../http/visitor.ts";
import { scopesNow } from "../brakes/scopes-now.ts";
import { findScopes, scopeOf, SEARCH_CHARS_MAX } from "../brakes/scopes.ts";
import { HOURS_MAX } from "../brakes/silences-view.tsx";
import { countIn, takeAct, WHY_CHARS_MAX } from "../frame/act.ts";
import { askToSignIn, csrfTokenOf, frameOf, sendNotFound, sendView, sendRefusal } from "../frame/respond.tsx";
import {
  ComposeStandingView,
  ReviewStandingView,
  StandingView,
  StandingScopeView,
} from "./standing-view.tsx";

const HOUR_MS = 3_600_000;

export const standingRoutes = new Hono<Bound>();

standingRoutes.get("/standing", async (c) => {
  const visitor = await visitorOf(c);
  if (visitor === null) return askToSignIn(c);
  const { standing } = await deskOf(c.env).brakes();
  const shown = standing.map(async (each) => {
    const act = { purpose: "revoke-standing", subject: each.standingId, proposalHash: "" } as const;
    return { standing: each, token: await csrfTokenOf(visitor, act) };
  });
  return sendView(c, <StandingView frame={await frameOf(visitor)} all={await Promise.all(shown)} />);
});

standingRoutes.get("/standing/new", async (c) => {
  const visitor = await visitorOf(c);
  if (visitor === null) return askToSignIn(c);
  const search = (c.req.query("q") ?? "").slice(0, SEARCH_CHARS_MAX);
  const { hosts, scopes, silentShards } = await scopesNow(c);
  const found = findScopes(scopes, search).filter(
    (scope) => scope.kind === "service" && actionsOf(hosts, scope).length > 0,
  );
  const view = <StandingScopeView frame={await frameOf(visitor)} {...{ found, search, silentShards }} />;
  return sendView(c, view);
});

standingRoutes.get("/standing/new/:scope", async (c) => {
  const visitor = await visitorOf(c);
  if (visitor === null) return askToSignIn(c);
  const { hosts, scopes } = await scopesNow(c);
  const scope = scopeOf(scopes, c.req.param("scope"));
  const actions = scope?.kind === "service" ? actionsOf(hosts, scope) : [];
  if (scope === undefined || actions.length === 0) return sendNotFound(c, visitor);
  return sendView(c, <ComposeStandingView frame={await frameOf(visitor)} scope={scope} actions={actions} />);
});

standingRoutes.get("/standing/review/:scope", async (c) => {
  const visitor = await visitorOf(c);
  if (visitor === null) return askToSignIn(c);
  const { hosts, scopes } = await scopesNow(c);
  const scope = scopeOf(scopes, c.req.param("scope"));
  if (scope?.kind !== "service" || !actionsOf(hosts, scope).includes(c.req.query("action") ?? ""))
    return sendNotFound(c, visitor);
  const content = contentOf(c, scope, visitor);
  if (content === null) return sendRefusal(c, "standing-bounds", { visitor, backPath: "/standing" });
  const text = JSON.stringify(content);
  const hash = standingHashOf(text);
  return sendView(
    c,
    <ReviewStandingView
      frame={await frameOf(visitor)}
      content={content}
      hostName={scope.hostName}
      text={text}
      hash={hash}
      token={await csrfTokenOf(visitor, { purpose: "give-standing", subject: "", proposalHash: hash })}
    />,
  );
});

standingRoutes.post("/standing/give", (c) =>
  takeAct(c, { purpose: "give-standing", subject: "", backPath: "/standing" }, (admitted) => {
    const { deviceId, responder: by } = admitted.visitor.signIn;
    const text = admitted.form.get("content") ?? "";
    const hostName = (admitted.form.get("hostName") ?? "").slice(0, 253);
    return deskOf(c.env).giveStanding({ text, hash: admitted.proposalHash, by, deviceId, hostName });
  }),
);

standingRoutes.post("/standing/revoke/:id", (c) => {
  const standingId = c.req.param("id");
  const act = { purpose: "revoke-standing", subject: standingId, backPath: "/standing" } as const;
  return takeAct(c, act, ({ visitor }) => deskOf(c.env).revokeStanding(standingId, visitor.signIn.responder));
});

/** Actions of a service that a standing approval may cover, as its catalogue lists them. */
function actionsOf(hosts: readonly HostState[], { hostId, service }: ServiceSubject): readonly string[] {
  const host = hosts.find((known) => known.hostId === hostId);
  const entry = host?.connection?.catalogue.find((listed) => listed.service === service);
  return (entry?.actions ?? [])
    .filter(({ level }) => level <= STANDING_LEVEL_MAX)
    .map(({ action }) => action);
}

/** What was composed, as it will be signed; null: the form was not filled in within its bounds. */
function contentOf(c: Ctx, { hostId, service }: ServiceSubject, { signIn }: Visitor): StandingContent | null {
  const usesMax = countIn(c.req.query("uses"), STANDING_USES_MAX);
  const hours = countIn(c.req.query("hours"), HOURS_MAX);
  if (usesMax === null || hours === null || hours === 0) return null;
  const parsed = StandingContent.safeParse({
    version: 1,
    nonce: encodeBase64Url(crypto.getRandomValues(new Uint8Array(16))),
    hostId,
    service,
    action: c.req.query("action"),
    usesMax,
    untilAt: Date.now() + hours * HOUR_MS,
    givenBy: signIn.responder,
    deviceId: signIn.deviceId,
    why: visibleLine(c.req.query("why") ?? "")
      .trim()
      .slice(0, WHY_CHARS_MAX),
  });
  return parsed.success ? parsed.data : null;
}
