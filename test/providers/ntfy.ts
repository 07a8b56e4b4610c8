// ntfy as its documentation has it: publishing as JSON to `POST /` (https://docs.ntfy.sh/publish/#publish-as-json),
// access tokens, limits. A field that the documentation does not name is refused, though the server passes it over.
// Nobody can acknowledge on ntfy, and nothing rings on.
import * as z from "zod";
import { jsonIn } from "./json-in.ts";
import type { Arrived, FakeProvider, ProviderClock } from "./provider.ts";
import { type RateLimit, rateWindow } from "./rate-window.ts";

/**
 * https://docs.ntfy.sh/publish/#limitations: "60 requests … after which requests are replenished at a rate of one per 5
 * seconds".
 */
const REQUESTS: RateLimit = { max: 60, perMs: 300_000 };
/** https://docs.ntfy.sh/publish/#limitations: "Each message can be up to 4,096 bytes long." */
const MESSAGE_BYTES_MAX = 4_096;
/** https://docs.ntfy.sh/releases/ (server v2.28.0): 1 KB of title, 512 bytes of all tags; errors 40057 and 40058. */
const TITLE_BYTES_MAX = 1_024;
const TAGS_BYTES_MAX = 512;
/**
 * Twice a message, "to account for JSON format overhead":
 * https://github.com/binwiederhier/ntfy/blob/main/server/server.go; error 41303.
 */
const JSON_BYTES_MAX = 8_192;
/** Priorities from here on make a sound: https://docs.ntfy.sh/publish/#message-priority. */
const LOUD_FROM = 3;

const bytesOf = (text: string) => new TextEncoder().encode(text).length;

/** https://docs.ntfy.sh/publish/#publish-as-json and #action-buttons: "up to three". */
const Published = z.strictObject({
  topic: z.string().regex(/^[-_A-Za-z0-9]{1,64}$/),
  message: z
    .string()
    .min(1)
    .refine((text) => bytesOf(text) <= MESSAGE_BYTES_MAX),
  title: z
    .string()
    .refine((text) => bytesOf(text) <= TITLE_BYTES_MAX)
    .optional(),
  tags: z
    .array(z.string())
    .refine((tags) => bytesOf(tags.join(",")) <= TAGS_BYTES_MAX)
    .optional(),
  priority: z.int().min(1).max(5).default(3),
  click: z.url().optional(),
  actions: z
    .array(z.strictObject({ action: z.literal("view"), label: z.string().min(1), url: z.url() }))
    .max(3)
    .optional(),
});

interface NtfyOptions {
  /** access tokens that may publish; null: anybody may */
  readonly tokens: readonly string[] | null;
  readonly requests?: RateLimit;
}

/** A server of ntfy. */
export function fakeNtfy(clock: ProviderClock, { requests = REQUESTS, tokens }: NtfyOptions): FakeProvider {
  const arrived: Arrived[] = [];
  const take = rateWindow(clock, requests);

  async function answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (request.method !== "POST" || pathname !== "/") return error(404, 40_401, "page not found");
    if (take() !== null) return error(429, 42_901, "limit reached: too many requests, please be nice");
    const refusal = tokens === null ? null : refusalOf(request.headers.get("authorization"), tokens);
    if (refusal !== null) return refusal;
    const text = await request.text();
    if (bytesOf(text) > JSON_BYTES_MAX) return error(413, 41_303, "JSON body too large");
    const published = Published.safeParse(jsonIn(text));
    if (!published.success) return error(400, 40_017, "invalid request: request body must be message JSON");
    return take200(published.data);
  }

  /**
   * https://docs.ntfy.sh/subscribe/api/#json-message-format: what publishing answers is the message as subscribers get
   * it.
   */
  function take200(published: z.infer<typeof Published>): Response {
    const { message, priority, title = "", topic } = published;
    const handle = `m${String(arrived.length + 1).padStart(11, "0")}`;
    arrived.push({ handle, to: topic, title, body: message, isLoud: priority >= LOUD_FROM, at: clock.now });
    const time = Math.floor(clock.now / 1_000);
    return Response.json({ id: handle, time, expires: time + 43_200, event: "message", ...published });
  }

  return { answer, arrived, ringing: new Set(), acknowledge: async () => false };
}

/** https://docs.ntfy.sh/publish/#authentication: 401 for a token that is none, 403 for a topic that is not this user's. */
function refusalOf(authorization: string | null, tokens: readonly string[]): Response | null {
  if (authorization === null) return error(403, 40_301, "forbidden");
  const isKnown = tokens.some((token) => authorization === `Bearer ${token}`);
  return isKnown ? null : error(401, 40_101, "unauthorized");
}

/**
 * The body of an error: https://docs.ntfy.sh/publish/#limitations shows that of 42901; its server's own list has the
 * other codes.
 */
function error(http: number, code: number, words: string): Response {
  const link = "https://ntfy.sh/docs/publish/#limitations";
  return Response.json({ code, http, error: words, link }, { status: http });
}
