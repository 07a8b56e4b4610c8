// The brake: what is frozen, and the two acts of pulling and lifting it. A scope is named in a form by its key, which the form's token
// is bound to, and is looked up here again: nobody freezes by a name of their own making.
import { SEARCH_CHARS_MAX } from "@countersign/shared/values/limits";
import { ok, refuse } from "@countersign/shared/values/result";
import { FLEET, type Subject, subjectKeyOf } from "../../core/words/subject.ts";
import type { Visitor } from "../../http/visitor.ts";
import { whyOf } from "../frame/fields.ts";
import { act, type PeopleRoute, view } from "../frame/people-routes.ts";
import { csrfTokenOf, sendView } from "../frame/respond.tsx";
import { FreezesView, FreezeView } from "./freeze-view.tsx";
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
    const withTokens = freezes.map(async (freeze) => ({
      freeze,
      token: await tokenOf(visitor, "lift-freeze", freeze.scope),
    }));
    return sendView(
      c,
      <FreezesView
        frame={frame}
        freezes={await Promise.all(withTokens)}
        fleetToken={frozen.has(subjectKeyOf(FLEET)) ? null : await tokenOf(visitor, "freeze", FLEET)}
        search={search}
        result={result}
      />,
    );
  }),

  view("/brake/freeze/:scope", async (c) => {
    const { frame, reads, visitor } = c.var;
    const scope = await scopeAt(reads, c.req.param("scope"));
    if (!scope.ok) return sendNoScope(c, scope.error, "/brake");
    const token = await tokenOf(visitor, "freeze", scope.value);
    return sendView(c, <FreezeView frame={frame} scope={scope.value} token={token} />);
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
];

function tokenOf(visitor: Visitor, purpose: "freeze" | "lift-freeze", scope: Subject): Promise<string> {
  return csrfTokenOf(visitor, { purpose, subject: subjectKeyOf(scope) });
}
