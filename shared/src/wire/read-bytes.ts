// Reads signed bytes as JSON of one shape: the size first, then UTF-8, then the shape. Pure.
import * as z from "zod";
import { ok, refuse, type Result } from "../values/result.ts";
import { decodeUtf8 } from "../values/utf8.ts";

export interface Unreadable {
  readonly reason: "too-large" | "not-json" | "wrong-shape";
  readonly detail: string;
}

/** Parses bytes, or says what is wrong with them. */
export function readBytes<T>(
  schema: z.ZodType<T>,
  bytes: Uint8Array,
  bytesMax: number,
): Result<T, Unreadable> {
  if (bytes.length > bytesMax)
    return refuse({ reason: "too-large", detail: `${bytes.length} bytes, at most ${bytesMax}` });
  const text = decodeUtf8(bytes);
  if (text === null) return refuse({ reason: "not-json", detail: "not UTF-8" });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return refuse({ reason: "not-json", detail: String(error) });
  }
  const parsed = schema.safeParse(json);
  return parsed.success
    ? ok(parsed.data)
    : refuse({ reason: "wrong-shape", detail: z.prettifyError(parsed.error) });
}
