// Reads a small JSON body: its size is checked before anything is parsed.
import * as z from "zod";
import { HTTP_BODY_BYTES_MAX } from "@countersign/shared/values/limits";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { decodeUtf8 } from "@countersign/shared/values/utf8";
import { readBytes } from "./bounded-body.ts";

export interface BodyRefusal {
  readonly reason: "body-too-large" | "body-malformed";
  readonly detail?: string;
}

/** The body as the schema wants it; one that is absent is `undefined`. */
export async function readJsonBody<T>(
  request: Request,
  schema: z.ZodType<T>,
  bytesMax: number = HTTP_BODY_BYTES_MAX,
): Promise<Result<T, BodyRefusal>> {
  const bytes = await readBytes(request, bytesMax);
  if (bytes === null) return refuse({ reason: "body-too-large" });
  let json: unknown;
  try {
    json = bytes.length === 0 ? undefined : JSON.parse(decodeUtf8(bytes) ?? "");
  } catch {
    return refuse({ reason: "body-malformed", detail: "The body is not JSON: send one JSON object." });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return ok(parsed.data);
  return refuse({ reason: "body-malformed", detail: z.prettifyError(parsed.error).slice(0, 500) });
}
