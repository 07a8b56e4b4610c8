// The rules in force, their versions, and taking one back. The form's token is bound to the version that its view showed:
// another one in force is refused. A new text is applied by the operator (`countersign policy apply`), not here: it comes
// from a file under review.
import { refuse } from "@countersign/shared/values/result";
import { byPerson } from "../../core/words/actor.ts";
import type { Reads } from "../../http/reads.ts";
import { changesInWords, policyInWords } from "../../policy/in-words/policy-in-words.ts";
import { DEFAULTS } from "../../policy/in-words/rule-lines.ts";
import { diffPolicies } from "../../policy/policy-diff.ts";
import { parsePolicyText } from "../../policy/policy-file.ts";
import type { Policy } from "../../policy/policy.ts";
import { shownText } from "../../policy/shown-text.ts";
import { whyOf } from "../frame/fields.ts";
import { otherAct, type PeopleRoute, view } from "../frame/people-routes.ts";
import { csrfTokenOf, sendNotFound, sendView } from "../frame/respond.tsx";
import { whoMay } from "../frame/who-may.ts";
import { PolicyTextView } from "./policy-text-view.tsx";
import { PolicyVersionView, type UndoShown } from "./policy-version-view.tsx";
import { PolicyView } from "./policy-view.tsx";

export const policyRoutes: readonly PeopleRoute[] = [
  view("/policy", async (c) => {
    const { frame, reads } = c.var;
    const [{ history, problem, version }, policy] = await Promise.all([
      reads.desk.showPolicy(),
      reads.desk.policyInForce().then((found) => policyOf(found?.text ?? null)),
    ]);
    const parts = policy === null ? [] : policyInWords(policy);
    const different = policy === null ? [] : diffPolicies(DEFAULTS, policy);
    return sendView(c, <PolicyView frame={frame} {...{ version, problem, history, parts, different }} />);
  }),

  view("/policy/text", async (c) => {
    const { frame, reads } = c.var;
    const found = await reads.desk.policyInForce();
    const text = found === null ? null : shownText(found.text);
    return sendView(c, <PolicyTextView frame={frame} version={found?.version ?? 0} text={text} />);
  }),

  view("/policy/:version", async (c) => {
    const { frame, reads, visitor } = c.var;
    const number = /^[1-9][0-9]{0,8}$/.test(c.req.param("version")) ? Number(c.req.param("version")) : null;
    const found = number === null ? null : await reads.desk.policyVersion(number);
    if (number === null || found === null) return sendNotFound(c, frame);
    const [after, before] = await Promise.all(
      [number, number - 1].map(async (each) => policyOf(await reads.desk.policyText(each))),
    );
    const words = before && after ? changesInWords(before, after) : null;
    const undo = await undoOf(reads, { responder: visitor.signIn.responder, version: number });
    const undoToken = await csrfTokenOf(visitor, { purpose: "undo-policy", subject: String(number) });
    const who = await whoMay(c, "administer");
    const shown = { ...found, words, undo, undoToken };
    return sendView(c, <PolicyVersionView frame={frame} {...shown} whoMay={who} />);
  }),

  otherAct("/policy/undo/:version", {
    purpose: "undo-policy",
    needs: "administer",
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

/** What taking a version back would do; null: it is not the newest one, or there is none before it. */
async function undoOf(
  { desk }: Reads,
  { responder, version }: { readonly responder: string; readonly version: number },
): Promise<UndoShown | null> {
  const asked = { expectedVersion: version, by: byPerson(responder), why: "", text: null };
  const [planned, inForce] = await Promise.all([desk.planPolicy(asked), desk.policyInForce()]);
  if (!planned.ok) return null;
  const { leavesNobody, losesAccess, restores, text, warnings } = planned.value;
  const [before, after] = [policyOf(inForce?.text ?? null), policyOf(text)];
  const words = before !== null && after !== null ? changesInWords(before, after) : null;
  return { restores: restores ?? 0, losesAccess, leavesNobody, warnings, words };
}

/** null: there is none, or it cannot be read. */
function policyOf(text: string | null): Policy | null {
  const parsed = text === null ? null : parsePolicyText(text);
  return parsed?.ok === true ? parsed.value : null;
}
