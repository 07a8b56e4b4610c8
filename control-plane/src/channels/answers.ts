// What an answer of a provider means where nothing but its status and `Retry-After` says so; and how channels word what
// they read of a body. Pure. Sources: RFC 9110 §10.2.3 (Retry-After), RFC 6585 §4 (429).
import { parseRetryAfter } from "@countersign/shared/values/retry-after";
import type { NotAccepted, ProviderAnswer, Taken } from "./channel.ts";

/** So much of an answer is read; what providers say in theirs is far shorter. */
export const ANSWER_BYTES_MAX = 16_384;
/** Longer waits are not believed: a person is to be reached today. */
export const RETRY_AFTER_MAX_MS = 3_600_000;
const CODE_CHARS_MAX = 80;
/**
 * What is as long as a key, with a digit or a capital in it: a provider may quote what it was sent, and its words end
 * in the record.
 */
const KEY_LIKE = /(?=[\w-]*[0-9A-Z])[\w-]{24,}/g;

/** What an answer means by its status alone. */
export function readStatus(answer: ProviderAnswer): Taken {
  return answer.status >= 200 && answer.status < 300
    ? { result: "accepted", handle: null }
    : notAccepted(answer, null);
}

/** A refusal; `code`: what the provider's own body calls it, null: nothing. */
export function notAccepted(
  { headers, status }: ProviderAnswer,
  code: string | null,
  known: { readonly retryAfterMs?: number | null; readonly isForGood?: boolean } = {},
): NotAccepted {
  const after = known.retryAfterMs ?? parseRetryAfter(headers.get("retry-after"), headers.get("date"));
  return {
    result: "failed",
    detail: code === null ? `HTTP ${status}` : `HTTP ${status}: ${plain(code)}`,
    retryAfterMs: after === null ? null : Math.min(RETRY_AFTER_MAX_MS, Math.max(0, Math.ceil(after))),
    isForGood: known.isForGood ?? isForGood(status),
  };
}

/** A provider's JSON object, of which nothing is known; null: the body is none. */
export type AnswerFields = Readonly<Record<string, unknown>> | null;

/** A body that is a JSON object; null: it is none. */
export function jsonObjectIn({ body }: Pick<ProviderAnswer, "body">): AnswerFields {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : null;
  } catch {
    return null;
  }
}

/** The errors of a body that lists them in words, `{"errors":["application token is invalid"]}`; null: it lists none. */
export function toldErrorsIn(body: AnswerFields): string | null {
  const errors = body?.["errors"];
  if (!Array.isArray(errors)) return null;
  const told = errors.filter((error) => typeof error === "string");
  return told.length === 0 ? null : told.join(", ");
}

// A provider that is asked too fast, or that is down, may take the same later; what else it refuses it refuses again.
function isForGood(status: number): boolean {
  return status >= 400 && status < 500 && ![408, 421, 423, 425, 429].includes(status);
}

/** A provider's words in one line of ours. */
function plain(text: string): string {
  const line = text
    .replaceAll(/[^\x20-\x7e]+/g, " ")
    .replaceAll(KEY_LIKE, "...")
    .trim();
  return line.length <= CODE_CHARS_MAX ? line : `${line.slice(0, CODE_CHARS_MAX - 1)}…`;
}
