// Reads a form that acts, before it is known what it asks for: from where it comes, of what type it is and of what size. Nothing here acts.
import { HTTP_BODY_BYTES_MAX } from "@countersign/shared/values/limits";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { visibleLine } from "@countersign/shared/values/visible-text";
import { readBytes } from "../../http/bounded-body.ts";
import type { Asking } from "../../http/context.ts";
import { isSameOrigin } from "../../http/origin.ts";
import { LINES_FIELD } from "./fields.ts";
import type { FormRefusal } from "./refusals.ts";

const FORM_CONTENT_TYPE = "application/x-www-form-urlencoded";

/** Reads a form that a view of ours sent: same origin, urlencoded, at most `HTTP_BODY_BYTES_MAX`. */
export async function readOwnForm(c: Asking): Promise<Result<URLSearchParams, FormRefusal>> {
  const source = {
    origin: c.req.header("origin") ?? null,
    fetchSite: c.req.header("sec-fetch-site") ?? null,
    requestUrl: c.req.url,
    publicUrl: c.env.PUBLIC_URL,
  };
  if (!isSameOrigin(source)) return refuse({ reason: "cross-origin" });
  const contentType = (c.req.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (contentType !== FORM_CONTENT_TYPE) return refuse({ reason: "form-type" });
  const body = await readBytes(c.req.raw, HTTP_BODY_BYTES_MAX);
  if (body === null) return refuse({ reason: "form-too-large" });
  return ok(inLines(new URLSearchParams(new TextDecoder().decode(body))));
}

// What a person writes into a field is a line as well, and lines in the one that is for several; fields of our own hold
// nothing else.
function inLines(form: URLSearchParams): URLSearchParams {
  const lines = new URLSearchParams();
  for (const [name, value] of form)
    lines.append(name, name === LINES_FIELD ? inLinesOf(value) : visibleLine(value));
  return lines;
}

function inLinesOf(text: string): string {
  return text
    .split(/\r\n|[\n\r]/)
    .map(visibleLine)
    .join("\n");
}
