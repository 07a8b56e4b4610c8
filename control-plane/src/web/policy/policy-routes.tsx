// The policy's versions and what rules in shadow found, with the acts that are a person's: take a version back, take a rule out of shadow,
// mark a false alarm. Each form's token is bound to the version or finding that its view showed: another one in force is refused.
// A new text is applied by the operator (`countersign policy apply`), not here: it comes from a file under review.
import { Hono } from "hono";
import { refuse, type Result } from "@countersign/shared/values/result";
import { type Actor, byPerson } from "../../core/words/actor.ts";
import { deskOf, type Bound, type Ctx } from "../../http/context.ts";
import { visitorOf, type Visitor } from "../../http/visitor.ts";
import { loadFirstGood, loadPolicy } from "../../policy/load-policy.ts";
import { promoteText } from "../../policy/policy-promotion.ts";
import { takeAct, whyOf } from "../frame/act.ts";
import type { CsrfPurpose } from "../frame/csrf.ts";
import { askToSignIn, csrfTokenOf, frameOf, sendNotFound, sendView } from "../frame/respond.tsx";
import type { ViewRefusal } from "../frame/sentences.ts";
import { PolicyView, PolicyVersionView } from "./policy-view.tsx";
import { FINDINGS_SHOWN_MAX, findingsByNews, ShadowView } from "./shadow-view.tsx";

export const policyRoutes = new Hono<Bound>();

policyRoutes.get("/policy", async (c) => {
  const visitor = await visitorOf(c);
  if (visitor === null) return askToSignIn(c);
  const shown = await deskOf(c.env).showPolicy();
  const undoToken = await tokenOf(visitor, "undo-policy", String(shown.version));
  return sendView(c, <PolicyView frame={await frameOf(visitor)} shown={shown} undoToken={undoToken} />);
});

policyRoutes.get("/policy/:version", async (c) => {
  const visitor = await visitorOf(c);
  if (visitor === null) return askToSignIn(c);
  const version = /^[1-9][0-9]{0,8}$/.test(c.req.param("version")) ? Number(c.req.param("version")) : null;
  const found = version === null ? null : await deskOf(c.env).policyVersion(version);
  if (found === null) return sendNotFound(c, visitor);
  return sendView(c, <PolicyVersionView frame={await frameOf(visitor)} {...found} />);
});

policyRoutes.post("/policy/undo/:version", (c) => {
  const version = c.req.param("version");
  return takeAct(c, { purpose: "undo-policy", subject: version, backPath: "/policy" }, async (admitted) => {
    const why = whyOf(admitted);
    if (why === "") return refuse({ reason: "reason-missing" } as const);
    const by = byPerson(admitted.visitor.signIn.responder);
    return deskOf(c.env).applyPolicy({ expectedVersion: Number(version), by, why, text: null });
  });
});

policyRoutes.get("/shadow", async (c) => {
  const visitor = await visitorOf(c);
  if (visitor === null) return askToSignIn(c);
  const [{ counts, findings }, shown] = await Promise.all([
    deskOf(c.env).shadow(),
    deskOf(c.env).showPolicy(),
  ]);
  const { policy } = loadFirstGood([shown.text, c.env.POLICY], loadPolicy);
  const newest = findingsByNews(findings).slice(0, FINDINGS_SHOWN_MAX);
  const withTokens = newest.map(async (finding) => ({
    finding,
    token: await tokenOf(visitor, "mark-false-alarm", finding.findingId),
  }));
  const promotable = counts
    .map(({ reason }) => reason)
    .filter((reason) => !policy.shadow && policy.rules[reason].shadow);
  const tokens = promotable.map(
    async (reason) => [reason, await tokenOf(visitor, "promote-rule", `${reason}:${shown.version}`)] as const,
  );
  return sendView(
    c,
    <ShadowView
      frame={await frameOf(visitor)}
      counts={counts}
      findings={await Promise.all(withTokens)}
      findingsCount={findings.length}
      isWholePolicy={policy.shadow}
      version={shown.version}
      promoteTokens={new Map(await Promise.all(tokens))}
    />,
  );
});

policyRoutes.post("/shadow/false-alarm/:finding", (c) => {
  const findingId = c.req.param("finding");
  const act = { purpose: "mark-false-alarm", subject: findingId, backPath: "/shadow" } as const;
  return takeAct(c, act, ({ visitor }) =>
    deskOf(c.env).markFalseAlarm(findingId, byPerson(visitor.signIn.responder)),
  );
});

policyRoutes.post("/shadow/promote/:reason/:version", (c) => {
  const { reason, version } = c.req.param();
  const act = { purpose: "promote-rule", subject: `${reason}:${version}`, backPath: "/shadow" } as const;
  return takeAct(c, act, (admitted) =>
    promote(c, {
      reason,
      version: Number(version),
      by: byPerson(admitted.visitor.signIn.responder),
      why: whyOf(admitted),
    }),
  );
});

async function promote(
  c: Ctx,
  act: { readonly reason: string; readonly version: number; readonly by: Actor; readonly why: string },
): Promise<Result<unknown, { readonly reason: ViewRefusal }>> {
  if (act.why === "") return refuse({ reason: "reason-missing" });
  const desk = deskOf(c.env);
  const promoted = promoteText((await desk.showPolicy()).text, act.reason);
  if (!promoted.ok) return refuse({ reason: "not-promotable" });
  const why = `promote ${act.reason}: ${act.why}`;
  return desk.applyPolicy({ expectedVersion: act.version, by: act.by, why, text: promoted.value });
}

function tokenOf(visitor: Visitor, purpose: CsrfPurpose, subject: string): Promise<string> {
  return csrfTokenOf(visitor, { purpose, subject, proposalHash: "" });
}
