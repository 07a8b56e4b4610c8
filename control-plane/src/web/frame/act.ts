// A person's act by a form, the same for every act: admitted, performed, and then the browser fetches the view anew, so that reloading
// repeats nothing; or a view that says why nothing was done.
import type { Context } from "hono";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { verifyCsrfToken } from "./csrf.ts";
import { readOwnForm } from "./form.ts";
import type { ActBound } from "./people-bound.ts";
import type { ActRoute } from "./people-routes.ts";
import type { FormRefusal } from "./refusals.ts";
import { frameOf, seeOther, sendRefusal } from "./respond.tsx";

/** Answers the POST of one act. */
export async function takeAct(c: Context<ActBound>, act: ActRoute["act"]): Promise<Response> {
  const admitted = await admit(c, act);
  const answered = admitted.ok ? await act.perform(c) : admitted;
  if (!answered.ok) {
    const frame = await frameOf(c.var.visitor);
    return sendRefusal(c, answered.error.reason, { frame, backPath: act.backPath(c) });
  }
  return answered.value instanceof Response ? answered.value : seeOther(c, act.backPath(c));
}

/** Lets a form of our own pass whose token was made for exactly this act of this device. */
async function admit(c: Context<ActBound>, act: ActRoute["act"]): Promise<Result<null, FormRefusal>> {
  const form = await readOwnForm(c);
  if (!form.ok) return refuse(form.error);
  const proposalHash = form.value.get("proposalHash") ?? "";
  c.set("form", form.value);
  c.set("proposalHash", proposalHash);
  const checked = await verifyCsrfToken(
    c.var.visitor.secret,
    { purpose: act.purpose, subject: act.subject(c), proposalHash },
    { token: form.value.get("csrf") ?? "", now: Date.now() },
  );
  return checked.ok ? ok(null) : refuse(checked.error);
}
