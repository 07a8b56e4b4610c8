// Slack's incoming webhooks as their documentation has them
// (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks): one address, which is the secret;
// answers in plain text. What a reader would get wrong: mark-up is read in `text` and in `mrkdwn` objects, and mentions
// are looked for in every text, so that one which nobody escaped is seen.
import * as z from "zod";
import { jsonIn } from "./json-in.ts";
import type { Arrived, FakeProvider, ProviderClock } from "./provider.ts";
import { type RateLimit, rateWindow } from "./rate-window.ts";

/** https://docs.slack.dev/apis/web-api/rate-limits: incoming webhooks, "1 per second; short bursts >1 allowed". */
const MESSAGES: RateLimit = { max: 10, perMs: 10_000 };

/** https://docs.slack.dev/reference/block-kit/composition-objects/text-object and /blocks/section-block. */
const Text = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("plain_text"),
    text: z.string().min(1).max(3_000),
    emoji: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal("mrkdwn"),
    text: z.string().min(1).max(3_000),
    verbatim: z.boolean().optional(),
  }),
]);

/** https://docs.slack.dev/reference/methods/chat.postMessage: text "4,000 characters", at most 50 blocks. */
const Payload = z.strictObject({
  text: z.string().min(1).max(4_000),
  blocks: z
    .array(z.strictObject({ type: z.literal("section"), text: Text }))
    .max(50)
    .optional(),
  mrkdwn: z.boolean().optional(),
  link_names: z.boolean().optional(),
  unfurl_links: z.boolean().optional(),
  unfurl_media: z.boolean().optional(),
});

/** Errors by what was done to the webhook or its channel: .../sending-messages-using-incoming-webhooks#handling-errors. */
const STATUSES = {
  action_prohibited: 403,
  channel_is_archived: 410,
  channel_not_found: 404,
  no_service: 404,
  posting_to_general_channel_denied: 403,
  rollup_error: 500,
} as const;
/** What Slack calls what is wrong with a webhook. */
export type SlackError = keyof typeof STATUSES;

interface SlackOptions {
  /** the path of the webhook's address */
  readonly path: string;
  readonly messages?: RateLimit;
  /** what is wrong with it; absent: nothing */
  readonly error?: SlackError;
}

export interface FakeSlack extends FakeProvider {
  /** mentions and links that Slack read in what was posted */
  readonly marks: readonly string[];
}

/** Slack, with one incoming webhook. */
export function fakeSlack(
  clock: ProviderClock,
  { error, messages = MESSAGES, path }: SlackOptions,
): FakeSlack {
  const [arrived, marks]: [Arrived[], string[]] = [[], []];
  const take = rateWindow(clock, messages);

  async function answer(request: Request): Promise<Response> {
    if (request.method !== "POST" || new URL(request.url).pathname !== path) return refuse(404, "no_service");
    if (error !== undefined) return refuse(STATUSES[error], error);
    const wait = take();
    // https://docs.slack.dev/apis/web-api/rate-limits: "HTTP 429 Too Many Requests … Retry-After", in seconds.
    if (wait !== null) return refuse(429, "rate_limited", { "Retry-After": String(Math.ceil(wait / 1_000)) });
    const payload = Payload.safeParse(jsonIn(await request.text()));
    if (!payload.success) return refuse(400, "invalid_payload");
    return posted(payload.data);
  }

  function posted({ blocks = [], text }: z.infer<typeof Payload>): Response {
    const shown = blocks.map((block) => block.text);
    for (const part of [text, ...shown.map((object) => object.text)])
      marks.push(...(part.match(/<[^>]*>?/g) ?? []));
    const body = shown.filter(({ type }) => type === "plain_text").map((object) => unescaped(object.text));
    arrived.push({
      handle: `slack-${arrived.length + 1}`,
      to: path,
      title: unescaped(text),
      body: body.join("\n"),
      isLoud: true,
      at: clock.now,
    });
    return new Response("ok");
  }

  return { answer, arrived, marks, ringing: new Set(), acknowledge: async () => false };
}

/** https://docs.slack.dev/messaging/formatting-message-text#escaping. */
function unescaped(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

function refuse(status: number, code: string, headers: Record<string, string> = {}): Response {
  return new Response(code, { status, headers: { "content-type": "text/html", ...headers } });
}
