// The form of a person who acts, the same for every act: admitted, performed, and then the browser fetches the view anew, so that reloading
// repeats nothing; or a view that says why nothing was done.
import type { Context } from "hono";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { verifyCsrfToken } from "./csrf.ts";
import { readOwnForm } from "./form.ts";
import { type ActBound, asForm } from "./people-bound.ts";
import type { ActRoute } from "./people-routes.ts";
import type { FormRefusal } from "./refusals.ts";
import { frameOf, seeOther, sendRefusal } from "./respond.tsx";

/** Answers the POST of one form. */
export async function takeForm(c: Context<ActBound>, asked: ActRoute["form"]): Promise<Response> {
  const at = asForm(c);
  const admitted = await admit(c, asked);
  const answered = admitted.ok ? await asked.perform(c) : admitted;
  if (!answered.ok) {
    const backPath = asked.backPath(at);
    const frame = await frameOf(c.var.visitor, new URL(backPath, c.req.url).href);
    return sendRefusal(c, answered.error.reason, { frame, backPath });
  }
  return answered.value instanceof Response ? answered.value : seeOther(c, asked.backPath(at));
}

/** Lets a form of our own pass whose token was made for exactly this act of this device. */
async function admit(
  c: Context<ActBound>,
  asked: ActRoute["form"],
): Promise<Result<null, FormRefusal | { readonly reason: "role-missing" }>> {
  const form = await readOwnForm(c);
  if (!form.ok) return refuse(form.error);
  const proposalHash = form.value.get("proposalHash") ?? "";
  c.set("form", form.value);
  c.set("proposalHash", proposalHash);
  const checked = await verifyCsrfToken(
    c.var.visitor.secret,
    { purpose: asked.purpose, subject: asked.subject(asForm(c)), proposalHash },
    { token: form.value.get("csrf") ?? "", now: Date.now() },
  );
  if (!checked.ok) return refuse(checked.error);
  return c.var.visitor.roles.includes(asked.needs) ? ok(null) : refuse({ reason: "role-missing" });
}
