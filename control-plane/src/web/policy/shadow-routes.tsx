// What rules in shadow found, with the acts that are a person's: mark a false alarm, take a rule out of shadow. A promotion's token is bound to
// the version of the policy that its view showed: another one in force is refused.
import type { Context } from "hono";
import { ok, refuse } from "@countersign/shared/values/result";
import { byPerson } from "../../core/words/actor.ts";
import { loadFirstGood, loadPolicy } from "../../policy/load-policy.ts";
import { promoteText } from "../../policy/policy-promotion.ts";
import { whyOf } from "../frame/fields.ts";
import type { ActBound } from "../frame/people-bound.ts";
import { act, otherAct, type PeopleRoute, view } from "../frame/people-routes.ts";
import { csrfTokenOf, sendView } from "../frame/respond.tsx";
import { FINDINGS_SHOWN_MAX, findingsByNews, ShadowView } from "./shadow-view.tsx";

export const shadowRoutes: readonly PeopleRoute[] = [
  view("/shadow", async (c) => {
    const { frame, visitor } = c.var;
    const { desk } = c.var.reads;
    const [{ counts, findings }, shown] = await Promise.all([desk.shadow(), desk.showPolicy()]);
    const { policy } = loadFirstGood([shown.text, c.env.POLICY], loadPolicy);
    const newest = findingsByNews(findings).slice(0, FINDINGS_SHOWN_MAX);
    const withTokens = newest.map(async (finding) => ({
      finding,
      token: await csrfTokenOf(visitor, { purpose: "mark-false-alarm", subject: finding.findingId }),
    }));
    const promotable = counts
      .map(({ reason }) => reason)
      .filter((reason) => !policy.shadow && policy.rules[reason].shadow);
    const tokens = promotable.map(async (reason) => {
      const subject = promotionOf(reason, String(shown.version));
      return [reason, await csrfTokenOf(visitor, { purpose: "promote-rule", subject })] as const;
    });
    return sendView(
      c,
      <ShadowView
        frame={frame}
        counts={counts}
        findings={await Promise.all(withTokens)}
        findingsCount={findings.length}
        isWholePolicy={policy.shadow}
        version={shown.version}
        promoteTokens={new Map(await Promise.all(tokens))}
      />,
    );
  }),

  act("/shadow/false-alarm/:finding", {
    kind: "mark-false-alarm",
    subject: (c) => c.req.param("finding"),
    backPath: () => "/shadow",
    says: (c) => ok({ findingId: c.req.param("finding") }),
  }),

  otherAct("/shadow/promote/:reason/:version", {
    purpose: "promote-rule",
    needs: "administer",
    subject: (c) => promotionOf(c.req.param("reason"), c.req.param("version")),
    backPath: () => "/shadow",
    perform: promote,
  }),
];

/** What the token of a promotion is bound to. */
function promotionOf(reason: string, version: string): string {
  return `${reason}:${version}`;
}

async function promote(c: Context<ActBound, "/shadow/promote/:reason/:version">) {
  const { desk, form, visitor } = c.var;
  const { reason, version } = c.req.param();
  const said = whyOf(form);
  if (said === "") return refuse({ reason: "reason-missing" } as const);
  const promoted = promoteText((await desk.showPolicy()).text, reason);
  if (!promoted.ok) return refuse({ reason: "not-promotable" } as const);
  return desk.applyPolicy({
    expectedVersion: Number(version),
    by: byPerson(visitor.signIn.responder),
    why: `promote ${reason}: ${said}`,
    text: promoted.value,
  });
}
