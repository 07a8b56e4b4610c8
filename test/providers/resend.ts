// Resend's API of mails (https://resend.com/docs/api-reference/emails/send-email) in memory: one POST, a key that makes
// a repeat known for 24 hours (https://resend.com/docs/dashboard/emails/idempotency-keys), and the errors of
// https://resend.com/docs/api-reference/errors.
import * as z from "zod";
import type { Arrived, FakeProvider, ProviderClock } from "./provider.ts";

/** https://resend.com/docs/api-reference/rate-limit: "2 requests per second per team" */
const REQUESTS_A_SECOND_MAX = 2;
const KEY_CHARS_MAX = 256;
const KEY_KEPT_MS = 86_400_000;

/** https://resend.com/docs/api-reference/emails/send-email#body-parameters, of which a page has use */
const Email = z.strictObject({
  from: z.string().min(3),
  to: z.array(z.email()).min(1).max(50),
  subject: z
    .string()
    .min(1)
    .regex(/^[^\r\n]*$/),
  text: z.string().min(1),
  headers: z.record(z.string().regex(/^[A-Za-z0-9-]+$/), z.string().regex(/^[^\r\n]*$/)).optional(),
});

interface Known {
  readonly payload: string;
  readonly id: string;
  readonly at: number;
}

export interface ResendSetup {
  readonly clock: ProviderClock;
  readonly apiKey: string;
  /** verified in the dashboard */
  readonly domains: readonly string[];
  /** mails that may still be sent today */
  readonly dailyQuota?: number;
}

export class FakeResend implements FakeProvider {
  readonly arrived: (Arrived & { readonly headers: Readonly<Record<string, string>> })[] = [];
  readonly ringing: ReadonlySet<string> = new Set();
  readonly #known = new Map<string, Known>();
  readonly #requests: number[] = [];
  readonly #setup: ResendSetup;

  constructor(setup: ResendSetup) {
    this.#setup = setup;
  }

  async answer(request: Request): Promise<Response> {
    const { apiKey, clock } = this.#setup;
    if (new URL(request.url).pathname !== "/emails")
      return refused(404, "not_found", "The requested endpoint does not exist.");
    if (request.method !== "POST")
      return refused(405, "method_not_allowed", "Method is not allowed for the requested path.");
    const authorization = request.headers.get("authorization");
    if (authorization === null) return refused(401, "missing_api_key", "Missing API Key");
    if (authorization !== `Bearer ${apiKey}`) return refused(401, "validation_error", "API key is invalid");
    if (this.#requests.filter((at) => at > clock.now - 1_000).length >= REQUESTS_A_SECOND_MAX)
      return tooMany(1);
    this.#requests.push(clock.now);
    const payload = await request.text();
    return this.#once(request.headers.get("idempotency-key"), payload);
  }

  /** No mail is answered where it arrives. */
  async acknowledge(): Promise<boolean> {
    return false;
  }

  #once(key: string | null, payload: string): Response {
    if (key === null) return this.#send(key, payload);
    if (key === "" || key.length > KEY_CHARS_MAX)
      return refused(
        400,
        "invalid_idempotency_key",
        "Idempotency keys, if present, must have between 1 and 256 characters.",
      );
    const known = this.#known.get(key);
    if (known === undefined || known.at <= this.#setup.clock.now - KEY_KEPT_MS)
      return this.#send(key, payload);
    return known.payload === payload
      ? Response.json({ id: known.id })
      : refused(
          409,
          "invalid_idempotent_request",
          "Same idempotency key used with a different request payload.",
        );
  }

  #send(key: string | null, payload: string): Response {
    const { clock, dailyQuota = Infinity, domains } = this.#setup;
    const read = Email.safeParse(parsed(payload));
    if (!read.success) return refused(422, "validation_error", read.error.issues[0]?.message ?? "");
    const { from, headers = {}, subject: title, text: body, to } = read.data;
    const domain = from.slice(from.indexOf("@") + 1);
    if (!domains.includes(domain))
      return refused(
        403,
        "validation_error",
        `The ${domain} domain is not verified. Please, add and verify your domain.`,
      );
    if (this.arrived.length >= dailyQuota)
      return refused(429, "daily_quota_exceeded", "You have reached your daily email sending quota.");
    const id = `49a3999c-0ce1-4ea6-ab68-${String(this.arrived.length + 1).padStart(12, "0")}`;
    const isLoud = headers["Importance"] === "high";
    const arrived = { handle: id, to: to.join(), title, body, headers, isLoud, at: clock.now };
    this.arrived.push({ ...arrived, ...(key === null ? {} : { key }) });
    if (key !== null) this.#known.set(key, { payload, id, at: clock.now });
    // https://resend.com/docs/api-reference/emails/send-email, "Response"
    return Response.json({ id });
  }
}

/** https://resend.com/docs/api-reference/rate-limit: `retry-after` says the seconds */
export function tooMany(seconds: number): Response {
  const response = refused(429, "rate_limit_exceeded", "Too many requests.");
  response.headers.set("retry-after", String(seconds));
  return response;
}

/** https://resend.com/docs/api-reference/errors: what each is called, and its status */
function refused(statusCode: number, name: string, message: string): Response {
  return Response.json({ statusCode, name, message }, { status: statusCode });
}

function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return null;
  }
}
