// The Telegram channel, by a bot of one's own (https://core.telegram.org/bots/api). Its person says "I have it" with a
// button beneath the message, which comes by the bot's webhook. Texts go without `parse_mode`: what a host wrote is
// never markup. What a reader would get wrong: the token stands in the path, so no address of a request may be logged
// or answered; and only a private chat has the button, for in a group anybody could press it in the responder's name.
import * as z from "zod";
import { isSameText, sha256Hex } from "@countersign/shared/values/digest";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { jsonObjectIn, notAccepted } from "./answers.ts";
import { problemIn, readSecret, type SecretUnusable, unusable } from "./channel-secret.ts";
import { AddressText, SecretName } from "./channel-settings.ts";
import { channelKind, type Message, type ProviderAnswer, type Taken, type Told } from "./channel.ts";
import { jsonRequest } from "./json-request.ts";
import { publicAddress, oneLine, plainLines } from "./message-text.ts";

/**
 * Of 4,096 that a message may have (https://core.telegram.org/bots/api#sendmessage): the link has its place behind the
 * rest.
 */
const [TITLE_CHARS_MAX, BODY_CHARS_MAX] = [300, 2_500];
/** As @BotFather gives it (https://core.telegram.org/bots/api#authorizing-your-bot); what it holds stands in a path. */
const TOKEN = /^[0-9]{1,20}:[A-Za-z0-9_-]{20,128}$/;
/** https://core.telegram.org/bots/api#setwebhook, `secret_token` */
const HOOK_SECRET = /^[A-Za-z0-9_-]{1,256}$/;
const HANDLE = /^(-?[0-9]{1,20})\/([0-9]{1,15})$/;
const MENTION = /(?<![A-Za-z0-9_])@[A-Za-z0-9_]/;
const ACK = "ack";
/** A bare number is none of YAML's texts. */
const CHAT_HINT = "expected a chat's id in quotes, such as '123456789'";

const Settings = z.strictObject({
  kind: z.literal("telegram"),
  server: AddressText.default("https://api.telegram.org"),
  /** the chat's id, as @userinfobot or the bot's own getUpdates says it; of a group it begins with `-` */
  chat: z.string({ error: CHAT_HINT }).regex(/^-?[1-9][0-9]{0,18}$/, { error: CHAT_HINT }),
  /** binding that holds the bot's token */
  secret: SecretName,
  /** binding that holds the `secret_token` that setWebhook was told; absent: no button says "I have it" */
  hook: SecretName.optional(),
});
type Settings = z.infer<typeof Settings>;

/** A press of "I have it" in a private chat (https://core.telegram.org/bots/api#callbackquery). */
const Press = z.object({
  callback_query: z.object({
    id: z.string().max(100),
    data: z.literal(ACK),
    from: z.object({ id: z.int() }),
    message: z.object({ message_id: z.int().positive(), chat: z.object({ id: z.int() }) }),
  }),
});

/** What sendMessage answers, as far as it is read. */
const Sent = z.object({
  ok: z.literal(true),
  result: z.object({ message_id: z.int().positive(), chat: z.object({ id: z.int() }) }),
});

/** Sends messages to a chat of Telegram. */
export const TELEGRAM = channelKind({
  kind: "telegram",
  traits: {
    name: "Telegram",
    wakes: "phone",
    receipts: "acknowledged",
    acknowledges: true,
    carries: "everything",
    arrivesWithinMs: null,
    costs: "nothing",
  },
  settings: Settings,
  addressKeys: ["server", "chat"],
  addressOf: ({ server }) => ({ key: "server", text: server, insecure: false }),
  // A page goes out, whether or not its button can be.
  problemOf: ({ secret }, bindings) => problemIn(readBotToken(bindings, secret)),
  unanswered({ chat, hook }) {
    if (hook === undefined) return "it has no hook, which proves who brings a press";
    return chat.startsWith("-") ? "in a group anybody could press for its person" : null;
  },
  unheard: ({ hook }, bindings) => (hook === undefined ? null : problemIn(readHookSecret(bindings, hook))),
  async request(settings, message, bindings) {
    const keyboard = keyboardOf(settings, message, bindings);
    const text = textOf(message);
    const parameters = {
      chat_id: settings.chat,
      text,
      ...unmentioning(settings, message, text),
      link_preview_options: { is_disabled: true },
      disable_notification: message.kind === "update" || message.kind === "recovered",
      ...replyTo(message.earlier, settings.chat),
      ...(keyboard.length === 0 ? {} : { reply_markup: { inline_keyboard: [keyboard] } }),
    };
    return methodRequest(settings, bindings, { method: "sendMessage", parameters });
  },
  read: readSent,
  settles: {
    how: ["acknowledged", "resolved", "superseded"],
    async request(settings, { handle }, bindings) {
      const [, chat, messageId] = HANDLE.exec(handle) ?? [];
      if (!canAcknowledge(settings) || chat === undefined) return unusable("it has no button to take away");
      // The link goes with the buttons; it stands in the text as well.
      const parameters = {
        chat_id: chat,
        message_id: Number(messageId),
        reply_markup: { inline_keyboard: [] },
      };
      return methodRequest(settings, bindings, { method: "editMessageReplyMarkup", parameters });
    },
  },
  async hear(settings, told, bindings) {
    if (settings.hook === undefined || !canAcknowledge(settings))
      return refuse({ reason: "not-the-provider" });
    const expected = readHookSecret(bindings, settings.hook);
    if (!expected.ok) return refuse({ reason: "secret-unusable" });
    const given = told.headers.get("x-telegram-bot-api-secret-token") ?? "";
    // Digests are of one length, so how long it takes says nothing.
    if (!isSameText(sha256Hex(given), sha256Hex(expected.value)))
      return refuse({ reason: "not-the-provider" });
    return ok(toldIn(settings, jsonObjectIn(told)));
  },
});

/** In a private chat, whose id is its person's, and only where the webhook proves who brings the press. */
function canAcknowledge({ chat, hook }: Settings): boolean {
  return hook !== undefined && !chat.startsWith("-");
}

function textOf({ body, title, url }: Message): string {
  const parts = [oneLine(title, TITLE_CHARS_MAX), plainLines(body, BODY_CHARS_MAX), url ?? ""];
  return parts.filter((part) => part.trim() !== "").join("\n\n");
}

/**
 * Telegram makes a mention of each @name by itself, and tells its member of a group: but not within `code`, which holds
 * nothing else
 * (https://core.telegram.org/bots/api#formatting-options). One for all of them, for of many entities only the first
 * count; up to the link.
 */
function unmentioning({ chat }: Settings, { url }: Message, text: string): object {
  const ours = url === null ? text : text.slice(0, -url.length).trimEnd();
  const offset = chat.startsWith("-") ? ours.search(MENTION) : -1;
  return offset < 0 ? {} : { entities: [{ type: "code", offset, length: ours.length - offset }] };
}

/** Telegram refuses a message one of whose buttons leads to no public address. */
function keyboardOf(settings: Settings, { kind, toldAt, url }: Message, bindings: object): readonly object[] {
  const link = publicAddress(url);
  const isAsked = kind === "ring" || kind === "test";
  const { hook } = settings;
  // A button whose press would be refused were a promise that nobody keeps.
  const isProven = hook !== undefined && readHookSecret(bindings, hook).ok;
  const isHeard = isProven && canAcknowledge(settings) && publicAddress(toldAt) !== null;
  return [
    ...(link === null ? [] : [{ text: "Open", url: link }]),
    ...(isAsked && isHeard ? [{ text: "I have it", callback_data: ACK }] : []),
  ];
}

/** https://core.telegram.org/bots/api#replyparameters: sent anew where the first one is gone. */
function replyTo(earlier: string | null, chat: string): object {
  const [, of, messageId] = HANDLE.exec(earlier ?? "") ?? [];
  if (of !== chat) return {};
  return { reply_parameters: { message_id: Number(messageId), allow_sending_without_reply: true } };
}

function methodRequest(
  { secret, server }: Settings,
  bindings: object,
  { method, parameters }: { readonly method: string; readonly parameters: object },
) {
  const token = readBotToken(bindings, secret);
  if (!token.ok) return token;
  const url = `${server.replace(/\/+$/, "")}/bot${token.value}/${method}`;
  return ok({ by: "network" as const, request: jsonRequest(url, JSON.stringify(parameters)) });
}

/** https://core.telegram.org/bots/api#making-requests and #responseparameters */
function readSent(answer: ProviderAnswer): Taken {
  const body = jsonObjectIn(answer);
  const sent = Sent.safeParse(body);
  if (sent.success) {
    const { chat, message_id: messageId } = sent.data.result;
    return { result: "accepted", handle: `${chat.id}/${messageId}` };
  }
  const handle = handleInCut(answer);
  if (handle !== null) return { result: "accepted", handle };
  const { description, parameters } = z
    .object({
      description: z.string().nullable().catch(null),
      parameters: z.object({ retry_after: z.number() }).nullable().catch(null),
    })
    .parse(body ?? {});
  const retryAfterMs = parameters === null ? null : parameters.retry_after * 1_000;
  return notAccepted(answer, description, { retryAfterMs });
}

/**
 * An answer holds the message and what it replies to, each letter beyond ASCII as six, and may be longer than what is
 * read of it. Its head says the ids;
 * within a JSON text no quote stands bare, so no text can forge them.
 */
function handleInCut({ body: json, status }: ProviderAnswer): string | null {
  const [, messageId] = /^\{"ok":true,"result":\{"message_id":([0-9]{1,15}),/.exec(json) ?? [];
  const [, chat] = /"chat":\{"id":(-?[0-9]{1,20}),/.exec(json) ?? [];
  return status === 200 && messageId !== undefined && chat !== undefined ? `${chat}/${messageId}` : null;
}

function toldIn({ chat }: Settings, update: unknown): Told {
  const press = Press.safeParse(update);
  const query = press.success ? press.data.callback_query : null;
  if (query === null || String(query.message.chat.id) !== chat || String(query.from.id) !== chat)
    return { handle: null, receipt: null, answer: () => jsonAnswer({}) };
  return {
    handle: `${chat}/${query.message.message_id}`,
    receipt: { stage: "acknowledged", at: null, detail: "pressed “I have it”" },
    // https://core.telegram.org/bots/api#making-requests-when-getting-updates
    answer: (became) =>
      jsonAnswer({ method: "answerCallbackQuery", callback_query_id: query.id, text: WORDS[became] }),
  };
}

const WORDS = {
  taken: "Noted: you have it.",
  refused: "Not taken: your role may not do that.",
  unknown: "Too late: this is over, or was forgotten.",
} as const;

function jsonAnswer(body: object) {
  return { contentType: "application/json", body: JSON.stringify(body) };
}

function readBotToken(bindings: object, name: string): Result<string, SecretUnusable> {
  const token = readSecret(bindings, name);
  if (!token.ok || TOKEN.test(token.value)) return token;
  return unusable(`the binding ${name} holds no token of a Telegram bot, such as 123456:AAF…`);
}

function readHookSecret(bindings: object, name: string): Result<string, SecretUnusable> {
  const secret = readSecret(bindings, name);
  if (!secret.ok || HOOK_SECRET.test(secret.value)) return secret;
  return unusable(`the binding ${name} holds no secret_token of a webhook: 1 to 256 of A-Z a-z 0-9 _ -`);
}
