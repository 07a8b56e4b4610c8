// Freezing: what is frozen, and the two acts of freezing and lifting. A scope is named in a form by its key, which the
// form's token is bound to, and is looked up here again: nobody freezes by a name of their own making.
import { SEARCH_CHARS_MAX } from "@countersign/shared/values/limits";
import { ok, refuse } from "@countersign/shared/values/result";
import { FLEET, type Subject, subjectKeyOf } from "../../core/words/subject.ts";
import { policyNow } from "../../http/policy-now.ts";
import type { Visitor } from "../../http/visitor.ts";
import { whyOf } from "../frame/fields.ts";
import { act, type PeopleRoute, view } from "../frame/people-routes.ts";
import { csrfTokenOf, seeOther, sendRefusal, sendView } from "../frame/respond.tsx";
import { whoMay } from "../frame/who-may.ts";
import { liftPathOf } from "./brake-paths.ts";
import { FreezesView, FreezeView, LiftView } from "./freeze-view.tsx";
import { sendNoScope } from "./no-scope.ts";
import { scopeAt, searchScopes } from "./scope-lookup.ts";
import { scopeOf } from "./scopes.ts";

export const freezeRoutes: readonly PeopleRoute[] = [
  view("/brake", async (c) => {
    const { frame, reads, visitor } = c.var;
    const { freezes } = await reads.desk.brakes();
    const frozen = new Set(freezes.map(({ scope }) => subjectKeyOf(scope)));
    const search = (c.req.query("q") ?? "").slice(0, SEARCH_CHARS_MAX);
    const result = await searchScopes(reads, search, (scope) => !frozen.has(subjectKeyOf(scope)));
    const people = await policyNow(reads.desk, c.env.POLICY);
    const isFleetFrozen = frozen.has(subjectKeyOf(FLEET));
    const fleetToken = isFleetFrozen ? null : await tokenOf(visitor, "freeze", FLEET);
    const who = await whoMay(c, "answer");
    const shown = { frame, freezes, people, fleetToken, search, result };
    return sendView(c, <FreezesView {...shown} whoMay={who} />);
  }),

  view("/brake/freeze/:scope", async (c) => {
    const { frame, reads, visitor } = c.var;
    const scope = await scopeAt(reads, c.req.param("scope"));
    if (!scope.ok) return sendNoScope(c, scope.error, "/brake");
    const { freezes } = await reads.desk.brakes();
    // What is frozen is lifted, and not frozen once more.
    if (freezes.some((freeze) => subjectKeyOf(freeze.scope) === subjectKeyOf(scope.value)))
      return seeOther(c, liftPathOf(scope.value));
    const token = await tokenOf(visitor, "freeze", scope.value);
    const who = await whoMay(c, "answer");
    return sendView(c, <FreezeView frame={frame} scope={scope.value} token={token} whoMay={who} />);
  }),

  act("/brake/freeze/:scope", {
    kind: "freeze",
    subject: (c) => c.req.param("scope"),
    backPath: () => "/brake",
    says: async (c) => {
      const { form, reads } = c.var;
      const scope = await scopeAt(reads, c.req.param("scope"));
      return scope.ok ? ok({ scope: scope.value, why: whyOf(form) }) : scope;
    },
  }),

  act("/brake/lift/:scope", {
    kind: "lift-freeze",
    subject: (c) => c.req.param("scope"),
    backPath: () => "/brake",
    says: async (c) => {
      const { form, reads } = c.var;
      const frozen = (await reads.desk.brakes()).freezes.map(({ scope }) => scope);
      const scope = scopeOf(frozen, c.req.param("scope"));
      if (scope === undefined) return refuse({ reason: "freeze-unknown" });
      return ok({ scope, why: whyOf(form) });
    },
  }),

  view("/brake/lift/:scope", async (c) => {
    const { frame, reads, visitor } = c.var;
    const { freezes } = await reads.desk.brakes();
    const freeze = freezes.find(({ scope }) => subjectKeyOf(scope) === c.req.param("scope"));
    if (freeze === undefined) return sendRefusal(c, "freeze-unknown", { frame, backPath: "/brake" });
    const token = await tokenOf(visitor, "lift-freeze", freeze.scope);
    const people = await policyNow(reads.desk, c.env.POLICY);
    const who = await whoMay(c, "approve");
    return sendView(c, <LiftView {...{ frame, freeze, people, token }} whoMay={who} />);
  }),
];

function tokenOf(visitor: Visitor, purpose: "freeze" | "lift-freeze", scope: Subject): Promise<string> {
  return csrfTokenOf(visitor, { purpose, subject: subjectKeyOf(scope) });
}
