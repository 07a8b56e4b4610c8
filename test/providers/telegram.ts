// Telegram's Bot API (https://core.telegram.org/bots/api) in memory: sendMessage, editMessageReplyMarkup, and the
// webhook by which the press of a button comes. Its errors are worded as the Bot API server words them
// (https://github.com/tdlib/telegram-bot-api). What a reader would get wrong: it answers with non-ASCII as escapes, as
// the real one does, so that an answer is far longer than its text.
import * as z from "zod";
import type { Arrived, FakeProvider, ProviderClock } from "./provider.ts";

/**
 * https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this: "no more than 30 messages per second
 * or so"
 */
const MESSAGES_A_SECOND_MAX = 30;
/** https://core.telegram.org/bots/api#sendmessage: "1-4096 characters after entities parsing" */
const TEXT_UNITS_MAX = 4_096;

/** https://core.telegram.org/bots/api#inlinekeyboardbutton: exactly one of the optional fields; callback_data 1-64 bytes. */
const Button = z.union([
  z.strictObject({ text: z.string().min(1), url: z.string() }),
  z.strictObject({ text: z.string().min(1), callback_data: z.string().min(1).max(64) }),
]);
const Keyboard = z.strictObject({ inline_keyboard: z.array(z.array(Button)) });

/** https://core.telegram.org/bots/api#sendmessage, without what would make markup of a text. */
const SendMessage = z.strictObject({
  chat_id: z.union([z.string(), z.int()]),
  text: z.string(),
  /** https://core.telegram.org/bots/api#messageentity, of which these can hold no other (…#formatting-options) */
  entities: z
    .array(z.strictObject({ type: z.literal("code"), offset: z.int().min(0), length: z.int().positive() }))
    .optional(),
  link_preview_options: z.strictObject({ is_disabled: z.boolean() }).optional(),
  disable_notification: z.boolean().optional(),
  reply_parameters: z
    .strictObject({ message_id: z.int(), allow_sending_without_reply: z.boolean().optional() })
    .optional(),
  reply_markup: Keyboard.optional(),
});

/** https://core.telegram.org/bots/api#editmessagereplymarkup */
const EditMarkup = z.strictObject({
  chat_id: z.union([z.string(), z.int()]),
  message_id: z.int(),
  reply_markup: Keyboard.optional(),
});

/** https://core.telegram.org/bots/api#answercallbackquery, as the answer to a webhook: text of 0-200 characters. */
const CallbackAnswer = z.strictObject({
  method: z.literal("answerCallbackQuery"),
  callback_query_id: z.string(),
  text: z.string().max(200).optional(),
});

interface Kept extends Arrived {
  readonly messageId: number;
  readonly repliesTo: number | null;
  markup: z.infer<typeof Keyboard> | null;
}

export interface TelegramSetup {
  readonly clock: ProviderClock;
  readonly token: string;
  /** private chats that the bot may write to, and those that blocked it */
  readonly chats: ReadonlyMap<string, "open" | "blocked">;
  /** what setWebhook was told; `deliver` brings a request there */
  readonly webhook?: {
    readonly url: string;
    readonly secretToken: string;
    readonly deliver: (request: Request) => Promise<Response>;
  };
}

export class FakeTelegram implements FakeProvider {
  readonly ringing: ReadonlySet<string> = new Set();
  /** what its person saw pop up after a press, oldest first */
  readonly popups: string[] = [];
  readonly #kept: Kept[] = [];
  readonly #setup: TelegramSetup;
  #nextId = 1;

  constructor(setup: TelegramSetup) {
    this.#setup = setup;
  }

  get arrived(): readonly Kept[] {
    return this.#kept;
  }

  async answer(request: Request): Promise<Response> {
    const [, token, method] = /^\/bot([^/]+)\/([A-Za-z]+)$/.exec(new URL(request.url).pathname) ?? [];
    if (token === undefined || request.method !== "POST") return refused(404, "Not Found");
    if (token !== this.#setup.token) return refused(401, "Unauthorized");
    if (!request.headers.get("content-type")?.startsWith("application/json"))
      return refused(400, "Bad Request: message text is empty");
    const body: unknown = await request.json();
    if (method === "sendMessage") return this.#send(SendMessage.safeParse(body));
    if (method === "editMessageReplyMarkup") return this.#edit(EditMarkup.safeParse(body));
    return refused(404, "Not Found: method not found");
  }

  /** Presses "I have it"; false: the message has no such button, or the webhook did not take it. */
  async acknowledge(handle: string): Promise<boolean> {
    const message = this.#kept.find((kept) => kept.handle === handle);
    const button = message?.markup?.inline_keyboard.flat().find((each) => "callback_data" in each);
    const { webhook } = this.#setup;
    if (message === undefined || button === undefined || webhook === undefined) return false;
    const response = await webhook.deliver(pressOf(message, button, webhook));
    if (!response.ok) return false;
    const answer = CallbackAnswer.safeParse(await response.json());
    if (answer.success) this.popups.push(answer.data.text ?? "");
    return answer.success;
  }

  #send(read: z.ZodSafeParseResult<z.infer<typeof SendMessage>>): Response {
    if (!read.success) return refused(400, `Bad Request: ${read.error.issues[0]?.message ?? ""}`);
    const sent = read.data;
    const to = String(sent.chat_id);
    const problem = this.#problemOf(to, sent.text) ?? problemOfKeyboard(sent.reply_markup);
    if (problem !== null) return problem;
    const repliesTo = this.#repliedIn(to, sent.reply_parameters?.message_id);
    if (sent.reply_parameters?.allow_sending_without_reply !== true && sent.reply_parameters && !repliesTo)
      return refused(400, "Bad Request: message to be replied not found");
    const kept = this.#keep(to, sent, repliesTo);
    return answered(200, { ok: true, result: messageOf(kept, this.#kept) });
  }

  #problemOf(to: string, text: string): Response | null {
    const { chats, clock } = this.#setup;
    const chat = chats.get(to);
    if (chat === undefined) return refused(400, "Bad Request: chat not found");
    if (chat === "blocked") return refused(403, "Forbidden: bot was blocked by the user");
    if (text.trim() === "") return refused(400, "Bad Request: message text is empty");
    if (text.length > TEXT_UNITS_MAX) return refused(400, "Bad Request: message is too long");
    const lately = this.#kept.filter(({ at }) => at > clock.now - 1_000).length;
    return lately < MESSAGES_A_SECOND_MAX ? null : tooMany(5);
  }

  #repliedIn(to: string, messageId: number | undefined): Kept | undefined {
    return this.#kept.find((kept) => kept.to === to && kept.messageId === messageId);
  }

  #keep(to: string, sent: z.infer<typeof SendMessage>, repliesTo: Kept | undefined): Kept {
    const messageId = this.#nextId;
    this.#nextId += 1;
    const [title = "", ...rest] = sent.text.split("\n");
    const kept = {
      handle: `${to}/${messageId}`,
      to,
      title,
      body: rest.join("\n").trim(),
      messageId,
      isLoud: sent.disable_notification !== true,
      at: this.#setup.clock.now,
      repliesTo: repliesTo?.messageId ?? null,
      markup: sent.reply_markup ?? null,
    };
    this.#kept.push(kept);
    return kept;
  }

  #edit(read: z.ZodSafeParseResult<z.infer<typeof EditMarkup>>): Response {
    if (!read.success) return refused(400, `Bad Request: ${read.error.issues[0]?.message ?? ""}`);
    const { chat_id: chat, message_id: messageId, reply_markup: given } = read.data;
    const kept = this.#kept.find((each) => each.to === String(chat) && each.messageId === messageId);
    if (kept === undefined) return refused(400, "Bad Request: message to edit not found");
    const markup = given === undefined || given.inline_keyboard.flat().length === 0 ? null : given;
    if (JSON.stringify(markup) === JSON.stringify(kept.markup)) return refused(400, NOT_MODIFIED);
    kept.markup = markup;
    return answered(200, { ok: true, result: messageOf(kept, this.#kept) });
  }
}

const NOT_MODIFIED =
  "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message";

/** Telegram says 429 in its own words (https://core.telegram.org/bots/api#responseparameters). */
export function tooMany(seconds: number): Response {
  const parameters = { retry_after: seconds };
  const description = `Too Many Requests: retry after ${seconds}`;
  return answered(429, { ok: false, error_code: 429, description, parameters });
}

function problemOfKeyboard(markup: z.infer<typeof Keyboard> | undefined): Response | null {
  for (const button of markup?.inline_keyboard.flat() ?? []) {
    if (!("url" in button)) continue;
    const url = URL.parse(button.url);
    const isPublic = url !== null && url.protocol.startsWith("http") && url.hostname.includes(".");
    if (!isPublic)
      return refused(
        400,
        `Bad Request: inline keyboard button URL '${button.url}' is invalid: Wrong HTTP URL`,
      );
  }
  return null;
}

/** https://core.telegram.org/bots/api#message: a reply carries what it replies to, which carries no further one. */
function messageOf(kept: Kept, all: readonly Kept[]): object {
  const replied = all.find(({ messageId, to }) => to === kept.to && messageId === kept.repliesTo);
  return {
    message_id: kept.messageId,
    from: { id: 123_456, is_bot: true, first_name: "Countersign", username: "countersign_bot" },
    chat: { id: Number(kept.to), first_name: "Alice", type: "private" },
    date: Math.floor(kept.at / 1_000),
    ...(replied === undefined ? {} : { reply_to_message: messageOf({ ...replied, repliesTo: null }, all) }),
    text: `${kept.title}\n${kept.body}`,
    ...(kept.markup === null ? {} : { reply_markup: kept.markup }),
  };
}

/**
 * https://core.telegram.org/bots/api#callbackquery, brought with the header of
 * https://core.telegram.org/bots/api#setwebhook.
 */
function pressOf(
  { messageId, to }: Kept,
  button: z.infer<typeof Button>,
  { secretToken, url }: { readonly secretToken: string; readonly url: string },
): Request {
  const from = { id: Number(to), is_bot: false, first_name: "Alice" };
  const message = { message_id: messageId, date: 1, chat: { id: Number(to), type: "private" } };
  const data = "callback_data" in button ? button.callback_data : "";
  const query = { id: `49${messageId}`, from, message, chat_instance: "-1", data };
  return new Request(url, {
    method: "POST",
    headers: { "content-type": "application/json", "x-telegram-bot-api-secret-token": secretToken },
    body: JSON.stringify({ update_id: messageId, callback_query: query }),
  });
}

/** https://core.telegram.org/bots/api#making-requests: `ok`, and `description` of an error with its `error_code`. */
function refused(status: number, description: string): Response {
  return answered(status, { ok: false, error_code: status, description });
}

function answered(status: number, body: object): Response {
  const text = JSON.stringify(body).replaceAll(
    /[^\0-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return new Response(text, { status, headers: { "content-type": "application/json" } });
}
