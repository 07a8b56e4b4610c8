// The policy's versions, and taking one back. The form's token is bound to the version that its view showed: another one in force is refused.
// A new text is applied by the operator (`countersign policy apply`), not here: it comes from a file under review.
import { refuse } from "@countersign/shared/values/result";
import { byPerson } from "../../core/words/actor.ts";
import { whyOf } from "../frame/fields.ts";
import { otherAct, type PeopleRoute, view } from "../frame/people-routes.ts";
import { csrfTokenOf, sendNotFound, sendView } from "../frame/respond.tsx";
import { PolicyView, PolicyVersionView } from "./policy-view.tsx";

export const policyRoutes: readonly PeopleRoute[] = [
  view("/policy", async (c) => {
    const { frame, reads, visitor } = c.var;
    const shown = await reads.desk.showPolicy();
    const undoToken = await csrfTokenOf(visitor, { purpose: "undo-policy", subject: String(shown.version) });
    return sendView(c, <PolicyView frame={frame} shown={shown} undoToken={undoToken} />);
  }),

  view("/policy/:version", async (c) => {
    const { frame, reads } = c.var;
    const version = /^[1-9][0-9]{0,8}$/.test(c.req.param("version")) ? Number(c.req.param("version")) : null;
    const found = version === null ? null : await reads.desk.policyVersion(version);
    if (found === null) return sendNotFound(c, frame);
    return sendView(c, <PolicyVersionView frame={frame} {...found} />);
  }),

  otherAct("/policy/undo/:version", {
    purpose: "undo-policy",
    subject: (c) => c.req.param("version"),
    backPath: () => "/policy",
    perform: async (c) => {
      const why = whyOf(c.var.form);
      if (why === "") return refuse({ reason: "reason-missing" } as const);
      const by = byPerson(c.var.visitor.signIn.responder);
      const expectedVersion = Number(c.req.param("version"));
      return c.var.desk.applyPolicy({ expectedVersion, by, why, text: null });
    },
  }),
];
