// A person's act by a form, the same for every act: admitted, performed, and then the browser fetches the view anew, so that reloading
// repeats nothing; or a view that says why nothing was done.
import type { Result } from "@countersign/shared/values/result";
import type { Ctx } from "../../http/context.ts";
import type { CsrfPurpose } from "./csrf.ts";
import { admitForm, type AdmittedForm } from "./form.ts";
import { askToSignIn, seeOther, sendRefusal } from "./respond.tsx";
import type { ViewRefusal } from "./sentences.ts";

/** Longest reason that is kept. */
export const WHY_CHARS_MAX = 300;

interface Act {
  readonly purpose: CsrfPurpose;
  readonly subject: string;
  /** where to look afterwards, done or not */
  readonly backPath: string;
}

/** Answers the POST of one act. */
export async function takeAct(
  c: Ctx,
  act: Act,
  perform: (admitted: AdmittedForm) => Promise<Result<unknown, { readonly reason: ViewRefusal }>>,
): Promise<Response> {
  const admitted = await admitForm(c, { purpose: act.purpose, subject: act.subject });
  if (!admitted.ok) {
    if (admitted.error.reason === "not-signed-in") return askToSignIn(c);
    const { reason, visitor } = admitted.error;
    return sendRefusal(c, reason, { visitor, backPath: act.backPath });
  }
  const answered = await perform(admitted.value);
  if (answered.ok) return seeOther(c, act.backPath);
  const { visitor } = admitted.value;
  return sendRefusal(c, answered.error.reason, { visitor, backPath: act.backPath });
}

/** The reason that a person gave, cut to its limit. */
export function whyOf({ form }: Pick<AdmittedForm, "form">): string {
  return (form.get("why") ?? "").trim().slice(0, WHY_CHARS_MAX);
}

/** A whole number of a form or a query within bounds; null: it is none. */
export function countIn(text: string | null | undefined, countMax: number): number | null {
  if (text === null || text === undefined || !/^[0-9]{1,6}$/.test(text)) return null;
  const count = Number(text);
  return count <= countMax ? count : null;
}
