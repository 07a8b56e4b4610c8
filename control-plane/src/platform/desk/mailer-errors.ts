// What it means when Cloudflare's mailer throws: its errors carry a code
// (https://developers.cloudflare.com/email-service/api/send-emails/workers-api/). Pure. What a reader would get wrong:
// the message is never told, because it quotes addresses.
import { RETRY_AFTER_MAX_MS } from "../../channels/answers.ts";
import type { NotAccepted } from "../../channels/channel.ts";

/** The mailer does not say when its bound ends; a bound of a day is not over sooner than we look again. */
const RATE_LIMIT_REST_MS = 60_000;

/** The same mail is refused again until somebody changes something; header errors begin alike. */
const FOR_GOOD: ReadonlySet<string> = new Set([
  "E_VALIDATION_ERROR",
  "E_FIELD_MISSING",
  "E_TOO_MANY_RECIPIENTS",
  "E_SENDER_NOT_VERIFIED",
  "E_SENDER_DOMAIN_NOT_AVAILABLE",
  "E_RECIPIENT_NOT_ALLOWED",
  "E_RECIPIENT_SUPPRESSED",
  "E_CONTENT_TOO_LARGE",
]);

/** A mailer's refusal; what has no code that we know how to read may be taken later. */
export function refusalOfMailer(error: unknown): NotAccepted {
  const code = codeOf(error);
  return {
    result: "failed",
    detail: code === null ? "the mailer failed" : `the mailer refused: ${code}`,
    retryAfterMs: restAfter(code),
    isForGood: code !== null && (FOR_GOOD.has(code) || /^E_HEADERS?_/.test(code)),
  };
}

function restAfter(code: string | null): number | null {
  if (code === "E_RATE_LIMIT_EXCEEDED") return RATE_LIMIT_REST_MS;
  return code === "E_DAILY_LIMIT_EXCEEDED" ? RETRY_AFTER_MAX_MS : null;
}

function codeOf(error: unknown): string | null {
  const code: unknown = typeof error === "object" && error !== null && "code" in error ? error.code : null;
  return typeof code === "string" && /^E_[A-Z_]{1,60}$/.test(code) ? code : null;
}
