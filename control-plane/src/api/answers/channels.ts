// POST /v1/channels/NAME: what a provider brings by itself. Its body is handed on as it came, because signatures are
// made over its bytes; what it is answered is the channel's own, in whatever form the provider reads. What fails is
// counted for this door alone (http/attempts.ts).
import { HTTP_BODY_BYTES_MAX } from "@countersign/shared/values/limits";
import { ok, refuse } from "@countersign/shared/values/result";
import { decodeUtf8 } from "@countersign/shared/values/utf8";
import { noteUnproven } from "../../http/attempts.ts";
import { readBytes } from "../../http/bounded-body.ts";
import { type Ctx, deskOf } from "../../http/context.ts";
import { parsePublicUrl } from "../../public-url.ts";
import type { RouteOf } from "../table/routes.ts";
import type { Answer } from "./answer.ts";

export const hearProvider: Answer<RouteOf<"POST /v1/channels/:channel">> = async ({ params }, c) => {
  const bytes = await readBytes(c.req.raw, HTTP_BODY_BYTES_MAX);
  if (bytes === null) return refuse({ reason: "body-too-large" });
  const body = decodeUtf8(bytes);
  const url = addressedUrlOf(c);
  // No link was ever made without a public address, and no signature that we know is made over what is no text.
  if (body === null || url === null) return unproven(c);
  const call = { url, headers: headersOf(c.req.raw.headers), body };
  const heard = await deskOf(c.env).hearChannel(params.channel, call);
  if (!heard.ok) return unproven(c);
  const { contentType, body: text } = heard.value;
  const headers = { "content-type": contentType, "x-content-type-options": "nosniff" };
  return ok({ status: 200, response: new Response(text, { headers }) });
};

/** As the provider was told to address it: a proxy may have put another host there. */
function addressedUrlOf(c: Ctx): string | null {
  const base = parsePublicUrl(c.env.PUBLIC_URL);
  const { pathname, search } = new URL(c.req.url);
  return base.ok ? `${base.value}${pathname}${search}` : null;
}

/** A person's cookie is no provider's. */
function headersOf(headers: Headers): readonly (readonly [string, string])[] {
  return [...headers].filter(([name]) => name !== "cookie");
}

function unproven(c: Ctx) {
  noteUnproven(c);
  return refuse({ reason: "provider-unproven" } as const);
}
