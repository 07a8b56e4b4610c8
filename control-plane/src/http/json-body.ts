// Reads a small JSON body: the size is checked before anything is parsed, and a body without a length is counted while it is read.
import * as z from "zod";
import { HTTP_BODY_BYTES_MAX } from "@countersign/shared/values/limits";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { decodeUtf8 } from "@countersign/shared/values/utf8";

export interface BodyRefusal {
  readonly reason: "body-too-large" | "body-malformed";
  readonly detail?: string;
}

/** The body as the schema wants it. */
export async function readJsonBody<T>(
  request: Request,
  schema: z.ZodType<T>,
  bytesMax: number = HTTP_BODY_BYTES_MAX,
): Promise<Result<T, BodyRefusal>> {
  const bytes = await readBytes(request, bytesMax);
  if (bytes === null) return refuse({ reason: "body-too-large" });
  let json: unknown;
  try {
    json = JSON.parse(decodeUtf8(bytes) ?? "");
  } catch {
    return refuse({ reason: "body-malformed", detail: "The body is not JSON: send one JSON object." });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return ok(parsed.data);
  return refuse({ reason: "body-malformed", detail: z.prettifyError(parsed.error).slice(0, 500) });
}

/** Null: more than the limit. */
async function readBytes(request: Request, bytesMax: number): Promise<Uint8Array | null> {
  if (Number(request.headers.get("content-length") ?? 0) > bytesMax) return null;
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size > bytesMax) return null;
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}
