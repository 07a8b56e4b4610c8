// Admission of a form that acts: who sent it, from where, of what type and size, and with a token for exactly this act.
// Who is not signed in is told only that. Nothing here acts.
import { HTTP_BODY_BYTES_MAX } from "@countersign/shared/values/limits";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { visibleLine } from "@countersign/shared/values/visible-text";
import type { Ctx } from "../../http/context.ts";
import { isSameOrigin } from "../../http/origin.ts";
import { visitorOf, type Visitor } from "../../http/visitor.ts";
import { verifyCsrfToken, type CsrfPurpose } from "./csrf.ts";
import type { FormRefusal } from "./sentences.ts";

const FORM_CONTENT_TYPE = "application/x-www-form-urlencoded";

export interface AdmittedForm {
  readonly visitor: Visitor;
  readonly form: URLSearchParams;
  /** what the person saw, as the token binds it; empty where the act has no proposal */
  readonly proposalHash: string;
}

export type AdmissionRefusal =
  | { readonly reason: "not-signed-in" }
  | (FormRefusal & { readonly visitor: Visitor });

/** Admits the form of a signed-in, enrolled device with a valid CSRF token for this act. */
export async function admitForm(
  c: Ctx,
  act: { readonly purpose: CsrfPurpose; readonly subject: string | null },
): Promise<Result<AdmittedForm, AdmissionRefusal>> {
  const visitor = await visitorOf(c);
  if (visitor === null) return refuse({ reason: "not-signed-in" });
  const form = await readOwnForm(c);
  if (!form.ok) return refuse({ ...form.error, visitor });
  const proposalHash = form.value.get("proposalHash") ?? "";
  const subject = act.subject ?? visitor.signIn.signInId;
  const checked = await verifyCsrfToken(
    visitor.secret,
    { purpose: act.purpose, subject, proposalHash },
    { token: form.value.get("csrf") ?? "", now: Date.now() },
  );
  return checked.ok ? ok({ visitor, form: form.value, proposalHash }) : refuse({ ...checked.error, visitor });
}

/** Reads a form that one of our own pages sent: same origin, urlencoded, at most `HTTP_BODY_BYTES_MAX`. */
export async function readOwnForm(c: Ctx): Promise<Result<URLSearchParams, FormRefusal>> {
  const source = {
    origin: c.req.header("origin") ?? null,
    fetchSite: c.req.header("sec-fetch-site") ?? null,
    requestUrl: c.req.url,
    publicUrl: c.env.PUBLIC_URL,
  };
  if (!isSameOrigin(source)) return refuse({ reason: "cross-origin" });
  const contentType = (c.req.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (contentType !== FORM_CONTENT_TYPE) return refuse({ reason: "form-type" });
  const body = await readAtMost(c.req.raw, HTTP_BODY_BYTES_MAX);
  return body === null ? refuse({ reason: "form-too-large" }) : ok(inLines(new URLSearchParams(body)));
}

// What a person writes into a field is a line as well; fields of our own hold nothing else.
function inLines(form: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...form].map(([name, value]) => [name, visibleLine(value)]));
}

/** Reads a body; null as soon as it is larger than allowed, whatever its `Content-Length` says. */
async function readAtMost(request: Request, bytesMax: number): Promise<string | null> {
  if (Number(request.headers.get("content-length") ?? 0) > bytesMax) return null;
  if (request.body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of request.body as ReadableStream<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
