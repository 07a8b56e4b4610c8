// Cloudflare's `send_email` binding (https://developers.cloudflare.com/email-service/api/send-emails/workers-api/) in
// memory: it sends from domains of the account to addresses that it has verified, takes the headers of its list alone
// (https://developers.cloudflare.com/email-service/reference/headers/), and throws what it refuses, with a `code`.
// There is no HTTP in it.
import type { Mail, Mailer } from "../../control-plane/src/channels/channel.ts";
import type { Arrived, FakeProvider, ProviderClock } from "./provider.ts";

/** https://developers.cloudflare.com/email-service/platform/limits/ */
const [SUBJECT_CHARS_MAX, MAIL_BYTES_MAX] = [998, 5 * 1_024 * 1_024];
/** https://developers.cloudflare.com/email-service/reference/headers/#header-limits */
const [HEADER_NAME_CHARS_MAX, HEADER_VALUE_BYTES_MAX, HEADERS_BYTES_MAX] = [100, 2_048, 16_384];
/** "Allowlisted custom headers", of which a page has use; each with the values that its row names. */
const HEADERS: ReadonlyMap<string, RegExp> = new Map([
  ["in-reply-to", /^<[^<>\s@]+@[^<>\s@]+>$/],
  ["references", /^<[^<>\s@]+@[^<>\s@]+>( <[^<>\s@]+@[^<>\s@]+>)*$/],
  ["auto-submitted", /^(auto-generated|auto-replied|auto-notified)$/],
  ["importance", /^(high|normal|low)$/],
  ["priority", /^(normal|non-urgent|urgent)$/],
]);
const FIELDS = new Set(["from", "to", "cc", "bcc", "subject", "reply-to"]);
const ADDRESS = /^[A-Za-z0-9._%+-]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}$/;

/** What the binding throws: "standard Error objects with a `code` property". */
export class MailRefused extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** A mail as it arrived. */
export interface ArrivedMail extends Arrived {
  readonly headers: Readonly<Record<string, string>>;
}

export interface MailSetup {
  readonly clock: ProviderClock;
  /** domains that are onboarded, and verified addresses */
  readonly domains: readonly string[];
  readonly verified: readonly string[];
  /** mails that may still be sent today */
  readonly dailyLimit?: number;
}

export class FakeMailer implements Mailer, Omit<FakeProvider, "answer"> {
  readonly arrived: ArrivedMail[] = [];
  readonly ringing: ReadonlySet<string> = new Set();
  readonly #setup: MailSetup;

  constructor(setup: MailSetup) {
    this.#setup = setup;
  }

  readonly send = async (mail: Mail): Promise<{ readonly messageId: string }> => {
    this.#refuseWrong(mail);
    refuseHeaders(mail.headers);
    const { headers, subject: title, text: body, to } = mail;
    const handle = `<${this.arrived.length + 1}@mail.cloudflare.test>`;
    const isLoud = headers["Importance"] === "high";
    this.arrived.push({ handle, to, title, body, headers, isLoud, at: this.#setup.clock.now });
    return { messageId: handle };
  };

  /** No mail is answered where it arrives. */
  async acknowledge(): Promise<boolean> {
    return false;
  }

  // https://developers.cloudflare.com/email-service/api/send-emails/workers-api/#error-codes
  #refuseWrong({ from, subject, text, to, ...rest }: Mail): void {
    const { dailyLimit = Infinity, domains, verified } = this.#setup;
    if (from === "" || to === "" || subject === "" || text === "")
      throw new MailRefused("E_FIELD_MISSING", "Missing `to`, `from`, `subject` or a body");
    const unknown = Object.keys(rest).find((key) => key !== "headers");
    if (unknown !== undefined || !ADDRESS.test(from) || !ADDRESS.test(to) || /[\r\n]/.test(subject))
      throw new MailRefused("E_VALIDATION_ERROR", "Invalid email format or malformed data");
    if (!domains.includes(from.slice(from.indexOf("@") + 1)))
      throw new MailRefused("E_SENDER_NOT_VERIFIED", "Sender domain not verified");
    if (!verified.includes(to))
      throw new MailRefused("E_RECIPIENT_NOT_ALLOWED", "Recipient not in allowed list");
    if (subject.length > SUBJECT_CHARS_MAX || bytesOf(text) > MAIL_BYTES_MAX)
      throw new MailRefused("E_CONTENT_TOO_LARGE", "Total message size exceeds the maximum");
    if (this.arrived.length >= dailyLimit)
      throw new MailRefused("E_DAILY_LIMIT_EXCEEDED", "Daily sending quota reached");
  }
}

/** https://developers.cloudflare.com/email-service/reference/headers/#validation-rules and #error-codes */
function refuseHeaders(headers: Readonly<Record<string, string>>): void {
  let total = 0;
  for (const [name, value] of Object.entries(headers)) {
    total += name.length + 2 + bytesOf(value) + 2;
    const lower = name.toLowerCase();
    if (name.length > HEADER_NAME_CHARS_MAX || !/^([A-Za-z0-9-]+|X-[A-Za-z0-9_-]+)$/.test(name))
      throw new MailRefused("E_HEADER_NAME_INVALID", `Header name '${name}' contains invalid characters.`);
    if (FIELDS.has(lower))
      throw new MailRefused("E_HEADER_USE_API_FIELD", `Header '${name}' must be set via the API field`);
    if (!HEADERS.has(lower) && !lower.startsWith("x-"))
      throw new MailRefused("E_HEADER_NOT_ALLOWED", `Header '${name}' is not allowed.`);
    if (bytesOf(value) > HEADER_VALUE_BYTES_MAX)
      throw new MailRefused("E_HEADER_VALUE_TOO_LONG", `Header '${name}' value exceeds 2048 byte limit.`);
    if (value === "" || /[\r\n]/.test(value) || HEADERS.get(lower)?.test(value) === false)
      throw new MailRefused("E_HEADER_VALUE_INVALID", `Header '${name}' is malformed.`);
  }
  if (total > HEADERS_BYTES_MAX)
    throw new MailRefused("E_HEADERS_TOO_LARGE", "Total custom headers payload exceeds 16KB limit.");
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
