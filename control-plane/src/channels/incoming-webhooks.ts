// The Slack and the Discord channel: an incoming webhook of a room that many read. Pure. Each is one POST to an address
// that is itself the secret (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks,
// https://docs.discord.com/developers/resources/webhook#execute-webhook): it stands in a binding, and no problem,
// answer or record quotes it. What a reader would get wrong: a host may write whatever it likes, so nothing of a page
// is read as mark-up: it can mention nobody, link nowhere and look like nothing but text. And a sign-in link is for one
// person: rooms carry none.
import * as z from "zod";
import { ok, type Result } from "@countersign/shared/values/result";
import { visibleLine } from "@countersign/shared/values/visible-text";
import { type AnswerFields, jsonObjectIn, notAccepted } from "./answers.ts";
import { parseChannelAddress } from "./channel-address.ts";
import { problemIn, readSecret, type SecretUnusable, unusable } from "./channel-secret.ts";
import { SecretName } from "./channel-settings.ts";
import { channelKind, type ChannelTraits, type Message, type ProviderAnswer, type Taken } from "./channel.ts";
import { cutText, seenText, type Written } from "./fitted-text.ts";
import { jsonRequest } from "./json-request.ts";
import { refusedByMany } from "./read-by-many.ts";

/** https://docs.slack.dev/reference/block-kit/composition-objects/text-object; a notification shows less. */
const SLACK_BLOCK_UNITS_MAX = 3_000;
const SLACK_NOTIFICATION_UNITS_MAX = 300;
/** "the message contents (up to 2000 characters)". */
const DISCORD_UNITS_MAX = 2_000;
/** https://docs.discord.com/developers/resources/message#message-object-message-flags. */
const SUPPRESS_EMBEDS = 4;
const SUPPRESS_NOTIFICATIONS = 4_096;

const TAKEN: Taken = { result: "accepted", handle: null };

/** What both are: a room's own settings, and each reader's, say whether it makes a sound. */
const ROOM: Omit<ChannelTraits, "name" | "costs"> = {
  wakes: "phone",
  receipts: "accepted",
  acknowledges: false,
  carries: "everything",
  arrivesWithinMs: null,
};

/** Posts pages into a channel of Slack. */
export const SLACK = channelKind({
  kind: "slack",
  traits: { ...ROOM, name: "Slack", costs: "nothing: incoming webhooks are part of each plan" },
  settings: z.strictObject({
    kind: z.literal("slack"),
    /** binding that holds the webhook's address */
    secret: SecretName,
  }),
  addressKeys: [],
  addressOf: () => null,
  problemOf: ({ secret }, bindings) => problemIn(readHook(bindings, secret)),
  async request({ secret }, message, bindings) {
    const hook = hookFor(message, bindings, secret);
    if (!hook.ok) return hook;
    return ok({ by: "network", request: jsonRequest(hook.value.href, JSON.stringify(slackPostOf(message))) });
  },
  read(answer) {
    const code = answer.body.trim();
    if (isSuccess(answer) && code === "ok") return TAKEN;
    // Plain text such as `no_service`, `channel_is_archived` (…/sending-messages-using-incoming-webhooks#handling-errors).
    return notAccepted(answer, /^[a-z_]{1,60}$/.test(code) ? code : null);
  },
});

/** Posts pages into a channel of Discord. */
export const DISCORD = channelKind({
  kind: "discord",
  traits: { ...ROOM, name: "Discord", costs: "nothing" },
  settings: z.strictObject({
    kind: z.literal("discord"),
    /** binding that holds the webhook's address */
    secret: SecretName,
  }),
  addressKeys: [],
  addressOf: () => null,
  problemOf: ({ secret }, bindings) => problemIn(readHook(bindings, secret)),
  async request({ secret }, message, bindings) {
    const hook = hookFor(message, bindings, secret);
    if (!hook.ok) return hook;
    const url = new URL(hook.value);
    // Else a message that is not saved would count as taken.
    url.searchParams.set("wait", "true");
    return ok({ by: "network", request: jsonRequest(url.href, JSON.stringify(discordPostOf(message))) });
  },
  read(answer) {
    const body = jsonObjectIn(answer);
    if (answer.status === 204 || (isSuccess(answer) && typeof body?.["id"] === "string")) return TAKEN;
    return notAccepted(answer, discordErrorIn(body), { retryAfterMs: discordPauseIn(answer, body) });
  },
});

function hookFor(message: Message, bindings: object, name: string): Result<URL, SecretUnusable> {
  return refusedByMany(message) ?? readHook(bindings, name);
}

/** Judged as the address of any other channel is, but where its text stands in no policy. */
function readHook(bindings: object, name: string): Result<URL, SecretUnusable> {
  const secret = readSecret(bindings, name);
  if (!secret.ok) return secret;
  const address = parseChannelAddress(secret.value, false);
  if (address.ok) return ok(address.value.url);
  return unusable(`the binding ${name} holds no address of a webhook: ${address.error.sentence}`);
}

function isSuccess({ status }: ProviderAnswer): boolean {
  return status >= 200 && status < 300;
}

/** Blocks show it; `text` is what a notification says. */
function slackPostOf({ body, title, url }: Message) {
  const text = cutText(visibleLine(title), SLACK_NOTIFICATION_UNITS_MAX, slackWritten);
  const whole = cutText(`${visibleLine(title)}\n${seenText(body)}`, SLACK_BLOCK_UNITS_MAX, slackWritten);
  const plain = { type: "section", text: { type: "plain_text", text: whole, emoji: false } };
  return {
    text,
    mrkdwn: false,
    link_names: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: url === null ? [plain] : [plain, { type: "section", text: slackLinkTo(url) }],
  };
}

function slackLinkTo(url: string) {
  const target = url.replaceAll("|", "%7C").replaceAll(/[&<>]/g, slackWritten);
  return { type: "mrkdwn", text: `<${target}|Open>`, verbatim: true };
}

/**
 * Its control characters (https://docs.slack.dev/messaging/formatting-message-text#escaping); mentions and links all
 * begin with `<`.
 */
function slackWritten(character: string): string {
  switch (character) {
    case "&":
      return "&amp;";
    case "<":
      return "&lt;";
    case ">":
      return "&gt;";
    default:
      return character;
  }
}

function discordPostOf({ body, kind, title, url }: Message) {
  const link = url === null ? "" : `\n[Open](<${url.replaceAll(">", "%3E")}>)`;
  const text = `${visibleLine(title)}\n${seenText(body)}`;
  const isQuiet = kind === "update" || kind === "recovered";
  return {
    content: cutText(text, DISCORD_UNITS_MAX - link.length, discordWritten) + link,
    allowed_mentions: { parse: [] },
    flags: SUPPRESS_EMBEDS + (isQuiet ? SUPPRESS_NOTIFICATIONS : 0),
  };
}

/**
 * A backslash before what would be mark-up here (https://docs.discord.com/developers/reference#message-formatting). Not
 * before all punctuation:
 * some notifications show the backslashes.
 */
const discordWritten: Written = (character, { after, before }) => {
  const isMark =
    /[\\*_`<@[]/.test(character) ||
    (/[|~]/.test(character) && (before === character || after === character)) ||
    (/[-+#>]/.test(character) && /\s/.test(before)) ||
    // An address, or a name of a picture; but no time of day.
    (character === ":" && (/[A-Za-z_+/-]/.test(after) || (/\d/.test(after) && !/\d/.test(before))));
  return isMark ? `\\${character}` : character;
};

/**
 * `{"message":"Unknown Webhook","code":10015}`
 * (https://docs.discord.com/developers/topics/opcodes-and-status-codes#json).
 */
function discordErrorIn(body: AnswerFields): string | null {
  const { code, message } = body ?? {};
  if (typeof message !== "string") return null;
  return typeof code === "number" ? `${code} ${message}` : message;
}

/** `{"retry_after":64.57,…}`, seconds (https://docs.discord.com/developers/topics/rate-limits#exceeding-a-rate-limit). */
function discordPauseIn({ status }: ProviderAnswer, body: AnswerFields): number | null {
  const seconds = body?.["retry_after"];
  return status === 429 && typeof seconds === "number" && seconds >= 0 ? Math.ceil(seconds * 1_000) : null;
}
