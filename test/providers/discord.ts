// Discord's webhooks as their documentation has them
// (https://docs.discord.com/developers/resources/webhook#execute-webhook): one address, which is the secret; JSON with
// Discord's own codes. What a reader would get wrong: a backslash makes the punctuation behind it a letter; what is
// read as mark-up after that is kept, so that mark-up which nobody escaped is seen.
import * as z from "zod";
import { jsonIn } from "./json-in.ts";
import type { Arrived, FakeProvider, ProviderClock } from "./provider.ts";
import { type RateLimit, rateWindow } from "./rate-window.ts";

/**
 * https://docs.discord.com/developers/topics/rate-limits says that limits are told in headers alone; five in two
 * seconds are what webhooks tell.
 */
const MESSAGES: RateLimit = { max: 5, perMs: 2_000 };
const SUPPRESS_NOTIFICATIONS = 4_096;

const Payload = z.strictObject({
  content: z.string().min(1).max(2_000),
  allowed_mentions: z.strictObject({ parse: z.array(z.enum(["roles", "users", "everyone"])) }).optional(),
  // Only SUPPRESS_EMBEDS and SUPPRESS_NOTIFICATIONS "can be set".
  flags: z
    .union([z.literal(0), z.literal(4), z.literal(SUPPRESS_NOTIFICATIONS), z.literal(4_100)])
    .optional(),
});

/**
 * https://docs.discord.com/developers/reference#message-formatting, and the emphasis of
 * https://support.discord.com/hc/articles/210298617.
 */
const MARKS =
  /\[[^\]]+\]\(<?https?:\/\/[^)]+\)|https?:\/\/\S+|@everyone|@here|<[@#][!&]?\w+>|<a?:\w+:\w+>|<t:\w+[^>]*>|\*|_|~~|\|\||`|:(?:[\w+-]*[A-Za-z][\w+-]*|100|1234|[+-]1):|^\s*(?:[-*+]|#{1,3}|-#|>)\s/gm;

interface DiscordOptions {
  readonly id: string;
  readonly token: string;
  readonly messages?: RateLimit;
}

export interface FakeDiscord extends FakeProvider {
  /** mark-up, mentions and links that Discord read in what was posted */
  readonly marks: readonly string[];
}

/** Discord, with one webhook. */
export function fakeDiscord(
  clock: ProviderClock,
  { id, messages = MESSAGES, token }: DiscordOptions,
): FakeDiscord {
  const [arrived, marks]: [Arrived[], string[]] = [[], []];
  const take = rateWindow(clock, messages);

  async function answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const [, webhookId, webhookToken] = /^\/api\/webhooks\/([^/]+)\/([^/]+)$/.exec(pathname) ?? [];
    // https://docs.discord.com/developers/topics/opcodes-and-status-codes#json: 10015, 50027, 50035.
    if (request.method !== "POST" || webhookId !== id) return refuse(404, 10_015, "Unknown Webhook");
    if (webhookToken !== token) return refuse(401, 50_027, "Invalid Webhook Token");
    const wait = take();
    if (wait !== null) return tooMany(wait);
    const payload = Payload.safeParse(jsonIn(await request.text()));
    if (!payload.success) return refuse(400, 50_035, "Invalid Form Body");
    const handle = post(payload.data);
    // "when false a message that is not saved does not return an error"
    if (searchParams.get("wait") !== "true") return new Response(null, { status: 204 });
    return Response.json({ id: handle, type: 0, webhook_id: id, content: payload.data.content });
  }

  function post({ content, flags = 0 }: z.infer<typeof Payload>): string {
    const handle = `10000000000000000${arrived.length + 10}`;
    marks.push(...(content.replaceAll(/\\[!-/:-@[-`{-~]/g, "\u0001").match(MARKS) ?? []));
    const [title = "", ...rest] = content.replaceAll(/\\([!-/:-@[-`{-~])/g, "$1").split("\n");
    const isLoud = (flags & SUPPRESS_NOTIFICATIONS) === 0;
    arrived.push({ handle, to: id, title, body: rest.join("\n"), isLoud, at: clock.now });
    return handle;
  }

  return { answer, arrived, marks, ringing: new Set(), acknowledge: async () => false };
}

/**
 * https://docs.discord.com/developers/topics/rate-limits#exceeding-a-rate-limit: `retry_after` in seconds with
 * fractions.
 */
function tooMany(waitMs: number): Response {
  const body = { message: "You are being rate limited.", retry_after: waitMs / 1_000, global: false };
  const headers = { "Retry-After": String(Math.ceil(waitMs / 1_000)), "X-RateLimit-Scope": "user" };
  return Response.json(body, { status: 429, headers });
}

function refuse(status: number, code: number, message: string): Response {
  return Response.json({ message, code }, { status });
}
