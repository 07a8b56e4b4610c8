// The Pushover channel (https://pushover.net/api). What wants somebody now goes as an emergency: it rings through a
// phone's silence (on iOS once its app may send critical alerts), again each minute, until its person acknowledges it
// there, or we cancel it, or it expires (https://pushover.net/api/receipts). It carries a tag of ours, by which all
// attempts at it are cancelled, also those whose receipts nobody has seen. What a reader would get wrong:
// `last_delivered_at` is when Pushover last sent it to devices, the nearest thing to "delivered" that it says; that a
// device showed it nobody knows before the acknowledgement. And the token stands in the query of a question, as
// documented: an address of this channel is never to be logged.
import * as z from "zod";
import { sha256Hex } from "@countersign/shared/values/digest";
import { ok, type Result } from "@countersign/shared/values/result";
import { visibleLine } from "@countersign/shared/values/visible-text";
import { jsonObjectIn, notAccepted, toldErrorsIn } from "./answers.ts";
import { problemIn, readToken, type SecretUnusable, unusable } from "./channel-secret.ts";
import { AddressText, SecretName } from "./channel-settings.ts";
import {
  channelKind,
  type Carried,
  type Message,
  type Naming,
  type Outgoing,
  type ProviderAnswer,
  type Receipt,
} from "./channel.ts";
import { cutText, seenText } from "./fitted-text.ts";

/** https://pushover.net/api#limits, in characters; UTF-16 units are never fewer. */
const MESSAGE_UNITS_MAX = 1_024;
const TITLE_UNITS_MAX = 250;
const URL_UNITS_MAX = 512;
/**
 * An emergency sounds again so often, and so long (at least 30, at most 10,800): whoever is not awake by then, the next
 * step is to wake.
 */
const RETRY_SECONDS = 60;
const EXPIRE_SECONDS = 900;
/** What an update adds is old news by then. */
const UPDATE_TTL_SECONDS = 86_400;
/** A push that Pushover has not begun by then is stuck. */
const ARRIVES_WITHIN_MS = 45_000;
/** "no faster than once every 5 seconds" (https://pushover.net/api/receipts). */
const ASKS_EVERY_MS = [5_000, 5_000, 10_000, 10_000, 30_000];
/** Until the question after it has expired: that tells that it was lost. */
const ASKS_UNTIL_MS = EXPIRE_SECONDS * 1_000 + 60_000;

/** No bound of a tag is documented; so much of a digest tells the pages of one application apart. */
const TAG_DIGITS = 32;

const RECEIPT = /^[A-Za-z0-9]{30}$/;

/** Pages a user or a group of Pushover. */
export const PUSHOVER = channelKind({
  kind: "pushover",
  traits: {
    name: "Pushover",
    wakes: "silent-phone",
    receipts: "acknowledged",
    acknowledges: true,
    carries: "everything",
    arrivesWithinMs: ARRIVES_WITHIN_MS,
    costs: "about 5 USD once for each platform; 10,000 messages a month are free",
  },
  settings: z.strictObject({
    kind: z.literal("pushover"),
    server: AddressText.default("https://api.pushover.net"),
    /** the key of a user or of a group */
    user: z
      .string()
      .regex(/^[A-Za-z0-9]{30}$/, { error: "expected the key of a user or a group: 30 letters and digits" }),
    /** one device of that user; absent: all */
    device: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,25}$/, { error: "expected a device's name: 1 to 25 of A-Z a-z 0-9 _ -" })
      .optional(),
    /** binding that holds the application's token */
    secret: SecretName,
    /** how a ring sounds; absent: as the user chose */
    sound: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,20}$/, { error: "expected a sound's name: 1 to 20 of A-Z a-z 0-9 _ -" })
      .optional(),
  }),
  addressKeys: ["server", "user"],
  addressOf: ({ server }) => ({ key: "server", text: server, insecure: false }),
  problemOf: ({ secret }, bindings) => problemIn(readKey(bindings, secret)),
  names: (message) => (isEmergency(message) ? tagOf(message) : null),
  async request({ device, secret, server, sound, user }, message, bindings) {
    const token = readKey(bindings, secret);
    if (!token.ok) return token;
    const form = new URLSearchParams([
      ["token", token.value],
      ["user", user],
      ...textsOf(message),
      ...urgencyOf(message),
    ]);
    if (device !== undefined) form.set("device", device);
    if (sound !== undefined && wantsSomebody(message)) form.set("sound", sound);
    return ok(posted(`${baseOf(server)}/messages.json`, form));
  },
  read(answer) {
    const body = jsonObjectIn(answer);
    const isTaken = answer.status >= 200 && answer.status < 300 && body?.["status"] === 1;
    // {"status":0,"errors":["application token is invalid"],"token":"invalid",…} (https://pushover.net/api#response)
    if (!isTaken) return notAccepted(answer, toldErrorsIn(body), { retryAfterMs: resetIn(answer) });
    const { receipt } = body;
    return {
      result: "accepted",
      handle: typeof receipt === "string" && RECEIPT.test(receipt) ? receipt : null,
    };
  },
  asks: {
    everyMs: ASKS_EVERY_MS,
    untilMs: ASKS_UNTIL_MS,
    async request({ secret, server }, carried, bindings) {
      const token = readKey(bindings, secret);
      if (!token.ok) return token;
      const query = new URLSearchParams({ token: token.value }).toString();
      return ok({ by: "network", request: new Request(`${receiptAt(server, carried)}.json?${query}`) });
    },
    read: receiptIn,
  },
  settles: {
    how: ["acknowledged", "resolved", "superseded"],
    // By its tag and not by its receipt: another attempt at it may have been taken before (…/receipts#cancel_by_tag).
    async request({ secret, server }, carried, bindings) {
      const token = readKey(bindings, secret);
      if (!token.ok) return token;
      const form = new URLSearchParams({ token: token.value });
      return ok(posted(`${baseOf(server)}/receipts/cancel_by_tag/${tagOf(carried)}.json`, form));
    },
  },
});

function readKey(bindings: object, name: string): Result<string, SecretUnusable> {
  const token = readToken(bindings, name);
  if (!token.ok || RECEIPT.test(token.value)) return token;
  return unusable(`the binding ${name} holds no application token of Pushover: 30 letters and digits`);
}

type Field = [name: string, value: string];

/** A message may not be empty, and an address that is too long would cost the whole page. */
function textsOf({ body, createdAt, title, url }: Message): readonly Field[] {
  const line = cutText(visibleLine(title), TITLE_UNITS_MAX);
  const text = cutText(seenText(body), MESSAGE_UNITS_MAX);
  const link: readonly Field[] = [
    ["url", url ?? ""],
    ["url_title", "Open"],
  ];
  return [
    ["title", line],
    ["message", text.trim() === "" ? line : text],
    ["timestamp", String(Math.floor(createdAt / 1_000))],
    ...(url === null || url.length > URL_UNITS_MAX ? [] : link),
  ];
}

function wantsSomebody({ kind }: Naming): boolean {
  return kind === "ring" || kind === "test";
}

function isEmergency(message: Naming): boolean {
  return wantsSomebody(message) && (message.severity === "critical" || message.severity === "error");
}

/** The key of a page has characters that a tag, in a list with commas and in an address, had better not have. */
function tagOf({ key }: Pick<Message, "key">): string {
  return `countersign-${sha256Hex(key).slice(0, TAG_DIGITS)}`;
}

/** https://pushover.net/api#priority: 2 emergency, 1 past quiet hours, 0 as the phone is set, -1 without sound. */
function urgencyOf(message: Message): readonly Field[] {
  if (message.kind === "update")
    return [
      ["priority", "-1"],
      ["ttl", String(UPDATE_TTL_SECONDS)],
    ];
  // Who was rung awake may hear that it is over; quiet hours, which hold at priority 0, keep it from who sleeps again.
  if (!wantsSomebody(message)) return [["priority", "0"]];
  switch (message.severity) {
    case "critical":
    case "error":
      return [
        ["priority", "2"],
        ["retry", String(RETRY_SECONDS)],
        ["expire", String(EXPIRE_SECONDS)],
        ["tags", tagOf(message)],
      ];
    case "warning":
      return [["priority", "1"]];
    case "info":
      return [["priority", "0"]];
  }
}

/** Over the month's limit: when it begins anew, counted from the answer's own date (https://pushover.net/api#limits). */
function resetIn({ headers, status }: ProviderAnswer): number | null {
  const [resetAt, date] = [Number(headers.get("x-limit-app-reset")) * 1_000, headers.get("date")];
  const after = resetAt - Date.parse(date ?? "");
  return status === 429 && resetAt > 0 && Number.isFinite(after) ? after : null;
}

/** https://pushover.net/api/receipts: numbers that are 0 until it happened. Who acknowledged is a key, and is not kept. */
function receiptIn(answer: ProviderAnswer): Receipt | null {
  const body = jsonObjectIn(answer);
  if (answer.status !== 200 || body?.["status"] !== 1) return null;
  const { acknowledged, acknowledged_at, expired, expires_at, last_delivered_at } = body;
  if (acknowledged === 1)
    return { stage: "acknowledged", at: instantIn(acknowledged_at), detail: "acknowledged in Pushover" };
  if (expired === 1)
    return { stage: "lost", at: instantIn(expires_at), detail: "nobody acknowledged it before it expired" };
  const sentAt = instantIn(last_delivered_at);
  return sentAt === null ? null : { stage: "delivered", at: sentAt, detail: "sent to devices" };
}

function instantIn(seconds: unknown): number | null {
  return typeof seconds === "number" && Number.isSafeInteger(seconds * 1_000) && seconds > 0
    ? seconds * 1_000
    : null;
}

function baseOf(server: string): string {
  return `${server.replace(/\/+$/, "")}/1`;
}

function receiptAt(server: string, { handle }: Carried): string {
  return `${baseOf(server)}/receipts/${encodeURIComponent(handle)}`;
}

function posted(url: string, form: URLSearchParams): Outgoing {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return { by: "network", request: new Request(url, { method: "POST", headers, body: form.toString() }) };
}
